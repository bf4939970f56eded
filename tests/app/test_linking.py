"""Who may talk to the bot: invitations, strangers, groups and channels."""

from datetime import timedelta

import pytest

from bot.app.linking import FREE_GUESSES, INVITATION_VALID
from bot.domain.people import PersonKey
from bot.ports.doors import Place
from tests.app.paper import Did
from tests.app.town import Someone, Town

STRANGER = (
    "Deze bot is alleen voor medewerkers met een uitnodiging. Heeft u een code? Stuur dan /start "
    "met de code."
)
NO_CODE = "BBBB-CCCC-DDDD"


@pytest.fixture
def somebody(town: Town) -> Someone:
    return town.somebody("0612")


async def is_linked(town: Town, address: str) -> bool:
    async with town.store.reading() as work:
        return await work.accounts.by_address("telegram", address) is not None


@pytest.mark.parametrize("form", ["/start {}", "{}", "/koppel {}", "/start {} "])
async def test_a_code_links_however_it_is_sent(town: Town, somebody: Someone, form: str) -> None:
    code = await town.code_for("piet")
    await somebody.types(form.format(code))

    somebody.sees("Welkom bij Seintje! U bent gekoppeld.")
    assert (await town.audit_of())[-2:] == ["person.invited done", "account.linked done"]


async def test_a_code_is_read_tolerantly(town: Town, somebody: Someone) -> None:
    await somebody.types((await town.code_for("piet")).lower().replace("-", " "))

    somebody.sees("Welkom bij Seintje!")


async def test_a_code_works_once(town: Town, somebody: Someone) -> None:
    code = await town.code_for("piet")
    await somebody.types(code)
    thief = town.somebody("0699")
    await thief.types(code)

    thief.sees(STRANGER)
    assert not await is_linked(town, "0699")


async def test_a_code_expires(town: Town, somebody: Someone) -> None:
    code = await town.code_for("piet")
    await town.clock.move_on(seconds=INVITATION_VALID.total_seconds())
    await somebody.types(code)

    somebody.sees(STRANGER)


async def test_a_newer_code_replaces_the_older(town: Town, somebody: Someone) -> None:
    older, newer = await town.code_for("piet"), await town.code_for("piet")
    await somebody.types(older)
    somebody.sees(STRANGER)
    await somebody.types(newer)
    somebody.sees("Welkom bij Seintje!")


async def test_wrong_codes_are_slowed_down(town: Town, somebody: Someone) -> None:
    """After the free guesses not even the right code is looked at for a while."""
    code = await town.code_for("piet")
    for _ in range(FREE_GUESSES + 1):
        await somebody.types(NO_CODE)
        somebody.sees(STRANGER)
    await somebody.types(code)
    somebody.sees(STRANGER)

    await town.goes_on(seconds=4)
    await somebody.types(code)
    somebody.sees("Welkom bij Seintje!")


async def test_each_wrong_code_doubles_the_wait_up_to_an_hour(
    town: Town, somebody: Someone
) -> None:
    waits = []
    for _ in range(16):
        await somebody.types(NO_CODE)
        async with town.store.reading() as work:
            address = work.vault.fingerprint("guess", "telegram:0612")
            guesses = await work.invites.guesses(address)
        wait = (guesses.blocked_until or town.clock.now()) - town.clock.now()
        waits.append(wait)
        await town.clock.move_on(seconds=wait.total_seconds())

    assert waits[:4] == [timedelta(0), timedelta(0), timedelta(seconds=4), timedelta(seconds=8)]
    assert waits[-1] == timedelta(hours=1)


async def test_guessing_at_one_address_does_not_slow_another(town: Town, somebody: Someone) -> None:
    for _ in range(5):
        await somebody.types(NO_CODE)
    await town.has("piet")

    assert await is_linked(town, "piet")


async def test_linking_from_a_new_phone_ends_the_old_link(town: Town) -> None:
    old = await town.has("piet")
    new = town.somebody("new phone")
    await new.types(await town.code_for("piet"))
    await old.types("/mijn")

    old.sees(STRANGER)


async def test_a_role_that_has_no_part_here_is_told_so(town: Town) -> None:
    frans = await town.has("frans")
    await frans.types("hoi")

    frans.sees("Voor uw rol werkt Seintje niet via deze app.")


@pytest.mark.parametrize(
    "says", ["hoi", "/start", "/signaal E-4471", "Brievenbus van E-4471 zit vol", "BSN 123456782"]
)
async def test_a_stranger_always_reads_the_same(town: Town, somebody: Someone, says: str) -> None:
    await somebody.types(says)

    assert somebody.screen.text == STRANGER
    assert [line.did for line in somebody.lines] == [Did.SAID]


@pytest.mark.parametrize("place", [Place.GROUP, Place.CHANNEL])
async def test_groups_and_channels_read_the_same_and_are_left(town: Town, place: Place) -> None:
    await town.has("piet")
    group = town.somebody("-100")
    await group.types("Brievenbus van E-4471 zit vol", place)

    assert group.screen.text == STRANGER
    assert group.lines[-1].did is Did.LEFT
    assert await town.signals_of("piet") == []


async def test_in_a_group_not_even_a_code_is_looked_at(town: Town) -> None:
    group = town.somebody("-100")
    await group.types(f"/start {await town.code_for('piet')}", Place.GROUP)

    assert group.screen.text == STRANGER
    assert not await is_linked(town, "-100")


async def test_who_left_the_corporation_is_a_stranger(town: Town) -> None:
    piet = await town.has("piet")
    async with town.store.work() as work:
        await work.registry.end_links([PersonKey("voorbeeld", "piet")])
    await piet.types("/mijn")

    assert piet.screen.text == STRANGER
