"""The small server: /healthz for whoever watches over the service. It tells ages, never content."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


@dataclass(frozen=True, slots=True)
class Health:
    """Ages in seconds; None where there is nothing to be old."""

    last_update_age: float | None
    oldest_undelivered_age: float | None
    storage: bool


def age(now: datetime, moment: datetime | None) -> float | None:
    return None if moment is None else max(0.0, (now - moment).total_seconds())


def small_server(health: Callable[[], Awaitable[Health]], *others: Route) -> Starlette:
    """/healthz and whatever else this installation serves."""

    async def healthz(request: Request) -> JSONResponse:
        state = await health()
        body = {
            "status": "ok" if state.storage else "storage unavailable",
            "last_update_age_seconds": state.last_update_age,
            "oldest_undelivered_age_seconds": state.oldest_undelivered_age,
        }
        return JSONResponse(body, status_code=200 if state.storage else 503)

    return Starlette(routes=[Route("/healthz", healthz), *others])


class PortTaken(Exception):
    """The address of the small server is in use by another program, or is not this machine's."""


def _listening(host: str, port: int) -> socket.socket:
    """Named as TCP, or asyncio leaves small answers waiting for company (Nagle)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except OSError:
        listening.close()
        raise PortTaken from None
    return listening


class _QuietServer(uvicorn.Server):
    """Leaves the signals to the service, which knows what work is in hand."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: Starlette, host: str, port: int) -> AsyncIterator[int]:
    """Serves the app while the block runs, and tells the port. Raises PortTaken."""
    listening = _listening(host, port)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
    server = _QuietServer(config)
    task = asyncio.create_task(server.serve([listening]))
    try:
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        await task
        listening.close()
