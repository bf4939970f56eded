"""Telegram brings the updates: the 200 goes out only after the commit, so nothing can be lost."""

import hmac

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.ports.store import StorageBusy
from handlers.telegram.poll import Poller

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the header's name, no secret
LARGEST_UPDATE = 1_000_000
"""In bytes; Telegram's own are far smaller."""


def webhook_route(path: str, secret: str, poller: Poller) -> Route:
    """The route that Telegram calls. Anything but 200 makes Telegram bring the update again."""

    async def receive(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return PlainTextResponse("", 403)
        if int(request.headers.get("content-length") or 0) > LARGEST_UPDATE:
            return PlainTextResponse("", 413)
        try:
            update = await request.json()
        except ValueError:
            return PlainTextResponse("", 400)
        try:
            taken = await poller.take_in([update])
        except StorageBusy:
            return PlainTextResponse("", 503)
        return PlainTextResponse("", 200 if taken is not None else 500)

    return Route(path, receive, methods=["POST"])
