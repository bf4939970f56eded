"""HTTP on 127.0.0.1 inside the running event loop: uvicorn's protocol, one that can be cut off."""

import asyncio
from typing import Any, cast

from starlette.requests import Request
from starlette.types import ASGIApp
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from handlers.loopback.wire import Wire

HOST = "127.0.0.1"


class _Tap:
    """A transport that shows everything it sends to the wire."""

    def __init__(self, transport: asyncio.Transport, connection: object, wire: Wire) -> None:
        self._transport = transport
        self._connection = connection
        self._wire = wire

    def write(self, data: bytes) -> None:
        self._wire.sent(self._connection, data)
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Connection(H11Protocol):
    """One connection of the bot; a request finds it in `request.state.connection`."""

    def __init__(self, config: Config, server_state: ServerState, wire: Wire) -> None:
        super().__init__(config, server_state, {"connection": self})
        self._wire = wire

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        tapped = _Tap(cast(asyncio.Transport, transport), self, self._wire)
        super().connection_made(cast(asyncio.Transport, tapped))

    def data_received(self, data: bytes) -> None:
        self._wire.received(self, data)
        super().data_received(data)

    @property
    def is_cut(self) -> bool:
        return self.cycle.disconnected

    def cut(self) -> None:
        """Closes it; whatever is still answered to the request in hand goes nowhere."""
        self.cycle.disconnected = True
        self.transport.close()

    def break_off(self) -> None:
        """Ends it at once, without a goodbye."""
        if self.cycle is not None:
            self.cycle.disconnected = True
        self.transport.abort()


def connection_of(request: Request) -> Connection:
    return cast(Connection, request.state.connection)


class Server:
    """Serves an application; can stop and start again on the same port."""

    def __init__(self, app: ASGIApp, wire: Wire, port: int = 0) -> None:
        self._config = Config(app, log_config=None, access_log=False, ws="none", lifespan="off")
        self._state = ServerState()
        self._wire = wire
        self._listening: asyncio.Server | None = None
        self.port = port

    async def start(self) -> None:
        """Raises OSError when the port is taken."""
        # The loop makes the socket itself: only then it turns Nagle's algorithm off, which would
        # hold back each answer for 40 ms.
        self._listening = await asyncio.get_running_loop().create_server(
            lambda: Connection(self._config, self._state, self._wire), HOST, self.port
        )
        self.port = self._listening.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Nobody can connect any more and every connection breaks off."""
        if self._listening is None:
            return
        self._listening.close()
        self._listening = None
        for connection in tuple(self._state.connections):
            cast(Connection, connection).break_off()
        await asyncio.sleep(0)  # they are told of it in the next round of the loop

    async def finished(self) -> None:
        """Waits for the requests in hand."""
        await asyncio.gather(*self._state.tasks)
