"""Running dialogues, sealed under the key of the person who is filling them in."""

from collections.abc import Sequence
from datetime import datetime

from bot.dialogues.engine import DialogueState
from bot.domain.people import PersonKey
from bot.ports.store import KeyDestroyed, NoteVault
from storage.frozen import JsonCodec, micros
from storage.sql import Link

STATE = JsonCodec(DialogueState)
_CONTEXT = "dialogue.state"


def key_subject(person: PersonKey) -> str:
    """The vault subject of a member of staff; no tenant's pseudonym has this shape."""
    return f"person:{person.person}"


class SqlDialogues:
    def __init__(self, link: Link, vault: NoteVault) -> None:
        self._db = link.connection
        self._sql = link.queries("dialogues")
        self._vault = vault

    async def get(self, person: PersonKey) -> DialogueState | None:
        """A state that can no longer be read (an older version's, a destroyed key) is none."""
        sealed = await self._sql.get(self._db, **person._asdict())
        if sealed is None:
            return None
        try:
            return STATE.loads(
                await self._vault.open(person.organisation, key_subject(person), _CONTEXT, sealed)
            )
        except (KeyDestroyed, ValueError):
            return None

    async def put(self, person: PersonKey, state: DialogueState) -> None:
        sealed = await self._vault.seal(
            person.organisation, key_subject(person), _CONTEXT, STATE.dumps(state)
        )
        await self._sql.put(
            self._db,
            **person._asdict(),
            dialogue=state.id,
            sealed=sealed,
            expires_at=micros(state.expires_at),
        )

    async def remove(self, person: PersonKey) -> None:
        await self._sql.remove(self._db, **person._asdict())

    async def expired(self, now: datetime, limit: int) -> Sequence[tuple[PersonKey, str]]:
        rows = self._sql.expired(self._db, now=micros(now), limit=limit)
        return [
            (PersonKey(row["organisation"], row["person"]), row["dialogue"]) async for row in rows
        ]

    async def add_message(self, person: PersonKey, dialogue: str, message: str) -> None:
        await self._sql.add_message(
            self._db, **person._asdict(), dialogue=dialogue, message=message
        )

    async def messages(self, person: PersonKey, dialogue: str) -> Sequence[str]:
        rows = self._sql.messages(self._db, **person._asdict(), dialogue=dialogue)
        return [row["message"] async for row in rows]

    async def forget_messages(
        self, person: PersonKey, dialogue: str, messages: Sequence[str]
    ) -> None:
        rows = [
            {**person._asdict(), "dialogue": dialogue, "message": message} for message in messages
        ]
        await self._sql.forget_messages(self._db, rows)
