"""The models a person can pick, and the one they picked."""

import reflex as rx

from chatapp.accounts import service as accounts
from chatapp.catalog import service as catalog
from chatapp.conversations import service as conversations
from chatapp.ui.guard import current_principal
from chatapp.ui.state.boundary import shows_errors, text_argument
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.views import ModelOption


class ModelsState(rx.State):
    """`selected` is what the next question of this tab goes to, as `endpoint/model`."""

    options: list[ModelOption] = []
    selected: str = ""
    selected_name: str = ""
    loading: bool = False
    error: str = ""

    @rx.event
    @shows_errors
    async def load(self):
        """Look up again what the endpoints offer."""
        self.loading = True
        yield
        found = await catalog.list_models(await current_principal(self))
        self.options, self.loading = options(found), False

    @rx.event
    @shows_errors
    async def select(self, key: str):
        """Answer with this model from now on, here and in new conversations."""
        option = next((o for o in self.options if o.key == text_argument(key, max_characters=300)), None)
        if option is None:
            return
        self.selected, self.selected_name = option.key, option.name
        principal = await current_principal(self)
        await accounts.set_preferred_model(principal, option.key)
        conversation = await self.get_state(ConversationState)
        if conversation.conversation_id:
            await conversations.set_model(principal, conversation.conversation_id, option.key)


def options(found: catalog.Catalog) -> list[ModelOption]:
    """The catalogue as lines; an endpoint that is down gets one that says so."""
    lines = []
    for group in found.groups:
        heading = group.name
        for model in group.models:
            lines.append(ModelOption(model.key, model.name, heading=heading))
            heading = ""
        if group.error:
            lines.append(ModelOption("", "", heading=heading, error=group.error))
    return lines
