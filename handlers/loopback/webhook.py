"""Updates brought to the bot's own address instead of fetched by it.

https://core.telegram.org/bots/api#setwebhook: an update is brought again until it is answered
with 2xx. Unlike Telegram's, this one takes an http address and brings one update at a time.
"""

import asyncio
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import httpx

from handlers.loopback.chats import Telegram
from handlers.loopback.messages import unix
from handlers.loopback.refusals import bad_request
from handlers.loopback.wire import Wire

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
LONGEST_PAUSE = 60.0
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class _Target:
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    failed_at: datetime | None = None
    failure: str = ""


class Webhook:
    """`first_pause` is how long it waits before trying again, in seconds; then twice as long."""

    def __init__(self, telegram: Telegram, wire: Wire, first_pause: float) -> None:
        self._telegram = telegram
        self._wire = wire
        self._first_pause = first_pause
        self._target = _Target()
        self._arrived = asyncio.Event()
        self._bringing: asyncio.Task[None] | None = None
        telegram.webhook_arrived = self._arrived.set

    @property
    def is_set(self) -> bool:
        return bool(self._target.url)

    def set(self, url: str, secret: str, max_connections: int) -> None:
        """Raises Refused."""
        if url and not httpx.URL(url).host:
            raise bad_request("invalid webhook URL specified")
        if not SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        self._target = _Target(url, secret, max_connections)
        self._telegram.changes.happened()
        self.pause()
        if url:
            self._telegram.poll.webhook_was_set()
            self.resume()

    def resume(self) -> None:
        if self.is_set and self._bringing is None:
            self._bringing = asyncio.create_task(self._bring_all())

    def pause(self) -> None:
        if self._bringing is not None:
            self._bringing.cancel()
            self._bringing = None

    def info(self) -> dict[str, Any]:
        target, queue = self._target, self._telegram.queue
        info: dict[str, Any] = {
            "url": target.url,
            "has_custom_certificate": False,
            "pending_update_count": len(queue.waiting()),
        }
        if target.failed_at is not None:
            info |= {
                "last_error_date": unix(target.failed_at),
                "last_error_message": target.failure,
            }
        if target.url:
            info |= {"max_connections": target.max_connections, "ip_address": "127.0.0.1"}
        if queue.allowed:
            info["allowed_updates"] = sorted(queue.allowed)
        return info

    async def _bring_all(self) -> None:
        pause = self._first_pause
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            while True:
                self._arrived.clear()
                waiting = self._telegram.queue.waiting()
                if not waiting:
                    await self._arrived.wait()
                elif failure := await self._bring(client, waiting[0]):
                    failed_at = self._telegram.now()
                    self._target = replace(self._target, failed_at=failed_at, failure=failure)
                    self._telegram.changes.happened()
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, LONGEST_PAUSE)
                else:
                    pause = self._first_pause
                    self._telegram.queue.forget(waiting[0]["update_id"])
                    self._telegram.changes.happened()

    async def _bring(self, client: httpx.AsyncClient, update: dict[str, Any]) -> str:
        """Nothing when it was taken, else what went wrong."""
        body = json.dumps(update).encode()
        headers = {"Content-Type": "application/json"}
        if self._target.secret:
            headers[SECRET_HEADER] = self._target.secret
        self._wire.sent(self, body)
        try:
            answer = await client.post(self._target.url, content=body, headers=headers)
        except httpx.HTTPError as failed:
            return f"Connection failed: {type(failed).__name__}"
        self._wire.received(self, answer.content)
        if answer.is_success:
            return ""
        return f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
