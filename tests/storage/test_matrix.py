"""What the Matrix session keeps, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.ports.store import Pin, SealBroken
from storage.database import SqlStore

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PIN = Pin("@sanne:voorbeeld.nl", "sleutel", NOW)


async def test_a_pin_is_kept_whole_and_replaced(store: SqlStore) -> None:
    changed = replace(PIN, offered="andere", confirmed_by="beheer")
    for pin in (PIN, changed):
        async with store.work() as work:
            await work.trust.put(pin)
        async with store.reading() as work:
            assert await work.trust.pin(PIN.mxid) == pin
            assert await work.trust.pins() == [pin]
            assert await work.trust.pin("@niemand:voorbeeld.nl") is None


async def test_a_place_belongs_to_the_first_event(store: SqlStore) -> None:
    async with store.work() as work:
        assert not await work.trust.is_replay("sessie", 0, "$een")
    async with store.work() as work:
        assert not await work.trust.is_replay("sessie", 0, "$een")
        assert await work.trust.is_replay("sessie", 0, "$twee")
        assert not await work.trust.is_replay("sessie", 1, "$twee")
        assert not await work.trust.is_replay("andere", 0, "$twee")


async def test_a_secret_is_sealed_under_its_name(store: SqlStore) -> None:
    async with store.work() as work:
        assert await work.secrets.get("naam") is None
        await work.secrets.put("naam", "geheim")
        await work.secrets.put("naam", "geheimer")
        await work.secrets.put("ander", "iets")
    async with store.work() as work:
        assert await work.secrets.get("naam") == "geheimer"
        sql, connection = work._link.queries("matrix"), work._link.connection
        sealed = bytes(await sql.secret(connection, name="naam"))
        assert b"geheim" not in sealed
        await sql.put_secret(connection, name="ander", sealed=sealed)
    async with store.work() as work:
        with pytest.raises(SealBroken):
            await work.secrets.get("ander")
        await work.secrets.remove("naam")
        assert await work.secrets.get("naam") is None
