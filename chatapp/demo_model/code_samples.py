"""Code for long answers, in several languages, each sample with one number that differs from chapter to chapter."""

from dataclasses import dataclass

_NUMBER = "@NUMBER@"


@dataclass(frozen=True, slots=True)
class CodeSample:
    """A piece of code, the language's name for people and its tag for the renderer."""

    language: str
    tag: str
    intro: str
    code: str

    def with_number(self, number: int) -> str:
        """The code with `number` at its place."""
        return self.code.replace(_NUMBER, str(number))


CODE_SAMPLES = (
    CodeSample(
        "Python",
        "python",
        "The sieve of Eratosthenes crosses out what cannot be prime:",
        """\
def primes_up_to(limit: int) -> list[int]:
    is_prime = [False, False] + [True] * (limit - 1)
    for n in range(2, int(limit**0.5) + 1):
        if is_prime[n]:
            is_prime[n * n :: n] = [False] * len(is_prime[n * n :: n])
    return [n for n, prime in enumerate(is_prime) if prime]


print(primes_up_to(1@NUMBER@))""",
    ),
    CodeSample(
        "JavaScript",
        "javascript",
        "A generator makes as many terms as somebody asks for:",
        """\
function* fibonacci() {
  let [a, b] = [0, 1];
  while (true) {
    yield a;
    [a, b] = [b, a + b];
  }
}

for (const term of fibonacci()) {
  if (term > @NUMBER@000) break;
  console.log(`next: ${term}`);
}""",
    ),
    CodeSample(
        "SQL",
        "sql",
        "The same question, put to a database:",
        """\
SELECT city, count(*) AS visits, avg(duration_minutes) AS mean_minutes
FROM visit
JOIN museum ON museum.id = visit.museum_id
WHERE visit.day >= date('now', '-@NUMBER@ days')
GROUP BY city
HAVING count(*) > 1
ORDER BY visits DESC;""",
    ),
    CodeSample(
        "Bash",
        "bash",
        "On the command line, a pipe is often enough:",
        """\
#!/usr/bin/env bash
set -euo pipefail

find . -name '*.log' -mtime +@NUMBER@ -print0 |
  xargs -0 --no-run-if-empty gzip --best
du -sh . # what is left""",
    ),
    CodeSample(
        "Rust",
        "rust",
        "With types that the compiler checks:",
        """\
fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn main() {
    let (a, b) = (@NUMBER@, 1_071);
    println!("gcd({a}, {b}) = {}", gcd(a, b));
}""",
    ),
    CodeSample(
        "JSON",
        "json",
        "As a settings file:",
        """\
{
  "name": "tide-table",
  "chapter": @NUMBER@,
  "ports": ["Brest", "Dover", "Bergen"],
  "units": {"height": "m", "time": "UTC"},
  "draft": false
}""",
    ),
    CodeSample(
        "HTML",
        "html",
        "As part of a page:",
        """\
<section id="chapter-@NUMBER@">
  <h2>Chapter @NUMBER@</h2>
  <p>Height &times; width &lt; area of the sheet.</p>
  <button type="button" disabled>Next</button>
</section>""",
    ),
)
