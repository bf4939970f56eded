"""A Bot API server of our own on 127.0.0.1, for the demonstration and for tests.

It speaks the HTTP of https://core.telegram.org/bots/api and keeps Telegram's rules; people use it
through LoopbackUser. It knows one bot, and of the methods those in METHODS.

Not as at Telegram: a poll that repeats its offset is answered at once instead of after three
seconds; a refused poller (409) is not slowed down; mark-up is HTML only; a webhook address may be
http.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from handlers.loopback.chats import CHANNEL, GROUP, Telegram
from handlers.loopback.endpoint import Endpoint
from handlers.loopback.faults import Faults
from handlers.loopback.groups import LoopbackChannel, LoopbackGroup
from handlers.loopback.limits import FloodLimits
from handlers.loopback.messages import Account
from handlers.loopback.methods import Desk
from handlers.loopback.server import HOST, Server
from handlers.loopback.traffic import Exchange
from handlers.loopback.user import PATIENCE, LoopbackUser
from handlers.loopback.webhook import Webhook
from handlers.loopback.wire import Wire

T = TypeVar("T")

TOKEN = "7000000001:loopback-token-for-tests"  # noqa: S105 - opens nothing but this server


def _utc_now() -> datetime:
    return datetime.now(UTC)


class LoopbackBotApi:
    """`async with LoopbackBotApi() as api:` serves at `api.base_url` while the block runs.

    `now` gives the dates of messages and drives every rule with a term in it; waiting itself
    (long polls, `until`, pauses of the webhook) takes real time.
    """

    def __init__(
        self,
        token: str = TOKEN,
        *,
        name: str = "Seintje",
        username: str = "seintje_loopback_bot",
        now: Callable[[], datetime] = _utc_now,
        port: int = 0,
        reads_all_group_messages: bool = True,
        ids_per_chat: bool = False,
        keep_traffic: bool = True,
        webhook_pause: float = 1.0,
    ) -> None:
        """`webhook_pause` is in seconds, before an update is brought again.

        With `ids_per_chat` a message's number tells nothing of other chats, as it does at Telegram.
        Without `keep_traffic` neither traffic nor wire are kept, for long measurements.
        """
        bot = Account(int(token.partition(":")[0]), name, username=username, is_bot=True)
        self.token = token
        self.wire = Wire(keep_traffic)
        self.telegram = Telegram(bot, now, ids_per_chat=ids_per_chat)
        self._webhook = Webhook(self.telegram, self.wire, webhook_pause)
        desk = Desk(self.telegram, self._webhook, reads_all_group_messages)
        self._reads_all = reads_all_group_messages
        self._endpoint = Endpoint(token, desk, keep_traffic)
        self._server = Server(self._endpoint.app, self.wire, port)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()
        self.faults.remove_all()
        await self._server.finished()

    async def start(self) -> None:
        """Serves, on the same port and with everything as it was if it served before."""
        await self._server.start()
        self._webhook.resume()

    async def stop(self) -> None:
        """The network is gone: connections break off, nobody can connect; nothing is forgotten."""
        self._webhook.pause()
        await self._server.stop()
        self.telegram.poll.wake()

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def base_url(self) -> str:
        """As the setting `base_url` of python-telegram-bot: the token is still to be appended."""
        return f"http://{HOST}:{self.port}/bot"

    @property
    def base_file_url(self) -> str:
        return f"http://{HOST}:{self.port}/file/bot"

    def person(self, name: str, id: int, language_code: str = "nl") -> LoopbackUser:
        """A person on Telegram, who has not written to the bot yet."""
        return LoopbackUser(self.telegram, name, id, language_code)

    def group(self, title: str, kind: str = GROUP) -> LoopbackGroup:
        """A group (or "supergroup") that the bot is not in yet."""
        return LoopbackGroup(self.telegram, title, kind, self._reads_all)

    def channel(self, title: str) -> LoopbackChannel:
        return LoopbackChannel(self.telegram, title, CHANNEL)

    def until(self, condition: Callable[[], T | None], timeout: float = PATIENCE) -> Awaitable[T]:
        """Waits until the condition holds, and gives its value; looked at on every change here.

        `timeout` is in seconds. Raises NeverHappened, showing all chats.
        """
        return self.telegram.changes.until(
            condition, timeout, lambda: f"nothing within {timeout} s. {self.transcript()}"
        )

    @property
    def faults(self) -> Faults:
        return self._endpoint.faults

    @property
    def traffic(self) -> tuple[Exchange, ...]:
        """Every request of the bot, in the order in which they came in."""
        return self._endpoint.traffic.exchanges

    @property
    def request_count(self) -> int:
        return self._endpoint.traffic.count

    def calls(self, method: str, chat: int | None = None) -> tuple[Exchange, ...]:
        """The requests of one method, or of that method for one chat."""
        return tuple(
            exchange
            for exchange in self.traffic
            if exchange.method.lower() == method.lower()
            and chat in (None, exchange.parameters.get("chat_id"))
        )

    @property
    def pending_updates(self) -> tuple[dict[str, Any], ...]:
        """Updates that the bot has not confirmed."""
        return tuple(self.telegram.queue.waiting())

    @property
    def is_polled(self) -> bool:
        """Whether a request for updates is waiting right now."""
        return self.telegram.poll.is_waiting

    def push_raw(self, update: dict[str, Any]) -> int:
        """Puts anything in the queue, malformed or not, and tells the id it got."""
        return self.telegram.queue.push_raw(update)

    def limit_floods(self, limits: FloodLimits | None = FloodLimits()) -> None:  # noqa: B008 - frozen
        """From now on too many messages are refused with 429; None lets everything through."""
        self._endpoint.gate.limits = limits

    def unknown_methods(self, methods: Iterable[str]) -> None:
        """From now on these methods are answered with 404, as by servers that know fewer."""
        self._endpoint.unknown = frozenset(method.lower() for method in methods)

    def transcript(self) -> str:
        """All chats, as their members see them."""
        return self.telegram.transcript()
