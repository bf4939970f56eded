"""The form of a signal, as a neighbourhood manager goes through it."""

import pytest

from bot.domain.homes import unit_key
from bot.domain.people import Role
from bot.domain.signals import Category, categories_for
from bot.domain.urgency import Urgency
from tests.app.paper import Did
from tests.app.town import Someone, Town

EXPIRED = "Dit formulier is verlopen. Typ /signaal voor een nieuw seintje."
UNKNOWN_HOME = "Deze woning kan ik in uw wijken niet vinden."


@pytest.fixture
async def piet(town: Town) -> Someone:
    """Works in one neighbourhood."""
    return await town.has("piet")


@pytest.fixture
async def aisha(town: Town) -> Someone:
    """Works in two neighbourhoods."""
    return await town.has("aisha")


async def fills_in(piet: Someone) -> None:
    """Up to the check."""
    await piet.types("Brievenbus van E-4471 zit al twee weken propvol.")
    piet.sees("Klopt dit?")


async def test_by_buttons(town: Town, aisha: Someone) -> None:
    await aisha.types("/signaal")
    aisha.sees("In welke wijk?")
    await aisha.presses("Voorbeeldwijk Noord")
    aisha.sees("Om welke woning gaat het?")
    await aisha.types("e4471")
    aisha.sees("E-4471 (Voorbeeldstraat 10)", "Wat zag of hoorde u?")
    await aisha.presses("Volle brievenbus")
    assert aisha.screen.labels[:3] == ("normaal (voorstel)", "spoed", "laag")
    await aisha.presses("spoed")
    aisha.sees("Wilt u er iets bij vertellen?")
    await aisha.presses("Overslaan")
    aisha.sees("Klopt dit?", "Volle brievenbus", "spoed")
    await aisha.presses("Versturen")

    (signal,) = await town.signals_of("aisha")
    aisha.sees(f"Doorgegeven. Kenmerk: {signal.ref}")
    assert (signal.unit, signal.category) == ("E-4471", Category.MAIL_FULL)
    assert (signal.urgency, signal.sealed_note) == (Urgency.URGENT, None)


async def test_by_typing_alone(town: Town, aisha: Someone) -> None:
    for says in ("/signaal", "voorbeeldwijk noord", "9999 xa 10", "brievenbus", "gewoon"):
        await aisha.types(says)
    await aisha.types("Zit al weken vol")
    aisha.sees("Klopt dit?", "Zit al weken vol")
    await aisha.types("ja")

    (signal,) = await town.signals_of("aisha")
    assert (signal.unit, signal.category) == ("E-4471", Category.MAIL_FULL)
    assert signal.urgency is Urgency.NORMAL
    assert "Zit al weken vol" in await town.content(signal.ref)


async def test_on_one_line(town: Town, piet: Someone) -> None:
    await piet.types("/signaal E-4471 brievenbus spoed al weken vol")

    piet.sees("Klopt dit?", "E-4471", "Volle brievenbus", "spoed", "al weken vol")
    await piet.types("ok")
    (signal,) = await town.signals_of("piet")
    assert signal.urgency is Urgency.URGENT


async def test_a_line_that_is_unclear_halfway_asks_on_from_there(piet: Someone) -> None:
    await piet.types("/signaal E-4471 iets geks")

    piet.sees("E-4471", "Dat begrijp ik niet.", "Wat zag of hoorde u?")


async def test_the_neighbourhood_is_not_asked_where_there_is_one(piet: Someone) -> None:
    await piet.types("/signaal")

    piet.sees("Om welke woning gaat het?")


@pytest.mark.parametrize(
    "typed",
    ["E-4471", "e4471", "E 4471", "9999XA 10", "9999 xa, nr 10", "Voorbeeldstraat 10"],
)
async def test_a_home_is_found_however_it_is_typed(piet: Someone, typed: str) -> None:
    await piet.types("/signaal")
    await piet.types(typed)

    piet.sees("E-4471 (Voorbeeldstraat 10)")


async def test_a_recent_home_is_one_press(town: Town, piet: Someone) -> None:
    await fills_in(piet)
    await piet.presses("Versturen")

    await piet.types("/signaal")
    await piet.presses("E-4471 · Voorbeeldstraat 10")

    piet.sees("E-4471", "Wat zag of hoorde u?")


async def test_of_two_homes_in_a_sentence_the_sender_chooses(town: Town, piet: Someone) -> None:
    await piet.types("Harde muziek bij E-4471 of E-4472, elke nacht")
    await piet.presses("E-4472")
    await piet.presses("Versturen")

    (signal,) = await town.signals_of("piet")
    assert signal.unit == "E-4472"


@pytest.mark.parametrize(
    ("button", "answers", "shown"),
    [
        ("Woning wijzigen", ("types E-2210",), "E-2210 (Voorbeeldplein 3)"),
        ("Soort wijzigen", ("Geluidsoverlast", "normaal"), "Geluidsoverlast"),
        ("Spoed wijzigen", ("laag",), "laag"),
        ("Toelichting wijzigen", ("types Zit helemaal vol",), "Zit helemaal vol"),
        ("Toelichting wijzigen", ("Overslaan",), "Klopt dit?"),
    ],
)
async def test_any_answer_can_be_changed_at_the_check(
    town: Town, piet: Someone, button: str, answers: tuple[str, ...], shown: str
) -> None:
    await fills_in(piet)

    await piet.presses(button)
    for step in answers:
        if step.startswith("types "):
            await piet.types(step.removeprefix("types "))
        elif step in " ".join(piet.screen.labels):
            await piet.presses(step)

    piet.sees("Klopt dit?", shown)
    await piet.presses("Versturen")
    assert len(await town.signals_of("piet")) == 1


async def test_what_is_typed_at_the_check_becomes_the_note(town: Town, piet: Someone) -> None:
    await fills_in(piet)
    await piet.types("Hij puilt uit tot op de stoep")

    piet.sees("Klopt dit?", "Hij puilt uit tot op de stoep")
    assert await town.signals_of("piet") == []


async def test_a_manager_cannot_post_arrears_or_a_change_of_care(piet: Someone) -> None:
    await piet.types("/signaal E-4471")

    assert piet.screen.labels[-2:] == ("Anders", "✖️ Annuleren")
    assert len(piet.screen.labels) == len(categories_for(Role.MANAGER)) + 1
    assert not {"Huurachterstand", "Begeleiding verandert of stopt"} & set(piet.screen.labels)


@pytest.mark.parametrize("how", ["button", "/annuleren", "/cancel"])
async def test_cancelling_sends_nothing_and_tidies(town: Town, piet: Someone, how: str) -> None:
    before = piet.chat
    await fills_in(piet)
    if how == "button":
        await piet.presses("Annuleren")
    else:
        await piet.types(how)

    own = (how,) if how != "button" else ()
    assert piet.chat == (*before, *own, "Geannuleerd. Er is niets verstuurd.")
    assert await town.signals_of("piet") == []


async def test_after_sending_only_the_reference_is_left(town: Town, piet: Someone) -> None:
    before = piet.chat
    await piet.types("/signaal")
    for says in ("E-4471", "brievenbus", "spoed", "J. Jansen ligt er weer naast"):
        await piet.types(says)
    await piet.presses("Opnieuw typen")
    await piet.types("Hij zit helemaal vol")
    await piet.presses("Versturen")

    assert piet.chat == (*before, f"✅ Doorgegeven. Kenmerk: {piet.reference}")


async def test_a_button_of_an_old_form_says_that_it_expired(town: Town, piet: Someone) -> None:
    await fills_in(piet)
    old = piet.screen
    await piet.types("/signaal")
    new = piet.screen

    await piet.presses("Versturen", on=old)

    assert piet.toast == EXPIRED
    assert piet.screen == new
    assert await town.signals_of("piet") == []


async def test_pressing_send_twice_sends_once(town: Town, piet: Someone) -> None:
    await fills_in(piet)
    await piet.presses("Versturen")
    sent = piet.chat
    await piet.presses_that_again()

    assert piet.chat == sent
    assert piet.toast == EXPIRED
    assert len(await town.signals_of("piet")) == 1


async def test_pressing_a_choice_twice_changes_nothing(piet: Someone) -> None:
    await piet.types("/signaal E-4471")
    await piet.presses("Geluidsoverlast")
    once = piet.messages
    await piet.presses_that_again()

    assert piet.messages == once


async def test_an_event_that_is_delivered_twice_takes_effect_once(
    town: Town, piet: Someone
) -> None:
    await fills_in(piet)
    await piet.presses("Versturen")
    transcript = piet.lines
    await piet.is_delivered_again()

    assert piet.lines == transcript
    assert len(await town.signals_of("piet")) == 1


async def test_editing_a_message_changes_nothing(town: Town, piet: Someone) -> None:
    await piet.types("hoi")
    own = piet.messages[-2]
    await fills_in(piet)
    before = piet.screen
    await piet.edits(own.id, "Gordijnen bij E-2210 al dagen dicht")

    assert piet.screen == before
    await piet.presses("Versturen")
    assert [signal.unit for signal in await town.signals_of("piet")] == ["E-4471"]


@pytest.mark.parametrize(
    "says",
    ["{}", "/signaal {}", "Brievenbus van {} zit vol", "/signaal {} brievenbus laag zit vol"],
)
async def test_a_home_elsewhere_is_answered_as_one_that_does_not_exist(
    town: Town, piet: Someone, says: str
) -> None:
    """Elsewhere in the corporation, at another corporation, with and without a tenant."""
    answers = []
    for home in ("E-1890", "E-5013", "T-0100", "E-9999"):
        seen_before = len(piet.lines)
        await piet.types(says.format(home))
        shown = [line for line in piet.lines[seen_before:] if line.did is not Did.DELETED]
        answers.append([line.text.replace(home, "HOME") for line in shown])
        await piet.types("/annuleren")

    assert all(answer == answers[0] for answer in answers)


async def test_a_home_elsewhere_gets_the_one_neutral_answer(piet: Someone) -> None:
    await piet.types("/signaal")
    await piet.types("E-1890")

    piet.sees(UNKNOWN_HOME)


async def test_a_draft_expires_after_a_day_and_is_tidied_away(town: Town, piet: Someone) -> None:
    before = piet.chat
    await fills_in(piet)
    form = piet.screen
    await town.goes_on(hours=30)

    assert piet.chat == before
    await piet.presses("Versturen", on=form)
    assert piet.toast == EXPIRED
    assert await town.signals_of("piet") == []


async def test_a_draft_that_expired_is_no_longer_filled_in(town: Town, piet: Someone) -> None:
    """Also before the housekeeping came round."""
    await fills_in(piet)
    await town.clock.move_on(hours=24)
    await piet.types("ja")

    assert await town.signals_of("piet") == []


async def test_a_note_that_is_too_long_is_asked_for_again(piet: Someone) -> None:
    await piet.types("/signaal E-4471 brievenbus spoed")
    await piet.types("vol " * 400)

    piet.sees("Dat is te lang.", "1500")


async def test_what_no_text_is_gets_an_answer(piet: Someone) -> None:
    await piet.sends_something("")

    piet.sees("Dit kan ik nog niet lezen.")


@pytest.mark.parametrize("text", ["hoi", "dankjewel", "👍"])
async def test_a_greeting_starts_no_form(piet: Someone, text: str) -> None:
    await piet.types(text)

    piet.sees("Zag of hoorde u iets bij een woning?")


@pytest.mark.parametrize(
    ("label", "category"),
    [
        ("Agressie", Category.AGGRESSION),
        ("Anders", Category.OTHER),
        ("Geluidsoverlast", Category.NOISE),
    ],
)
@pytest.mark.parametrize(
    ("haste", "urgency"),
    [("spoed", Urgency.URGENT), ("normaal", Urgency.NORMAL), ("laag", Urgency.LOW)],
)
async def test_category_and_urgency_arrive_as_chosen(
    town: Town, piet: Someone, label: str, category: Category, haste: str, urgency: Urgency
) -> None:
    await piet.types("/signaal E-4471")
    for button in (label, haste, "Overslaan", "Versturen"):
        await piet.presses(button)

    (signal,) = await town.signals_of("piet")
    assert (signal.category, signal.urgency) == (category, urgency)


async def test_the_home_stays_out_of_the_note_when_changed(town: Town, piet: Someone) -> None:
    await piet.types("Voorbeeldstraat 10: brievenbus zit vol")
    await piet.presses("Woning wijzigen")
    await piet.types("9999 XB 3")
    await piet.presses("Versturen")

    (signal,) = await town.signals_of("piet")
    assert unit_key(signal.unit) == unit_key("E-2210")
    assert "Voorbeeldstraat" not in await town.content(signal.ref)


@pytest.mark.parametrize("form", ["/signaal", "/signaal E-4471", "/signaal E-4471 brievenbus"])
@pytest.mark.parametrize(
    "says",
    [
        "Ik hoor nu klappen en een kind gillen bij E-2210!",
        "Huurder E-2210 zegt: praat niet meer met mijn begeleider.",
    ],
)
async def test_what_goes_at_once_goes_under_its_own_home_whatever_form_is_open(
    town: Town, piet: Someone, form: str, says: str
) -> None:
    await piet.types(form)
    open_form = piet.screen
    await piet.types(says)

    (signal,) = await town.signals_of("piet")
    assert signal.unit == "E-2210"
    piet.sees(f"Kenmerk: {signal.ref}")
    assert says not in piet.chat
    assert open_form in piet.messages
    await piet.presses("Annuleren")
    assert open_form not in piet.messages


async def test_danger_at_the_home_of_the_open_form_is_checked_there(
    town: Town, piet: Someone
) -> None:
    await fills_in(piet)
    await piet.types("Ik hoor nu klappen en een kind gillen bij E-4471!")

    assert any("Bel eerst 112" in text for text in piet.chat)
    piet.sees("Klopt dit?", "E-4471", "acuut")
