"""Every event handler of the page is tried by somebody else with the owner's ids: nothing changes, nothing is shown.

The list of handlers is written out: a new one fails the census until it is tried here.
"""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import pytest
import reflex as rx
import reflex_base.config
from annotated_types import MaxLen
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import to_snake_case

from chatapp.accounts.principal import Principal
from chatapp.conversations import drafts
from chatapp.conversations import service as conversations
from chatapp.errors import Forbidden, SettingsError
from chatapp.settings import Settings
from chatapp.ui.pages import chat, login, settings, signup  # noqa: F401 - a page registers the states it uses
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.live import LiveState
from chatapp.ui.state.opening import CHAT_ROUTE
from chatapp.web.arguments import Key, Typed
from chatapp.web.handlers import ADMINISTRATORS, assert_declared, find_declaration, handler
from chatapp.web.page_errors import ErrorState
from chatapp.web.reflex_handlers import CONNECT
from chatapp.words import WORDS, words_of
from tests.accounts.browsing import join, principal_for
from tests.conversations.test_ownership import rows
from tests.generations.conversing import ask, ended
from tests.ui.events import Tab, name_of, tab
from tests.web.test_guard import cookie

SECRET = "sentinel of ada"


class ProbeState(rx.State):
    """Handlers of kinds that no page has."""

    calls: int = 0

    @handler(audience=ADMINISTRATORS)
    def administer(self) -> None:
        self.calls += 1

    @handler
    def take(self, text: Annotated[str, MaxLen(7)], key: Key) -> None:
        self.calls += 1


ID, MESSAGE = "<conversation>", "<message>"
HANDLERS: dict[str, Mapping[str, Any]] = {
    "account_state.open_login": {},
    "account_state.open_signup": {},
    "composer_state.begin": {"page_load_id": "1"},
    "error_state.dismiss": {},
    "chat_settings_state.change": {"setting": {"conversation_id": ID, "name": "instructions", "typed": "mine"}},
    "chat_settings_state.close": {},
    "chat_settings_state.open": {},
    "composer_state.save_draft": {"text": "mine", "client_message_id": MESSAGE, "conversation_id": ID},
    "composer_state.send": {"form": {"text": "mine", "client_message_id": MESSAGE}},
    "composer_state.stop": {},
    "composer_state.too_long": {},
    "composer_state.use_example": {"text": "count 1"},
    "conversation_actions.delete": {"conversation_id": ID},
    "conversation_actions.forget_undo": {"key": ID},
    "conversation_actions.load_more": {},
    "conversation_actions.rename": {"form": {"conversation_id": ID, "title": "mine", "title_id": "1"}},
    "conversation_actions.undo": {},
    "error_state.show": {"words": MESSAGE},
    "facts_state.toggle": {"message_id": MESSAGE},
    "messages_state.continue_answer": {"message_id": MESSAGE},
    "messages_state.load_all": {},
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
    "picker_state.move": {"step": 1, "search": "demo"},
    "picker_state.search": {"text": "demo"},
    "picker_state.show_more": {},
    "queue_actions.cancel": {"message_id": MESSAGE},
    "queue_actions.edit": {"message_id": MESSAGE},
    "queue_actions.go_on": {},
    "queue_actions.keep": {"conversation_id": ID, "message_id": MESSAGE, "text": "mine"},
    "queue_actions.move": {"message_id": MESSAGE, "place": 0},
    "queue_actions.remove": {"message_id": MESSAGE},
    "queue_actions.save": {"form": {"message_id": MESSAGE, "text": "mine"}},
    "queue_actions.send_now": {"message_id": MESSAGE},
    "rating_state.close": {},
    "rating_state.rate": {"message_id": MESSAGE, "rating": 1},
    "rating_state.save_note": {"form": {"message_id": MESSAGE, "note": "mine"}},
    "reasoning_state.toggle": {"message_id": MESSAGE},
    "security_state.open_settings": {},
    "selection_actions.archive": {"conversation_ids": ID},
    "selection_actions.bring_back": {"conversation_ids": ID},
    "selection_actions.delete": {"conversation_ids": ID},
    "security_state.sign_out_others": {},
    "shelf_actions.archive": {"conversation_id": ID},
    "shelf_actions.delete_for_good": {"conversation_id": ID},
    "shelf_actions.mark_seen": {"conversation_id": ID},
    "shelf_actions.open_shelf": {"shelf": "trash"},
    "shelf_actions.pin": {"conversation_id": ID, "is_pinned": True},
    "shelf_actions.restore": {"conversation_id": ID},
    "shelf_actions.unarchive": {"conversation_id": ID},
}
ENDLESS = {"page_state.watch", "page_state.open"}
"""Those that follow: they are given a moment and then taken away with their tab."""


def own_handlers() -> dict[str, str]:
    """The handlers of chatapp's states, by class and name -> full name."""
    found = {}
    for full_name, registered in RegistrationContext.get().event_handlers.items():
        state, name = registered.handler.state, full_name.rpartition(".")[2]
        if state and state.__module__.startswith("chatapp.") and name != "setvar":  # Reflex's own, tried below
            found[f"{to_snake_case(state.__name__)}.{name}"] = full_name
    return found


def filled(value: Any, ids: Mapping[str, str]) -> Any:
    """The sample arguments with the real ids in them."""
    if isinstance(value, Mapping):
        return {key: filled(inner, ids) for key, inner in value.items()}
    return ids.get(value, value) if isinstance(value, str) else value


def test_every_handler_is_on_the_list_and_nothing_else_is() -> None:
    assert set(own_handlers()) == set(HANDLERS)


def test_what_a_page_does_by_itself_is_on_the_list_too() -> None:
    registration = RegistrationContext.get()
    declared = {name: find_declaration(name, registration) for name in registration.event_handlers}
    automatic = {name.rpartition(".")[2] for name, declaration in declared.items() if declaration.automatic}
    waiting = {name.rpartition(".")[2] for name, declaration in declared.items() if declaration.waits}
    opening = {"hydrate", "hydrate_and_load", "on_load_internal", "set_is_hydrated", "open"}
    opening |= {"open_login", "open_signup", "open_settings"}
    following = {"load", "remember_time_zone", "watch"}
    reports = {"forget_undo", "handle_frontend_exception", "mark_seen", "show"}
    assert automatic == opening | following | reports
    assert waiting == opening | following | {"begin"}  # somebody has loaded the page


@pytest.mark.parametrize("handler", sorted(HANDLERS))
async def test_a_stranger_with_the_owners_ids_changes_and_sees_nothing(
    process: Settings, ada: Principal, handler: str
) -> None:
    posted = await ask(ada, f"repeat exactly: {SECRET}")
    answer = await ended(ada, posted.conversation_id)
    await conversations.rename(ada, posted.conversation_id, f"{SECRET} title")
    await drafts.save_draft(ada, posted.conversation_id, f"{SECRET} draft")
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
    setvar = name_of(LiveState, "setvar")
    async with tab() as page:
        await page.send(setvar, {"var_name": "message_id", "value": ada.user_id}, cookie=cookie(token))
        assert page.shown(ErrorState, "error") == words_of(Forbidden())
        assert ada.user_id not in page.words()


def calls(page: Tab) -> int:
    """How often a handler of the probe has run."""
    state, name = ProbeState.get_full_name(), "calls_rx_state_"
    return max((delta[state][name] for delta in page.deltas if name in delta.get(state, {})), default=0)


async def test_what_is_for_administrators_is_refused_to_everybody_else(migrated: Settings) -> None:
    owner, eve = await join("owner", migrated), await join("eve", migrated)
    async with tab() as page:
        await page.send(name_of(ProbeState, "administer"), cookie=cookie(eve))
        assert page.shown(ErrorState, "error") == words_of(Forbidden())
        await page.send(name_of(ProbeState, "administer"))
        assert page.redirects() == ["/login"]
        assert calls(page) == 0
        await page.send(name_of(ProbeState, "administer"), cookie=cookie(owner))
        assert calls(page) == 1


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"text": 5, "key": ""}, WORDS["page_out_of_date"]),
        ({"text": "", "key": "\0"}, WORDS["page_out_of_date"]),
        ({"text": "", "key": "", "more": ""}, WORDS["page_out_of_date"]),
        ({"text": ""}, WORDS["page_out_of_date"]),
        ({"text": "12345678", "key": ""}, "This is too long: at most 7 characters can be sent. Shorten it"),
    ],
)
async def test_a_handler_does_not_run_with_arguments_that_it_does_not_declare(
    migrated: Settings, payload: Mapping[str, Any], words: str
) -> None:
    token = await join("owner", migrated)
    async with tab() as page:
        await page.send(name_of(ProbeState, "take"), payload, cookie=cookie(token))
        assert words in page.shown(ErrorState, "error")
        assert calls(page) == 0
        await page.send(name_of(ProbeState, "take"), {"text": "1234567", "key": "é"}, cookie=cookie(token))
        assert calls(page) == 1


async def test_a_question_that_is_too_long_is_told_so_and_stays_in_its_box(process: Settings) -> None:
    token = await join("owner", process)
    async with tab() as page:
        await page.send(CONNECT, cookie=cookie(token), route=CHAT_ROUTE)
        box = page.shown(ConversationState, "composer_key")
        form = {"__reflex_form_data__": [["text", "x" * 200_001], ["client_message_id", "1"]]}
        await page.send(own_handlers()["composer_state.send"], {"form": form}, cookie=cookie(token), route=CHAT_ROUTE)
        assert "at most 200,000 characters" in page.shown(ErrorState, "error")
        assert page.shown(ConversationState, "composer_key") == box


@pytest.fixture
def registration() -> Iterator[RegistrationContext]:
    """Where a test may define states of which no other test hears."""
    with RegistrationContext.get().fork() as forked:
        yield forked


def test_the_app_starts_with_the_handlers_that_it_has() -> None:
    assert_declared(RegistrationContext.get())


def test_the_app_refuses_to_start_with_a_handler_that_does_not_say_who_may_call_it(
    registration: RegistrationContext,
) -> None:
    class SilentState(rx.State):
        @rx.event
        def wipe(self) -> None: ...

    with pytest.raises(SettingsError, match=r"silent_state\.wipe does not say who may call it"):
        assert_declared(registration)


def test_the_app_refuses_to_start_with_a_method_that_was_not_meant_to_be_one(registration: RegistrationContext) -> None:
    class OpenState(rx.State):
        def wipe(self) -> None: ...

    with pytest.raises(SettingsError, match=r"open_state\.wipe does not say who may call it"):
        assert_declared(registration)


def test_the_app_refuses_to_start_with_setters_that_reflex_makes_by_itself(
    registration: RegistrationContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reflex_base.config, "_state_auto_setters", True)

    class SettableState(rx.State):
        owner: str = ""

    with pytest.raises(SettingsError, match=r"settable_state\.set_owner does not say who may call it"):
        assert_declared(registration)


@pytest.mark.parametrize("kind", [str, Typed, Any, dict[str, str], list[Key], float, object, Key | None])
def test_the_app_refuses_to_start_with_an_argument_that_may_be_endless(
    registration: RegistrationContext, kind: Any
) -> None:
    def take(self: Any, text: Any) -> None: ...

    take.__annotations__["text"] = kind
    type("EndlessState", (rx.State,), {"take": handler(take), "__module__": __name__})
    with pytest.raises(SettingsError, match=r"endless_state\.take does not say what it takes"):
        assert_declared(registration)


def test_the_app_refuses_to_start_with_an_argument_of_no_type(registration: RegistrationContext) -> None:
    class UntypedState(rx.State):
        @handler
        def take(self, text) -> None: ...  # type: ignore[no-untyped-def]

    with pytest.raises(SettingsError, match=r"untyped_state\.take does not say what it takes"):
        assert_declared(registration)
