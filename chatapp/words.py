"""What people read: the one catalogue of the sentences for errors and of the words on the page.

Errors are raised, passed and stored as a reason with parameters. They become words where somebody reads them: on the
page, in the answer to a form, at the command line. A sentence names its parameters in braces, and behind a colon how a
number is written: as Python formats it, or `when`, in the unit that one would say it in.

One word for one thing: a chat has messages and answers, which a model of a model server writes; whoever runs chatapp is
the administrator.
"""

import math
from collections.abc import Mapping
from string import Formatter

from chatapp.errors import ChatappError, Parameter

# What went wrong, and what to do about it ---------------------------------------------------------------------------

SAID = " It says: {said}"
"""Follows the sentence of a reason with the parameter `said`: only the server itself knows why."""

ANYWHERE = {
    "error": "Something went wrong. Try again.",
    "command": "{sentence}",
    "not_found": "This page doesn't exist, or you can't open it.",
    "not_signed_in": "You are signed out. Sign in again.",
    "forbidden": "You are not allowed to do this.",
    "redis_away": "Live updates are interrupted. They come back by themselves.",
    "database_away": "The database can't be reached. Nothing you typed is lost; try again in a moment.",
    "disk_full": "The server's disk is full. Nothing you typed is lost; try again once there is room on it.",
    "page_out_of_date": "This page is out of date. Reload it and try again.",
    "argument_too_long": "This is too long: at most {limit:,} characters can be sent. Shorten it or send it in parts.",
}

ACCOUNTS = {
    "too_many_attempts": "Too many attempts. Try again {retry_after_seconds:when}.",
    "wrong_login": "Wrong username or password.",
    "wrong_current_password": "Wrong current password.",
    "password_changed_elsewhere": "Your password was changed elsewhere. Try again.",
    "password_changed_now": "Your password was changed just now. Try again.",
    "password_too_short": "Use at least {minimum} characters.",
    "password_too_long": "This password is too long. Choose a shorter one.",
    "password_common": "This password is too common. Choose another.",
    "password_is_username": "Choose a password that is not the username.",
    "username_missing": "Enter a username.",
    "username_too_long": "Use at most {maximum} characters.",
    "username_characters": "Use only letters, digits and . _ - @ +",
    "username_taken": "This username is taken. Choose another.",
    "signup_closed": "Sign-up is closed. Ask your administrator for an account.",
    "signup_first_taken": "Someone else has just created the first account. Ask them for one.",
    "signup_collision": "Someone else signed up at the same moment. Try again.",
    "wrong_setup_code": "Wrong setup code. chatapp prints it in its terminal or log when it starts.",
    "account_unknown": "There is no account with this username.",
    "login_unknown": "There is no such login session.",
    "handle_length": "A handle has {characters} characters: python -m chatapp sessions list",
    "handle_ambiguous": (
        "Two login sessions start with this handle. End all of that person's sessions instead: "
        "python -m chatapp sessions end-all NAME"
    ),
}

CONVERSATIONS = {
    "title_empty": "Enter a title.",
    "question_empty": "There is nothing to send yet.",
    "question_too_long": (
        "This message is too long: {characters:,} characters, and at most {limit:,} can be sent. "
        "Shorten it or send it in parts."
    ),
    "question_not_sent": (
        "This message is too long: at most {limit:,} characters can be sent. Shorten it or send it in parts."
    ),
    "send_out_of_date": "This page is out of date. Reload it and send again.",
}

ANSWERS = {
    "sent_next": "Still answering. Your message will be sent next.",
    "busy": "Still answering. Stop it, or wait until it has ended.",
    "too_many_questions": "Too many messages at once. Try again {retry_after_seconds:when}.",
    "too_many_at_once": "{limit} of your messages are still being answered. Wait until one has ended, or stop one.",
    "not_the_last_answer": "Only the last answer of a chat can be continued. Regenerate this one instead.",
    "answer_is_complete": "This answer can't be continued: it is complete, or it has no text yet.",
    "not_an_answer": "Only answers can be regenerated.",
    "no_question": "There is no message to answer.",
    "empty_answer": "The model gave an empty answer. Try again, or choose another model.",
    "crash_loop": "This answer failed {attempts} times. Change your message, or try again.",
    "answer_lost": "This answer was lost. Try again.",
    "never_begun": "This answer was never started. Try again.",
    "fenced": "This answer is being written elsewhere.",
    "context_too_long": "This chat is too long for the model. Start a new chat.",
    "question_beyond_window": (
        "Your message is too long for this model. Shorten it, or choose a model with a larger context window."
    ),
    "answer_beyond_window": (
        "Your message and this answer are too long for this model. Choose one with a larger context window."
    ),
}

MODELS = {
    "no_models": "No model server has any models yet.",
    "nothing_to_pick": (
        "{problem} If your model server doesn't list its models, set CHATAPP_DEFAULT_MODEL to one of them and restart."
    ),
    "no_model_chosen": "Choose a model first.",
    "endpoint_gone": "The model server '{endpoint}' is not set up any more. Choose another model.",
    "model_not_offered": "The model server '{endpoint}' doesn't offer the model '{model}'. Choose another model.",
    "gave_way": "Something more urgent came first.",
    "server_away": "The model server '{endpoint}' can't be reached. Looking again ... your text is safe.",
    "server_away_at": (
        "The model server '{endpoint}' can't be reached at {address}. Looking again ... your text is safe."
    ),
    "unreachable": "The model server '{endpoint}' can't be reached. Try again in a moment.",
    "cannot_connect": "The model server '{endpoint}' could not be reached within {seconds:g} s. Try again.",
    "silent": "The model server '{endpoint}' has sent nothing for {seconds:g} s. Try again.",
    "took_too_long": "The model server '{endpoint}' took too long. Try again.",
    "answer_took_too_long": "The answer was cut off: it took longer than {seconds:g} s.",
    "broke_off": "The model server '{endpoint}' broke off in the middle of the answer. Try again.",
    "gave_up": "The model server '{endpoint}' gave up in the middle of the answer ({finish_reason}). Try again.",
    "unreadable": "The model server '{endpoint}' sent something that can't be read. Try again.",
    "piece_too_large": "The model server '{endpoint}' sent a piece of the answer that is too large.",
    "answer_too_long": "The answer was cut off: it is longer than {limit:,} characters.",
    "no_credit": "The model server '{endpoint}' has no credit left. Ask your administrator.",
    "moved": "The model server '{endpoint}' has moved to {address}. Ask your administrator to set that address.",
    "moved_nowhere": (
        "The model server '{endpoint}' redirects requests without saying where. "
        "Ask your administrator to check its address."
    ),
    "model_busy": "The model is busy. Try again {retry_after_seconds:when}.",
    "key_refused": "The model server '{endpoint}' refuses the API key. Ask your administrator to check it.",
    "key_missing": "The model server '{endpoint}' asks for an API key. Ask your administrator to set one.",
    "request_refused": "The model server '{endpoint}' refuses this request.",
    "no_model_list": (
        "The model server '{endpoint}' has no list of models at {address}. "
        "Ask your administrator to check the address, or to name its models."
    ),
    "no_model_server": (
        "The model server '{endpoint}' doesn't answer as one at {address}. Ask your administrator to check the address."
    ),
    "endpoint_failed": "The model server '{endpoint}' has a problem of its own. Try again {retry_after_seconds:when}.",
}

ADDRESSES = {
    "unknown_host": (
        "chatapp is not set up to be opened at {address}. To allow it, set CHATAPP_PUBLIC_URL={address} and restart "
        "chatapp. Until then, open it at the address that it prints when it starts."
    ),
    "unknown_host_beside": (
        "chatapp is not set up to be opened at {address}. Open it at the address in CHATAPP_PUBLIC_URL, or add this "
        "one to CHATAPP_ALLOWED_ORIGINS and restart chatapp."
    ),
    "no_host": "This request does not say which address it is for.",
    "foreign_page": (
        "chatapp was asked for {address}, but your browser shows another address. Have the proxy in between pass the "
        "Host header on, set CHATAPP_PUBLIC_URL to the address that your browser shows, and restart chatapp."
    ),
    "https_only": "chatapp is set up to be opened at {address}. Open it there, or change CHATAPP_PUBLIC_URL.",
    "no_uploads": "There are no uploads.",
}

_WAIT = "\0"
"""Stands where the words for a wait belong, in a sentence of which somebody else counts the time."""

WORDS: Mapping[str, str] = {**ANYWHERE, **ACCOUNTS, **CONVERSATIONS, **ANSWERS, **MODELS, **ADDRESSES}
"""Reason -> sentence."""

NOTICES = frozenset({"sent_next", "busy", "redis_away"})
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
SHOW_MORE = "Show more"
ANSWERING = "Answer in progress"
NEW_ANSWER = "New answer"
MORE_OF = "More: {title}"
RENAME = "Rename"
PRINT = "Print"
DELETE = "Delete"
TITLE = "Title"
CHAT_DELETED = "Chat deleted"
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

SAID_STARTED = "Answer started"
SAID_FINISHED = "Answer finished, {words} words"
SAID_STOPPED = "Stopped"
SAID_INTERRUPTED = "Answer interrupted"
SAID_ERROR = "Error: {error}"

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
