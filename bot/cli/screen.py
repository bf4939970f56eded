"""`seintje screen`: for a privacy officer who wants to try words."""

import sys
from pathlib import Path

from bot.cli.console import refuse, write
from bot.cli.service import parts
from bot.config import BadConfiguration, Settings, load_settings
from bot.dialogues.intake_facts import own_address
from bot.domain.disclosure import Text, public
from bot.domain.homes import unit_key
from bot.domain.screening import OwnAddress
from bot.ports.tools import Screener
from bot.screening.lines import screen_lines
from bot.wiring import own_screener


async def screen_input(config: Path, unit: str | None) -> None:
    """Needs the registry only to know a unit's own address; otherwise nothing but the words."""
    own = await _address_of(config, unit) if unit else None
    for line in screen_lines(sys.stdin, _screener(config), own):
        write(line)


def _screener(config: Path) -> Screener:
    """With the corporation's own words where there is a configuration; it needs none."""
    try:
        return own_screener(load_settings(config) if config.exists() else Settings())
    except BadConfiguration as wrong:
        refuse(wrong.text)


async def _address_of(config: Path, unit: str) -> OwnAddress | None:
    async with parts(config) as found, found.store.work() as work:
        corporations = [corporation.id for corporation in await work.people.corporations()]
        homes = [h for c in corporations for h in await work.places.find(c, unit_key(unit))]
    if not homes:
        refuse(Text("screen.no_unit", {"unit": public(unit)}))
    return own_address(homes[0])
