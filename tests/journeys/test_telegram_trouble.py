"""When things go wrong at Telegram, on the network or on the disk: nothing lost, nothing twice, and
each trouble said once."""

import asyncio
import resource
import sqlite3
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from bot.cli.records import show_outbox
from handlers.loopback.faults import (
    CutAfter,
    CutBefore,
    Fault,
    Garbage,
    Refusal,
    ServerError,
    TooManyRequests,
)
from handlers.loopback.user import LoopbackUser
from tests.journeys.installation import Installation, reference_in, said_by_bot
from tests.journeys.installation import here as here

SENTENCE = "Brievenbus van E-4471 zit al twee weken propvol"
Lines = Sequence[MutableMapping[str, Any]]

ON_THE_WAY_IN: list[Fault] = [
    ServerError(500),
    ServerError(502),
    Garbage(),
    CutBefore(),
    CutAfter(),
    TooManyRequests(retry_after=2),
    Refusal(409, "Conflict: terminated by other getUpdates request"),
    Refusal(400, "Bad Request: something new"),
]
ON_THE_WAY_OUT = [fault for fault in ON_THE_WAY_IN if not isinstance(fault, Refusal)]


@pytest.fixture
def said() -> Iterator[Lines]:
    """What the service logs."""
    with capture_logs() as lines:
        yield lines


async def until_said(here: Installation, said: Lines, event: str) -> MutableMapping[str, Any]:
    async def found() -> MutableMapping[str, Any] | None:
        return next((line for line in said if line["event"] == event), None)

    return await here.until(found)


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process can grow, or be written beyond its first byte."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def events(said: Lines, about: str) -> list[str]:
    return [line["event"] for line in said if line["event"].startswith(about)]


async def tells(piet: LoopbackUser) -> str:
    typed = await piet.types(SENTENCE)
    await piet.sees("Klopt dit?", after=typed)
    await piet.presses("Versturen")
    return reference_in((await piet.sees("Doorgegeven", after=typed)).text)


async def is_told_once(here: Installation, piet: LoopbackUser, sanne: LoopbackUser) -> None:
    """One signal, one card; the receipt may repeat, with the same reference."""
    await here.is_quiet()
    (signal,) = await here.signals_of("piet")
    receipts = {text for text in said_by_bot(piet) if "Doorgegeven" in text}
    assert {reference_in(text) for text in receipts} == {signal.ref}
    assert {reference_in(text) for text in said_by_bot(sanne) if "🔔" in text} == {signal.ref}
    assert await here.outbox() == []


@pytest.mark.parametrize("fault", ON_THE_WAY_IN, ids=str)
async def test_trouble_with_fetching(here: Installation, said: Lines, fault: Fault) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    trouble = here.api.faults.next("getUpdates", fault, times=3)
    await tells(piet)
    await here.api.until(lambda: trouble.met == 3)
    await is_told_once(here, piet, sanne)
    assert events(said, "polling") == ["polling_interrupted", "polling_resumed"]


@pytest.mark.parametrize("fault", ON_THE_WAY_OUT, ids=str)
@pytest.mark.parametrize("method", ["sendMessage", "deleteMessage", "editMessageText"])
async def test_trouble_with_sending(here: Installation, fault: Fault, method: str) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    trouble = here.api.faults.next(method, fault, times=2)
    await tells(piet)
    await sanne.sees("🔔")
    await sanne.presses("Oppakken")
    await sanne.sees("opgepakt")
    await here.api.until(lambda: trouble.met == 2)
    await is_told_once(here, piet, sanne)


async def test_a_pause_that_telegram_asks_for_is_kept(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    await piet.types(SENTENCE)
    await piet.sees("Klopt dit?")
    flood = here.api.faults.next("sendMessage", TooManyRequests(30), chat=piet.id)
    await piet.presses("Versturen")
    await here.api.until(lambda: flood.met)
    asked_at = here.clock.now()
    await piet.sees("Doorgegeven")
    assert (here.clock.now() - asked_at).total_seconds() > 29
    await is_told_once(here, piet, sanne)


async def test_no_network_when_the_service_starts(here: Installation, said: Lines) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    await here.is_quiet()
    await here.stops()
    await here.api.stop()
    await here.starts()
    await until_said(here, said, "polling_interrupted")
    await here.api.start()
    await tells(piet)
    await is_told_once(here, piet, sanne)
    assert events(said, "polling") == ["polling_interrupted", "polling_resumed"]


async def test_the_network_goes_in_the_middle_of_a_form(here: Installation, said: Lines) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    await piet.types(SENTENCE)
    await piet.sees("Klopt dit?")
    await here.api.stop()
    await until_said(here, said, "polling_interrupted")
    await piet.presses("Versturen")
    await here.api.start()
    await piet.sees("Doorgegeven")
    await is_told_once(here, piet, sanne)
    assert events(said, "polling") == ["polling_interrupted", "polling_resumed"]


async def test_stopping_does_not_wait_for_a_network_that_is_away(
    here: Installation, said: Lines
) -> None:
    here.api.faults.always("getUpdates", TooManyRequests(retry_after=100_000))
    await (here.phone("Ann")).types("hallo")
    await until_said(here, said, "polling_interrupted")
    async with asyncio.timeout(5):
        await here.stops()
    await here.starts()


async def test_another_server_that_answers_404_is_not_a_wrong_token(
    here: Installation, said: Lines
) -> None:
    trouble = here.api.faults.next("getUpdates", ServerError(404), times=2)
    ann = here.phone("Ann")
    await ann.types("hallo")
    await ann.sees("alleen voor medewerkers")
    await here.api.until(lambda: trouble.met == 2)
    await here.is_quiet()
    assert events(said, "polling") == ["polling_interrupted", "polling_resumed"]


async def test_a_second_poller_is_said_once_however_long_it_lasts(
    here: Installation, said: Lines
) -> None:
    piet = await here.has("piet")
    other = here.api.faults.always("getUpdates", Refusal(409, "Conflict: terminated"))
    await piet.types("/help")
    await here.api.until(lambda: other.met >= 3)
    other.remove()
    await piet.sees("Zo geeft u een seintje")
    again = here.api.faults.next("getUpdates", Refusal(409, "Conflict: terminated"), times=2)
    typed = await piet.types("/help")
    await here.api.until(lambda: again.met == 2)
    await piet.sees("Zo geeft u een seintje", after=typed)
    await here.is_quiet()
    assert events(said, "polling") == ["polling_interrupted", "polling_resumed"]
    (line,) = [line for line in said if line["event"] == "polling_interrupted"]
    assert "another program" in line["advice"]


async def test_a_webhook_that_somebody_set_is_taken_away(here: Installation) -> None:
    piet = await here.has("piet")
    async with httpx.AsyncClient() as other:
        url = f"{here.api.base_url}{here.api.token}/setWebhook"
        answer = await other.post(url, json={"url": "http://127.0.0.1:9/elsewhere"})
        assert answer.status_code == 200
    await piet.types("/help")
    await piet.sees("Zo geeft u een seintje")


UNKNOWN = ("setMyCommands", "deleteMessages", "answerCallbackQuery", "leaveChat")


async def test_methods_that_a_server_does_not_know_are_done_without(
    here: Installation, said: Lines
) -> None:
    await here.stops()
    here.api.unknown_methods(UNKNOWN)
    await here.starts()
    piet, sanne = await here.has("piet"), await here.has("sanne")
    for _ in range(2):
        await piet.types("/signaal")
        await piet.types("E-4471")
        await piet.presses("Troep")
        await piet.presses("normaal")
        await piet.types("Vuilniszakken voor de deur")
        await piet.presses("Versturen")
        await piet.sees("Doorgegeven")
    await sanne.presses("Oppakken")
    await sanne.sees("opgepakt")
    await here.is_quiet()
    assert len(await here.signals_of("piet")) == 2
    once = [line["method"] for line in said if "method" in line]
    assert len(once) == len(set(once))
    assert {"setMyCommands", "answerCallbackQuery"} <= set(once)


async def test_a_malformed_update_keeps_nobody_waiting_and_its_sender_hears(
    here: Installation, said: Lines, capsys: pytest.CaptureFixture[str]
) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    await here.is_quiet()
    await here.api.stop()
    bad = here.api.push_raw(
        {"message": {"message_id": "x", "chat": {"id": sanne.id, "type": "private"}, "text": "hi"}}
    )
    await piet.types("/help")
    await here.api.start()
    await piet.sees("Zo geeft u een seintje")
    await sanne.sees("Dit bericht kon ik niet verwerken")
    await here.is_quiet()
    assert [line["tries"] for line in said if line["event"] == "update_failed"] == [1, 2, 3]
    assert len(events(said, "update_set_aside")) == 1
    await show_outbox(here.parts)
    shown = capsys.readouterr().out
    assert str(bad) in shown
    assert "set_aside" in shown
    assert sum("niet verwerken" in text for text in said_by_bot(sanne)) == 1


RUBBISH: list[dict[str, Any]] = [
    {},
    {"message": None},
    {"message": 5},
    {"message": {"message_id": 1}},
    {"message": {"message_id": 1, "date": "soon", "chat": {"id": "x", "type": 5}}},
    {"callback_query": {"id": "1"}},
    {"callback_query": {"id": "1", "from": {"id": 1, "is_bot": False, "first_name": "A"}}},
    {"something_new": {"in": "2030"}},
    {"my_chat_member": {"chat": []}},
    {"edited_message": []},
]


async def test_rubbish_is_passed_over(here: Installation) -> None:
    piet = await here.has("piet")
    for update in RUBBISH:
        here.api.push_raw(update)
    await piet.types("/help")
    await piet.sees("Zo geeft u een seintje")
    await here.is_quiet()
    assert here.api.pending_updates == ()


async def test_an_update_without_a_number_is_passed_over_and_said_once(
    here: Installation, said: Lines
) -> None:
    piet = await here.has("piet")
    here.api.push_raw({"update_id": 0.5})
    for _ in range(3):
        typed = await piet.types("/help")
        await piet.sees("Zo geeft u een seintje", after=typed)
    assert events(said, "update") == ["update_without_id"]


async def test_a_clock_that_jumps_back_and_forth(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    await piet.types(SENTENCE)
    await piet.sees("Klopt dit?")
    here.clock.jumps(hours=-1)
    await piet.presses("Versturen")
    await piet.sees("Doorgegeven")
    await sanne.sees("🔔")
    here.clock.jumps(hours=6)
    await sanne.presses("Oppakken")
    await sanne.sees("opgepakt")
    here.clock.jumps(hours=-6)
    await sanne.presses("Afgehandeld")
    await sanne.presses("Opgelost")
    await sanne.sees("\nafgehandeld")
    await is_told_once(here, piet, sanne)


async def test_after_more_than_a_day_people_are_asked_to_send_again(here: Installation) -> None:
    piet = await here.has("piet")
    await here.is_quiet()
    await here.stops()
    here.clock.jumps(hours=23)
    await here.starts()
    await here.api.until(lambda: here.api.is_polled)
    await here.is_quiet()
    await piet.sees_no("langer dan een dag")
    await here.stops()
    here.clock.jumps(hours=25)
    await here.starts()
    await piet.sees("Ik was langer dan een dag niet bereikbaar")


async def test_while_another_program_holds_the_database(
    here: Installation, said: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlite.BUSY_SECONDS", 0.05)
    piet, sanne = await here.has("piet"), await here.has("sanne")
    await piet.types(SENTENCE)
    await piet.sees("Klopt dit?")
    await here.is_quiet()
    with closing(sqlite3.connect(here.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await piet.presses("Versturen")
        await until_said(here, said, "polling_interrupted")
        await until_said(here, said, "routing_interrupted")
        assert (await here.health()).status_code == 200
        other.execute("ROLLBACK")
    await piet.sees("Doorgegeven")
    await is_told_once(here, piet, sanne)
    assert events(said, "polling") == ["polling_interrupted", "polling_resumed"]
    assert events(said, "routing") == ["routing_interrupted", "routing_resumed"]


async def test_while_the_disk_is_full(here: Installation, said: Lines) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    await piet.types(SENTENCE)
    await piet.sees("Klopt dit?")
    await here.is_quiet()
    with full_disk():
        await piet.presses("Versturen")
        await until_said(here, said, "polling_interrupted")
        (line,) = [line for line in said if line["event"] == "polling_interrupted"]
        assert "disk" in line["advice"]
    await piet.sees("Doorgegeven")
    await is_told_once(here, piet, sanne)
    assert events(said, "polling") == ["polling_interrupted", "polling_resumed"]
