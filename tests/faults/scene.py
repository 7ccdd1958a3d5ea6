"""The whole team deployment with people in front of it: one in a real browser, others by protocol."""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx2
from playwright.sync_api import Page, expect

from tests.e2e.reading import answer, body, send
from tests.faults.crowd import Crowd
from tests.faults.kept import Database, Kept
from tests.services.stack import Stack
from tests.waiting import until_sync

LAST, RATE = 300, 100
"""Three seconds of counting: long enough to be cut anywhere."""

NEWEST = """() => {
  const bodies = document.querySelectorAll('[data-role="assistant"] [data-testid="message-body"]');
  return bodies.length ? bodies[bodies.length - 1].innerText : "";
}"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is being answered: the browser's question first, then the crowd's."""

    questions: Sequence[str]
    last: int
    rate: int

    @property
    def whole(self) -> str:
        """The scripted answer."""
        return " ".join(map(str, range(1, self.last + 1)))

    @property
    def own(self) -> str:
        """The one that was asked in the browser."""
        return self.questions[0]


class Scene:
    """Asks, looks and compares."""

    def __init__(self, stack: Stack, page: Page, crowd: Crowd, people: int) -> None:
        self.stack = stack
        self.page = page
        self.database = Database(stack.database_url)
        self._crowd = crowd
        self._people = people
        self._model = httpx2.Client(base_url=f"http://127.0.0.1:{stack.demo_port}")
        self.connections = 0
        page.on("websocket", self._count)

    def close(self) -> None:
        """Let go of the database and the model."""
        self.database.close()
        self._model.close()

    def _count(self, _: object) -> None:
        self.connections += 1

    def ask(self, name: str, last: int = LAST, rate: int = RATE) -> Asked:
        """Have everybody ask for a count in a new conversation; returns when all questions are stored."""
        self._crowd.leave()
        self._model.delete("/log")
        until_sync(self.stack.is_ready, seconds=60, what="a web process")
        self.page.goto("/")
        expect(self.page.get_by_test_id("model-picker")).to_contain_text("demo", timeout=20_000)
        asked = Asked([f"count {last} at {rate} for {name}-{n}" for n in range(self._people + 1)], last, rate)
        self._crowd.ask(asked.questions[1:])
        send(self.page, asked.own)
        self.database.wait_for_questions(asked.questions)
        return asked

    def sent(self, asked: Asked) -> tuple[int, float]:
        """How many numbers the model has sent to whoever writes the browser's answer, and when the first (epoch)."""
        entries = [e for e in self._model.get("/log").json() if e["question"] == asked.own]
        return (entries[-1]["parts"], entries[-1]["first_part_at"] or 0.0) if entries else (0, 0.0)

    def wait_until_sent(self, asked: Asked, number: int) -> None:
        """Wait until the model has sent so many numbers of the browser's answer."""
        until_sync(lambda: self.sent(asked)[0] >= number, seconds=30, what=f"{number} numbers from the model")

    def shown_text(self) -> str:
        """The text of the newest answer on the screen, as it is now."""
        return str(self.page.evaluate(NEWEST)).strip()

    def shown(self, asked: Asked) -> int:
        """The newest number on the screen; fails when one before it is missing or there twice."""
        text = self.shown_text()
        assert asked.whole.startswith(text), text
        return len(text.split())

    def expect_sound(self, asked: Asked) -> dict[str, Kept]:
        """Wait for all ends. Fails unless each text is a beginning of the scripted one, or all where it says so."""
        ends = self.database.wait_for_ends(asked.questions, seconds=40 + asked.last / asked.rate)
        for kept in ends.values():
            assert asked.whole.startswith(kept.text), kept
            assert kept.status in {"completed", "interrupted"}, kept
            assert kept.status == "interrupted" or kept.text == asked.whole, kept
        return ends

    def expect_whole(self, asked: Asked) -> dict[str, Kept]:
        """`expect_sound`, and that nothing was cut."""
        ends = self.expect_sound(asked)
        assert {kept.status for kept in ends.values()} == {"completed"}, ends
        return ends

    def expect_screen(self, kept: Kept) -> None:
        """Wait until the page shows what is kept, as it is and again after a reload."""
        self._expect_shown(kept)
        self.page.reload()
        self._expect_shown(kept)

    def _expect_shown(self, kept: Kept) -> None:
        expect(answer(self.page)).to_have_attribute("data-status", kept.status, timeout=20_000)
        if kept.text:
            expect(body(self.page)).to_have_text(kept.text, timeout=20_000)
