"""Who may talk to the bot: people with an invitation. Everybody else reads the same short text."""

from handlers.loopback.faults import Refusal
from handlers.loopback.groups import LoopbackChannel, LoopbackGroup
from handlers.loopback.messages import Message
from handlers.loopback.user import LoopbackUser
from tests.journeys.installation import Installation, said_by_bot
from tests.journeys.installation import here as here

NEUTRAL = (
    "Deze bot is alleen voor medewerkers met een uitnodiging. "
    "Heeft u een code? Stuur dan /start met de code."
)
SENTENCE = "Brievenbus van E-4471 zit al twee weken propvol"


async def answer_to(phone: LoopbackUser, text: str) -> str:
    typed = await phone.types(text)
    return (await phone.sees("", after=typed)).text


async def test_a_code_links_a_phone_once(here: Installation) -> None:
    code = await here.code_for("piet")
    piet, thief = here.phone("Piet"), here.phone("Thief")
    assert "Welkom bij Seintje!" in await answer_to(piet, f"/start {code}")
    assert await answer_to(thief, f"/start {code}") == NEUTRAL
    assert "account.linked piet done" in await here.audit()


async def test_a_link_opened_on_the_phone_links_it(here: Installation) -> None:
    piet = here.phone("Piet")
    code = (await here.code_for("piet")).replace("-", "")
    await piet.follows(f"https://t.me/seintje_loopback_bot?start={code}")
    await piet.sees("Welkom bij Seintje!")


async def test_a_code_is_good_for_two_days(here: Installation) -> None:
    code = await here.code_for("piet")
    here.clock.jumps(hours=49)
    assert await answer_to(here.phone("Piet"), f"/start {code}") == NEUTRAL


async def test_a_new_invitation_ends_the_one_before(here: Installation) -> None:
    first, second = await here.code_for("piet"), await here.code_for("piet")
    piet = here.phone("Piet")
    assert await answer_to(piet, f"/start {first}") == NEUTRAL
    assert "Welkom" in await answer_to(piet, f"/start {second}")


async def test_whoever_guesses_is_slowed_down(here: Installation) -> None:
    guesser = here.phone("Ann")
    for number in range(2, 10):
        assert await answer_to(guesser, f"/start BCDF-GHJK-LMN{number}") == NEUTRAL
        here.clock.jumps(hours=1)
    assert await answer_to(guesser, "/start BCDF-GHJK-LMNP") == NEUTRAL
    code = await here.code_for("piet")
    assert await answer_to(guesser, f"/start {code}") == NEUTRAL
    here.clock.jumps(hours=2)
    assert "Welkom" in await answer_to(guesser, f"/start {code}")


async def test_a_stranger_always_reads_the_same_and_nothing_is_kept(here: Installation) -> None:
    ann = here.phone("Ann")
    for text in ("/start", "hallo", SENTENCE, "/mijn", "BSN 123456782", "/stop"):
        assert await answer_to(ann, text) == NEUTRAL
    await ann.sends_photo(b"something", "kijk")
    await here.is_quiet()
    assert said_by_bot(ann) == [NEUTRAL] * 7
    assert b"propvol" not in here.database.read_bytes()


async def test_the_bot_leaves_a_group_whoever_puts_it_there(here: Installation) -> None:
    piet, ann = await here.has("piet"), here.phone("Ann")
    for owner, kind in ((piet, "group"), (ann, "supergroup")):
        group = here.api.group("Buurtapp", kind)
        await owner.adds_bot_to(group)
        await has_left(here, group)
        assert [one.text for one in _from_bot(here, group.visible)][:1] == [NEUTRAL]
    assert await here.signals_of("piet") == []
    assert await here.outbox() == []


async def test_what_is_said_in_a_group_is_not_taken_in(here: Installation) -> None:
    piet = await here.has("piet")
    group = here.api.group("Buurtapp")
    while_there = here.api.faults.always("leaveChat", Refusal(400, "CHAT_ID_INVALID"))
    await piet.adds_bot_to(group)
    await piet.writes_in_group(group, SENTENCE)
    await here.is_quiet()
    while_there.remove()
    await piet.writes_in_group(group, "/signaal")
    await has_left(here, group)
    assert {one.text for one in _from_bot(here, group.visible)} == {NEUTRAL}
    assert await here.signals_of("piet") == []


async def test_the_bot_leaves_a_channel(here: Installation) -> None:
    channel = here.api.channel("Nieuws")
    await channel.adds_bot(here.phone("Ann").account)
    await channel.posts(SENTENCE)
    await has_left(here, channel)
    assert b"propvol" not in here.database.read_bytes()


async def test_stopping_is_asked_about_and_then_final(here: Installation) -> None:
    piet = await here.has("piet")
    await piet.types("/stop")
    await piet.presses("Nee, blijf gekoppeld")
    await piet.sees("u blijft gekoppeld")
    typed = await piet.types("/stop")
    await piet.sees("Wilt u deze telefoon ontkoppelen?", after=typed)
    await piet.presses("Ja, ontkoppelen")
    await piet.sees("Deze telefoon is ontkoppeld")
    assert await answer_to(piet, SENTENCE) == NEUTRAL
    assert "account.unlinked piet done" in await here.audit()

    assert "Welkom" in await answer_to(piet, f"/start {await here.code_for('piet')}")


async def test_a_consultant_who_stops_is_stood_in_for(here: Installation) -> None:
    piet, sanne, tom = [await here.has(name) for name in ("piet", "sanne", "tom")]
    await sanne.types("/stop")
    await sanne.presses("Ja, ontkoppelen")
    await sanne.sees("Deze telefoon is ontkoppeld")
    await piet.types(SENTENCE)
    await piet.presses("Versturen")
    await tom.sees("🔔")


async def test_a_second_phone_takes_the_place_of_the_first(here: Installation) -> None:
    old, new = await here.has("piet"), await here.has("piet")
    assert await answer_to(old, SENTENCE) == NEUTRAL
    await new.types(SENTENCE)
    await new.sees("Klopt dit?")


async def test_somebody_of_another_corporation_works_in_that_one_only(here: Installation) -> None:
    joost = await here.has("joost", "test")
    await joost.types("/signaal")
    await joost.types("E-4471")
    await joost.sees("kan ik in uw wijken niet vinden")


async def has_left(here: Installation, gathering: LoopbackGroup | LoopbackChannel) -> None:
    await here.api.until(lambda: not gathering.bot_is_in)
    await here.is_quiet()


def _from_bot(here: Installation, messages: tuple[Message, ...]) -> list[Message]:
    return [one for one in messages if one.sender == here.api.telegram.bot]
