"""Makes the rooms of cases what they should be: made, joined, left and replaced.

What should be is decided in bot/domain/rooms.py. Each act is done and then noted; one that fails
is done again on the next round, and while a room is not as it should be nothing is said there.
"""

import asyncio

import structlog

from bot.app import case_rooms
from bot.app.bell import Bell
from bot.app.case_rooms import RoomPlan
from bot.app.house import House
from bot.app.trouble import Trouble
from bot.domain.outbox import MATRIX
from bot.domain.people import PersonKey
from bot.domain.rooms import Act, Flaw, Found, RoomAct, acts
from bot.ports.store import Store
from handlers.matrix.rooms import ENCRYPTION, POWER, Members, RoomRules
from handlers.matrix.session import MatrixSession

log = structlog.get_logger()

LOOK_ROUND_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 60.0
ADVICE = "check the homeserver; trying again, and nothing is shared meanwhile"
FLAW_OF = {
    ENCRYPTION: Flaw.NOT_ENCRYPTED,
    POWER: Flaw.OTHERS_MAY_CHANGE,
    "m.room.history_visibility": Flaw.HISTORY_SHOWN,
    "m.room.join_rules": Flaw.OPEN_TO_JOIN,
    "m.room.guest_access": Flaw.OPEN_TO_GUESTS,
}


People = frozenset[PersonKey]


class CaseRooms:
    """`bell` is rung whenever something was committed that may change who belongs where."""

    def __init__(self, session: MatrixSession, store: Store, house: House) -> None:
        self.bell = Bell()
        self._session = session
        self._store = store
        self._house = house

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. No fault ends it."""
        trouble = Trouble("case_rooms", LOOK_ROUND_SECONDS, LONGEST_PAUSE_SECONDS)
        while not stop.is_set():
            pause = LOOK_ROUND_SECONDS
            try:
                await self.round()
                trouble.over()
            except Exception as fault:  # noqa: BLE001  # whatever it was, the rooms are looked at again
                pause = trouble.met(type(fault).__name__, ADVICE)
            await self.bell.wait(self._house.clock, pause)

    async def round(self) -> None:
        if not self._session.knows_rooms:
            return
        async with self._store.reading() as work:
            plans = await case_rooms.room_plans(self._house, work)
        for plan in plans:
            found = await self._look(plan)
            for one in acts(plan.want, found):
                await self._do(plan, one)
                if one.act in (Act.CREATE, Act.REPLACE):
                    break  # it was made with its invitations

    async def _look(self, plan: RoomPlan) -> Found | None:
        """The room as it is; None when there is none, or we are in it no more."""
        if plan.room is None or plan.room.room not in self._session.rooms():
            return None
        room = plan.room.room
        found = self._session.members(room)
        joined, invited, strangers = await self._who(found)
        flaws = frozenset(FLAW_OF[rule] for rule in self._session.downgrades(room))
        return Found(joined, invited, strangers, flaws)

    async def _who(self, found: Members) -> tuple[People, People, frozenset[str]]:
        async with self._store.reading() as work:
            known = {
                mxid: await case_rooms.known_address(work, mxid)
                for mxid in (found.joined | found.invited) - {self._session.mxid}
            }
        people = {mxid: person for mxid, person in known.items() if person is not None}
        return (
            frozenset(people[mxid] for mxid in found.joined & people.keys()),
            frozenset(people[mxid] for mxid in found.invited & people.keys()),
            frozenset(known.keys() - people.keys()),
        )

    async def _do(self, plan: RoomPlan, one: RoomAct) -> None:
        match one.act:
            case Act.CREATE | Act.REPLACE:
                invited = tuple(sorted(plan.addresses[who] for who in plan.want.members))
                rules = RoomRules(plan.code, invited, topic=plan.code)
                room = await self._session.create_room(rules)
                async with self._store.work() as work:
                    await case_rooms.opened(self._house, work, plan, room)
            case Act.FREEZE:
                async with self._store.work() as work:
                    await case_rooms.frozen(self._house, work, plan)
            case Act.REMOVE:
                await self._remove(plan, one)
            case Act.INVITE if plan.room is not None and one.person is not None:
                await self._session.invite(plan.room.room, plan.addresses[one.person])

    async def _remove(self, plan: RoomPlan, one: RoomAct) -> None:
        if plan.room is None:
            return
        mxid = one.stranger
        if one.person is not None:
            async with self._store.reading() as work:
                account = await work.accounts.of(one.person, MATRIX)
            mxid = account.address if account else None
        if mxid is not None:
            await self._session.kick(plan.room.room, mxid)
            async with self._store.work() as work:
                await case_rooms.removed(self._house, work, plan)
