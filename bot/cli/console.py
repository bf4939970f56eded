"""How the command line talks: catalogue sentences out, and one clear line when it refuses."""

import getpass
import os
import sys
from functools import cache
from typing import NoReturn

import typer
from rich.console import Console

from bot.domain.disclosure import Text
from bot.texts.catalogue import Catalogue, load_catalogue

REFUSED = 2
FAILED = 1
WIDTH_ELSEWHERE = 140
"""The width of what is written to a file or pipe, in characters."""


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


def language() -> str:
    """The administrator's language: English when the terminal says so, else Dutch."""
    return "en" if os.environ.get("LANG", "").lower().startswith("en") else "nl"


def write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def say(text: Text, error: bool = False) -> None:
    stream = sys.stderr if error else sys.stdout
    stream.write(catalogue().plain(text, language()) + "\n")
    stream.flush()


def refuse(text: Text, code: int = REFUSED) -> NoReturn:
    say(text, error=True)
    raise typer.Exit(code)


def wide_console(stderr: bool = False) -> Console:
    """For tables: as wide as the terminal, and wide enough where there is none."""
    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(
        stderr=stderr, markup=False, highlight=False, width=None if terminal else WIDTH_ELSEWHERE
    )


def system_user() -> str:
    """Who sits at this machine; named on audit lines."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
