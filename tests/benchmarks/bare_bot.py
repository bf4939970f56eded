"""What Seintje is measured against: a bare python-telegram-bot bot doing the same in the chats.

One commit (SQLite, synchronous=FULL) a message, then the same calls: a form in place of what was
typed; for a press its answer, a receipt in place of the form, and a card for the consultant. No
screening, no rules, no outbox, no sealing, no audit; what a crash interrupts is lost.
"""

import argparse
import asyncio
import signal
import sqlite3

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters

CONSULTANT = 9_001
BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("Versturen", callback_data="send")]])


class Bare:
    def __init__(self, path: str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("CREATE TABLE IF NOT EXISTS said (chat INTEGER, text TEXT)")

    async def hears(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message is not None:
            self._keep(update.message.chat.id, update.message.text or "")
            await update.message.reply_text("Klopt dit?", reply_markup=BUTTON)
            await update.message.delete()

    async def is_pressed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.callback_query is not None:
            chat = update.callback_query.from_user.id
            self._keep(chat, "send")
            await update.callback_query.answer()
            await update.callback_query.delete_message()
            await context.bot.send_message(chat, "Doorgegeven")
            await context.bot.send_message(CONSULTANT, "Seintje", reply_markup=BUTTON)

    def _keep(self, chat: int, text: str) -> None:
        self._db.execute("INSERT INTO said VALUES (?, ?)", (chat, text))


async def serve(token: str, base_url: str, database: str, concurrent: bool) -> None:
    bare = Bare(database)
    application = (
        Application.builder().token(token).base_url(base_url).concurrent_updates(concurrent).build()
    )
    application.add_handler(MessageHandler(filters.TEXT, bare.hears))
    application.add_handler(CallbackQueryHandler(bare.is_pressed))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with application:
        await application.start()
        if application.updater is not None:
            await application.updater.start_polling()
            await stop.wait()
            await application.updater.stop()
        await application.stop()


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("--token", "--base-url", "--database"):
        parser.add_argument(name, required=True)
    parser.add_argument("--concurrent", action="store_true")
    given = parser.parse_args()
    asyncio.run(serve(given.token, given.base_url, given.database, given.concurrent))


if __name__ == "__main__":
    main()
