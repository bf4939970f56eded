"""Photos that come with a signal: sealed as they come, with the form until that is sent, then with
its signal. Nobody reads one where content may not be read.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.app.house import House
from bot.app.letters import answer
from bot.app.submit import INTAKE_SUBJECT
from bot.domain.outbox import OutboxRow
from bot.domain.people import Person
from bot.domain.photos import MOST_PHOTOS, Photo
from bot.ports.doors import Inbound
from bot.ports.store import IntakeWork, Work

ENOUGH = "photo.enough"


def photo_context(id: str) -> str:
    return f"photo.{id}"


async def keep(house: House, work: IntakeWork, person: Person, inbound: Inbound, form: str) -> bool:
    """Keeps a photo with this form; False when the form has as many as there may be."""
    if inbound.picture is None or await work.photos.count(person.organisation, form) >= MOST_PHOTOS:
        return False
    id = _id(work, inbound)
    sealed = await work.vault.seal_bytes(
        person.organisation, INTAKE_SUBJECT, photo_context(id), inbound.picture
    )
    photo = Photo(person.organisation, id, form, False, sealed, house.clock.now())
    await work.photos.add(photo)
    return True


async def goes_with(work: IntakeWork, person: Person, inbound: Inbound, form: str) -> None:
    """The photo of this event, if it has one, belongs to another form than was thought."""
    if inbound.picture is not None:
        await work.photos.move(person.organisation, _id(work, inbound), form)


def _id(work: IntakeWork, inbound: Inbound) -> str:
    event = f"{inbound.platform}:{inbound.event}"
    return work.vault.fingerprint("photo", event).hex()[:16]


def refusal(house: House, person: Person, inbound: Inbound) -> OutboxRow:
    """Why a photo was not kept. The message goes from the chat all the same."""
    key = f"photo.{inbound.fault}" if inbound.fault else ENOUGH
    return answer(person, inbound, house.clock.now(), key, remove=inbound.message or "")


async def seal_for(work: Work, corporation: str, ref: str, subject: str) -> None:
    """The photos of a signal under the key of whom they are about: erasing that erases them."""
    for photo in await work.photos.of(corporation, ref):
        context = photo_context(photo.id)
        picture = await work.vault.open_bytes(corporation, INTAKE_SUBJECT, context, photo.sealed)
        sealed = await work.vault.seal_bytes(corporation, subject, context, picture)
        await work.photos.reseal(replace(photo, sealed=sealed))


async def pictures_of(work: Work, corporation: str, ref: str, subject: str) -> Sequence[bytes]:
    """The photos of a signal, JPEG, in the order in which they came.

    Raises KeyDestroyed when whom they are about was erased.
    """
    photos = await work.photos.of(corporation, ref)
    return [
        await work.vault.open_bytes(corporation, subject, photo_context(one.id), one.sealed)
        for one in photos
    ]
