"""Brings one tab up to date with each batch of its follower. Owns the text of the live row."""

import asyncio
from dataclasses import dataclass, field, replace

import reflex as rx

from chatapp.accounts.principal import Principal
from chatapp.catalog import service as catalog
from chatapp.conversations import service as conversations
from chatapp.errors import NotFound
from chatapp.generations.queries import Answer
from chatapp.reading import history
from chatapp.reading.follower import Batch
from chatapp.ui.state import conversation_list, screen
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.live import LiveState
from chatapp.ui.state.message_view import milliseconds, shown_status
from chatapp.ui.state.models import show_changes as show_model_changes
from chatapp.ui.state.models import show_own as show_own_model
from chatapp.ui.state.reasoning import ReasoningState, ReasoningTextState
from chatapp.ui.state.rows import announcement
from chatapp.ui.state.sealed import SealedState
from chatapp.ui.state.waits import QUIET_SECONDS, WaitState, milliseconds_now
from chatapp.ui.text.accents import more_without_towers, without_towers
from chatapp.ui.text.live_text import LIVE_SLOTS, LiveText
from chatapp.ui.text.maths import MathsTranslator
from chatapp.web.page_errors import take_back

REASONING_TAIL_CHARACTERS = 1_000
REASONING_TAIL_SHARE = 4
"""Open reasoning beyond this, or a fourth of what stands before it if that is more, moves from the slot that is sent
with each flush into the one that rarely is: what is sent stays near linear in its length."""

LONG_CHARACTERS = 100_000
"""Cutting a text this long into slots takes about 50 ms, too long for the event loop that serves everybody."""


@dataclass
class LivePage:
    """What one run of the follower knows about its tab: the answer it writes, and what it last wrote where."""

    principal: Principal
    conversation_id: str
    answer_id: str = ""
    stored_text: list[str] = field(default_factory=list)
    reasoning: str = ""
    shown: LiveText = field(default_factory=LiveText)
    maths: MathsTranslator = field(default_factory=MathsTranslator)
    written: dict[str, str] = field(default_factory=dict)
    has_ended: bool = False
    model_changes: int = field(default_factory=catalog.count_changes)
    heard_at: int = field(default_factory=milliseconds_now)
    says_silence: bool | None = None  # the page may still say it of another answer

    def has_news(self, batch: Batch) -> bool:
        """Whether there is anything to show."""
        has_changed = self.is_silent != self.says_silence or self.model_changes != catalog.count_changes()
        return batch.brings_something or has_changed

    @property
    def is_silent(self) -> bool:
        """Whether the answer has said nothing for so long that the page says so."""
        is_written = bool(self.answer_id) and not self.has_ended
        return is_written and milliseconds_now() - self.heard_at >= QUIET_SECONDS * 1_000

    async def apply(self, state: rx.State, batch: Batch) -> None:
        """Show a batch. Called with the tab's lock held."""
        self._note_text(batch)
        if batch.snapshot:
            self.has_ended, self.reasoning = False, without_towers(batch.snapshot.reasoning)
            await self._restart(batch.snapshot.message_id, batch.snapshot.text)
        if batch.text:
            self._append(batch.text)
        if batch.changed and self.conversation_id:
            await self._look_again(state)
        elif batch.snapshot:
            await self._show_status(state, batch.snapshot)
        if batch.title_changed and not batch.changed:
            await self._look_at_title(state)
        if batch.text or batch.snapshot or batch.changed:
            await self._flush(state)
        self.reasoning += more_without_towers(self.reasoning, batch.reasoning)
        if self.reasoning:
            await self._show_reasoning(state)
        if batch.list_changed:
            await conversation_list.refresh(state, self.principal)
        await self._show_silence(state)
        await self._show_model_changes(state)

    def _note_text(self, batch: Batch) -> None:
        if batch.text or batch.reasoning:
            self.heard_at = milliseconds_now()
        elif batch.snapshot:
            self.heard_at = milliseconds(batch.snapshot.text_at or batch.snapshot.began_at) or milliseconds_now()

    async def _show_silence(self, state: rx.State) -> None:
        if self.is_silent != self.says_silence:
            self.says_silence = self.is_silent
            screen.assign(await state.get_state(WaitState), quiet_since=self.heard_at if self.says_silence else 0)

    async def _show_model_changes(self, state: rx.State) -> None:
        if self.model_changes != catalog.count_changes():
            self.model_changes = catalog.count_changes()
            await show_model_changes(state, self.principal)

    async def _look_again(self, state: rx.State) -> None:
        """Bring rows and the live row's state in line with the database, which has the last word on an ended text."""
        conversation, live = await state.get_state(ConversationState), await state.get_state(LiveState)
        was_active = live.message.is_active
        try:
            found = await history.get_history(self.principal, self.conversation_id)
        except NotFound:
            screen.show_not_found(conversation)
            return
        await screen.show_history(state, found, by_follower=True)
        await show_own_model(state, self.principal)
        answer = found.entries[-1].answer if found.entries else None
        if answer is None or not answer.is_active:
            await take_back(state, "busy")
        if answer is None or answer.message_id != live.message.id:
            return
        if was_active and not answer.is_active:
            screen.announce(conversation, announcement(answer))
        if not answer.is_active:
            await self._complete(answer)

    async def _show_status(self, state: rx.State, answer: Answer) -> None:
        live = await state.get_state(LiveState)
        if live.message.id == answer.message_id:
            message = replace(live.message, status=shown_status(answer))
            screen.assign(live, message=message, has_text=bool(answer.text))

    async def _look_at_title(self, state: rx.State) -> None:
        conversation = await state.get_state(ConversationState)
        try:
            title = await conversations.get_title(self.principal, self.conversation_id)
        except NotFound:  # deleted a moment ago, which has a notice of its own
            return
        if conversation.title != title:
            conversation.title = title

    async def _complete(self, answer: Answer) -> None:
        is_whole = self.answer_id == answer.message_id and "".join(self.stored_text) == answer.text
        self.has_ended, self.reasoning = True, without_towers(answer.reasoning)
        if is_whole:
            self.shown.append(self.maths.flush())
            self.shown.end()
        else:
            await self._restart(answer.message_id, answer.text)

    async def _restart(self, message_id: str, text: str) -> None:
        self.answer_id, self.stored_text, self.maths = message_id, [text], MathsTranslator()
        self.shown = LiveText()
        if len(text) > LONG_CHARACTERS:
            await asyncio.to_thread(self._cut, text)
        else:
            self._cut(text)

    def _cut(self, text: str) -> None:
        self.shown.restart(self.maths.feed(text) + (self.maths.flush() if self.has_ended else ""))
        if self.has_ended:
            self.shown.end()

    def _append(self, text: str) -> None:
        self.stored_text.append(text)
        self.shown.append(self.maths.feed(text))

    async def _flush(self, state: rx.State) -> None:
        """Write what changed into the live row, if that shows this answer."""
        live, sealed = await state.get_state(LiveState), await state.get_state(SealedState)
        if live.message.id != self.answer_id:
            return
        if any(getattr(_home(name, live, sealed), name) != text for name, text in self.written.items()):
            # An event has emptied the row since, and shows the same answer again: write all of it.
            await self._restart(self.answer_id, "".join(self.stored_text))
        for name, text in {**self.shown.take_changes(), "definitions": self.shown.definitions}.items():
            self.written[name] = text
            if getattr(_home(name, live, sealed), name) != text:
                setattr(_home(name, live, sealed), name, text)
        if not live.has_text and any(self.written.values()):
            live.has_text = True

    async def _show_reasoning(self, state: rx.State) -> None:
        """Bring the reasoning, if it is unfolded, in line with what is known of it.

        Whoever unfolds it, or comes back, has the database's, which may be behind the log or ahead of the last batch.
        """
        live, reasoning = await state.get_state(LiveState), await state.get_state(ReasoningState)
        if live.message.id != self.answer_id:
            return
        screen.assign(live, message=replace(live.message, has_reasoning=True))
        if reasoning.open_id != live.message.id:
            return
        slots = await state.get_state(ReasoningTextState)
        shown = slots.r0 + slots.r1
        if shown == self.reasoning or (shown.startswith(self.reasoning) and not self.has_ended):
            return
        if not self.reasoning.startswith(shown):
            slots.r0, slots.r1, shown = "", "", ""
        slots.r1 += self.reasoning[len(shown) :]
        if len(slots.r1) > max(REASONING_TAIL_CHARACTERS, len(slots.r0) // REASONING_TAIL_SHARE):
            slots.r0, slots.r1 = slots.r0 + slots.r1, ""


def _home(slot: str, live: LiveState, sealed: SealedState) -> rx.State:
    return live if slot in LIVE_SLOTS else sealed
