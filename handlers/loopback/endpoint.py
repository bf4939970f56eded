"""One call of the bot: HTTP in, a method or a planned fault, HTTP out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from handlers.loopback.faults import (
    CutAfter,
    CutBefore,
    Fault,
    Faults,
    Garbage,
    Hold,
    Refusal,
    ServerError,
    TooManyRequests,
)
from handlers.loopback.limits import FloodGate
from handlers.loopback.methods import METHODS, Desk
from handlers.loopback.parameters import Parameters, read_parameters
from handlers.loopback.refusals import REASONS, Refused, too_many_requests
from handlers.loopback.server import connection_of
from handlers.loopback.traffic import Traffic

PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is None for a page of HTML."""

    status: int
    body: Mapping[str, Any] | None = None

    def response(self) -> Response:
        if self.body is None:
            title = f"{self.status} {REASONS.get(self.status, 'Welcome')}"
            return HTMLResponse(PAGE.format(title), self.status)
        headers = {}
        if self.status == 429:
            headers["Retry-After"] = str(self.body["parameters"]["retry_after"])
        return Response(json.dumps(self.body), self.status, headers, media_type="application/json")


def refusal(refused: Refused) -> Answer:
    return Answer(refused.code, refused.body())


NOT_FOUND = refusal(Refused(404, ""))


class Endpoint:
    """Everything below /bot<token>/ and /file/bot<token>/."""

    def __init__(self, token: str, desk: Desk, keep_traffic: bool) -> None:
        self._token = token
        self._desk = desk
        self.traffic = Traffic(keep_traffic)
        self.faults = Faults()
        self.gate = FloodGate(desk.telegram.now)
        self.unknown: frozenset[str] = frozenset()
        self.app = Starlette(
            routes=[
                Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self._download),
                Route("/{path:path}", self._nothing_here, methods=["GET", "POST"]),
            ]
        )

    async def _nothing_here(self, request: Request) -> Response:
        return NOT_FOUND.response()

    async def _download(self, request: Request) -> Response:
        file_id = request.path_params["path"].removeprefix("photos/").removesuffix(".jpg")
        content = self._desk.telegram.files.get(file_id)
        if request.path_params["token"] != self._token or content is None:
            return NOT_FOUND.response()
        return Response(content, media_type="application/octet-stream")

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        try:
            given = await _parameters(request)
        except Refused as refused:
            return refusal(refused).response()
        except ClientDisconnect:
            return Response()  # goes nowhere: the bot died while it was writing
        number = self.traffic.begin(method, given.values, self._desk.telegram.now())
        self._desk.telegram.changes.happened()
        answer = await self._answer(request, method, given)
        if not connection_of(request).is_cut:
            self.traffic.answered(number, answer.status, answer.body)
            self._desk.telegram.changes.happened()
        return answer.response()

    async def _answer(self, request: Request, method: str, given: Parameters) -> Answer:
        if request.path_params["token"] != self._token:
            return refusal(_wrong_token(request.path_params["token"]))
        fault = self.faults.meeting(method, given.integer("chat_id"))
        if isinstance(fault, ServerError):
            return Answer(fault.status)
        if isinstance(fault, Garbage):
            return Answer(200)
        try:
            result = await self._carried_out(request, method, given, fault)
        except Refused as refused:
            return refusal(refused)
        return Answer(200, {"ok": True, "result": result})

    async def _carried_out(
        self, request: Request, method: str, given: Parameters, fault: Fault | None
    ) -> Any:
        """Raises Refused."""
        match fault:
            case TooManyRequests(retry_after):
                raise too_many_requests(retry_after)
            case Refusal():
                raise fault.refused()
            case CutBefore():
                connection_of(request).cut()
                return None
            case Hold(acted=False):
                await fault.wait()
        try:
            return await self._result(method, given)
        finally:
            if isinstance(fault, CutAfter):
                connection_of(request).cut()
            elif isinstance(fault, Hold) and fault.acted:
                await fault.wait()

    async def _result(self, method: str, given: Parameters) -> Any:
        known = METHODS.get(method.lower())
        if known is None or method.lower() in self.unknown:
            raise Refused(404, "method not found")
        self.gate.pass_through(method, given.integer("chat_id"))
        result = known(self._desk, given)
        return await result if isawaitable(result) else result


def _wrong_token(token: str) -> Refused:
    number, colon, secret = token.partition(":")
    well_formed = colon and secret and number.isdigit() and not number.startswith("0")
    return Refused(401, "" if well_formed else "invalid token specified")


async def _parameters(request: Request) -> Parameters:
    content_type = request.headers.get("content-type", "")
    return read_parameters(request.url.query, content_type, await request.body())
