"""The settings of a chat, or of all of a person's: what stands in their boxes while these are open."""

from typing import Annotated

import reflex as rx
from annotated_types import MaxLen
from typing_extensions import TypedDict

from chatapp.conversations import chat_settings
from chatapp.conversations.chat_settings import INSTRUCTIONS_MAX_CHARACTERS, SettingName
from chatapp.errors import Invalid
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.screen import assign
from chatapp.web.arguments import Key, Typed
from chatapp.web.guard import principal_of
from chatapp.web.handlers import handler
from chatapp.web.page_errors import clear_error, shows_errors
from chatapp.words import words_of

INSTRUCTIONS_BOX_CHARACTERS = INSTRUCTIONS_MAX_CHARACTERS


class Setting(TypedDict):
    """One setting as its box sends it, and of which chat; "" is all of them."""

    conversation_id: Key
    name: SettingName
    typed: Annotated[Typed, MaxLen(INSTRUCTIONS_MAX_CHARACTERS)]


class ChatSettingsState(rx.State):
    """Filled while the boxes are open. `problem` says what is wrong with what is typed in the box `problem_name`."""

    is_open: bool = False
    conversation_id: str = ""
    instructions: str = ""
    temperature: str = ""
    top_p: str = ""
    max_tokens: str = ""
    reasoning_effort: str = ""
    stop: str = ""
    problem_name: str = ""
    problem: str = ""
    is_saved: bool = False

    @handler
    @shows_errors
    async def open(self) -> None:
        """Show the settings of the open chat; on the page for a new one, those of all chats."""
        conversation_id = (await self.get_state(ConversationState)).conversation_id
        shown = await chat_settings.get_typed(principal_of(self), conversation_id)
        await clear_error(self)
        assign(self, conversation_id=conversation_id, problem="", problem_name="", is_saved=False, is_open=True)
        for name, typed in shown.items():
            assign(self, **{name: typed})

    @handler
    async def close(self) -> None:
        """Forget what was shown: it may be another chat's the next time."""
        self.is_open = False

    @handler
    @shows_errors
    async def change(self, setting: Setting) -> None:
        """Keep what was typed in one of the boxes, or say what is wrong with it."""
        name = setting["name"]
        try:
            await chat_settings.change(principal_of(self), setting["conversation_id"], name, setting["typed"])
        except Invalid as error:
            assign(self, problem=words_of(error), problem_name=name, is_saved=False)
            return
        if self.problem_name == name:
            assign(self, problem="", problem_name="")
        self.is_saved = True
