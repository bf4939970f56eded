"""How the session stands, without touching the encryption sessions a running service has open."""

from dataclasses import dataclass

from bot.ports.doors import TryLater
from bot.ports.store import Store
from handlers.matrix import cross_signing
from handlers.matrix.account import Login, kept_device
from handlers.matrix.cross_signing import Served
from handlers.matrix.device import FILE
from handlers.matrix.homeserver import Denied, Homeserver, TokenRefused


@dataclass(frozen=True, slots=True)
class Status:
    """`device` is None before the first login, `served` when the homeserver could not be asked."""

    device: str | None
    has_file: bool
    served: Served | None

    @property
    def is_well(self) -> bool:
        return self.has_file and self.served is not None and self.served.is_whole


async def status(store: Store, login: Login) -> Status:
    kept = await kept_device(store)
    has_file = (login.folder / FILE).exists()
    if kept is None or kept.token is None:
        return Status(None, has_file, None)
    identity = await cross_signing.own_identity(store, login.mxid)
    server = Homeserver(login.homeserver, kept.token)
    try:
        served = await cross_signing.served(server, login.mxid, kept.id, identity)
    except (TryLater, Denied, TokenRefused):
        return Status(kept.id, has_file, None)
    finally:
        await server.close()
    return Status(kept.id, has_file, served)
