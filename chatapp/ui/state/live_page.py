"""Brings one tab up to date with each batch of its follower. Owns the text of the live row."""

from dataclasses import dataclass, field

import reflex as rx

from chatapp.accounts.principal import Principal
from chatapp.conversations import history
from chatapp.errors import NotFound
from chatapp.generations.queries import Answer
from chatapp.streaming.follower import Batch
from chatapp.ui.live_text import LiveText
from chatapp.ui.maths import MathsTranslator
from chatapp.ui.state import conversation_list, screen
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.live import LiveState
from chatapp.ui.state.reasoning import ReasoningState, ReasoningTextState
from chatapp.ui.state.rows import announcement, is_active
from chatapp.ui.state.sealed import SealedState

REASONING_TAIL_CHARACTERS = 1_000
"""Open reasoning beyond this moves from the slot that is sent with each flush into the one that rarely is."""


@dataclass
class LivePage:
    """What one run of the follower knows about its tab."""

    principal: Principal
    conversation_id: str
    answer_id: str = ""
    stored_text: list[str] = field(default_factory=list)
    shown: LiveText = field(default_factory=LiveText)
    maths: MathsTranslator = field(default_factory=MathsTranslator)

    async def apply(self, state: rx.State, batch: Batch) -> None:
        """Show a batch. Called with the tab's lock held."""
        if batch.snapshot:
            self._restart(batch.snapshot.message_id, batch.snapshot.text)
        if batch.changed and self.conversation_id:
            await self._look_again(state)
        if batch.text or batch.snapshot:
            self._append(batch.text)
            await self._flush(state)
        if batch.reasoning:
            await self._add_reasoning(state, batch.reasoning)
        if batch.list_changed:
            await conversation_list.refresh(state, self.principal)

    async def _look_again(self, state: rx.State) -> None:
        """Bring rows and the live row's state in line with the database."""
        conversation, live = await state.get_state(ConversationState), await state.get_state(LiveState)
        was_active = live.is_active
        try:
            found = await history.get_history(self.principal, self.conversation_id)
        except NotFound:
            conversation.not_found = True
            return
        await screen.show_history(state, found)
        answer = found.entries[-1].answer if found.entries else None
        if answer is None or answer.message_id != live.message_id:
            return
        if is_active(answer) and not was_active:
            conversation.announcement = "Answer started"
        elif was_active and not is_active(answer):
            conversation.announcement = announcement(answer)
        if not is_active(answer):
            await self._complete(state, answer)

    async def _complete(self, state: rx.State, answer: Answer) -> None:
        """The answer is final: the database has the last word on its text."""
        if self.answer_id != answer.message_id or "".join(self.stored_text) != answer.text:
            self._restart(answer.message_id, answer.text)
        self.shown.append(self.maths.flush())
        await self._flush(state)

    def _restart(self, message_id: str, text: str) -> None:
        self.answer_id, self.stored_text, self.maths = message_id, [text], MathsTranslator()
        self.shown.restart(self.maths.feed(text))

    def _append(self, text: str) -> None:
        self.stored_text.append(text)
        self.shown.append(self.maths.feed(text))

    async def _flush(self, state: rx.State) -> None:
        live, sealed = await state.get_state(LiveState), await state.get_state(SealedState)
        for name, value in self.shown.take_changes().items():
            target = live if name.startswith("s") else sealed
            if getattr(target, name) != value:
                setattr(target, name, value)
        if not live.has_text and self.shown.text:
            live.has_text = True
        if live.status == "queued":
            live.status = "streaming"

    async def _add_reasoning(self, state: rx.State, text: str) -> None:
        live, reasoning = await state.get_state(LiveState), await state.get_state(ReasoningState)
        if not live.has_reasoning:
            live.has_reasoning = True
        if reasoning.open_id != live.message_id:
            return
        slots = await state.get_state(ReasoningTextState)
        slots.r1 += text
        if len(slots.r1) > REASONING_TAIL_CHARACTERS:
            slots.r0, slots.r1 = slots.r0 + slots.r1, ""
