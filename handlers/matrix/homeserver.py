"""Calls to the homeserver, once each: whoever calls decides about trying again."""

import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from bot.ports.doors import TryLater

CALL_SECONDS = 10.0
MOST_FILE_BYTES = 20_000_000
CLIENT = "/_matrix/client/v3"
_TOO_MANY = 429
_ERROR = 400
_SERVER_ERROR = 500


class Denied(Exception):
    """The homeserver refuses this call, and will refuse it again."""

    def __init__(self, status: int, errcode: str, body: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {errcode}")
        self.status = status
        self.errcode = errcode
        self.body = body


class TokenRefused(Exception):
    """The access token is not valid any more. When `soft`, the device is still there and a new
    login goes on with it."""

    def __init__(self, soft: bool) -> None:
        super().__init__(f"soft={soft}")
        self.soft = soft


def silence_libraries() -> None:
    """httpx names rooms and people in every line, nio tells of keys; what matters we say."""
    for name in ("httpx", "httpcore", "nio"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False


class Homeserver:
    """One homeserver; `token` is set once there is one."""

    def __init__(self, url: str, token: str = "") -> None:
        silence_libraries()
        self.token = token
        self._http = httpx.AsyncClient(base_url=url.rstrip("/"), timeout=CALL_SECONDS)

    async def close(self) -> None:
        await self._http.aclose()

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
        wait: float = 0.0,
    ) -> dict[str, Any]:
        """One call of the client-server API. `wait` is how long the homeserver may wait with its
        answer, in seconds. Raises TryLater, TokenRefused, Denied."""
        # ASCII only: a chat message can hold half a surrogate pair.
        data = None if body is None else json.dumps(body).encode()
        request = self._http.build_request(
            method,
            CLIENT + path,
            content=data,
            params=params,
            headers={**self._bearer(), "Content-Type": "application/json"},
            timeout=CALL_SECONDS + wait,
        )
        return _object(await self._ask(request))

    async def state(self, room: str) -> list[dict[str, Any]]:
        """All state events of a room. Raises TryLater, TokenRefused, Denied."""
        path = f"{CLIENT}/rooms/{part(room)}/state"
        request = self._http.build_request("GET", path, headers=self._bearer())
        found = _json(await self._ask(request))
        if not isinstance(found, list):
            raise TryLater("no_json")
        return [event for event in found if isinstance(event, dict)]

    async def upload(self, data: bytes) -> str:
        """The address (mxc://...) of a file that is there from now on."""
        headers = {**self._bearer(), "Content-Type": "application/octet-stream"}
        request = self._http.build_request(
            "POST", "/_matrix/media/v3/upload", content=data, headers=headers
        )
        return str(_object(await self._ask(request))["content_uri"])

    async def download(self, address: str) -> bytes:
        """The bytes of a file, as they are kept. Raises Denied where it is too large."""
        server, _, media = address.removeprefix("mxc://").partition("/")
        path = f"/_matrix/client/v1/media/download/{part(server)}/{part(media)}"
        request = self._http.build_request("GET", path, headers=self._bearer())
        answer = await self._ask(request, stream=True)
        try:
            data = bytearray()
            async for some in answer.aiter_bytes():
                data += some
                if len(data) > MOST_FILE_BYTES:
                    raise Denied(413, "M_TOO_LARGE", {})
        except httpx.HTTPError as fault:
            raise TryLater(type(fault).__name__) from None
        finally:
            await answer.aclose()
        return bytes(data)

    async def _ask(self, request: httpx.Request, stream: bool = False) -> httpx.Response:
        try:
            answer = await self._http.send(request, stream=stream)
            if answer.status_code >= _ERROR:
                await answer.aread()
        except httpx.HTTPError as fault:
            raise TryLater(type(fault).__name__) from None
        except RuntimeError:
            # The connections were closed below a call, by a session that stops or reloads.
            raise TryLater("closed") from None
        if answer.status_code >= _ERROR:
            raise _fault(answer)
        return answer

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def part(text: str) -> str:
    """An id as one part of a path."""
    return quote(text, safe="")


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _object(answer: httpx.Response) -> dict[str, Any]:
    body = _json(answer)
    if not isinstance(body, dict):
        raise TryLater("no_json")
    return body


def _fault(answer: httpx.Response) -> Exception:
    found = _json(answer)
    body = found if isinstance(found, dict) else {}
    errcode = str(body.get("errcode", ""))
    if answer.status_code == _TOO_MANY:
        return TryLater("flood", _seconds(answer, body))
    if answer.status_code >= _SERVER_ERROR:
        return TryLater(f"status_{answer.status_code}")
    if errcode == "M_UNKNOWN_TOKEN":
        return TokenRefused(body.get("soft_logout") is True)
    if not body:
        # Another server's page: a proxy that is being set up, say.
        return TryLater(f"status_{answer.status_code}")
    return Denied(answer.status_code, errcode, body)


def _seconds(answer: httpx.Response, body: Mapping[str, Any]) -> float | None:
    """How long to wait, by the header of today or the field of earlier days."""
    header, field = answer.headers.get("Retry-After", ""), body.get("retry_after_ms")
    if header.isdigit():
        return float(header)
    return field / 1000 if isinstance(field, int | float) else None
