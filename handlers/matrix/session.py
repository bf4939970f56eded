"""The Matrix session: one account, one device, encrypted. What other parts may use stands here.

Promises
- Reading: every event of others is handed to `take` in the transaction that stores the sync token;
  only a MESSAGE without a fault is decrypted and from a pinned identity's signed device.
- Writing: a call sends once and never retries by itself. What goes wrong is said with the outcomes
  of bot.ports.doors: TryLater, Unreachable (see handlers/matrix/outcomes.py), Refused. A message
  whose id was returned can be read by a trusted device of everybody it was addressed to.
- Keys go only to devices their owner signed, of an identity that was pinned, who joined the room.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import structlog

from bot.app.bell import set_or_passed
from bot.app.trouble import Trouble
from bot.ports.doors import TryLater
from bot.ports.store import StorageBusy, Store, Work
from bot.ports.tools import Clock
from handlers.matrix import cross_signing, files, send
from handlers.matrix.account import DeviceGone, Login, LoginRefused, renew
from handlers.matrix.client import Client, open_client
from handlers.matrix.cross_signing import Served
from handlers.matrix.device import CryptoStoreLost
from handlers.matrix.events import Changed, Take
from handlers.matrix.homeserver import Denied, Homeserver, TokenRefused, part
from handlers.matrix.outcomes import RoomUnsafe, outcome_of
from handlers.matrix.rooms import Members, Room, RoomRules, creation
from handlers.matrix.sync import absorb, ask, take_in, token_of
from handlers.matrix.trust import Identity

log = structlog.get_logger()

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
ADVICE_SERVER = "check the homeserver and the connection; trying again"
ADVICE_STORAGE = "check the disk and the database; nothing is lost"
ADVICE_ANY = "the encryption sessions are loaded anew; nothing is lost"
FATAL = (CryptoStoreLost, DeviceGone, LoginRefused)


async def _nobody(work: Work, mxid: str) -> None:
    """Nobody wants to be told of a changed identity."""


class MatrixSession:
    """One at a time on a device: two would use the same keys twice."""

    def __init__(
        self, login: Login, store: Store, clock: Clock, changed: Changed = _nobody
    ) -> None:
        """`changed` is told of a changed identity. Nothing is asked or written yet."""
        self.last_sync_at: datetime | None = None
        self._login = login
        self._store = store
        self._clock = clock
        self._changed = changed
        self._server = Homeserver(login.homeserver)
        self._locks = send.Locks()
        self._renewing = asyncio.Lock()
        self._client: Client | None = None
        self._asking = Trouble("matrix", FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        self._taking_in = Trouble("matrix_intake", FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)

    @property
    def mxid(self) -> str:
        return self._login.mxid

    @property
    def knows_rooms(self) -> bool:
        """Whether a sync told of all rooms since the client was opened."""
        return self._client is not None and self._client.is_synced

    # from beginning to end

    async def start(self) -> None:
        """Logs in, or goes on with the device there is; cross-signs it, or repairs that.

        Raises LoginRefused, CryptoStoreLost, DeviceGone, CannotSign, TryLater, Refused,
        Unreachable.
        """
        await self._open()
        for _ in range(2):
            try:
                async with self._outcomes():
                    client = self._open_client()
                    await client.device.publish(self._server)
                    await cross_signing.ensure(
                        self._store, self._server, client.device, self._login.password
                    )
                return
            except TryLater as later:
                if later.error != "token_renewed":
                    raise

    async def close(self) -> None:
        """After this nothing can be sent or read; the device stays."""
        await self._server.close()
        await self._throw_away()

    async def served(self) -> Served:
        """What the homeserver shows of our identity. Raises TryLater, Refused, Unreachable."""
        identity = await cross_signing.own_identity(self._store, self.mxid)
        async with self._outcomes():
            device = self._open_client().device
            return await cross_signing.served(self._server, self.mxid, device.id, identity)

    # reading

    async def sync_forever(
        self, take: Take, stop: asyncio.Event, set_aside: Take | None = None
    ) -> None:
        """Reads until told to stop; a batch in hand is finished. An event that fails three times is
        set aside, and `set_aside` told. Raises CryptoStoreLost, DeviceGone, LoginRefused."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                pause = await self._read_once(stopping, take, set_aside)
                if pause:
                    await set_or_passed(stop, self._clock, pause)
        finally:
            stopping.cancel()

    async def _read_once(
        self, stopping: asyncio.Task[Any], take: Take, set_aside: Take | None
    ) -> float:
        """Returns how many seconds to wait before asking again."""
        try:
            if self._client is None:
                await self._open()
            async with self._outcomes():
                taken = await self._taken(stopping, take, set_aside)
        except StorageBusy:
            return self._taking_in.met("storage_unavailable", ADVICE_STORAGE)
        except TryLater as later:
            return max(self._asking.met(later.error, ADVICE_SERVER), later.retry_after or 0.0)
        except FATAL:
            raise
        except Exception as fault:  # noqa: BLE001  # whatever it was, reading goes on
            await self._throw_away()
            return self._asking.met(type(fault).__name__, ADVICE_ANY)
        return 0.0 if taken else FIRST_PAUSE_SECONDS

    async def _taken(self, stopping: asyncio.Task[Any], take: Take, set_aside: Take | None) -> bool:
        """One sync, from asking to its effects. False when an event is to be tried again."""
        client = self._open_client()
        since = await token_of(self._store)
        asking = asyncio.create_task(ask(client, since))
        await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not asking.done():
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            return True
        batch = await absorb(client, asking.result(), since, self._clock)
        self.last_sync_at = self._clock.now()
        self._asking.over()
        taken = await take_in(self._store, self._clock, batch, take, set_aside)
        self._taking_in.over()
        await client.device.publish(self._server)
        await client.device.mend(self._server)
        return taken

    # writing

    async def send(
        self,
        room: str,
        txn: str,
        content: Mapping[str, Any],
        to: Collection[str] | None = None,
        event_type: str = "m.room.message",
    ) -> str:
        """Says it, encrypted, and returns the id of the event. Everybody in `to` (all who joined,
        without it) can read it. The same `txn` within a day is the same event.

        Raises TryLater, Unreachable (NotReadable, IdentityChanged, NotInRoom, RoomUnsafe), Refused.
        """
        async with self._locks.of(room), self._outcomes():
            client = self._open_client()
            found = send.known(client, room)
            return await send.send(client, self._locks, found, txn, event_type, content, to)

    async def edit(
        self,
        room: str,
        txn: str,
        event: str,
        content: Mapping[str, Any],
        to: Collection[str] | None = None,
    ) -> str:
        """Puts it in the place of an earlier message of ours. Raises as `send` does."""
        return await self.send(room, txn, send.edited(event, content), to)

    async def find(self, room: str, txn: str) -> str | None:
        """The event that was sent with `txn`, among the last thousand of the room. Homeservers keep
        transaction ids about a day: whoever sends again after that looks first.

        Raises TryLater, Unreachable, Refused.
        """
        async with self._outcomes():
            client = self._open_client()
            return await send.find(client, send.known(client, room), txn)

    async def redact(self, room: str, txn: str, event: str) -> None:
        """Empties an event. Raises TryLater, Unreachable, Refused."""
        path = f"/rooms/{part(room)}/redact/{part(event)}/{part(txn)}"
        async with self._outcomes():
            await self._server.call("PUT", path, {})

    # rooms

    async def create_room(self, rules: RoomRules) -> str:
        """A new encrypted room; it can be written in at once. Its rules were read back: raises
        RoomUnsafe when the homeserver made them looser. Raises TryLater, Unreachable, Refused.

        Where the answer is lost there may be a room nobody knows of; it is empty but for
        invitations.
        """
        async with self._outcomes():
            answer = await self._server.call("POST", "/createRoom", creation(rules))
            room = await self._read_back(str(answer["room_id"]))
        self._open_client().rooms[room.id] = room
        wrong = room.downgrades(self.mxid)
        if wrong:
            raise RoomUnsafe(wrong)
        return room.id

    async def _read_back(self, id: str) -> Room:
        answer = await self._server.state(id)
        room = Room(id)
        room.take(answer)
        return room

    async def invite(self, room: str, mxid: str) -> None:
        """Raises TryLater, Unreachable, Refused."""
        async with self._outcomes():
            await self._server.call("POST", f"/rooms/{part(room)}/invite", {"user_id": mxid})

    async def kick(self, room: str, mxid: str) -> None:
        """Removes a member, or takes an invitation back. What is sent after this returned cannot be
        read by them. Raises TryLater, Unreachable, Refused."""
        async with self._locks.of(room), self._outcomes():
            client = self._open_client()
            await send.kick(client, send.known(client, room), mxid)

    async def leave(self, room: str) -> None:
        """Raises TryLater, Unreachable, Refused."""
        async with self._locks.of(room), self._outcomes():
            await self._server.call("POST", f"/rooms/{part(room)}/leave", {})

    def members(self, room: str) -> Members:
        """As the last sync told. Raises TryLater when the room is not known."""
        return send.known(self._open_client(), room).members

    def downgrades(self, room: str) -> frozenset[str]:
        """Which of our rules do not hold any more, by the type of their state event; nothing is
        sent in such a room. Raises TryLater when the room is not known."""
        return send.known(self._open_client(), room).downgrades(self.mxid)

    def rooms(self) -> frozenset[str]:
        """The rooms we are in, as far as we know by now."""
        return frozenset(self._open_client().rooms)

    # people and files

    async def trusted(self, mxid: str) -> Identity:
        """Whom the homeserver shows, and what it is worth. Pins an identity met for the first time.
        Raises TryLater, Unreachable, Refused."""
        async with self._outcomes():
            client = self._open_client()
            await client.look_up(frozenset([mxid]))
            return client.book.identity(mxid)

    async def download(self, file: Mapping[str, Any]) -> bytes:
        """The bytes behind the `file` object of a decrypted message.
        Raises BadFile, TryLater, Unreachable, Refused."""
        async with self._outcomes():
            return await files.download(self._server, file)

    async def upload(self, data: bytes) -> dict[str, Any]:
        """Encrypts and uploads; returns the `file` object for a message.
        Raises TryLater, Unreachable, Refused."""
        async with self._outcomes():
            return await files.upload(self._server, data)

    # within

    def _open_client(self) -> Client:
        if self._client is None:
            raise TryLater("not_started")
        return self._client

    async def _open(self) -> None:
        """Raises as `log_in` does, and StorageBusy."""
        await self._throw_away()
        async with self._locks.sharing, self._outcomes():
            self._client = await open_client(
                self._store, self._login, self._server, self._clock, self._changed
            )

    async def _throw_away(self) -> None:
        """Its memory may be ahead of the disk; the next one is loaded from there."""
        async with self._locks.sharing:
            if self._client is not None:
                self._client.device.close()
                self._client = None

    @asynccontextmanager
    async def _outcomes(self) -> AsyncIterator[None]:
        """What the homeserver refuses, as an outcome; a token that ran out is renewed."""
        token = self._server.token
        try:
            yield
        except TokenRefused as refused:
            async with self._renewing:
                if self._server.token == token:
                    await self._renew(refused)
            raise TryLater("token_renewed") from None
        except Denied as denied:
            raise outcome_of(denied) from None

    async def _renew(self, refused: TokenRefused) -> None:
        try:
            await renew(self._store, self._login, self._server, refused)
        except Denied as denied:
            raise outcome_of(denied) from None
