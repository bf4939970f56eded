"""The Bot API server in a process of its own: python -m handlers.loopback --port 8081

Writes one line of JSON with its addresses as soon as it serves; ends on SIGTERM or Ctrl-C.
"""

import argparse
import asyncio
import json
import signal
import sys

from handlers.loopback.bot_api import TOKEN, LoopbackBotApi
from handlers.loopback.control import Control
from handlers.loopback.server import HOST, Server
from handlers.loopback.wire import Wire


async def serve(token: str, port: int, control_port: int, keep_traffic: bool) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with LoopbackBotApi(token, port=port, keep_traffic=keep_traffic) as api:
        control = Server(Control(api).app, Wire(keeps=False), control_port)
        await control.start()
        addresses = {
            "token": api.token,
            "base_url": api.base_url,
            "base_file_url": api.base_file_url,
            "control_url": f"http://{HOST}:{control.port}/control",
        }
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()
        await stopped.wait()
        await control.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m handlers.loopback", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the Bot API; 0 takes a free one")
    parser.add_argument("--control-port", type=int, default=0, help="of the remote control")
    parser.add_argument("--token", default=TOKEN, help="the token of the only bot")
    parser.add_argument(
        "--forget", action="store_true", help="keep no traffic, for long measurements"
    )
    given = parser.parse_args()
    asyncio.run(serve(given.token, given.port, given.control_port, not given.forget))


if __name__ == "__main__":
    main()
