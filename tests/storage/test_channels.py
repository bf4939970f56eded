"""What a channel needs: events seen once, accounts, invitations, running dialogues."""

from dataclasses import replace
from datetime import timedelta

from bot.ports.store import Account, Guesses
from storage.database import SqlStore
from tests.storage.examples import CARLA, LATER, NOW, PIET, fill_registry, state

TELEGRAM = Account("telegram", "1001", PIET, NOW)


async def test_an_event_happens_once(store: SqlStore) -> None:
    async with store.work() as work:
        assert await work.seen.first_time("telegram", "7", NOW)
        assert not await work.seen.first_time("telegram", "7", NOW)
        assert await work.seen.first_time("matrix", "7", NOW)
    async with store.work() as work:
        assert not await work.seen.first_time("telegram", "7", NOW)


async def test_an_event_that_failed_can_still_succeed(store: SqlStore) -> None:
    async with store.work() as work:
        assert await work.seen.failed("telegram", "7", "ValueError", NOW) == 1
        assert await work.seen.failed("telegram", "8", "KeyError", NOW) == 1
        assert await work.seen.failed("telegram", "7", "TypeError", LATER) == 2
        assert await work.seen.set_aside() == [
            ("telegram", "8", "KeyError"),
            ("telegram", "7", "TypeError"),
        ]
        assert await work.seen.first_time("telegram", "7", LATER)
        assert not await work.seen.first_time("telegram", "7", LATER)
        assert await work.seen.set_aside() == [("telegram", "8", "KeyError")]


async def test_a_cursor_keeps_its_last_value(store: SqlStore) -> None:
    async with store.work() as work:
        assert await work.cursors.get("telegram") is None
        await work.cursors.put("telegram", "41")
        await work.cursors.put("telegram", "42")
        await work.cursors.put("matrix", "s1")
        assert await work.cursors.get("telegram") == "42"


async def test_an_address_is_linked_to_one_person(store: SqlStore) -> None:
    async with store.work() as work:
        await work.accounts.link(TELEGRAM)
        assert await work.accounts.by_address("telegram", "1001") == TELEGRAM
        assert await work.accounts.by_address("matrix", "1001") is None
        await work.accounts.link(replace(TELEGRAM, person=CARLA))
        assert await work.accounts.of(PIET, "telegram") is None


async def test_a_person_has_one_address_a_platform(store: SqlStore) -> None:
    moved = replace(TELEGRAM, address="2002", linked_at=LATER)
    async with store.work() as work:
        await work.accounts.link(TELEGRAM)
        await work.accounts.link(replace(TELEGRAM, platform="matrix"))
        await work.accounts.link(moved)
        assert await work.accounts.by_address("telegram", "1001") is None
        assert await work.accounts.of(PIET, "telegram") == moved
        await work.accounts.unlink(PIET, "telegram")
        assert await work.accounts.of(PIET, "telegram") is None
        assert await work.accounts.of(PIET, "matrix") is not None


async def test_who_blocked_every_channel_cannot_be_reached(store: SqlStore) -> None:
    async with store.work() as work:
        await work.accounts.link(TELEGRAM)
        await work.accounts.link(replace(TELEGRAM, platform="matrix"))
        await work.accounts.link(replace(TELEGRAM, person=CARLA, address="3"))
        assert await work.accounts.linked("telegram") == [CARLA, PIET]
        await work.accounts.mark_unreachable(PIET, "telegram", NOW)
        assert await work.accounts.of(PIET, "telegram") == replace(TELEGRAM, unreachable_since=NOW)
        assert await work.accounts.reachable(PIET.organisation) == {"piet", "carla"}
        await work.accounts.mark_unreachable(PIET, "matrix", NOW)
        assert await work.accounts.reachable(PIET.organisation) == {"carla"}
        await work.accounts.mark_unreachable(PIET, "telegram", None)
        assert await work.accounts.reachable(PIET.organisation) == {"piet", "carla"}
        assert await work.accounts.reachable("westwijk") == frozenset()


async def test_an_invitation_works_once(store: SqlStore) -> None:
    async with store.work() as work:
        await work.invites.put(b"hash", PIET, LATER)
        assert await work.invites.take(b"other", NOW) is None
        assert await work.invites.take(b"hash", NOW) == PIET
        assert await work.invites.take(b"hash", NOW) is None


async def test_an_invitation_runs_out_and_is_replaced(store: SqlStore) -> None:
    async with store.work() as work:
        await work.invites.put(b"late", PIET, LATER)
        assert await work.invites.take(b"late", LATER) is None
        await work.invites.put(b"first", PIET, LATER)
        await work.invites.put(b"second", PIET, LATER)
        assert await work.invites.take(b"first", NOW) is None
        assert await work.invites.take(b"second", NOW) == PIET


async def test_wrong_codes_are_counted_until_a_right_one(store: SqlStore) -> None:
    async with store.work() as work:
        assert await work.invites.guesses(b"address") == Guesses()
        for guesses in (Guesses(1), Guesses(2, LATER)):
            await work.invites.put_guesses(b"address", guesses)
            assert await work.invites.guesses(b"address") == guesses
        await work.invites.put_guesses(b"address", Guesses())
        assert await work.invites.guesses(b"address") == Guesses()


async def test_people_and_places_are_found(store: SqlStore) -> None:
    await fill_registry(store)
    async with store.work() as work:
        piet = await work.people.get(PIET)
        assert piet is not None
        assert [person.id for person in await work.people.of("oostwijk")] == [
            "carla",
            "piet",
            "tess",
        ]
        assert await work.people.by_id("piet") == [PIET]
        assert await work.people.by_id("tess") == []
        await work.people.set_language(PIET, "nl")
        assert await work.people.get(PIET) == replace(piet, language="nl")
        assert [one.id for one in await work.people.corporations()] == ["oostwijk", "westwijk"]
        assert [area.id for area in await work.places.areas(PIET)] == ["n1"]
        assert await work.places.areas(CARLA) == []
        street = await work.places.find("oostwijk", "s:voorbeeldstraat|14")
        assert [home.unit for home in street] == ["E-4472"]
        assert await work.places.find("westwijk", "s:voorbeeldstraat|14") == []


async def test_a_running_dialogue_survives(store: SqlStore) -> None:
    async with store.work() as work:
        assert await work.dialogues.get(PIET) is None
        await work.dialogues.put(PIET, state())
    async with store.work() as work:
        assert await work.dialogues.get(PIET) == state()
        await work.dialogues.put(PIET, replace(state(), revision=5))
        assert await work.dialogues.get(PIET) == replace(state(), revision=5)
        await work.dialogues.remove(PIET)
        assert await work.dialogues.get(PIET) is None


async def test_expired_dialogues_are_named(store: SqlStore) -> None:
    async with store.work() as work:
        await work.dialogues.put(PIET, state(expires_at=NOW))
        await work.dialogues.put(CARLA, state(expires_at=NOW - timedelta(microseconds=1)))
        assert await work.dialogues.expired(NOW, 10) == [(CARLA, "d1"), (PIET, "d1")]
        assert await work.dialogues.expired(NOW, 1) == [(CARLA, "d1")]
        assert await work.dialogues.expired(NOW - timedelta(seconds=1), 10) == []


async def test_a_dialogue_whose_key_was_destroyed_is_none(store: SqlStore) -> None:
    async with store.work() as work:
        await work.dialogues.put(PIET, state())
    await store.erase(PIET.organisation, "person:piet")
    async with store.work() as work:
        assert await work.dialogues.get(PIET) is None


async def test_messages_of_a_form_are_remembered_until_tidied(store: SqlStore) -> None:
    async with store.work() as work:
        for message in ("12", "11", "12", "13"):
            await work.dialogues.add_message(PIET, "d1", message)
        await work.dialogues.add_message(PIET, "d2", "99")
        assert await work.dialogues.messages(PIET, "d1") == ["11", "12", "13"]
        await work.dialogues.forget_messages(PIET, "d1", ["11", "13"])
        await work.dialogues.forget_messages(PIET, "d1", [])
        assert await work.dialogues.messages(PIET, "d1") == ["12"]
        assert await work.dialogues.messages(PIET, "d2") == ["99"]
