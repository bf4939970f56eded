"""Words around a name or a number that tell a person from a thing. Folded, lower case.

The words stand in `lexicon/cues`, one file a set; each file says what its words do.
"""

from pathlib import Path

from bot.screening.folding import fold

_FOLDER = Path(__file__).with_name("lexicon") / "cues"


def _read(name: str, *, phrases: bool = False) -> frozenset[str]:
    lines = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    said = [fold(line.strip()).lower for line in lines if not line.startswith("#")]
    return frozenset(said if phrases else " ".join(said).split())


TITLES = _read("titles")
ROLES = _read("roles")
PARTICLES = _read("particles")
STRONG_PARTICLES = _read("strong_particles", phrases=True)
PARTICLES_BEFORE_CAPITAL = _read("particles_before_capital", phrases=True)
ARTICLES = _read("articles")
SAYING = _read("saying")
DOING = _read("doing")
ALSO_ENGLISH = _read("also_english")
THINGS = _read("things")
BEFORE_PERSON = _read("before_person")
PAST = _read("past")
NOT_AFTER_TITLE = _read("not_after_title")
PLAIN_SURNAMES = _read("plain_surnames")
FIRM_BEFORE = _read("firm_before")
TRADES = _read("trades")
FIRM_AFTER = _read("firm_after")
VERBS_AFTER_NUMBER = _read("verbs_after_number")
NO_STREET = _read("no_street")
NO_POSTCODE_LETTERS = _read("no_postcode_letters")
NO_PLATE_LETTERS = _read("no_plate_letters")
ABBREVIATIONS = _read("abbreviations")
SURNAMES_WITH_ARTICLE = _read("surnames_with_article")
SURNAMES_ONLY_WITH_ARTICLE = _read("surnames_only_with_article")
