"""People by remote control, for a server in a process of its own.

    POST /control/people       [{"id": 1001, "name": "Piet", "language_code": "nl"}]
    POST /control/play         {"people": [1001], "script": [["types", "hoi"], ["presses", "Ja"]]}
    GET  /control/people/1001  what is on that person's screen
    GET  /control/transcript   all chats, as text
    GET  /control/traffic      how many requests the bot made; with ?method= also which

A script is played by all its people at once; the answer comes when all are through, with the
seconds it took, or with status 409 and what somebody did not see. In a script "sees" looks only
at what came after the person's last typed message.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from handlers.loopback.bot_api import LoopbackBotApi
from handlers.loopback.user import CannotDo, LoopbackUser, StillThere
from handlers.loopback.waiting import NeverHappened

STEPS: dict[str, Callable[..., Awaitable[Any]]] = {
    "blocks_bot": LoopbackUser.blocks_bot,
    "follows": LoopbackUser.follows,
    "is_answered": LoopbackUser.is_answered,
    "presses": LoopbackUser.presses,
    "sees": LoopbackUser.sees,
    "sees_no": LoopbackUser.sees_no,
    "types": LoopbackUser.types,
    "unblocks_bot": LoopbackUser.unblocks_bot,
}
GIVES_MESSAGE = frozenset({"follows", "types"})


class Control:
    def __init__(self, api: LoopbackBotApi) -> None:
        self._api = api
        self._people: dict[int, LoopbackUser] = {}
        self.app = Starlette(
            routes=[
                Route("/control/people", self._introduce, methods=["POST"]),
                Route("/control/people/{id:int}", self._show),
                Route("/control/play", self._play, methods=["POST"]),
                Route("/control/transcript", self._transcript),
                Route("/control/traffic", self._traffic),
            ]
        )

    async def _introduce(self, request: Request) -> Response:
        for given in await request.json():
            self._people[given["id"]] = self._api.person(**given)
        return JSONResponse({"people": len(self._people)})

    async def _show(self, request: Request) -> Response:
        person = self._people[request.path_params["id"]]
        messages = [
            {
                "id": message.id,
                "sender": message.sender.id if message.sender else None,
                "text": message.text,
                "buttons": message.labels,
            }
            for message in person.visible
        ]
        return JSONResponse({"messages": messages, "toasts": person.toasts})

    async def _play(self, request: Request) -> Response:
        given = await request.json()
        people = [self._people[id] for id in given["people"]]
        started = time.monotonic()
        try:
            await asyncio.gather(*(_plays(person, given["script"]) for person in people))
        except (NeverHappened, CannotDo, StillThere) as failed:
            return JSONResponse({"error": str(failed)}, 409)
        return JSONResponse({"seconds": time.monotonic() - started})

    async def _transcript(self, request: Request) -> Response:
        return PlainTextResponse(self._api.transcript())

    async def _traffic(self, request: Request) -> Response:
        method = request.query_params.get("method", "")
        exchanges = [
            {"parameters": exchange.parameters, "status": exchange.status, "reply": exchange.reply}
            for exchange in self._api.calls(method)
        ]
        return JSONResponse({"count": self._api.request_count, "exchanges": exchanges})


async def _plays(person: LoopbackUser, script: Sequence[Sequence[str]]) -> None:
    typed = None
    for step, *words in script:
        if step == "sees":
            await person.sees(words[0], after=typed)
            continue
        outcome = await STEPS[step](person, *words)
        if step in GIVES_MESSAGE:
            typed = outcome
