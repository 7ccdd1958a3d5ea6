"""A real llama.cpp server with a real small model, whose words are its own; a grammar says how many there are."""

from pathlib import Path

import httpx2

from tests.services.package_venv import packages_venv
from tests.services.real_server import RealServer, free_port

MODEL = "gemma-3-270m"
LONG = 1_800
"""Characters that take the model many seconds."""

LETTER, INNER = "[a-zA-Z]", "[a-zA-Z ,.?!]"
"""With what a text begins and ends, and what is between: nothing that a page would render as something else."""

CHATML = """\
{%- for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""

THINKING = """\
{%- for message in messages %}<|im_start|>{{ message.role }}
{% if message.role == 'assistant' and message.reasoning_content %}<think>
{{ message.reasoning_content }}
</think>

{% endif %}{{ message.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""
"""As Qwen's: llama.cpp sees by it how the model marks its thoughts."""

WITHOUT_SYSTEM_ROLE = (
    "{%- if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" + CHATML
)
"""As Gemma 2's."""


def words(characters: int) -> str:
    """The grammar of an answer of so many characters."""
    return f"root ::= {LETTER} {INNER}{{{characters - 2}}} {LETTER}"


def thoughts_and_words(thought: int, said: int) -> str:
    """The grammar of an answer that begins with thoughts; characters of each."""
    thoughts, answer = (f"{LETTER} {INNER}{{{characters - 2}}} {LETTER}" for characters in (thought, said))
    return f'root ::= "<think>\\n" {thoughts} "\\n</think>\\n\\n" {answer}'


class LlamaServer(RealServer):
    """llama.cpp with one slot, and `context` tokens for question and answer. Skips the test where it has no wheel."""

    def __init__(
        self,
        folder: Path,
        grammar: str,
        *,
        context: int = 2_048,
        template: str = CHATML,
        think_in_content: bool = False,
    ) -> None:
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        self.url = f"{address}/v1"
        self._client = httpx2.Client(base_url=address, timeout=10)
        program = Path(__file__).with_name("run_llama.py")
        command = [str(packages_venv("llama") / "python"), str(program), "--port", str(port)]
        command += ["--context", str(context), "--grammar", grammar, "--template", template]
        command += ["--think-in-content"] if think_in_content else []
        super().__init__(command, folder / f"llama-{port}.log", self._is_ready)

    def is_idle(self) -> bool:
        """Whether it writes for nobody."""
        slots = self._client.get("/slots").json()
        return not any(slot["is_processing"] for slot in slots)

    def _is_ready(self) -> bool:
        try:
            return self._client.get("/health").status_code == 200
        except httpx2.HTTPError:
            return False
