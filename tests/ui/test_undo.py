"""There is one offer to undo: the last thing that was taken away comes back, as it was."""

from chatapp.accounts.principal import Principal
from chatapp.generations import service as generations
from chatapp.generations.message_queue import service as message_queue
from chatapp.reading import history
from chatapp.ui.state import undo
from chatapp.ui.state.undo import Kind, Taken, UndoState
from tests.generations.conversing import ask, ended
from tests.ui.test_live_page import new_tab


async def test_what_was_taken_away_last_comes_back_and_only_once(ada: Principal) -> None:
    tab = new_tab()
    offered = await tab.get_state(UndoState)
    deleted = (await ask(ada, "count 3")).conversation_id
    await ended(ada, deleted)
    conversation_id = (await ask(ada, "count 900 at 100")).conversation_id
    removed = (await ask(ada, "count 2", conversation_id)).message_id

    await generations.delete_conversations(ada, [deleted])
    await undo.offer(tab, Taken(Kind.DELETED, (deleted,)))
    assert offered.said == "Chat deleted"
    await message_queue.remove(ada, conversation_id, removed)
    await undo.offer(tab, Taken(Kind.UNQUEUED, (conversation_id, removed)))
    assert offered.said == "Message removed"

    assert await undo.bring_back(tab, ada) == Taken(Kind.UNQUEUED, (conversation_id, removed))
    assert [one.id for one in (await history.get_history(ada, conversation_id)).queued] == [removed]
    assert (offered.key, await undo.bring_back(tab, ada)) == ("", None)
    await generations.stop(ada, conversation_id)
    await ended(ada, conversation_id)
