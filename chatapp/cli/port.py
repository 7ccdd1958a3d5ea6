"""Looking before leaping: whether the address that is to be listened on is there and free."""

import errno
import socket

from chatapp.errors import SettingsError


def claim(host: str, port: int) -> str:
    """The IP address of `host`, after trying that `port` is free on it. Raises SettingsError saying what is wrong.

    The server's own socket may share a port with another server (SO_REUSEPORT), which would then get every second
    request; this trial without that option is what refuses a second start.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free
            trial.bind(address)
    except OSError as error:
        raise SettingsError(_words(host, port, error)) from error
    return str(address[0])


def _words(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Stop it, or choose another port: PORT={port + 1} make run"
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved on this machine. Choose one above 1023: PORT=3000 make run"
    return f"HOST is wrong: {host} is not an address of this machine ({error.strerror or error})."
