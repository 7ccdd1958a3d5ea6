"""The one tree of errors that chatapp raises on purpose.

Services raise them. They become words at three edges: the page, at its state boundary or guard, the auth routes and
the command line (shown); the runner stores them as they are. Elsewhere only subclasses with a known remedy are caught,
or an error is logged where nobody misses what failed: a title, a page that is filled a moment later. Anything else that
is raised is a bug.
"""

from typing import Literal

SETTINGS_WORDS_MAX = 600

Parameter = str | int | float | None
"""What a sentence is filled with; also what JSON can hold of it."""

ErrorKind = Literal[
    "unavailable",
    "timeout",
    "rate_limited",
    "unauthorized",
    "rejected",
    "malformed",
    "context_too_long",
    "too_large",
    "incomplete",
    "empty",
]
"""The codes of what goes wrong with a model."""


class ChatappError(Exception):
    """Something went wrong that a person can be told about.

    `code` is for programs (stored, logged, counted) and never changes. `reason` is finer: it names the sentence for
    people in `chatapp.words`, and `parameters` fill that. They never hold a secret or a stack trace; a model server's
    address only where that is wrong. Without a reason of its own an error has its class's, named as its code.
    """

    code = "error"

    def __init__(self, reason: str = "", /, *, code: str = "", **parameters: Parameter) -> None:
        self.code = code or type(self).code
        self.reason = reason or type(self).code
        self.parameters = parameters
        super().__init__(self.reason)

    def __str__(self) -> str:
        """For the log and tracebacks."""
        return f"{self.code}: {self.reason} {self.parameters or ''}".rstrip()


class CommandError(ChatappError):
    """What was asked for at the command line cannot be done.

    Its sentence stands where it is raised, outside the catalogue: it is printed once, by the process that raises it, to
    the terminal of an operator, and most of it is often what a file, a tool or a database says.
    """

    code = "command"

    def __init__(self, sentence: str) -> None:
        super().__init__("command", sentence=sentence)

    def __str__(self) -> str:
        """For the log and tracebacks."""
        return f"{self.code}: {self.parameters['sentence']}"


class SettingsError(CommandError):
    """A setting is wrong; the app refuses to start. Its words are one line, whatever values they repeat."""

    code = "settings"

    def __init__(self, sentence: str) -> None:
        super().__init__(" ".join(sentence.split())[:SETTINGS_WORDS_MAX])


class NotFound(ChatappError):
    """The thing does not exist, or belongs to somebody else; the error does not say which."""

    code = "not_found"


class NotSignedIn(ChatappError):
    """The request carries no valid login session."""

    code = "not_signed_in"


class Forbidden(ChatappError):
    """The person is known and may not do this."""

    code = "forbidden"


class Invalid(ChatappError):
    """What was sent cannot be used; its words say what to change."""

    code = "invalid"


class Conflict(ChatappError):
    """Somebody, often another tab, was faster."""

    code = "conflict"


class TooMany(ChatappError):
    """A limit was reached. The parameter `retry_after_seconds`, where there is one, says when it opens again."""

    code = "too_many"


class ProviderError(ChatappError):
    """A model endpoint did not do what it should. The parameter `said`, where there is one, is in its own words."""

    code = "unavailable"

    def __init__(self, reason: str, /, *, code: ErrorKind | Literal[""] = "", **parameters: Parameter) -> None:
        super().__init__(reason, code=code, **parameters)


class ContextTooLong(ProviderError):
    """A prompt was longer than its model's window. A shorter one may be taken.

    `window_tokens` is the room that the server says there is for a prompt and `prompt_tokens` the length that it
    counted; None where it does not say.
    """

    code = "context_too_long"

    def __init__(
        self, reason: str = "", /, *, window_tokens: int | None = None, prompt_tokens: int | None = None
    ) -> None:
        super().__init__(reason)
        self.window_tokens = window_tokens
        self.prompt_tokens = prompt_tokens


class SystemRoleRefused(ProviderError):
    """A model takes no system prompt. The same words within a question will be taken."""

    code = "rejected"


class Fenced(ChatappError):
    """A newer attempt owns this generation; whoever sees this must stop writing."""

    code = "fenced"


class RedisUnavailable(ChatappError):
    """Redis does not answer, or refuses to work.

    Text is safe without it; what it carries is found in the database a little later.
    """

    code = "redis_away"


class DatabaseUnavailable(ChatappError):
    """The database does not answer, or is busy for longer than anybody waits. It may have no room on its disk."""

    code = "database_away"
    every_reason = ("database_away", "disk_full")
