"""A photo through the real HTTP stack: from a phone to the one who may see it, and nowhere else."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.app.photos import pictures_of
from bot.app.route import subject_of
from handlers.loopback.faults import CutBefore, Refusal, ServerError, TooManyRequests
from handlers.loopback.user import LoopbackUser
from tests.app.test_photos import CANARY, picture
from tests.journeys.installation import Installation, reference_in
from tests.journeys.installation import here as here

MAIL = "Brievenbus van E-4471 zit al twee weken propvol"


async def photos(here: Installation, ref: str) -> Sequence[bytes]:
    signal = await here.signal(ref)
    async with here.parts.store.reading() as work:
        subject = await subject_of(work, signal)
        return await pictures_of(work, signal.corporation, ref, subject)


async def is_sent(piet: LoopbackUser) -> str:
    await piet.presses("Versturen")
    return reference_in((await piet.sees("Doorgegeven. Kenmerk")).text)


async def test_an_album_arrives_whole_and_leaves_the_chat(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    await piet.sends_album([picture((800, 600)) for _ in range(3)], MAIL)
    await piet.sees("3 foto's gaan mee")
    ref = await is_sent(piet)
    await here.is_quiet()

    kept = await photos(here, ref)
    assert len(kept) == 3
    assert all(one.startswith(b"\xff\xd8") and CANARY not in one for one in kept)
    assert not any("photo" in message.content for message in piet.visible)
    await sanne.sees(ref)
    calls = here.api.calls("sendPhoto")
    assert not calls, "no photo ever goes back to Telegram"


async def test_nothing_of_a_photo_stays_on_the_disk_or_in_the_log(
    here: Installation, tmp_path: Path
) -> None:
    with capture_logs() as lines:
        piet = await here.has("piet")
        await piet.sends_photo(picture(), MAIL)
        await piet.sees("1 foto gaat mee")
        ref = await is_sent(piet)
        await here.is_quiet()
    (kept,) = await photos(here, ref)
    for path in [path for path in here.folder.rglob("*") if path.is_file()]:
        content = path.read_bytes()
        assert CANARY not in content, path
        assert kept[200:400] not in content, path
    assert CANARY.decode() not in str(lines)


@pytest.mark.parametrize("fault", [CutBefore(), ServerError(), TooManyRequests(1)])
async def test_one_hitch_while_it_is_fetched_is_not_noticed(
    here: Installation, fault: CutBefore | ServerError | TooManyRequests
) -> None:
    piet = await here.has("piet")
    here.api.faults.next("getFile", fault)
    await piet.sends_photo(picture(), MAIL)
    await piet.sees("1 foto gaat mee")


async def test_a_photo_that_cannot_be_fetched_is_asked_for_again(here: Installation) -> None:
    piet = await here.has("piet")
    broken = here.api.faults.always("getFile", ServerError())
    await piet.sends_photo(picture(), MAIL)
    await piet.sees("Wilt u die nog een keer sturen?")
    broken.remove()
    await piet.sends_photo(picture())
    await piet.sees("1 foto gaat mee")
    assert len(await photos(here, await is_sent(piet))) == 1


async def test_one_that_telegram_calls_too_large_is_refused(here: Installation) -> None:
    piet = await here.has("piet")
    here.api.faults.always("getFile", Refusal(400, "Bad Request: file is too big"))
    await piet.sends_photo(picture(), MAIL)
    await piet.sees("Deze foto is te groot")


async def test_of_strangers_nothing_is_fetched(here: Installation) -> None:
    stranger = here.phone("Vreemde")
    await stranger.sends_photo(picture())
    await stranger.sees("")
    await here.is_quiet()
    assert not here.api.calls("getFile")
