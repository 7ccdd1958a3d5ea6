"""Looking before leaping: whether the address that is to be listened on is there and free."""

import errno
import socket

from chatapp.errors import SettingsError

PORT_MAX = 65_535


def claim(host: str, port: int, variable: str = "PORT") -> str:
    """The IP address of `host`, after trying that `port`, which `variable` sets, is free on it. Raises SettingsError.

    The server's own socket may share a port with another server (SO_REUSEPORT), which would then get every second
    request; this trial without that option is what refuses a second start.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free
            trial.bind(address)
    except (OSError, UnicodeError) as error:  # the latter for what cannot be a host's name
        raise SettingsError(_words(host, port, variable, error)) from error
    return str(address[0])


def _words(host: str, port: int, variable: str, error: OSError | UnicodeError) -> str:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        other = port + 1 if port < PORT_MAX else port - 1
        return f"Port {port} is taken by another program. Stop it, or choose another port: {variable}={other} make run"
    if number == errno.EACCES:
        return f"Port {port} is reserved on this machine. Choose one above 1023: {variable}=3000 make run"
    return f"HOST is wrong: {host} is not an address of this machine ({getattr(error, 'strerror', None) or error})."
