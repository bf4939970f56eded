"""`seintje show REF`: the content of a signal, for whoever has the code just sent to the phone."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.app.matters import NotYours
from bot.app.show import CodeExpired, ask, pictures, reveal
from bot.cli.console import refuse, say, system_user
from bot.domain.disclosure import Text, public, reference
from bot.ports.store import Challenge
from bot.wiring import Parts


async def show_signal(
    found: Parts, ref: str, person: str | None, folder: Path | None = None
) -> None:
    """Asks for the code and prints the content, and puts the photos in the folder, if one is
    named; ends with a clear line when that cannot be."""
    user = system_user()
    async with found.store.work() as work:
        try:
            asked = await ask(found.house, work, ref, person, user)
        except NotYours:
            refuse(Text("show.unknown", {"ref": reference(ref)}))
    say(Text("show.asked", {"person": public(asked.person.name)}))
    while True:
        say(Text("show.enter_code"))
        typed = sys.stdin.readline()
        if not typed:
            refuse(Text("show.stopped"))
        async with found.store.work() as work:
            try:
                shown = await reveal(found.house, work, asked.challenge.id, typed, user)
            except CodeExpired:
                shown = Text("show.expired")
        if shown is not None and shown.key == "show.expired":
            refuse(shown)
        if shown is not None:
            say(shown)
            await _show_photos(found, asked.challenge, folder)
            return
        say(Text("show.wrong_code"))


async def _show_photos(found: Parts, challenge: Challenge, folder: Path | None) -> None:
    async with found.store.reading() as work:
        signal = await work.signals.get(challenge.corporation, challenge.ref)
        photos = await pictures(found.house, work, signal) if signal else ()
    if not photos:
        return
    count = {"n": public(len(photos))}
    if folder is None:
        say(Text("show.has_photos", count))
        return
    _put_in(folder, challenge.ref, photos)
    say(Text("show.photos", {**count, "folder": public(str(folder))}))


def _put_in(folder: Path, ref: str, photos: Sequence[bytes]) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number, photo in enumerate(photos, start=1):
        with open(
            folder / f"{ref}-{number}.jpg", "wb", opener=_only_for_me
        ) as out:  # Path.open takes no opener
            out.write(photo)


def _only_for_me(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
