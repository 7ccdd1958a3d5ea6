"""Serves the demo model alone: `python -m chatapp.demo_model --port N`. Ends in good order on SIGTERM and SIGINT."""

import argparse
import asyncio
import signal
import sys

from chatapp.demo_model.server import DemoModel


def main() -> int:
    """Serve until told to end; returns the exit code: 1 when the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m chatapp.demo_model", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--without-log", action="store_true", help="do not show what was asked on /log")
    told = parser.parse_args()
    try:
        asyncio.run(_serve(told.port, shows_log=not told.without_log))
    except OSError as error:
        print(f"The demo model cannot listen on port {told.port}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


async def _serve(port: int, *, shows_log: bool) -> None:
    told_to_end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told_to_end.set)
    model = DemoModel(port=port, shows_log=shows_log)
    await model.start()
    print(f"The demo model is at {model.base_url}", flush=True)
    await told_to_end.wait()
    await model.close()


if __name__ == "__main__":
    sys.exit(main())
