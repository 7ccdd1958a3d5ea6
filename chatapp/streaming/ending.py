"""The last entry of an answer's log. Whoever reads it may trust the database for everything else."""

from chatapp.errors import Fenced, RedisUnavailable
from chatapp.log import get_logger
from chatapp.streaming.event_log import KEEP_AFTER_END_SECONDS, EventLog
from chatapp.streaming.events import End, Entry, Position, generation_key

log = get_logger(__name__)


async def say_ended(event_log: EventLog, generation_id: str, position: Position) -> None:
    """Append End; to be called after the commit, which is what counts. When the log is down this does nothing: readers
    then read the database by themselves."""
    key = generation_key(generation_id)
    try:
        await event_log.append(key, [Entry(position, End())])
        await event_log.expire(key, KEEP_AFTER_END_SECONDS)
    except RedisUnavailable:
        log.warning("end_not_logged", generation_id=generation_id)
    except Fenced:  # somebody has said so already
        return
