"""The one tree of errors that chatapp raises on purpose.

Services raise them. They become words at three edges: the page, in its handlers or guard, the auth routes and
the command line (shown), and the runner (stored). Elsewhere only subclasses with a known remedy are caught, or an error
is logged where nobody misses what failed: a title, a page that is filled a moment later. Anything else that is raised
is a bug.
"""

SETTINGS_WORDS_MAX = 600


class ChatappError(Exception):
    """Something went wrong that a person can be told about.

    `code` is for programs (stored, logged, counted) and never changes; `user_message` is a sentence for people that
    says what to do next and never holds a secret or a stack trace; a model server's address only where that is wrong.
    """

    code = "error"
    user_message = "Something went wrong. Please try again."

    def __init__(self, user_message: str | None = None, *, code: str | None = None) -> None:
        self.user_message = user_message or type(self).user_message
        self.code = code or type(self).code
        super().__init__(f"{self.code}: {self.user_message}")


class SettingsError(ChatappError):
    """A setting is wrong; the app refuses to start. Its words are one line, whatever values they repeat."""

    code = "settings"

    def __init__(self, user_message: str) -> None:
        super().__init__(" ".join(user_message.split())[:SETTINGS_WORDS_MAX])


class NotFound(ChatappError):
    """The thing does not exist, or belongs to somebody else: nobody is told which."""

    code = "not_found"
    user_message = "This page does not exist, or it is not yours."


class NotSignedIn(ChatappError):
    """The request carries no valid login session."""

    code = "not_signed_in"
    user_message = "You are signed out. Please sign in again."


class Forbidden(ChatappError):
    """The person is known and may not do this."""

    code = "forbidden"
    user_message = "You are not allowed to do this."


class Invalid(ChatappError):
    """What was sent cannot be used; `user_message` says what to change."""

    code = "invalid"


class Conflict(ChatappError):
    """Somebody, often another tab, was faster."""

    code = "conflict"
    user_message = "This was changed in another tab. Please look again."


class TooMany(ChatappError):
    """A limit was reached; `retry_after_seconds` says when it opens again, 0 that nobody knows."""

    code = "too_many"

    def __init__(self, user_message: str, *, retry_after_seconds: int = 0) -> None:
        super().__init__(user_message)
        self.retry_after_seconds = retry_after_seconds


class ProviderError(ChatappError):
    """A model endpoint did not do what it should. `code` is one of the kinds below, ErrorKind in providers/base.py.

    unavailable, timeout, rate_limited, unauthorized, rejected, malformed, context_too_long, too_large, incomplete,
    empty
    """

    code = "unavailable"
    user_message = "The model cannot be reached. Please try again."


class ContextTooLong(ProviderError):
    """A prompt was longer than its model's window. A shorter one may be taken.

    `window_tokens` is the room that the server says there is for a prompt and `prompt_tokens` the length that it
    counted; None where it does not say.
    """

    code = "context_too_long"
    user_message = "This conversation is too long for the model. Start a new one."

    def __init__(
        self, user_message: str | None = None, *, window_tokens: int | None = None, prompt_tokens: int | None = None
    ) -> None:
        super().__init__(user_message)
        self.window_tokens = window_tokens
        self.prompt_tokens = prompt_tokens


class SystemRoleRefused(ProviderError):
    """A model takes no system prompt. The same words within a question will be taken."""

    code = "rejected"


class Fenced(ChatappError):
    """A newer attempt owns this generation; whoever sees this must stop writing."""

    code = "fenced"
    user_message = "This answer is being written elsewhere."


class RedisAway(ChatappError):
    """Redis does not answer, or refuses to work.

    Text is safe without it; what it carries is found in the database a little later.
    """

    code = "redis_away"
    user_message = "Live updates are interrupted. They come back by themselves."


class DatabaseAway(ChatappError):
    """The database does not answer, or is busy for longer than anybody waits."""

    code = "database_away"
    user_message = "The database cannot be reached just now. Nothing you typed is lost; try again in a moment."
    disk_full = "The server's disk is full. Nothing you typed is lost; try again when somebody has made room on it."
    every_message = (user_message, disk_full)
