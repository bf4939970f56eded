"""A neighbourhood manager with a phone: from what was seen to a reference, and no traces."""

import asyncio

from bot.domain.signals import Category, State
from bot.domain.urgency import Urgency
from handlers.loopback.user import LoopbackUser
from tests.journeys.installation import Installation, reference_in, said_by_bot
from tests.journeys.installation import here as here

SENTENCE = "Brievenbus van E-4471 zit al twee weken propvol"
EXPIRED = "Dit formulier is verlopen"


async def sends_a_signal(piet: LoopbackUser, sentence: str = SENTENCE) -> str:
    """From a plain sentence to the reference of the receipt."""
    typed = await piet.types(sentence)
    await piet.sees("Klopt dit?", after=typed)
    await piet.presses("Versturen")
    return reference_in((await piet.sees("Doorgegeven", after=typed)).text)


async def test_from_a_sentence_to_whoever_is_responsible(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    await piet.types(SENTENCE)
    form = await piet.sees("Klopt dit?")
    assert "E-4471" in form.text
    assert "Volle brievenbus" in form.text
    await piet.presses("Versturen")
    receipt = await piet.sees("✅ Doorgegeven. Kenmerk:")

    card = await sanne.sees(f"Seintje {reference_in(receipt.text)}")
    assert "normaal" in card.text
    await sanne.presses("Oppakken")
    await sanne.sees("opgepakt")
    await here.is_quiet()
    assert sanne.toasts == ("Opgepakt. Dank u wel!",)
    assert piet.spinning == sanne.spinning == 0


async def test_a_colleague_elsewhere_hears_nothing(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    others = [await here.has(name, "test") for name in ("joost", "mark", "ellen")]
    others.append(await here.has("aisha"))
    before = [other.screen for other in others]
    await sanne.sees(await sends_a_signal(piet))
    await here.is_quiet()
    assert [other.screen for other in others] == before


async def test_after_sending_only_the_reference_is_left(here: Installation) -> None:
    piet = await here.has("piet")
    welcome = said_by_bot(piet)
    await piet.types("/signaal")
    await piet.types("e4471")
    await piet.presses("Troep in gang of portiek")
    await piet.presses("spoed")
    await piet.types("Vuilniszakken voor de deur")
    await piet.presses("Versturen")
    receipt = await piet.sees("Doorgegeven")
    await here.is_quiet()
    assert [one.text for one in piet.visible][1:] == [*welcome, receipt.text]


async def test_step_by_step_with_every_answer_changed_before_sending(here: Installation) -> None:
    aisha = await here.has("aisha")
    await aisha.types("/signaal")
    await aisha.presses("Voorbeeldwijk Noord")
    await aisha.sees("Om welke woning")
    await aisha.types("9999 XA 12")
    await aisha.presses("Troep in gang of portiek")
    await aisha.presses("normaal")
    await aisha.presses("Overslaan")
    check = await aisha.sees("Klopt dit?")
    assert "E-4472 (Voorbeeldstraat 12)" in check.text

    await aisha.presses("Woning wijzigen")
    await aisha.sees("Om welke woning")
    await aisha.types("E 1890")
    await aisha.sees("Klopt dit?")
    await aisha.presses("Soort wijzigen")
    await aisha.presses("Geluidsoverlast")
    await aisha.presses("laag")
    await aisha.sees("⏱ laag")
    await aisha.presses("Spoed wijzigen")
    await aisha.presses("spoed")
    await aisha.sees("⏱ spoed")
    await aisha.presses("Toelichting toevoegen")
    await aisha.types("Muziek tot diep in de nacht")
    check = await aisha.sees("📝 Muziek tot diep in de nacht")
    await aisha.presses("Versturen")
    await aisha.sees("Doorgegeven")

    (signal,) = await here.signals_of("aisha")
    assert (signal.unit, signal.category) == ("E-1890", Category.NOISE)
    assert signal.urgency is Urgency.URGENT


async def test_cancelling_sends_nothing_and_clears_the_form_away(here: Installation) -> None:
    piet = await here.has("piet")
    await piet.types("/signaal")
    await piet.types("E-4471")
    await piet.sees("Wat zag")
    await piet.presses("Annuleren")
    await piet.sees("Geannuleerd. Er is niets verstuurd.")
    await here.is_quiet()
    assert len(piet.visible) == 3
    assert await here.signals_of("piet") == []


async def test_a_home_elsewhere_is_answered_like_one_that_does_not_exist(
    here: Installation,
) -> None:
    piet = await here.has("piet")
    answers = []
    for unit in ("E-1890", "T-100", "E-9999"):
        typed = await piet.types("/signaal")
        await piet.sees("Om welke woning", after=typed)
        typed = await piet.types(unit)
        answers.append(await piet.sees("kan ik in uw wijken niet vinden", after=typed))
    assert len({answer.text for answer in answers}) == 1


async def test_what_may_not_travel_is_held_up_and_deleted_from_the_chat(
    here: Installation,
) -> None:
    piet = await here.has("piet")
    bad = await piet.types("Meneer Karel Doorman op E-4471: bel 06-12345678, brievenbus zit vol")
    held = await piet.sees("stuur ik niet door")
    assert "• een naam" in held.text
    assert "• een telefoonnummer" in held.text
    await here.is_quiet()
    assert bad.id not in [one.id for one in piet.visible]
    assert "Doorman" not in piet.screen
    assert await here.signals_of("piet") == []

    await piet.presses("Opnieuw typen")
    await piet.types("Brievenbus zit al weken vol")
    await piet.sees("Klopt dit?")
    await piet.presses("Versturen")
    await piet.sees("Doorgegeven")
    assert len(await here.signals_of("piet")) == 1


async def test_a_number_of_a_person_is_stopped_and_nothing_is_kept(here: Installation) -> None:
    piet = await here.has("piet")
    bad = await piet.types("BSN 123456782 hoort bij E-2210.")
    await piet.sees("een burgerservicenummer")
    await here.is_quiet()
    assert bad.id not in [one.id for one in piet.visible]
    assert await here.signals_of("piet") == []


async def test_danger_is_answered_with_112_and_sent_at_once(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    typed = await piet.types("Ik ruik een sterke gaslucht bij E-4471!")
    receipt = await piet.sees("Doorgegeven, met spoed", after=typed)
    first, second = said_by_bot(piet)[-2:]
    assert "Bel eerst 112" in first
    assert second == receipt.text
    await sanne.sees("ACUUT")
    assert (await here.signal(reference_in(receipt.text))).urgency is Urgency.ACUTE


async def test_every_question_about_agreements_gets_the_same_answer(here: Installation) -> None:
    piet = await here.has("piet")
    answers = []
    for home in ("14b", "E-4471", "E-4472", "E-9999"):
        typed = await piet.types(f"Heeft {home} een driepartijencontract?")
        answers.append(await piet.sees("kan ik bij geen enkele woning iets zeggen", after=typed))
    assert len({answer.text for answer in answers}) == 1
    await here.is_quiet()
    assert "driepartijencontract" not in piet.screen


async def test_own_signals_are_listed_by_reference_and_neutral_status(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    await piet.types("/mijn")
    await piet.sees("nog geen seintjes")
    ref = await sends_a_signal(piet)
    await sanne.presses("Oppakken")
    await sanne.sees("opgepakt")
    typed = await piet.types("/mijn")
    listed = await piet.sees("Uw laatste seintjes", after=typed)
    assert f"{ref} · 23-11 · doorgegeven" in listed.text
    assert "E-4471" not in listed.text

    here.clock.jumps(days=1)
    typed = await piet.types("/mijn")
    await piet.sees(f"{ref} · 23-11 · in behandeling", after=typed)


async def test_an_old_button_says_that_the_form_has_expired(here: Installation) -> None:
    piet = await here.has("piet")
    await piet.types("/signaal")
    await piet.types("E-4471")
    old = await piet.sees("Wat zag")
    await piet.presses("Annuleren")
    await piet.sees("Geannuleerd")
    await piet.presses("Volle brievenbus", message=old)
    await piet.is_answered()
    assert [EXPIRED in toast for toast in piet.toasts] == [True]
    assert await here.signals_of("piet") == []


async def test_a_button_of_an_earlier_step_does_nothing_to_the_form(here: Installation) -> None:
    piet = await here.has("piet")
    await piet.types("/signaal")
    await piet.types("E-4471")
    old = await piet.sees("Wat zag")
    await piet.presses("Volle brievenbus")
    await piet.sees("Hoeveel haast")
    await piet.presses("Agressie", message=old)
    await piet.is_answered()
    await here.is_quiet()
    assert "📌 Volle brievenbus" in piet.screen


async def test_pressing_twice_sends_once(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    await piet.types(SENTENCE)
    await piet.sees("Klopt dit?")
    await piet.presses("Versturen", twice=True)
    await piet.sees("Doorgegeven")
    await sanne.sees("Seintje")
    await piet.is_answered()
    await here.is_quiet()
    assert len(await here.signals_of("piet")) == 1
    assert sum("Doorgegeven" in text for text in said_by_bot(piet)) == 1
    assert sum("🔔" in text for text in said_by_bot(sanne)) == 1


async def test_pressing_every_button_of_the_form_twice_gives_one_signal(
    here: Installation,
) -> None:
    piet = await here.has("piet")
    await piet.types("/signaal")
    await piet.types("E-4471")
    for question, button in (
        ("Wat zag", "Volle brievenbus"),
        ("Hoeveel haast", "laag"),
        ("Wilt u er iets bij", "Overslaan"),
        ("Klopt dit?", "Versturen"),
    ):
        await piet.sees(question)
        await piet.presses(button, twice=True)
    await piet.sees("Doorgegeven")
    await piet.is_answered()
    (signal,) = await here.signals_of("piet")
    assert (signal.category, signal.urgency) == (Category.MAIL_FULL, Urgency.LOW)


async def test_editing_a_message_changes_nothing(here: Installation) -> None:
    piet = await here.has("piet")
    question = await piet.types("/help")
    await piet.sees("Zo geeft u een seintje")
    await piet.types("/signaal")
    await piet.types("E-4471")
    form = await piet.sees("E-4471 (Voorbeeldstraat 10)")
    await here.is_quiet()
    for text in ("E-4472", SENTENCE, "/stop"):
        question = await piet.edits(question, text)
    await here.is_quiet()
    assert said_by_bot(piet)[-1] == form.text


async def test_two_people_fill_in_forms_at_once_and_keep_them_apart(here: Installation) -> None:
    piet, aisha = await here.has("piet"), await here.has("aisha")

    async def tells(phone: LoopbackUser, unit: str, category: str) -> None:
        await phone.types(f"/signaal {unit}")
        await phone.presses(category)
        await phone.presses("laag")
        await phone.presses("Overslaan")
        await phone.presses("Versturen")
        await phone.sees("Doorgegeven")

    await asyncio.gather(
        tells(piet, "E-4471", "Volle brievenbus"), tells(aisha, "E-1890", "Geluidsoverlast")
    )
    (of_piet,), (of_aisha,) = await here.signals_of("piet"), await here.signals_of("aisha")
    assert (of_piet.unit, of_piet.category) == ("E-4471", Category.MAIL_FULL)
    assert (of_aisha.unit, of_aisha.category) == ("E-1890", Category.NOISE)
    assert of_piet.ref != of_aisha.ref


async def test_in_english(here: Installation) -> None:
    piet = await here.has("piet")
    await piet.types("/taal")
    await piet.presses("English")
    await piet.sees("From now on")
    await piet.types("/signal")
    await piet.types("E-4471")
    await piet.presses("Full letterbox")
    await piet.presses("low")
    await piet.presses("Skip")
    await piet.presses("Send")
    await piet.sees("Reference:")
    (signal,) = await here.signals_of("piet")
    assert signal.category is Category.MAIL_FULL


async def test_what_is_no_photo_is_said_and_taken_away(here: Installation) -> None:
    piet = await here.has("piet")
    photo = await piet.sends_photo(b"not really a photo", "kijk eens bij E-4471")
    await piet.sees("Dit bestand kan ik niet als foto lezen")
    await here.is_quiet()
    assert photo.id not in [one.id for one in piet.visible]


async def test_good_news_belongs_to_the_earlier_signal(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    ref = await sends_a_signal(piet)
    await sanne.sees(ref)
    typed = await piet.types("Gang bij E-4471 is opgeruimd, alles oké.")
    await piet.sees(ref, after=typed)
    await piet.presses("Ja, hoort erbij")
    await piet.presses("Versturen")
    receipt = await piet.sees("Doorgegeven", after=typed)
    news = reference_in(receipt.text)
    assert news != ref
    await sanne.sees("met nog 1 melding")
    assert (await here.signal(news)).state is State.MERGED
