"""What people read: the one catalogue of the sentences for errors and of the words on the page.

Errors are raised, passed and stored as a reason with parameters. They become words where somebody reads them: on the
page, in the answer to a form, at the command line. The sentences themselves stand in `sentences.py`.

One word for one thing: a chat has messages and answers, which a model of a model server writes; whoever runs chatapp is
the administrator.
"""

import math
from collections.abc import Mapping
from string import Formatter

from chatapp.errors import ChatappError, Parameter
from chatapp.sentences import ACCOUNTS, ADDRESSES, ANSWERS, ANYWHERE, CONVERSATIONS, MODELS

# What went wrong, and what to do about it ---------------------------------------------------------------------------

SAID = " It says: {said}"
"""Follows the sentence of a reason with the parameter `said`: only the server itself knows why."""

_WAIT = "\0"
"""Stands where the words for a wait belong, in a sentence of which somebody else counts the time."""

WORDS: Mapping[str, str] = {**ANYWHERE, **ACCOUNTS, **CONVERSATIONS, **ANSWERS, **MODELS, **ADDRESSES}
"""Reason -> sentence."""

NOTICES = frozenset({"busy", "queued_gone", "redis_away"})
"""Reasons that are no failures: what was asked for comes later, or goes on by itself. They are not shown in red."""

# What the page says -------------------------------------------------------------------------------------------------

APP = "chatapp"
OF_APP = " - chatapp"
NEEDS_JAVASCRIPT = "chatapp needs JavaScript. Allow it for this page."
RESTARTING = "Restarting ... your text is safe."
RECONNECTING = "Reconnecting ... your text is safe."
REFUSED_HEADING = "chatapp can't be opened here"
REFUSED_ELSEWHERE = (
    "The server is down, or it does not expect pages from the address that your browser shows. If this stays, add that "
    "address to the server's CHATAPP_ALLOWED_ORIGINS."
)
DISMISS = "Dismiss"

NOT_FOUND = "Not found"
NOT_FOUND_HEADING = "There is nothing here"
START_NEW_CHAT = "Start a new chat"
BROKEN_PAGE = "This page could not be shown"
BROKEN_PAGE_WHY = "Something broke in your browser. Your chats are safe."
RELOAD = "Reload"

# Accounts
SIGN_IN = "Sign in"
SIGN_UP = "Sign up"
SIGN_OUT = "Sign out"
NO_ACCOUNT_YET = "No account yet? "
HAVE_ACCOUNT = "Already have an account? "
USERNAME = "Username"
PASSWORD = "Password"
SHOW_PASSWORD = "Show password"
HIDE_PASSWORD = "Hide password"
PASSWORD_MINIMUM = "At least {minimum} characters."
CREATE_ACCOUNT = "Create account"
CREATE_AN_ACCOUNT = "Create an account"
CREATE_FIRST_ACCOUNT = "Create the first account"
FIRST_IS_ADMINISTRATOR = "This account becomes the administrator's."
SETUP_CODE = "Setup code"
SETUP_CODE_WHERE = "chatapp prints it in its terminal or log when it starts."
SIGN_UP_CLOSED = "Sign-up is closed"
ASK_FOR_ACCOUNT = "Ask your administrator for an account."

SETTINGS = "Settings"
BACK_TO_CHATS = "Back to chats"
SIGNED_IN_AS = "Signed in as "
CURRENT_PASSWORD = "Current password"
NEW_PASSWORD = "New password"
CHANGE_PASSWORD = "Change password"
PASSWORD_CHANGED = "Your password is changed."
DEVICES = "Signed-in devices"
THIS_DEVICE = " (this one)"
LAST_USED = "Last used "
SIGN_OUT_OTHERS = "Sign out other devices"
ACCOUNT_OF = "Account of {username}"
COLOURS = "Colours"
LIGHT = "Light"
DARK = "Dark"
SYSTEM = "System"

# Chats
CHAT = "Chat"
CHATS = "Chats"
NEW_CHAT = "New chat"
NEW_CHAT_KEYS = "New chat (Ctrl-Shift-O)"
OPEN_CHATS = "Open the list of chats"
CLOSE_CHATS = "Close the list of chats"
SHOW_CHATS_KEYS = "Show the list of chats (Ctrl-Shift-S)"
HIDE_CHATS_KEYS = "Hide the list of chats (Ctrl-Shift-S)"
NO_CHATS_YET = "Your chats will be listed here."
ARCHIVED_CHATS = "Archived chats"
ARCHIVE_NOTE = "They can be opened and continued as before."
NOTHING_ARCHIVED = "Nothing is archived."
TRASH = "Trash"
TRASH_EMPTY = "The trash is empty."
RESTORE = "Restore"
RESTORE_OF = "Restore: {title}"
DELETE_FOR_GOOD = "Delete for good"
DELETE_FOR_GOOD_OF = "Delete for good: {title}"
DELETE_FOR_GOOD_WARNING = "The chat and all its messages will be gone. This can't be undone."
KEEP = "Keep"
SHOW_MORE = "Show more"
ANSWERING = "Answer in progress"
NEW_ANSWER = "New answer"
MORE_OF = "More: {title}"
RENAME = "Rename"
PIN = "Pin"
UNPIN = "Unpin"
PINNED = "Pinned"
ARCHIVE = "Archive"
UNARCHIVE = "Move back to chats"
PRINT = "Print"
DELETE = "Delete"
TITLE = "Title"
SELECT_CHATS = "Select chats"
SELECTED = "{count} selected"
ALL = "All"
STOP_SELECTING = "Stop selecting"
CHAT_DELETED = "Chat deleted"
CHATS_DELETED = "{count} chats deleted"
CHAT_ARCHIVED = "Chat archived"
CHATS_ARCHIVED = "{count} chats archived"
MESSAGE_REMOVED = "Message removed"
UNDO = "Undo"
UNDO_KEYS = "Undo (Ctrl-Z)"
NOT_SAVED_YET = "Not saved yet"
TODAY = "Today"
YESTERDAY = "Yesterday"
PREVIOUS_DAYS = "Previous {days} days"

# Messages and answers
HELLO = "Hello"
HELLO_NAME = "Hello, {username}"
EXAMPLES = "Examples"
EXAMPLE_TABLE = "Show me a table of the planets"
EXAMPLE_CODE = "Write code that reverses a list in Python"
EXAMPLE_MATHS = "Explain the quadratic formula with maths"
EXAMPLE_COUNT = "Count 100, one number at a time"
DEMO_MODEL = (
    "You are using the built-in demo model. Start Ollama or LM Studio (detected automatically), "
    "or set `OPENAI_API_KEY` in `.env` and restart."
)

MESSAGE = "Message"
ASK_ANYTHING = "Ask anything"
SEND = "Send"
STOP = "Stop"

QUEUE = "Messages that wait"
QUEUE_GOES_ON = "Sent when the answer has ended"
QUEUE_PAUSED = "Paused until you go on"
GO_ON = "Go on"
EDIT = "Edit"
SAVE = "Save"
CANCEL = "Cancel"
MOVE_UP = "Move up"
MOVE_DOWN = "Move down"
SEND_NOW = "Send now"
REMOVE = "Remove"

MESSAGES = "Messages"
YOU = "You"
YOU_SAID = "You said"
ANSWER = "Answer"
EARLIER_MESSAGES = "Show earlier messages"
EARLIER_NOT_PRINTED = (
    "Earlier messages are not printed here. To print all, press Ctrl-P (Command-P on a Mac) in the chat."
)
LATEST_MESSAGE = "Jump to the latest message"
THINKING = "Thinking"
NO_TEXT_FOR = "No text for"
THOUGHT = "Thought"
THOUGHT_FOR = "Thought for {seconds} s"
SOURCES = "Sources"
SOURCE_WITHOUT_ADDRESS = "Source without an address"
COPY = "Copy"
DETAILS = "Details"
SENT_AT = "Sent"
MODEL_OF = "{model} ({endpoint})"
DURATION = "Duration"
SECONDS = "{seconds:,.1f} s"
TOKENS = "Tokens"
TOKENS_READ = "{count:,} read"
TOKENS_WRITTEN = "{count:,} written"
PRICE = "Price"
DOLLARS = "about ${dollars:,.4f}"
FREE = "free"
LESS_THAN_DOLLARS = "less than ${dollars}"
GOOD_ANSWER = "Good answer"
BAD_ANSWER = "Bad answer"
WHY_GOOD = "What was good?"
WHY_BAD = "What was wrong?"
WHO_READS_RATINGS = "Your administrator can read what you rate."
SAVE = "Save"
READ_ALOUD = "Read aloud"
STOP_READING = "Stop reading"
COPY_CODE = "Copy code"
CODE = "Code"
TABLE = "Table"
FORMULA = "Formula"
COPIED = "Copied"
NOT_COPIED = "Could not copy"
REGENERATE = "Regenerate"
RETRY = "Retry"
TRY_AGAIN_IN = "Try again in"
IN = "in"
NOW = "now"
CONTINUE = "Continue"
VERSIONS = "Versions"
PREVIOUS_VERSION = "Previous version"
NEXT_VERSION = "Next version"
LATER_ELSEWHERE = "The messages that followed are in version {version} of this answer."
SHOW_VERSION = "Show version {version}"
DIAGRAM = "Diagram"
SHOW_DIAGRAM = "Show diagram"
SHOW_CODE = "Show code"
EMPTY_ANSWER = "This answer has nothing that can be shown."
TOO_COMPLEX = "This part is too complex to be formatted. It is shown as it was written."
IMAGE_NOT_LOADED = "Image not loaded"

YOU_STOPPED = "You stopped this answer."
INTERRUPTED = "This answer was interrupted."
FAILED = "This answer failed."
LENGTH_LIMIT = "The answer reached the model's length limit."
FILTERED = "The model server's content filter cut this answer off."
ENDED_EARLY = "The model server ended this answer early: {finish_reason}."
OMITTED_ONE = "The oldest message did not fit into the model's context window and was left out."
OMITTED = "The {count} oldest messages did not fit into the model's context window and were left out."

SAID_QUEUED = "Message waits until the answer has ended"
ANSWER_READY = "Answer ready"
ANSWER_FAILED = "Answer failed"
NOTIFY_ME = "Notify me of answers"
NOTICES_BLOCKED = "Your browser blocks notices from this page. Allow them in its settings for this page."

SETTING_NAMES = {
    "instructions": "Instructions",
    "temperature": "Temperature",
    "top_p": "Top P",
    "max_tokens": "Longest answer, in tokens",
    "reasoning_effort": "Reasoning effort",
    "stop": "Stop words",
}
LEFT_OUT = "The model does not take this setting, and answered without it: {names}."
CHAT_SETTINGS = "Settings of this chat"
SETTINGS_OF_ALL = "Settings of all my chats"
WHICH_ALL = "Each chat can have its own beside these."
WHICH_ONE = "From the next answer on. What is empty here is as in your settings of all chats."
INSTRUCTIONS_FOR = "What should the model know or do in every answer?"
ONE_A_LINE = "One a line, up to four"
AS_THE_MODEL = "As the model decides"
EFFORTS = {"none": "None", "minimal": "Minimal", "low": "Low", "medium": "Medium", "high": "High"}
SAVED = "Saved"

SAID_STARTED = "Answer started"
SAID_FINISHED = "Answer finished, {words} words"
SAID_STOPPED = "Stopped"
SAID_INTERRUPTED = "Answer interrupted"
SAID_ERROR = "Error: {error}"
SAID_VERSION = "Version {version} of {versions}"
SAID_EARLIER = "Messages shown: {count}"
SAID_MORE_CHATS = "Chats shown: {count}"
SAID_MODELS_FOUND = "Models found: {count}"
SAID_RENAMED = "Renamed"
SAID_RESTORED = "Brought back"

# The model picker
MODEL = "Model"
MODEL_NAME = "Model: {model}"
LIST_OF_MODELS = "Models"
CHOOSE = "Choose"
CHOOSE_MODEL = "Choose a model"
SEARCH_MODELS = "Search models"
MORE_MODELS = "{count} more models match. Search, or"
SHOW_MORE_MODELS = "show more"
NO_MODELS_YET = "No models there yet."
LOOKING_FOR_MODELS = "Looking for models ..."
NO_MODEL_FOUND = "No model has this in its name."


def signed_out(count: int) -> str:
    """That other browsers were signed out."""
    return f"Signed out on {count} other {'device' if count == 1 else 'devices'}."


def kept_in_trash(days: int) -> str:
    """How long the trash keeps a chat; "" where there is no trash."""
    if not days:
        return ""
    return f"Chats are deleted for good after {'a day' if days == 1 else f'{days} days'} here."


# Saying it ----------------------------------------------------------------------------------------------------------


def words_of(error: ChatappError) -> str:
    """What a person is told of an error."""
    return say(error.reason, error.parameters)


def say(reason: str, parameters: Mapping[str, Parameter]) -> str:
    """The sentence of a reason. What a newer version has stored and this one cannot say is told in general."""
    try:
        sentence = _format.vformat(WORDS[reason], (), parameters)
    except (KeyError, ValueError, TypeError):
        return WORDS["error"]
    return sentence + (SAID.format(said=parameters["said"]) if parameters.get("said") else "")


def say_around_wait(error: ChatappError) -> tuple[str, str]:
    """What a person is told, before and behind the words for when to try again; all of it before where it has none."""
    before, _, behind = say(error.reason, {**error.parameters, "retry_after_seconds": _WAIT}).partition(_WAIT)
    return before, behind


class _Format(Formatter):
    """Python's own, and `when`: when to try again, of a number of seconds or of None."""

    def format_field(self, value: Parameter, format_spec: str) -> str:
        """One parameter as its format says."""
        return _when(value) if format_spec == "when" else str(format(value, format_spec))


def _when(seconds: Parameter) -> str:
    if seconds == _WAIT:
        return _WAIT
    if not isinstance(seconds, int | float):
        return "in a moment"
    for unit, size, rounded in (("days", 86_400, round), ("hours", 3_600, round), ("minutes", 60, math.ceil)):
        if seconds >= 2 * size:
            return f"in {rounded(seconds / size)} {unit}"
    return f"in {max(1, math.ceil(seconds))} s"


_format = _Format()
