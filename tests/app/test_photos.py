"""Photos that come with a signal: how they travel, and who can see one."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.app.photos import pictures_of
from bot.app.route import subject_of
from bot.app.show import ask, pictures
from bot.cli.show import show_signal
from bot.config import Settings
from bot.domain.photos import LONGEST_SIDE, MOST_BYTES, PhotoFault
from bot.ports.store import KeyDestroyed
from bot.texts.catalogue import load_catalogue
from bot.wiring import Parts
from handlers.pictures import NoPicture, cleaned
from storage.database import SqlStore
from tests.app.town import PIXELS, Someone, Town

MAIL = "Brievenbus van E-4471 zit vol, al weken"
CANARY = b"Kwint-Zandoeverbos"


@pytest.fixture
async def piet(town: Town) -> Someone:
    return await town.has("piet")


@pytest.fixture
async def sanne(town: Town) -> Someone:
    return await town.has("sanne")


async def photos(town: Town, ref: str) -> list[bytes]:
    signal = await town.signal(ref)
    async with town.store.reading() as work:
        return list(
            await pictures_of(work, signal.corporation, ref, await subject_of(work, signal))
        )


async def unsent(town: Town) -> int:
    async with town.store.work() as work:
        return await work.photos.forget_unsent(town.clock.now(), 100)


async def test_a_photo_with_a_sentence_is_a_signal_with_a_photo(town: Town, piet: Someone) -> None:
    await piet.sends_a_photo(MAIL)
    piet.sees("Klopt dit?", "E-4471", "📷 1 foto gaat mee.")
    assert not any("(photo)" in text for text in piet.chat), "it is gone from the chat at once"
    await piet.presses("Versturen")
    assert await photos(town, piet.reference) == [PIXELS]


async def test_photos_before_during_and_after_the_questions(town: Town, piet: Someone) -> None:
    await piet.sends_a_photo()
    piet.sees("📷 1 foto gaat mee.")
    await piet.types("E-4471")
    await piet.sends_a_photo()
    piet.sees("📷 2 foto's gaan mee.")
    await piet.presses("Volle brievenbus")
    await piet.presses("normaal")
    await piet.presses("Overslaan")
    piet.sees("Klopt dit?")
    await piet.sends_a_photo()
    piet.sees("Klopt dit?", "📷 3 foto's gaan mee.")
    await piet.presses("Versturen")
    assert await photos(town, piet.reference) == [PIXELS] * 3


async def test_an_album_is_taken_in_whole_and_a_fourth_photo_is_refused_kindly(
    town: Town, piet: Someone
) -> None:
    await piet.sends_a_photo(MAIL, album="a")
    for _ in range(3):
        await piet.sends_a_photo(album="a")
    assert "Er kunnen drie foto's mee. Deze heb ik niet bewaard." in piet.chat
    form = next(m for m in reversed(piet.messages) if "Klopt dit?" in m.text)
    assert "📷 3 foto's gaan mee." in form.text
    await piet.presses("Versturen")
    assert len(await photos(town, piet.reference)) == 3
    assert not any("(photo)" in text for text in piet.chat)


async def test_an_acute_caption_goes_at_once_with_its_photo(town: Town, piet: Someone) -> None:
    await piet.sends_a_photo("Sterke gaslucht bij E-4471!", album="a")
    (signal,) = await town.signals_of("piet")
    assert await photos(town, signal.ref) == [PIXELS]
    await piet.sends_a_photo(album="a")
    piet.sees("Uw seintje is al verstuurd. Deze foto ging niet mee.")
    assert len(await photos(town, signal.ref)) == 1


async def test_a_photo_about_another_home_goes_with_that_home(town: Town, piet: Someone) -> None:
    await piet.types("/signaal E-4471 brievenbus")
    await piet.sends_a_photo("Sterke gaslucht bij E-2210!")
    (signal,) = await town.signals_of("piet")
    assert signal.unit == "E-2210"
    assert await photos(town, signal.ref) == [PIXELS]
    assert await unsent(town) == 0


async def test_a_caption_is_screened_like_any_sentence(town: Town, piet: Someone) -> None:
    await piet.sends_a_photo("J. Jansen op E-4471 is weer psychotisch.")
    assert "Versturen" not in " ".join(piet.screen.labels)
    assert "psychotisch" not in piet.screen.text
    assert await town.signals_of("piet") == []


@pytest.mark.parametrize("text", ["Heeft 14b een driepartijencontract?"])
async def test_a_photo_with_a_question_is_not_kept(town: Town, piet: Someone, text: str) -> None:
    await piet.sends_a_photo(text)
    assert await unsent(town) == 0


@pytest.mark.parametrize("how", ["/annuleren", "Annuleren", "/signaal E-2210 brievenbus", "time"])
async def test_photos_of_a_form_that_is_not_sent_are_forgotten(
    town: Town, piet: Someone, how: str
) -> None:
    await piet.sends_a_photo(MAIL)
    if how == "time":
        await town.goes_on(hours=49)
    elif how == "Annuleren":
        await piet.presses(how)
    else:
        await piet.types(how)
    assert await unsent(town) == 0


async def test_the_same_event_twice_is_one_photo(town: Town, piet: Someone) -> None:
    await piet.sends_a_photo(MAIL)
    await piet.is_delivered_again()
    await piet.presses("Versturen")
    assert await photos(town, piet.reference) == [PIXELS]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (PhotoFault.NOT_FETCHED, "De foto kwam niet goed binnen."),
        (PhotoFault.NOT_A_PICTURE, "Dit bestand kan ik niet als foto lezen."),
        (PhotoFault.TOO_LARGE, "Deze foto is te groot."),
    ],
)
async def test_what_is_no_picture_is_said_and_the_words_still_count(
    town: Town, piet: Someone, fault: PhotoFault, says: str
) -> None:
    await piet.sends_a_photo(fault=fault)
    piet.sees(says)
    await piet.sends_a_photo(MAIL, fault=fault)
    assert any(says in text for text in piet.chat)
    piet.sees("Klopt dit?")
    assert "📷" not in piet.screen.text


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("video", "Filmpjes"),
        ("voice", "Ik kan niet luisteren"),
        ("sticker", "Leuk!"),
        ("location", "Typ het adres"),
        ("contact", "Stuur alstublieft geen gegevens van mensen"),
        ("file", "Bestanden"),
    ],
)
async def test_other_things_are_refused_kindly(piet: Someone, what: str, says: str) -> None:
    await piet.sends_something(what)
    piet.sees(says)
    assert f"({what})" not in piet.chat, "it is gone from the chat"


async def test_the_responsible_person_sees_them_and_telegram_never_again(
    town: Town, piet: Someone, sanne: Someone, tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("LANG", "nl_NL.UTF-8")
    await piet.sends_a_photo(MAIL)
    await piet.presses("Versturen")
    ref = piet.reference
    assert "📷" not in sanne.card(ref).text
    async with town.store.work() as work:
        asked = await ask(town.house, work, ref, None, "sanne-pc")
        code = work.vault.code("show", asked.challenge.id, 6)

    async def asks_again(*_: object) -> object:
        return asked

    monkeypatch.setattr("bot.cli.show.ask", asks_again)
    monkeypatch.setattr("sys.stdin", _Lines(code))
    parts = Parts(Settings(), town.store, town.house, load_catalogue(), town.clock)
    folder = tmp_path / "photos"
    await show_signal(parts, ref, None, folder)
    assert "1 foto staat in" in capsys.readouterr().out
    (file,) = folder.iterdir()
    assert file.read_bytes() == PIXELS
    assert file.stat().st_mode & 0o777 == 0o600


class _Lines:
    """Standard input with one line."""

    def __init__(self, line: str) -> None:
        self._lines = [line + "\n", ""]

    def readline(self) -> str:
        return self._lines.pop(0)


async def test_a_joined_signal_brings_its_photos(town: Town, piet: Someone, sanne: Someone) -> None:
    await piet.sends_a_photo(MAIL)
    await piet.presses("Versturen")
    first = piet.reference
    await piet.sends_a_photo("Brievenbus van E-4471 puilt uit")
    await piet.presses("Versturen")
    async with town.store.reading() as work:
        assert await pictures(town.house, work, await town.signal(first)) == [PIXELS, PIXELS]


async def test_erasing_the_tenant_erases_the_photos(
    town: Town, sqlite_store: SqlStore, piet: Someone
) -> None:
    await piet.sends_a_photo(MAIL)
    await piet.presses("Versturen")
    signal = await town.signal(piet.reference)
    async with town.store.reading() as work:
        subject = await subject_of(work, signal)
    await sqlite_store.erase("voorbeeld", subject)
    async with town.store.reading() as work:
        with pytest.raises(KeyDestroyed):
            await pictures_of(work, "voorbeeld", signal.ref, subject)


async def test_a_photo_never_touches_the_disk_in_clear(
    town: Town, tmp_path: Path, piet: Someone
) -> None:
    await piet.sends_a_photo(MAIL)
    await piet.presses("Versturen")
    files = _files_in(tmp_path)
    assert any("seintje.db" in name for name in files)
    assert not any(PIXELS in content for content in files.values())


def _files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def picture(size: tuple[int, int] = (3000, 1000), form: str = "JPEG") -> bytes:
    """One with everything in it that a telephone adds."""
    image = Image.new("RGB", size, (120, 40, 200))
    exif = image.getexif()
    exif[0x010E] = CANARY.decode()
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[1] = "N"
    written = BytesIO()
    image.save(written, form, exif=exif, **({"comment": CANARY} if form == "JPEG" else {}))
    return written.getvalue() + CANARY


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_only_pixels_are_kept_upright_and_not_too_many(form: str) -> None:
    raw = picture(form=form)
    assert CANARY in raw
    ours = cleaned(raw)
    assert CANARY not in ours
    with Image.open(BytesIO(ours)) as image:
        assert image.format == "JPEG"
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert max(image.size) == LONGEST_SIDE
        assert image.height > image.width, "turned upright"


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"", PhotoFault.NOT_A_PICTURE),
        (b"<svg onload=alert(1)>", PhotoFault.NOT_A_PICTURE),
        (b"GIF89a" + bytes(100), PhotoFault.NOT_A_PICTURE),
        (picture()[:500], PhotoFault.NOT_A_PICTURE),
        (bytes(MOST_BYTES + 1), PhotoFault.TOO_LARGE),
    ],
    ids=["nothing", "text", "another kind", "cut off", "too many bytes"],
)
def test_what_cannot_be_made_a_picture_of_ours(raw: bytes, fault: PhotoFault) -> None:
    with pytest.raises(NoPicture) as refused:
        cleaned(raw)
    assert refused.value.fault is fault


def test_a_picture_made_to_fill_the_memory_is_not_opened() -> None:
    written = BytesIO()
    Image.new("1", (12_000, 12_000)).save(written, "PNG")
    assert len(written.getvalue()) < 100_000
    with pytest.raises(NoPicture) as refused:
        cleaned(written.getvalue())
    assert refused.value.fault is PhotoFault.TOO_LARGE
