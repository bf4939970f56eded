"""A consultant with a phone: a card with a reference and its urgency, buttons, never content."""

import re

import pytest

from bot.cli.records import show_outbox
from bot.domain.outbox import RowState
from bot.domain.signals import Outcome, Signal, State
from handlers.loopback.faults import Hold
from handlers.loopback.user import LoopbackUser
from tests.journeys.installation import Installation, reference_in, said_by_bot
from tests.journeys.installation import here as here

SENTENCE = "Brievenbus van E-4471 zit al twee weken propvol"
CARD = "🔔"


async def is_told(piet: LoopbackUser, sentence: str = SENTENCE) -> str:
    typed = await piet.types(sentence)
    await piet.sees("Klopt dit?", after=typed)
    await piet.presses("Versturen")
    return reference_in((await piet.sees("Doorgegeven", after=typed)).text)


def cards(phone: LoopbackUser) -> list[str]:
    return [text for text in said_by_bot(phone) if text.startswith(CARD)]


async def test_a_card_says_which_one_and_how_urgent_and_nothing_else(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    ref = await is_told(piet)
    card = await sanne.sees(CARD)
    assert re.fullmatch(
        rf"🔔 Seintje {ref}\nSpoed: normaal\nBinnen: 23-11 10:\d\d · zojuist\nwacht op u"
        r"\nGraag oppakken vóór 25-11 10:\d\d",
        card.text,
    )
    assert card.labels == ("👍 Oppakken", "🕒 Later", "✅ Afgehandeld", "➡️ Naar collega")
    for word in ("E-4471", "Voorbeeldstraat", "brievenbus", "Piet", "Proefhuurder"):
        assert word.lower() not in sanne.screen.lower()


async def test_taken_up_and_closed_with_an_outcome(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    ref = await is_told(piet)
    await sanne.presses("Oppakken")
    await sanne.sees("opgepakt")
    await sanne.presses("Afgehandeld")
    await sanne.sees(f"Hoe is seintje {ref} afgelopen?")
    await sanne.presses("Huurder gesproken")
    closed = await sanne.sees("\nafgehandeld")
    await here.is_quiet()
    assert closed.labels == ()
    assert len(cards(sanne)) == 1
    assert "Hoe is seintje" not in sanne.screen
    signal = await here.signal(ref)
    assert (signal.state, signal.outcome) == (State.RESOLVED, Outcome.IN_TOUCH)
    assert f"signal.resolve {ref} in_touch" in await here.audit()


async def test_asking_for_the_outcome_can_be_called_off(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    ref = await is_told(piet)
    await sanne.presses("Afgehandeld")
    await sanne.presses("Terug")
    await sanne.is_answered()
    await here.is_quiet()
    assert (await here.signal(ref)).state is State.ROUTED
    assert "Hoe is seintje" not in sanne.screen


async def test_passed_on_to_a_colleague(here: Installation) -> None:
    piet, sanne, tom = [await here.has(name) for name in ("piet", "sanne", "tom")]
    ref = await is_told(piet)
    await sanne.presses("Naar collega")
    await sanne.sees(f"Naar welke collega gaat seintje {ref}?")
    await sanne.presses("Tom Voorbeeld")
    await tom.sees(ref)
    await sanne.sees("ligt bij een collega")
    await here.is_quiet()
    assert (await here.signal(ref)).owner == "tom"
    (before,) = [one for one in sanne.history if "wacht op u" in one.text][:1]
    await sanne.presses("Oppakken", message=before)
    await sanne.is_answered()
    assert sanne.toasts[-1] == "Deze zaak ligt niet bij u."
    await tom.presses("Oppakken")
    await tom.sees("opgepakt")


async def test_pressing_twice_takes_up_once(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    ref = await is_told(piet)
    await sanne.presses("Oppakken", twice=True)
    await sanne.sees("opgepakt")
    await sanne.is_answered()
    assert sanne.toasts == (
        "Opgepakt. Dank u wel!",
        "Dit is al gedaan. De kaart laat de laatste stand zien.",
    )
    taken = [line for line in await here.audit() if line.startswith("signal.acknowledge")]
    assert taken == [f"signal.acknowledge {ref} done"]


async def test_a_press_before_the_service_knows_that_its_card_arrived(here: Installation) -> None:
    """The card is on the screen, its answer still under way; the matter changes meanwhile."""
    piet, sanne = await here.has("piet"), await here.has("sanne")
    late = here.api.faults.next("sendMessage", Hold(acted=True), chat=sanne.id)
    await is_told(piet)
    await sanne.sees("wacht op u")
    await sanne.presses("Oppakken")
    await here.until(lambda: _taken_up(here))
    late.remove()
    await sanne.sees("opgepakt")
    await here.is_quiet()
    assert len(cards(sanne)) == 1


async def _taken_up(here: Installation) -> bool:
    return any(line.startswith("signal.acknowledge") for line in await here.audit())


async def test_acute_goes_to_everybody_who_can_help(here: Installation) -> None:
    piet, sanne, tom, lieke = [await here.has(n) for n in ("piet", "sanne", "tom", "lieke")]
    await piet.types("Ik ruik een sterke gaslucht bij E-4471!")
    for phone in (sanne, tom, lieke):
        await phone.sees("ACUUT")
    await tom.presses("Oppakken")
    await tom.sees("opgepakt")
    await sanne.sees("ligt bij een collega")
    await lieke.sees("ligt bij een collega")


async def test_open_matters_are_listed_by_reference(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    first = await is_told(piet)
    second = await is_told(piet, "Troep in de gang bij E-2210, vuilniszakken voor de deur")
    await sanne.sees(second)
    await sanne.types("/zaken")
    listed = await sanne.sees("Uw open zaken")
    assert f"{first} · normaal · zojuist · wacht op u" in listed.text
    assert second in listed.text


async def test_what_a_consultant_types_is_not_kept_in_the_chat(here: Installation) -> None:
    sanne = await here.has("sanne")
    typed = await sanne.types("Bij mevrouw De Vries is het niet pluis")
    await sanne.sees("Ik lees hier geen berichten")
    await here.is_quiet()
    assert typed.id not in [one.id for one in sanne.visible]


async def test_whoever_blocked_the_bot_is_stood_in_for_and_it_is_seen(
    here: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    piet, sanne, tom = [await here.has(name) for name in ("piet", "sanne", "tom")]
    await sanne.blocks_bot()
    ref = await is_told(piet)
    await tom.sees(ref)
    await here.is_quiet()
    (held,) = await here.outbox()
    assert (held.state, held.about) == (RowState.HELD, ref)
    await show_outbox(here.parts)
    shown = capsys.readouterr().out
    assert "voorbeeld/sanne" in shown
    assert ref in shown
    assert "held" in shown
    assert len([one for one in said_by_bot(piet) if "Doorgegeven" in one]) == 1

    await sanne.unblocks_bot()
    await sanne.types("/help")
    await sanne.sees("Zo werkt het")
    await here.is_quiet()
    assert await here.outbox() == []
    assert ref not in sanne.screen, "what a colleague has by then is the colleague's"


async def test_whoever_never_linked_is_stood_in_for(here: Installation) -> None:
    piet, lieke = await here.has("piet"), await here.has("lieke")
    ref = await is_told(piet)
    await lieke.sees(ref)
    assert (await here.signal(ref)).owner == "lieke"


async def test_a_matter_without_anybody_to_tell_waits_for_the_first_who_links(
    here: Installation,
) -> None:
    piet = await here.has("piet")
    ref = await is_told(piet)
    owner = (await here.until(lambda: _routed(here, ref))).owner
    assert owner == "lieke"
    lieke = await here.has("lieke")
    await lieke.sees(ref)
    await here.is_quiet()
    assert await here.outbox() == []


async def _routed(here: Installation, ref: str) -> Signal | None:
    signal = await here.signal(ref)
    return signal if signal.state is State.ROUTED else None


async def test_in_english_with_a_button_of_before(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    await is_told(piet)
    old = await sanne.sees("wacht op u")
    await sanne.types("/taal en")
    await sanne.sees("From now on")
    await sanne.presses("Oppakken", message=old)
    await sanne.sees("taken up")
    await sanne.presses("To colleague")
    await sanne.sees("Which colleague")
