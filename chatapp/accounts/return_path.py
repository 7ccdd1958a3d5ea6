"""Where a person may be sent after signing in: a path of this app and nothing else."""

from urllib.parse import urlsplit

MAX_CHARACTERS = 2000


def safe_path(value: str) -> str:
    """`value` if it is an absolute path on this origin, else "/".

    Browsers read `/\\evil` and `//evil` as another host and drop tabs and newlines before they look.
    """
    is_path = value.startswith("/") and not value.startswith("//") and len(value) <= MAX_CHARACTERS
    if not is_path or "\\" in value or not value.isprintable():
        return "/"
    parts = urlsplit(value)
    return "/" if parts.scheme or parts.netloc or parts.path.startswith("/auth/") else value
