"""The list of commands that Telegram shows beside the keyboard. A nicety: optional."""

import structlog
from telegram import BotCommand
from telegram.error import TelegramError

from bot.domain.disclosure import Text
from bot.texts.catalogue import FALLBACK, Catalogue
from handlers.telegram.client import Client

log = structlog.get_logger()

COMMANDS = {
    "nl": ("signaal", "mijn", "zaken", "help", "taal", "stop"),
    "en": ("signal", "mine", "cases", "help", "language", "stop"),
}


async def tell_commands(client: Client, catalogue: Catalogue) -> None:
    """Tells the server once; one that does not know how is done without."""
    for language, names in COMMANDS.items():
        shown = [
            BotCommand(name, catalogue.plain(Text(f"command.{COMMANDS[FALLBACK][at]}"), language))
            for at, name in enumerate(names)
        ]
        try:
            code = None if language == FALLBACK else language
            await client.set_my_commands(shown, language_code=code)
        except TelegramError as error:
            log.info("bot_api_nicety_failed", method="setMyCommands", error=type(error).__name__)
            return
