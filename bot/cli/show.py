"""`seintje show REF`: the content of a signal, for whoever has the code just sent to the phone."""

import sys

from bot.app.matters import NotYours
from bot.app.show import CodeExpired, ask, reveal
from bot.cli.console import refuse, say, system_user
from bot.domain.disclosure import Text, public, reference
from bot.wiring import Parts


async def show_signal(found: Parts, ref: str, person: str | None) -> None:
    """Asks for the code and prints the content; ends with a clear line when that cannot be."""
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
            return
        say(Text("show.wrong_code"))
