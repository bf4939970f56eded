"""What one login knows: our device, whom we trust, the rooms. Thrown away and made anew after a
fault, since its memory may be ahead of the disk."""

from dataclasses import dataclass, field

from bot.ports.store import Store
from bot.ports.tools import Clock
from handlers.matrix.account import Login, log_in
from handlers.matrix.device import Device
from handlers.matrix.events import Changed
from handlers.matrix.homeserver import Homeserver
from handlers.matrix.rooms import Room
from handlers.matrix.trust import TrustBook


@dataclass(slots=True)
class Client:
    """`is_synced` is false until the rooms are known."""

    server: Homeserver
    device: Device
    book: TrustBook
    rooms: dict[str, Room] = field(default_factory=dict)
    is_synced: bool = False

    @property
    def mxid(self) -> str:
        return self.device.mxid

    async def look_up(self, mxids: frozenset[str]) -> None:
        """Makes sure that we know whom to trust; who got keys and should not have, or the other way
        round, makes their rooms get new ones. Raises TryLater, TokenRefused, Denied."""
        for mxid in await self.book.look_up(mxids):
            for room in self.rooms.values():
                if mxid in room.members.joined:
                    self.device.drop(room.id)


async def open_client(
    store: Store, login: Login, server: Homeserver, clock: Clock, changed: Changed
) -> Client:
    """Raises LoginRefused, CryptoStoreLost, TryLater, Denied."""
    device = await log_in(store, login, server)
    return Client(server, device, TrustBook(server, device, store, clock, changed))
