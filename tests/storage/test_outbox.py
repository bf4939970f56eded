"""What waits to be told: one order a chat, nothing doubled, nothing lost."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.outbox import TELEGRAM, Lane, OutboxRow, Recipient, RowState, Template
from bot.domain.people import PersonKey
from storage.database import SqlStore
from storage.work import SqlWork
from tests.storage.examples import CARLA, LATER, NOW, PIET, row
from tests.stores import open_test_store

STRANGER = Recipient(platform="telegram", address="55")


async def leased(work: SqlWork, now: object = NOW, limit: int = 10) -> list[str]:
    assert now in {NOW, LATER}
    at = NOW if now == NOW else LATER
    rows = await work.post.lease(TELEGRAM, Lane.STAFF, at, at + timedelta(minutes=1), limit)
    return [row.id for row in rows]


async def put(work: SqlWork, *rows: OutboxRow) -> None:
    for one in rows:
        await work.outbox.put(one)


async def test_a_row_comes_back_as_it_was(store: SqlStore) -> None:
    known = replace(row("1", press="q", message=12), not_before=NOW)
    unknown = replace(row("2"), recipient=STRANGER, corporation="", lane=Lane.STRANGERS)
    async with store.work() as work:
        await put(work, known, unknown)
        assert await work.post.undelivered(10) == [known, unknown]
        leases = [
            *await work.post.lease(TELEGRAM, Lane.STAFF, NOW, LATER, 9),
            *await work.post.lease(TELEGRAM, Lane.STRANGERS, NOW, LATER, 9),
        ]
        assert leases == [
            replace(one, state=RowState.SENDING, attempts=1) for one in (known, unknown)
        ]


async def test_a_chat_is_told_one_thing_at_a_time(store: SqlStore) -> None:
    async with store.work() as work:
        await put(work, row("1"), row("2", PIET), row("3"), row("4", PIET))
        assert await leased(work) == ["1", "2"]
        assert await leased(work) == []
        await work.post.done("1")
        assert await leased(work) == ["3"]
        await work.post.done("2")
        await work.post.done("3")
        assert await leased(work) == ["4"]
        await work.post.done("4")
        assert await work.post.undelivered(10) == []


async def test_no_more_is_taken_than_asked_the_longest_due_first(store: SqlStore) -> None:
    async with store.work() as work:
        for number in range(5):
            person = PersonKey("oostwijk", f"p{number}")
            due = NOW - timedelta(seconds=number)
            await put(work, replace(row(str(number), person), not_before=due))
        assert await leased(work, limit=2) == ["3", "4"]


async def test_lanes_do_not_touch_each_other(store: SqlStore) -> None:
    async with store.work() as work:
        await put(work, row("1"), replace(row("2", PIET), lane=Lane.MANAGERS))
        assert await leased(work) == ["1"]
        assert [
            one.id for one in await work.post.lease(TELEGRAM, Lane.MANAGERS, NOW, LATER, 9)
        ] == ["2"]


async def test_a_row_is_not_taken_before_its_time(store: SqlStore) -> None:
    async with store.work() as work:
        await put(work, replace(row("1"), not_before=LATER), row("2"))
        assert await leased(work) == []
        assert await work.post.next_due(TELEGRAM, Lane.STAFF) == LATER
        assert await work.post.next_due(TELEGRAM, Lane.MANAGERS) is None
        assert await leased(work, LATER) == ["1"]


async def test_the_same_to_say_again_keeps_its_place_with_the_newest_details(
    store: SqlStore,
) -> None:
    async with store.work() as work:
        await put(work, row("1", about="m", card=1), row("2"), row("3", about="m", card=2))
        rows = await work.post.undelivered(10)
        assert [(one.id, dict(one.details)) for one in rows] == [("1", {"card": 2}), ("2", {})]
        assert await leased(work) == ["1"]


async def test_what_is_being_sent_is_not_changed_any_more(store: SqlStore) -> None:
    async with store.work() as work:
        await put(work, row("1", about="m", card=1))
        assert await leased(work) == ["1"]
        await put(work, row("2", about="m", card=2))
        await work.post.done("1")
        assert await leased(work) == ["2"]


async def test_a_lease_that_ran_out_comes_back_first(store: SqlStore) -> None:
    async with store.work() as work:
        await put(work, row("1"), row("2"))
        assert await leased(work) == ["1"]
        assert await work.post.next_due(TELEGRAM, Lane.STAFF) == NOW + timedelta(minutes=1)
        (again,) = await work.post.lease(
            TELEGRAM, Lane.STAFF, LATER, LATER + timedelta(minutes=1), 9
        )
        assert (again.id, again.attempts) == ("1", 2)


async def test_what_is_tried_again_still_goes_first(store: SqlStore) -> None:
    async with store.work() as work:
        await put(work, row("1"), row("2"))
        await leased(work)
        await work.post.again("1", LATER, "TryLater")
        assert await leased(work) == []
        assert await work.post.next_due(TELEGRAM, Lane.STAFF) == LATER
        (again,) = await work.post.lease(
            TELEGRAM, Lane.STAFF, LATER, LATER + timedelta(minutes=1), 9
        )
        assert (again.id, again.attempts, again.error) == ("1", 2, "TryLater")


async def test_what_failed_takes_the_newer_details_of_the_same(store: SqlStore) -> None:
    async with store.work() as work:
        await put(work, row("1", about="m", card=1))
        await leased(work)
        await put(work, row("2"), row("3", about="m", card=2))
        await work.post.again("1", NOW, "TryLater")
        rows = await work.post.undelivered(10)
        assert [(one.id, dict(one.details)) for one in rows] == [("1", {"card": 2}), ("2", {})]


async def test_held_rows_wait_for_the_person_and_block_nobody(store: SqlStore) -> None:
    async with store.work() as work:
        await put(work, row("1"), row("2"))
        await leased(work)
        await work.post.hold("1", "Unreachable")
        assert await leased(work) == ["2"]
        await work.post.release_held(Recipient(CARLA), NOW)
        assert await leased(work) == []
        await work.post.done("2")
        (back,) = await work.post.lease(
            TELEGRAM, Lane.STAFF, LATER, LATER + timedelta(minutes=1), 9
        )
        assert (back.id, back.attempts) == ("1", 1)


async def test_more_of_the_same_does_not_pile_up_for_who_is_away(store: SqlStore) -> None:
    async with store.work() as work:
        for number in range(4):
            await put(work, row(str(number), about="m", card=number))
            for id in await leased(work):
                await work.post.hold(id, "Unreachable")
        (held,) = await work.post.undelivered(10)
        assert (held.id, held.state, dict(held.details)) == ("0", RowState.HELD, {"card": 3})
        assert await work.post.next_due(TELEGRAM, Lane.STAFF) is None
        await work.post.release_held(Recipient(CARLA), NOW)
        assert await leased(work) == ["0"]


async def test_more_of_what_is_held_does_not_disturb_what_is_being_sent(store: SqlStore) -> None:
    async with store.work() as work:
        await put(work, row("1", about="m"), row("2"))
        await leased(work)
        await work.post.hold("1", "Unreachable")
        assert await leased(work) == ["2"]
        await put(work, row("3", about="m"))
        assert await leased(work) == []


async def test_words_too_late_do_not_disturb_what_is_being_sent(store: SqlStore) -> None:
    async with store.work() as work:
        await put(work, row("1"), row("2"))
        await leased(work)
        await work.post.hold("1", "Unreachable")
        assert await leased(work) == ["2"]
        await work.post.done("1")
        assert await leased(work) == []


async def test_dead_rows_stay_to_be_seen(store: SqlStore) -> None:
    async with store.work() as work:
        await put(work, row("1"), row("2"))
        await leased(work)
        await work.post.give_up("1", "Refused")
        dead, waiting = await work.post.undelivered(10)
        assert (dead.state, dead.error, waiting.state) == (
            RowState.DEAD,
            "Refused",
            RowState.PENDING,
        )
        assert await leased(work) == ["2"]
        await work.post.release_held(Recipient(CARLA), NOW)
        assert (await work.post.undelivered(1))[0].state is RowState.DEAD


async def test_the_age_of_the_oldest_waiting_row(store: SqlStore) -> None:
    async with store.work() as work:
        assert await work.post.oldest_waiting() is None
        await put(work, row("1"), replace(row("2", PIET), created_at=LATER))
        assert await work.post.oldest_waiting() == NOW
        await leased(work)
        assert await work.post.oldest_waiting() == NOW
        await work.post.hold("1", "Unreachable")
        assert await work.post.oldest_waiting() == LATER
        await work.post.give_up("2", "Refused")
        assert await work.post.oldest_waiting() is None


async def test_words_too_late_about_a_row_change_nothing(store: SqlStore) -> None:
    async with store.work() as work:
        await put(work, row("1"), row("2"))
        await leased(work)
        for _ in range(2):
            await work.post.done("1")
        await work.post.again("1", NOW, "TryLater")
        await work.post.hold("1", "Unreachable")
        await work.post.give_up("1", "Refused")
        assert [one.id for one in await work.post.undelivered(10)] == ["2"]
        assert await leased(work) == ["2"]


# The whole of it against a model too simple to be wrong --------------------------------------

NAMES = ("anna", "bert")
ABOUT = ("x", "y")
STEPS = st.one_of(
    st.tuples(st.just("put"), st.sampled_from(NAMES), st.sampled_from(ABOUT)),
    st.tuples(st.just("lease"), st.integers(1, 2), st.booleans()),
    st.tuples(
        st.sampled_from(["done", "again", "hold", "hold", "give_up"]),
        st.integers(0, 5),
        st.booleans(),
    ),
    st.tuples(st.just("release"), st.sampled_from(NAMES)),
    st.tuples(st.just("pass"), st.integers(1, 90)),
)


@dataclass
class ModelRow:
    id: int
    name: str
    about: str
    detail: int
    state: str = "pending"
    due: int = 0


@dataclass
class Model:
    """The rules of the outbox over a plain list, in whole seconds."""

    now: int = 0
    made: int = 0
    rows: list[ModelRow] = field(default_factory=list)

    def waiting(self, name: str) -> list[ModelRow]:
        return [r for r in self.rows if r.name == name and r.state in {"pending", "sending"}]

    def put(self, name: str, about: str) -> None:
        self.made += 1
        same = [r for r in self._like(name, about) if r.state in {"pending", "held"}]
        if same:
            same[0].detail = self.made
        else:
            self.rows.append(ModelRow(self.made, name, about, self.made, due=self.now))

    def heads(self) -> list[ModelRow]:
        """For each name the one that may be taken now; one in flight comes before all."""
        found = []
        for name in NAMES:
            waiting = sorted(self.waiting(name), key=lambda r: (r.state != "sending", r.id))
            if waiting and waiting[0].due <= self.now:
                found.append(waiting[0])
        return sorted(found, key=lambda r: (r.due, r.id))

    def take(self, taken: ModelRow, until: int) -> None:
        taken.state, taken.due = "sending", until

    def spoken_of(self, late: bool) -> list[ModelRow]:
        """What is being sent; or any row, when word of it comes too late."""
        return [r for r in self.rows if late or r.state == "sending"]

    def put_back(self, back: ModelRow, state: str) -> None:
        for same in self._like(back.name, back.about):
            if same is not back and same.state in {"pending", "held"}:
                back.detail = same.detail
                self.rows.remove(same)
        back.state = state

    def release(self, name: str) -> None:
        for held in [r for r in self.rows if r.name == name and r.state == "held"]:
            held.state, held.due = "pending", self.now

    def _like(self, name: str, about: str) -> list[ModelRow]:
        return [r for r in self.rows if r.name == name and r.about == about]


@settings(max_examples=100, deadline=None)
@given(st.lists(STEPS, max_size=30))
def test_the_outbox_keeps_its_rules_whatever_happens(steps: Sequence[tuple[object, ...]]) -> None:
    async def play() -> None:
        with TemporaryDirectory() as folder:
            async with open_test_store(Path(folder)) as store, store.work() as work:
                await follow(work, steps)

    asyncio.run(play())


async def follow(work: SqlWork, steps: Sequence[tuple[object, ...]]) -> None:
    model = Model()
    for step in steps:
        await take_step(work, model, *step)
        rows = [
            (int(one.id), one.recipient.person, one.about, one.details["n"], one.state.value)
            for one in await work.post.undelivered(99)
        ]
        assert rows == [
            (r.id, PersonKey("oostwijk", r.name), r.about, r.detail, r.state)
            for r in sorted(model.rows, key=lambda r: r.id)
        ]
        dues = [
            min(model.waiting(name), key=lambda r: (r.state != "sending", r.id)).due
            for name in NAMES
            if model.waiting(name)
        ]
        expected = min(dues, default=None)
        due = await work.post.next_due(TELEGRAM, Lane.STAFF)
        assert due == (None if expected is None else NOW + timedelta(seconds=expected))


async def take_step(work: SqlWork, model: Model, what: object, *how: object) -> None:
    now = NOW + timedelta(seconds=model.now)
    match what, how:
        case "pass", (int(seconds),):
            model.now += seconds
        case "put", (str(name), str(about)):
            model.put(name, about)
            new = row(f"{model.made:03}", PersonKey("oostwijk", name), about=about, n=model.made)
            await work.outbox.put(replace(new, created_at=now, not_before=now))
        case "release", (str(name),):
            model.release(name)
            await work.post.release_held(Recipient(PersonKey("oostwijk", name)), now)
        case "lease", (int(limit), bool(long)):
            until = model.now + (60 if long else 5)
            expected = model.heads()[:limit]
            for one in expected:
                model.take(one, until)
            taken = await work.post.lease(
                TELEGRAM, Lane.STAFF, now, NOW + timedelta(seconds=until), limit
            )
            assert [int(one.id) for one in taken] == sorted(one.id for one in expected)
        case str(verb), (int(which), bool(late)):
            rows = model.spoken_of(late)
            if rows:
                await end(work, model, rows[which % len(rows)], verb)


async def end(work: SqlWork, model: Model, ended: ModelRow, verb: str) -> None:
    id = f"{ended.id:03}"
    match verb:
        case "done":
            model.rows.remove(ended)
            await work.post.done(id)
        case "give_up":
            ended.state = "dead"
            await work.post.give_up(id, "Refused")
        case "hold":
            model.put_back(ended, "held")
            await work.post.hold(id, "Unreachable")
        case "again":
            model.put_back(ended, "pending")
            ended.due = model.now + 30
            await work.post.again(id, NOW + timedelta(seconds=ended.due), "TryLater")


async def test_templates_are_told_apart(store: SqlStore) -> None:
    async with store.work() as work:
        await put(work, row("1", about="m"), row("2", about="m", template=Template.RECEIPT))
        assert len(await work.post.undelivered(10)) == 2


async def test_what_a_killed_process_was_sending_goes_on_at_once(store: SqlStore) -> None:
    async with store.work() as work:
        await put(work, row("1"), row("2", PIET))
        assert await leased(work) == ["1", "2"]
        await put(work, replace(row("3"), template=row("1").template, about=row("1").about))
        assert await work.post.take_back(NOW) == 2
        assert await leased(work) == ["1", "2"], "each once, in its place"
        assert await work.post.take_back(NOW) == 2
        await work.post.done("1")
        assert await leased(work) == ["2"]
