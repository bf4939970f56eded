"""What is checked after the story: each finding is computed from what was really sent and stored.

A search that finds nothing proves something only when it can find: so every search also looks for
a word that must be there.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.app.registry.filing import Filing
from bot.cli.demo.stage import POLLING, Player, Stage
from bot.cli.demo.story import TYPED_BSN, TYPED_NAME, Cast, Told
from bot.domain.disclosure import Text, public
from bot.domain.signals import CATEGORIES
from bot.texts.catalogue import Catalogue
from storage.audit import Verdict, verify

SHORTEST_IN_BYTES = 5
"""Shorter words turn up in encrypted bytes by chance."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` says what was looked at."""

    what: Text
    holds: bool


async def findings(stage: Stage, cast: Cast, told: Told) -> tuple[Finding, ...]:
    """Every check on what the story left behind; the service must have come to rest."""
    names = identity_words(stage.filing)
    files = {path.name: path.read_bytes() for path in stage.folder.rglob("*") if path.is_file()}
    said = stage.api.wire.said_by_bot()
    calls = sum(call.method != POLLING for call in stage.api.traffic)
    verdicts = await _verdicts(stage)
    async with stage.parts.store.reading() as work:
        corporations = frozenset(house.id for house in await work.people.corporations())
        waiting = len(await work.post.undelivered(1)) + len(await work.seen.set_aside())
    catalogue = stage.parts.catalogue
    return (
        chains_whole(verdicts, corporations),
        no_identity_sent(said, names, told.references, calls),
        no_identity_stored(files, names, told.references),
        answers_alike(told.neutral_answers),
        danger_first(told.answers_to_danger, catalogue.say(Text("answer.call_112"), "nl")),
        no_content_to_staff(
            [one.text for player in cast.staff for one in player.user.history],
            homes_and_kinds(stage.filing, catalogue),
            told.references,
        ),
        nothing_elsewhere(cast.elsewhere),
        nothing_waits(waiting),
    )


def identity_words(filing: Filing) -> frozenset[str]:
    """All that tells who somebody is: tenants of the registry, and what was typed in the story."""
    people = [filed.record.identity for filed in filing.tenancies]
    whole = {word for one in people for word in (one.name, one.phone, one.email) if word}
    parts = {part for one in people for part in one.name.split()}
    return frozenset({*whole, *parts, TYPED_NAME, TYPED_BSN})


def homes_and_kinds(filing: Filing, catalogue: Catalogue) -> frozenset[str]:
    """Which home, and what was seen there: content that has no place on a consultant's phone."""
    homes = [filed.record for filed in filing.dwellings]
    kinds = {catalogue.plain(Text(f"category.{category}"), "nl") for category in CATEGORIES}
    return frozenset({*(home.unit for home in homes), *(home.street for home in homes), *kinds})


def chains_whole(verdicts: Mapping[str, Verdict], corporations: frozenset[str]) -> Finding:
    lines = sum(verdict.lines for verdict in verdicts.values())
    whole = all(verdict.whole and verdict.lines for verdict in verdicts.values())
    what = Text("demo.check.audit", {"n": public(len(verdicts)), "lines": public(lines)})
    return Finding(what, whole and bool(corporations) and corporations <= verdicts.keys())


def no_identity_sent(said: str, names: frozenset[str], there: Sequence[str], calls: int) -> Finding:
    """`said` is all the bot ever sent, `there` what must be found in it."""
    what = Text("demo.check.traffic", {"words": public(len(names)), "n": public(calls)})
    return Finding(what, _found_all(said, there) and not words_in(said, names))


def no_identity_stored(
    files: Mapping[str, bytes], names: frozenset[str], there: Sequence[str]
) -> Finding:
    """Looks in the bytes of all files together, the log of the service among them."""
    stored = b"\0".join(files.values())
    long_enough = {name for name in names if len(name) >= SHORTEST_IN_BYTES}
    leaked = any(form.encode() in stored for name in long_enough for form in _cases(name))
    found = bool(there) and all(ref.encode() in stored for ref in there)
    what = Text("demo.check.files", {"n": public(len(files)), "kb": public(len(stored) // 1024)})
    return Finding(what, found and bool(long_enough) and not leaked)


def answers_alike(answers: Sequence[bytes]) -> Finding:
    what = Text("demo.check.neutral", {"n": public(len(answers))})
    return Finding(what, len(answers) > 1 and all(answers) and len(set(answers)) == 1)


def danger_first(answers: Sequence[str], call_112: str) -> Finding:
    return Finding(Text("demo.check.danger"), bool(answers) and answers[0] == call_112)


def no_content_to_staff(
    shown: Sequence[str], content: frozenset[str], there: Sequence[str]
) -> Finding:
    text = "\n".join(shown)
    found = _found_all(text, there)
    return Finding(Text("demo.check.staff"), found and not words_in(text, content))


def nothing_elsewhere(player: Player) -> Finding:
    """Only the word of welcome, of the moment that the phone was linked."""
    from_bot = [one for one in player.user.history if one.sender != player.user.account]
    return Finding(
        Text("demo.check.elsewhere", {"name": public(player.first_name)}), len(from_bot) == 1
    )


def nothing_waits(waiting: int) -> Finding:
    return Finding(Text("demo.check.outbox"), waiting == 0)


def words_in(text: str, words: Iterable[str]) -> frozenset[str]:
    """Which of these stand in the text as whole words, in any case."""
    return frozenset(
        word for word in words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
    )


def _found_all(text: str, there: Sequence[str]) -> bool:
    return bool(there) and all(ref in text for ref in there)


def _cases(word: str) -> set[str]:
    return {word, word.lower(), word.upper()}


async def _verdicts(stage: Stage) -> dict[str, Verdict]:
    store = stage.parts.store
    await store.anchor_heads()
    async with store.reading() as work:
        chains = {*await work.audit.heads(), *store.anchored()}
        return {chain: await verify(work, chain, store.anchor(chain)) for chain in chains}
