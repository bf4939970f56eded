"""Puts texts into words. Every sentence stands in a .po file here, Dutch first, then English."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from babel.messages.pofile import read_po

from bot.domain.disclosure import Text

LANGUAGES = ("nl", "en")
FALLBACK = "nl"
COUNT = "n"
_MARKUP = re.compile(r"</?(?:b|i|code)>")
_PLACE = re.compile(r"\{(\w+)\}")

Forms = tuple[str, ...]
"""A sentence, or its singular and plural."""


class UnknownText(Exception):
    """There is no sentence with this key in the catalogue."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Sentences by language and key."""

    sentences: Mapping[str, Mapping[str, Forms]]

    def say(self, text: Text, language: str, escape: Callable[[str], str] = html.escape) -> str:
        """The sentence with its fields filled in: light HTML, values escaped.

        Fields that are texts are said in the same language, each with what the field puts
        between them. A language that lacks a sentence falls back on Dutch. Raises UnknownText:
        a key is never shown.
        """
        forms = self.sentences.get(language, {}).get(text.key)
        forms = forms or self.sentences[FALLBACK].get(text.key)
        if forms is None:
            raise UnknownText(text.key)
        return _PLACE.sub(
            lambda place: self._field(text, place[1], language, escape), _form(forms, text)
        )

    def plain(self, text: Text, language: str) -> str:
        """As `say`, for a terminal: no markup."""
        return html.unescape(_MARKUP.sub("", self.say(text, language)))

    def _field(self, text: Text, name: str, language: str, escape: Callable[[str], str]) -> str:
        field = text.fields[name]
        if field.is_text:
            return field.between.join(self.say(one, language, escape) for one in field.texts())
        return escape(str(field.value))


def _form(forms: Forms, text: Text) -> str:
    if len(forms) == 1:
        return forms[0]
    return forms[0] if text.fields[COUNT].value == 1 else forms[1]


@cache
def load_catalogue(folder: Path = Path(__file__).parent) -> Catalogue:
    """Reads every `nl.po`, `something.nl.po` and their English twins."""
    return Catalogue(
        MappingProxyType({language: _read(folder, language) for language in LANGUAGES})
    )


def _read(folder: Path, language: str) -> Mapping[str, Forms]:
    sentences: dict[str, Forms] = {}
    for path in sorted(folder.glob(f"*{language}.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    said = message.string
                    sentences[key] = (said,) if isinstance(said, str) else tuple(said or ())
    return MappingProxyType(sentences)
