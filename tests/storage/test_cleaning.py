"""What has served its time is taken away, the oldest first; all else stays."""

from datetime import timedelta

from storage.database import SqlStore
from tests.storage.examples import LATER, NOW, PIET

AN_HOUR = timedelta(hours=1)


async def seen(store: SqlStore, *events: str, platform: str = "telegram") -> None:
    async with store.work() as work:
        for number, event in enumerate(events):
            assert await work.seen.first_time(platform, event, NOW + timedelta(seconds=number))


async def known(store: SqlStore, *events: str, platform: str = "telegram") -> list[str]:
    """Those of these events that would be recognised."""
    async with store.work() as work:
        return [one for one in events if not await work.seen.first_time(platform, one, NOW)]


async def forget(store: SqlStore, limit: int = 100) -> int:
    async with store.work() as work:
        return await work.cleaning.forget_seen("telegram", LATER, limit)


async def test_old_events_are_forgotten_a_batch_at_once(store: SqlStore) -> None:
    await seen(store, "1", "2", "3")
    assert await forget(store, limit=2) == 2
    assert await known(store, "3") == ["3"]
    assert await known(store, "1", "2") == []


async def test_events_of_now_and_of_other_platforms_stay(store: SqlStore) -> None:
    await seen(store, "m", platform="matrix")
    async with store.work() as work:
        assert await work.seen.first_time("telegram", "young", LATER)
    assert await forget(store) == 0
    assert await known(store, "young") == ["young"]
    assert await known(store, "m", platform="matrix") == ["m"]


async def test_an_event_that_failed_stays_to_be_seen(store: SqlStore) -> None:
    async with store.work() as work:
        await work.seen.failed("telegram", "7", "ValueError", NOW)
    assert await forget(store) == 0
    async with store.reading() as work:
        assert await work.seen.set_aside() == [("telegram", "7", "ValueError")]


async def test_old_messages_of_forms_are_forgotten_a_batch_at_once(store: SqlStore) -> None:
    async with store.work() as work:
        for message in ("1", "2", "3"):
            await work.dialogues.add_message(PIET, "form", message)
    async with store.work() as work:
        assert await work.cleaning.forget_form_messages(AN_HOUR, 100) == 0
        assert await work.cleaning.forget_form_messages(-AN_HOUR, 2) == 2
        assert len(await work.dialogues.messages(PIET, "form")) == 1
