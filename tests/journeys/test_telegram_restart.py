"""Stopped and started again on the same files: people go on where they were."""

import asyncio

from handlers.loopback.faults import Hold
from tests.journeys.installation import Installation, reference_in, said_by_bot
from tests.journeys.installation import here as here

SENTENCE = "Brievenbus van E-4471 zit al twee weken propvol"


async def restarts(here: Installation) -> None:
    await here.stops()
    await here.starts()


async def test_a_form_goes_on_after_a_restart_at_every_step(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    await piet.types("/signaal")
    await piet.sees("Om welke woning")
    await restarts(here)
    await piet.types("E-4471")
    await piet.sees("Wat zag")
    await restarts(here)
    await piet.presses("Volle brievenbus")
    await piet.sees("Hoeveel haast")
    await restarts(here)
    await piet.presses("laag")
    await piet.sees("Wilt u er iets bij")
    await restarts(here)
    await piet.types("Al twee weken")
    await piet.sees("📝 Al twee weken")
    await restarts(here)
    await piet.presses("Versturen")
    receipt = await piet.sees("Doorgegeven")
    await sanne.sees(reference_in(receipt.text))
    await here.is_quiet()
    assert len(await here.signals_of("piet")) == 1
    assert len(said_by_bot(piet)) == 2


async def test_a_press_from_before_the_restart_takes_effect_once(here: Installation) -> None:
    piet = await here.has("piet")
    await piet.types(SENTENCE)
    await piet.sees("Klopt dit?")
    await here.is_quiet()
    await here.stops()
    await piet.presses("Versturen", twice=True)
    await here.starts()
    await piet.sees("Doorgegeven")
    await here.is_quiet()
    await restarts(here)
    await here.is_quiet()
    assert len(await here.signals_of("piet")) == 1
    assert sum("Doorgegeven" in text for text in said_by_bot(piet)) == 1


async def test_what_was_typed_while_the_service_was_away_is_taken_in_after(
    here: Installation,
) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    await here.is_quiet()
    await here.stops()
    await piet.types(SENTENCE)
    await here.starts()
    await piet.sees("Klopt dit?")
    await piet.presses("Versturen")
    await sanne.sees("🔔")


async def test_a_card_keeps_its_place_after_a_restart(here: Installation) -> None:
    piet, sanne = await here.has("piet"), await here.has("sanne")
    await piet.types(SENTENCE)
    await piet.presses("Versturen")
    await sanne.sees("🔔")
    await here.is_quiet()
    await restarts(here)
    await sanne.presses("Oppakken")
    await sanne.sees("opgepakt")
    await here.is_quiet()
    assert sum("🔔" in text for text in said_by_bot(sanne)) == 1


async def test_a_message_under_way_at_the_end_is_waited_for(here: Installation) -> None:
    piet = await here.has("piet")
    await piet.types(SENTENCE)
    await piet.sees("Klopt dit?")
    under_way = here.api.faults.next("sendMessage", Hold())
    await piet.presses("Versturen")
    await here.api.until(lambda: under_way.met)
    stopping = asyncio.create_task(here.stops())
    await asyncio.sleep(0)
    under_way.remove()
    await stopping
    assert sum("Doorgegeven" in text for text in said_by_bot(piet)) == 1
    await here.starts()
    await here.is_quiet()
    assert sum("Doorgegeven" in text for text in said_by_bot(piet)) == 1


async def test_a_form_left_for_a_day_is_tidied_away(here: Installation) -> None:
    piet = await here.has("piet")
    await piet.types("/signaal")
    await piet.types("E-4471")
    await piet.sees("Wat zag")
    await here.is_quiet()
    here.clock.jumps(hours=25)
    await here.until(lambda: _is_gone(here, "Wat zag", piet.id))
    typed = await piet.types("Volle brievenbus")
    await piet.sees("Om welke woning", after=typed)


async def _is_gone(here: Installation, text: str, chat: int) -> bool:
    return text not in here.api.telegram.chats[chat].transcript()
