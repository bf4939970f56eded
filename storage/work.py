"""One transaction, by topic. A topic is only made when it is asked for.

`SqlIntakeWork` is all that a neighbourhood manager's message can touch: it has no way to a tenancy,
case or agreement (invariant I1 by structure).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cached_property

from bot.ports.store import NoteVault, StorageBusy, StorageFailed
from storage.accounts import SqlAccounts, SqlInvites
from storage.audit import SqlAudit
from storage.cards import SqlCards, SqlChallenges
from storage.cleaning import SqlCleaning
from storage.dialogues import SqlDialogues
from storage.due import SqlDue
from storage.leases import SqlLeases
from storage.matrix import SqlSecrets, SqlTrust
from storage.outbox import SqlOutbox, SqlPost
from storage.people import SqlPeople
from storage.photos import SqlPhotos
from storage.places import SqlPlaces
from storage.registry import SqlRegistry
from storage.seen import SqlCursors, SqlSeen
from storage.sharing import SqlSharing
from storage.signals import SqlMatterLists, SqlSignals
from storage.sql import Link
from storage.tenancies import SqlTenancies
from storage.visits import SqlVisits


class SqlIntakeWork:
    def __init__(self, link: Link, vault: NoteVault) -> None:
        self._link = link
        self._vault = vault

    @cached_property
    def seen(self) -> SqlSeen:
        return SqlSeen(self._link)

    @cached_property
    def accounts(self) -> SqlAccounts:
        return SqlAccounts(self._link)

    @cached_property
    def people(self) -> SqlPeople:
        return SqlPeople(self._link)

    @cached_property
    def places(self) -> SqlPlaces:
        return SqlPlaces(self._link)

    @cached_property
    def dialogues(self) -> SqlDialogues:
        return SqlDialogues(self._link, self._vault)

    @cached_property
    def signals(self) -> SqlSignals:
        return SqlSignals(self._link)

    @cached_property
    def photos(self) -> SqlPhotos:
        return SqlPhotos(self._link)

    @cached_property
    def outbox(self) -> SqlOutbox:
        return SqlOutbox(self._link)

    @cached_property
    def audit(self) -> SqlAudit:
        return SqlAudit(self._link)

    @property
    def vault(self) -> NoteVault:
        return self._vault

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        sql, connection = self._link.queries("transaction"), self._link.connection
        await sql.set_savepoint(connection)
        try:
            yield
        except BaseException:
            # Where this cannot be done the whole transaction is lost, and its end will say so.
            with suppress(StorageBusy, StorageFailed):
                await sql.undo_to_savepoint(connection)
                await sql.release_savepoint(connection)
            raise
        await sql.release_savepoint(connection)


class SqlWork(SqlIntakeWork):
    @cached_property
    def intake(self) -> SqlIntakeWork:
        return SqlIntakeWork(self._link, self._vault)

    @cached_property
    def cursors(self) -> SqlCursors:
        return SqlCursors(self._link)

    @cached_property
    def invites(self) -> SqlInvites:
        return SqlInvites(self._link)

    @cached_property
    def matters(self) -> SqlMatterLists:
        return SqlMatterLists(self._link)

    @cached_property
    def leases(self) -> SqlLeases:
        return SqlLeases(self._link)

    @cached_property
    def cleaning(self) -> SqlCleaning:
        return SqlCleaning(self._link)

    @cached_property
    def sharing(self) -> SqlSharing:
        return SqlSharing(self._link, self._vault)

    @cached_property
    def visits(self) -> SqlVisits:
        return SqlVisits(self._link)

    @cached_property
    def due(self) -> SqlDue:
        return SqlDue(self._link)

    @cached_property
    def post(self) -> SqlPost:
        return SqlPost(self._link)

    @cached_property
    def tenancies(self) -> SqlTenancies:
        return SqlTenancies(self._link, self._vault)

    @cached_property
    def cards(self) -> SqlCards:
        return SqlCards(self._link)

    @cached_property
    def challenges(self) -> SqlChallenges:
        return SqlChallenges(self._link)

    @cached_property
    def registry(self) -> SqlRegistry:
        return SqlRegistry(self._link, self._vault)

    @cached_property
    def trust(self) -> SqlTrust:
        return SqlTrust(self._link)

    @cached_property
    def secrets(self) -> SqlSecrets:
        return SqlSecrets(self._link, self._vault)
