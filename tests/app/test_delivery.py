"""The one way out: at least once, in order, each lane by itself, and whatever goes wrong is seen.

Everything is real: the store, the parcel desk, python-telegram-bot, and a Bot API on loopback.
"""

import asyncio
import itertools
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.app.cards import freshen_card
from bot.app.letters import to_person
from bot.domain.outbox import Lane, Recipient, RowState, Template
from bot.domain.people import Person, Role
from bot.domain.signals import Act
from handlers.loopback.faults import (
    CutAfter,
    CutBefore,
    Fault,
    Garbage,
    Hold,
    Refusal,
    ServerError,
    TooManyRequests,
)
from handlers.loopback.user import LoopbackUser
from handlers.telegram.read import PLATFORM
from storage.work import SqlWork
from tests.handlers.office import CORPORATION, Office, open_office, running, texts
from tests.storage.examples import SIGNAL
from tests.stores import sqlite_path

REF = "4KQ-7HXD"


def receipt(ref: str = REF) -> str:
    return f"✅ Doorgegeven. Kenmerk: {ref}"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as office:
        yield office


async def passing(office: Office, until: Callable[[], bool], seconds: float = 1.0) -> None:
    """Lets time pass, so many seconds a step, until something has happened."""
    while not until():
        await office.clock.move_on(seconds=seconds)
        await asyncio.sleep(0)


async def emptied(office: Office) -> None:
    while await office.rows():
        await office.clock.move_on(seconds=30)
        await asyncio.sleep(0)


def counted(office: Office, patch: pytest.MonkeyPatch) -> list[None]:
    """One more in the list for every transaction that is asked for."""
    transactions: list[None] = []
    work = office.store.work

    def counting() -> AbstractAsyncContextManager[SqlWork]:
        transactions.append(None)
        return work()

    patch.setattr(office.store, "work", counting)
    return transactions


async def test_what_is_due_goes_out_once(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    await office.tells(piet, REF)
    await office.goes_round()
    await office.goes_on(days=1)
    assert texts(phone) == [receipt()]
    assert await office.rows() == []


async def test_a_chat_reads_in_the_order_of_the_events(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    for number in range(5):
        await office.tells(piet, f"4KQ-000{number}")
    for _ in range(5):
        await office.goes_round()
    assert texts(phone) == [receipt(f"4KQ-000{number}") for number in range(5)]


@pytest.mark.parametrize("fault", [ServerError(), ServerError(500), Garbage(), CutBefore()])
async def test_what_did_not_arrive_is_sent_again(office: Office, fault: Fault) -> None:
    piet, phone = await office.knows("Piet")
    row = await office.tells(piet, REF)
    office.api.faults.next("sendMessage", fault)
    await office.goes_round()
    assert texts(phone) == []
    waiting = await office.row(row)
    assert (waiting.state, waiting.attempts, bool(waiting.error)) == (RowState.PENDING, 1, True)

    await office.goes_on(seconds=2)
    assert texts(phone) == [receipt()]
    assert await office.rows() == []


async def test_what_may_have_arrived_is_sent_again_with_the_same_reference(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    await office.tells(piet, REF)
    office.api.faults.next("sendMessage", CutAfter())
    await office.goes_round()
    await office.goes_on(seconds=2)
    assert texts(phone) == [receipt(), receipt()]
    assert await office.rows() == []


async def test_trying_goes_on_for_ever_at_most_a_quarter_of_an_hour_apart(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    row = await office.tells(piet, REF)
    away = office.api.faults.always("sendMessage", ServerError())
    pauses = []
    for _ in range(20):
        await office.goes_round()
        pauses.append(await office.next_try(row))
        await office.clock.move_on(seconds=pauses[-1].total_seconds())
    assert pauses[0] < timedelta(seconds=2)
    assert all(later > earlier for earlier, later in itertools.pairwise(pauses[:8]))
    assert timedelta(minutes=10) < pauses[-1] <= max(pauses) <= timedelta(minutes=15)
    assert (await office.row(row)).attempts == 20

    away.remove()
    await office.goes_round()
    assert texts(phone) == [receipt()]


async def test_a_chat_that_floods_is_left_alone_as_long_as_asked(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    mia, other = await office.knows("Mia")
    first = await office.tells(piet, "4KQ-0001")
    await office.tells(piet, "4KQ-0002")
    office.api.faults.next("sendMessage", TooManyRequests(retry_after=30))
    await office.goes_round()
    assert await office.next_try(first) >= timedelta(seconds=30)

    await office.tells(mia, "4KQ-0003")
    await office.goes_on(seconds=29)
    assert (texts(phone), texts(other)) == ([], [receipt("4KQ-0003")])

    await office.goes_on(seconds=2)
    await office.goes_round()
    assert texts(phone) == [receipt("4KQ-0001"), receipt("4KQ-0002")]


async def test_when_many_chats_flood_at_once_the_whole_lane_is_quiet(office: Office) -> None:
    people = [await office.knows(name) for name in ("Ada", "Bas", "Cor", "Dik", "Eef")]
    for person, _ in people[:3]:
        await office.tells(person, REF)
    office.api.faults.next("sendMessage", TooManyRequests(retry_after=30), times=3)
    await office.goes_round()
    for person, _ in people[3:]:
        await office.tells(person, REF)
    await office.goes_on(seconds=20)
    assert len(office.api.calls("sendMessage")) == 3

    await office.goes_on(seconds=20)
    assert [texts(phone) for _, phone in people] == [[receipt()]] * 5


async def test_a_blocked_bot_tries_once_and_holds_everything(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    first = await office.tells(piet, "4KQ-0001")
    second = await office.tells(piet, "4KQ-0002")
    await phone.blocks_bot()
    for _ in range(3):
        await office.goes_on(minutes=20)
    account = await office.account(piet)
    assert account is not None
    assert account.unreachable_since is not None
    assert [(await office.row(row)).state for row in (first, second)] == [RowState.HELD] * 2
    assert len(office.api.calls("sendMessage")) == 1

    await phone.unblocks_bot()
    async with office.store.work() as work:
        await work.accounts.mark_unreachable(piet.key, PLATFORM, None)
        await work.post.release_held(Recipient(piet.key), office.clock.now())
    await office.goes_round()
    await office.goes_round()
    assert texts(phone) == [receipt("4KQ-0001"), receipt("4KQ-0002")]


async def test_a_new_phone_is_not_blamed_for_the_old_one(office: Office) -> None:
    piet, old = await office.knows("Piet")
    row = await office.tells(piet, REF)
    await old.blocks_bot()
    on_its_way = office.api.faults.next("sendMessage", Hold())
    new = office.api.person("Piet", 2000)
    await new.types("/start")
    lane = office.lane(piet)
    await lane.round()
    await office.api.until(lambda: on_its_way.met)
    async with office.store.work() as work:
        await office.links(work, piet, new)
    on_its_way.remove()
    await lane.settle()
    assert (await office.row(row)).state is RowState.PENDING

    await office.goes_on(seconds=2)
    assert texts(new) == [receipt()]


async def test_a_refused_message_is_given_up_in_sight_and_the_next_one_goes(
    office: Office,
) -> None:
    piet, phone = await office.knows("Piet")
    refused = await office.tells(piet, "4KQ-0001")
    await office.tells(piet, "4KQ-0002")
    office.api.faults.next("sendMessage", Refusal(400, "CHAT_WRITE_FORBIDDEN"))
    await office.goes_round()
    await office.goes_round()
    assert [(row.id, row.state) for row in await office.rows()] == [(refused.id, RowState.DEAD)]
    assert texts(phone) == [receipt("4KQ-0002")]


async def test_a_word_on_a_button_is_worth_nothing_later(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    await office.answers(piet, about="press", press="gone-long-ago", toast="form.expired")
    await office.goes_round()
    assert await office.rows() == []
    assert texts(phone) == []


@pytest.mark.parametrize("fault", [TooManyRequests(retry_after=5), ServerError(), CutBefore()])
async def test_what_must_be_tidied_away_is_tidied_away(office: Office, fault: Fault) -> None:
    piet, phone = await office.knows("Piet")
    held_back = await phone.types("BSN 123456782 hoort bij E-2210")
    await office.answers(piet, about="tidy", remove=held_back.id)
    office.api.faults.next("deleteMessage", fault)
    await office.goes_round()
    await office.goes_on(minutes=1)
    assert held_back.id not in [message.id for message in phone.visible]
    assert await office.rows() == []


async def test_a_row_nobody_can_put_into_words_stops_nobody_else(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    await office.answers(piet, about="broken", text="answer.only_text", remove="no number")
    await office.tells(piet, REF)
    for _ in range(8):
        await office.goes_on(minutes=1)
    (dead,) = await office.rows()
    assert (dead.about, dead.state, dead.attempts) == ("broken", RowState.DEAD, 3)
    assert dead.error == "ValueError"
    assert texts(phone) == [receipt()]


async def test_a_row_without_a_sentence_is_given_up_without_a_word(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    await office.answers(piet, about="broken", text="no.such.sentence")
    await office.tells(piet, REF)
    for _ in range(8):
        await office.goes_on(minutes=1)
    (dead,) = await office.rows()
    assert (dead.about, dead.state, dead.error) == ("broken", RowState.DEAD, "UnknownText")
    assert texts(phone) == [receipt()]


async def test_a_press_with_an_unknown_toast_says_nothing_twice(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    await office.answers(piet, text="answer.only_text", press="1", toast="no.such.toast")
    for _ in range(8):
        await office.goes_on(minutes=1)
    assert texts(phone) == []
    assert [row.state for row in await office.rows()] == [RowState.DEAD]


async def test_tries_during_an_outage_do_not_count_as_faults_of_ours(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    row = await office.answers(piet, text="answer.only_text")
    office.api.faults.next("sendMessage", ServerError(), times=5)
    for _ in range(5):
        await office.goes_on(minutes=1)
    await office.answers(piet, text="answer.only_text", remove="no number")
    await office.goes_on(minutes=1)
    failed = await office.row(row)
    assert (failed.state, failed.attempts, failed.error) == (RowState.PENDING, 6, "ValueError")

    await office.answers(piet, text="answer.only_text")
    await office.goes_on(minutes=5)
    assert len(texts(phone)) == 1
    assert await office.rows() == []


async def test_consent_is_asked_again_before_every_attempt(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    await office.tells(piet, REF)
    office.api.faults.next("sendMessage", ServerError())
    await office.goes_round()
    async with office.store.work() as work:
        await work.registry.put([replace(piet, active=False)])
    await office.goes_on(minutes=1)
    assert len(office.api.calls("sendMessage")) == 1
    assert texts(phone) == []
    assert await office.rows() == []


async def test_what_consent_refuses_is_dead_audited_and_never_sent(office: Office) -> None:
    sanne, phone = await office.knows("Sanne", Role.CONSULTANT)
    now = office.clock.now()
    foreign = replace(to_person(sanne, Template.RECEIPT, REF, now), corporation="andere-corporatie")
    await office.puts(foreign)
    async with office.store.work() as work:
        await work.registry.put([replace(CORPORATION, id="andere-corporatie")])
    await office.goes_round()
    await office.goes_on(days=1)
    assert texts(phone) == []
    dead = await office.row(foreign)
    assert (dead.state, dead.error) == (RowState.DEAD, "other_corporation")
    async with office.store.reading() as work:
        lines = [line async for _, line, _ in work.audit.lines("andere-corporatie")]
    assert [(line.event, line.subject, line.detail) for line in lines] == [
        ("delivery.refused", REF, "other_corporation")
    ]


async def test_nothing_is_sent_inside_a_transaction(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    await office.tells(piet, REF)
    under_way = office.api.faults.next("sendMessage", Hold())
    lane = office.lane(piet)
    await lane.round()
    await office.api.until(lambda: under_way.met)
    async with office.store.work() as work:
        await work.cursors.put("somebody else", "writes meanwhile")
    under_way.remove()
    await lane.settle()
    assert texts(phone) == [receipt()]


async def test_a_lane_that_is_stuck_keeps_nobody_in_another_waiting(office: Office) -> None:
    stuck = office.api.faults.always("sendMessage", Hold(), chat=1001)
    sanne, _ = await office.knows("Sanne", Role.CONSULTANT)
    piet, phone = await office.knows("Piet")
    await office.tells(sanne, "4KQ-0001")
    async with running(office.lane(sanne)), running(office.lane(piet)):
        await office.api.until(lambda: stuck.met)
        await office.tells(piet, "4KQ-0002")
        office.lane(piet).bell.ring()
        await phone.sees("4KQ-0002")
        stuck.remove()


async def test_what_takes_longer_than_its_lease_is_not_sent_twice(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    await office.tells(piet, REF)
    slow = office.api.faults.next("sendMessage", Hold())
    lane = office.lane(piet)
    await lane.round()
    await office.api.until(lambda: slow.met)
    await office.clock.move_on(minutes=5)
    await lane.round()
    slow.remove()
    await lane.settle()
    await office.goes_on(minutes=5)
    assert texts(phone) == [receipt()]
    assert await office.rows() == []


async def test_while_storage_is_away_what_came_of_sending_is_kept(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlite.BUSY_SECONDS", 0.01)
    piet, phone = await office.knows("Piet")
    await office.tells(piet, REF)
    under_way = office.api.faults.next("sendMessage", Hold(acted=True))
    with (
        closing(sqlite3.connect(sqlite_path(tmp_path), isolation_level=None)) as other,
        capture_logs() as said,
    ):
        async with running(office.lane(piet)):
            await phone.sees(REF)
            other.execute("BEGIN IMMEDIATE")
            under_way.remove()
            transactions = counted(office, monkeypatch)
            await passing(office, lambda: len(transactions) > 4)
            other.execute("ROLLBACK")
            await emptied(office)
    assert texts(phone) == [receipt()]
    assert [(line["event"], line.get("error")) for line in said] == [
        ("delivery_waits", "StorageBusy"),
        ("delivery_goes_on", None),
    ]


async def test_stopping_while_storage_is_away_loses_nothing(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlite.BUSY_SECONDS", 0.01)
    piet, phone = await office.knows("Piet")
    row = await office.tells(piet, REF)
    under_way = office.api.faults.next("sendMessage", Hold())
    with closing(sqlite3.connect(sqlite_path(tmp_path), isolation_level=None)) as other:
        async with running(office.lane(piet)) as stop:
            await office.api.until(lambda: under_way.met)
            other.execute("BEGIN IMMEDIATE")
            stop.set()
            under_way.remove()
        other.execute("ROLLBACK")
    assert texts(phone) == [receipt()]
    assert (await office.row(row)).state is RowState.SENDING


async def test_stopping_finishes_the_work_in_hand(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    await office.tells(piet, "4KQ-0001")
    under_way = office.api.faults.next("sendMessage", Hold())
    async with running(office.lane(piet)) as stop:
        await office.api.until(lambda: under_way.met)
        later = await office.tells(piet, "4KQ-0002")
        stop.set()
        office.lane(piet).bell.ring()
        under_way.remove()
    assert texts(phone) == [receipt("4KQ-0001")]
    assert await office.rows() == [later]


async def test_a_lane_wakes_at_the_bell_and_by_itself(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    async with running(office.lane(piet)):
        await office.tells(piet, "4KQ-0001")
        office.lane(piet).bell.ring()
        await phone.sees("4KQ-0001")

        await office.tells(piet, "4KQ-0002")
        await passing(office, lambda: "4KQ-0002" in phone.screen)


async def test_no_fault_of_the_database_ends_a_lane(office: Office, tmp_path: Path) -> None:
    piet, phone = await office.knows("Piet")
    await office.tells(piet, "4KQ-0001")
    with (
        closing(sqlite3.connect(sqlite_path(tmp_path), isolation_level=None)) as other,
        capture_logs() as said,
    ):
        other.execute(
            "CREATE TRIGGER broken BEFORE DELETE ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        async with running(office.lane(piet)):
            await passing(office, lambda: "delivery_waits" in str(said))
            other.execute("DROP TRIGGER broken")
            await emptied(office)
    assert texts(phone) == [receipt("4KQ-0001")]


async def owning(office: Office, person: Person, phone: LoopbackUser) -> None:
    """Makes the person responsible for a signal, and puts its card in the outbox."""
    signal = replace(
        SIGNAL, corporation=CORPORATION.id, ref=REF, owner=None, sender="piet", version=1
    )
    async with office.store.work() as work:
        await work.signals.add(signal)
        routed = replace(signal.after(Act.ROUTE), owner=person.id)
        await work.signals.save(routed)
        await freshen_card(office.house, work, person, REF, PLATFORM)


async def test_a_card_that_cannot_be_told_goes_to_whoever_stands_in(office: Office) -> None:
    sanne, blocked = await office.knows("Sanne", Role.CONSULTANT, deputy="joris")
    _, phone = await office.knows("Joris", Role.CONSULTANT)
    await owning(office, sanne, blocked)
    await blocked.blocks_bot()
    await office.goes_round()
    await office.goes_round()
    assert any(REF in text for text in texts(phone))
    assert [row.state for row in await office.rows()] == [RowState.HELD]


async def test_where_nobody_stands_in_the_lane_goes_on_and_the_row_is_seen(
    office: Office,
) -> None:
    sanne, blocked = await office.knows("Sanne", Role.CONSULTANT)
    joris, phone = await office.knows("Joris", Role.CONSULTANT)
    await owning(office, sanne, blocked)
    await blocked.blocks_bot()
    await office.goes_round()
    await office.tells(joris, "4KQ-0002")
    await office.goes_on(seconds=30)
    assert texts(phone) == [receipt("4KQ-0002")]
    (waiting,) = await office.rows()
    assert waiting.about == REF
    assert waiting.error is not None

    _, lead_phone = await office.knows("Tessa", Role.TEAM_LEAD)
    for _ in range(3):
        await office.goes_on(minutes=20)
    assert any(REF in text for text in texts(lead_phone))


async def test_a_stranger_who_left_is_let_go(office: Office) -> None:
    ann = office.api.person("Ann", 5555)
    await ann.types("hallo")
    await office.answers_stranger(5555)
    await ann.blocks_bot()
    await office.goes_round()
    assert await office.rows() == []


async def test_every_lane_delivers_to_its_own(office: Office) -> None:
    piet, phone = await office.knows("Piet")
    await office.tells(piet, REF)
    await office.goes_round(Lane.STAFF, Lane.STRANGERS)
    assert texts(phone) == []
    await office.goes_round(Lane.MANAGERS)
    assert texts(phone) == [receipt()]
