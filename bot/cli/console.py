"""How the command line talks: catalogue sentences out, and one clear line when it refuses."""

import getpass
import os
import sys
from functools import cache
from typing import NoReturn

import typer

from bot.domain.disclosure import Text
from bot.texts.catalogue import Catalogue, load_catalogue

REFUSED = 2
FAILED = 1


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


def system_user() -> str:
    """Who sits at this machine; named on audit lines."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
