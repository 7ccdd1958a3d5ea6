"""Every event handler of the page is tried by somebody else with the owner's ids: nothing changes, nothing is shown.

The list of handlers is written out: a new one fails the census until it is tried here.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from reflex_base.registry import RegistrationContext

from chatapp.accounts.principal import Principal
from chatapp.conversations import service as conversations
from chatapp.settings import Settings
from chatapp.ui.guard import ANONYMOUS, UNASKED
from chatapp.ui.pages import chat, login, settings, signup  # noqa: F401 - a page registers the states it uses
from tests.accounts.browsing import join, principal_for
from tests.conversations.test_ownership import rows
from tests.generations.conversing import ask, ended
from tests.ui.events import tab
from tests.ui.test_guard import cookie

SECRET = "sentinel of ada"

ID, MESSAGE = "<conversation>", "<message>"
HANDLERS: dict[str, Mapping[str, Any]] = {
    "account_state.open_login": {},
    "account_state.open_signup": {},
    "account_state.toggle_password": {},
    "composer_state.begin": {"document": "1"},
    "composer_state.dismiss_error": {},
    "composer_state.save_draft": {"text": "mine", "client_message_id": MESSAGE, "conversation_id": ID},
    "composer_state.send": {"form": {"text": "mine", "client_message_id": MESSAGE, "conversation_id": ID}},
    "composer_state.stop": {},
    "composer_state.too_long": {},
    "composer_state.use_example": {"text": "count 1"},
    "conversation_actions.delete": {"conversation_id": ID},
    "conversation_actions.forget_undo": {"conversation_id": ID},
    "conversation_actions.load_more": {},
    "conversation_actions.rename": {"form": {"conversation_id": ID, "title": "mine"}},
    "conversation_actions.undo": {},
    "failure_state.show": {"words": MESSAGE},
    "messages_state.continue_answer": {"message_id": MESSAGE},
    "messages_state.load_older": {},
    "messages_state.regenerate": {"message_id": MESSAGE},
    "messages_state.select_version": {"message_id": MESSAGE},
    "models_state.choose": {"search": "demo"},
    "models_state.load": {},
    "models_state.select": {"key": ID},
    "models_state.unfold": {},
    "page_state.open": {},
    "page_state.remember_time_zone": {"zone": "Europe/Berlin"},
    "page_state.watch": {"new_conversation_id": ID},
    "picker_state.move": {"step": 1},
    "picker_state.search": {"text": "demo"},
    "picker_state.show_more": {},
    "reasoning_state.toggle": {"message_id": MESSAGE},
    "security_state.open_settings": {},
    "security_state.sign_out_others": {},
    "sidebar_state.set_drawer": {"is_open": True},
    "sidebar_state.start_rename": {"conversation_id": ID},
    "sidebar_state.toggle_hidden": {},
}
ENDLESS = {"page_state.watch", "page_state.open", "conversation_actions.delete", "conversation_actions.forget_undo"}
"""Those that follow, or wait out a toast: they are given a moment and then taken away with their tab."""


def own_handlers() -> dict[str, str]:
    """The handlers of chatapp's states, by class and name -> full name."""
    names = [name for name in RegistrationContext.get().event_handlers if "chatapp___ui___state" in name]
    names = [name for name in names if not name.endswith(".setvar")]  # Reflex's own, tried below
    return {name.rpartition("____")[2]: name for name in names if "test" not in name}


def filled(value: Any, ids: Mapping[str, str]) -> Any:
    """The sample arguments with the real ids in them."""
    if isinstance(value, Mapping):
        return {key: filled(inner, ids) for key, inner in value.items()}
    return ids.get(value, value) if isinstance(value, str) else value


def test_every_handler_is_on_the_list_and_nothing_else_is() -> None:
    assert set(own_handlers()) == set(HANDLERS)
    assert {name for name in ANONYMOUS | UNASKED if "chatapp" in name} <= set(own_handlers().values())


@pytest.mark.parametrize("handler", sorted(HANDLERS))
async def test_a_stranger_with_the_owners_ids_changes_and_sees_nothing(
    process: Settings, ada: Principal, handler: str
) -> None:
    posted = await ask(ada, f"repeat exactly: {SECRET}")
    answer = await ended(ada, posted.conversation_id)
    await conversations.rename(ada, posted.conversation_id, f"{SECRET} title")
    await conversations.save_draft(ada, posted.conversation_id, f"{SECRET} draft")
    token = await join("eve", process)
    assert (await principal_for(token, process)).username == "eve"
    before = await _rows_of(ada)
    payload = filled(HANDLERS[handler], {ID: posted.conversation_id, MESSAGE: answer.message_id})
    async with tab() as page:
        sending = page.send(own_handlers()[handler], payload, cookie=cookie(token), url=f"/c/{posted.conversation_id}")
        try:
            async with asyncio.timeout(0.3 if handler in ENDLESS else 10):
                await sending
        except TimeoutError:
            assert handler in ENDLESS
        words = page.words()
        assert page.errors == []
    assert SECRET not in words
    assert await _rows_of(ada) == before


async def _rows_of(owner: Principal) -> list[str]:
    """The rows that hang on this person's conversations, whatever others add beside them."""
    tables = await rows()
    mine = [str(row) for table in tables for row in table if owner.user_id in str(row) or SECRET in str(row)]
    return sorted(mine)


async def test_a_tab_cannot_be_made_to_name_a_foreign_conversation(process: Settings, ada: Principal) -> None:
    token = await join("eve", process)
    setvar = own_handlers()["composer_state.stop"].replace(
        "composer____composer_state.stop", "live____live_state.setvar"
    )
    async with tab() as page:
        with pytest.raises(AttributeError):
            await page.send(setvar, {"var_name": "message_id", "value": ada.user_id}, cookie=cookie(token))
        assert ada.user_id not in page.words()
