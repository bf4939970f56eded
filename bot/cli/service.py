"""Opens the house for a command, and says once and clearly why it cannot be opened."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.cli.console import FAILED, refuse
from bot.config import BadConfiguration, load_settings, telegram_token
from bot.domain.disclosure import Text, public
from bot.domain.routing import NoTeamLead
from bot.ports.store import ServedAlready, StorageBusy
from bot.wiring import Parts, Service, configure_logging, opened, service_screener
from handlers.clock import SystemClock
from handlers.telegram.client import TokenRefused
from handlers.web import PortTaken
from storage.errors import NewerSchema
from storage.keys import BadKey


@asynccontextmanager
async def parts(config: Path, to_run: bool = False) -> AsyncIterator[Parts]:
    """The parts of the house for one command; ends the program with a clear line otherwise.

    With `to_run` everything that the service needs is looked at before anything is opened.
    """
    try:
        settings = load_settings(config)
        configure_logging(settings.service)
        if to_run and settings.telegram is not None:
            telegram_token(settings.telegram)
        screener = service_screener(settings) if to_run else None
        async with opened(settings, SystemClock(), screener) as found:
            yield found
    except BadConfiguration as wrong:
        refuse(wrong.text)
    except BadKey as wrong:
        refuse(Text("config.bad_key", {"reason": public(str(wrong))}))
    except NewerSchema:
        refuse(Text("config.newer_schema"))
    except StorageBusy:
        refuse(Text("config.storage_away"), FAILED)


async def run_service(config: Path) -> int:
    """Runs until SIGTERM or SIGINT; then finishes the work in hand."""
    async with parts(config, to_run=True) as found:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        try:
            await Service(found).run(stop)
        except NoTeamLead as without:
            names = public(", ".join(str(name) for name in without.args))
            refuse(Text("start.no_team_lead", {"corporations": names}))
        except ServedAlready:
            refuse(Text("start.served_already"))
        except PortTaken:
            listen = public(found.settings.service.listen)
            refuse(Text("start.port_taken", {"listen": listen}))
        except TokenRefused:
            refuse(Text("start.token_refused"))
    return 0
