"""`python -m tests.screening.report`: how well the screener does, on the half it is not tuned on.

A marked part counts as found when a finding of its class touches it; a finding counts as right
when it touches a marked part of its class. Both are counted in parts, not notes.
A note's time is the best of five rounds, so that other work on the machine does not count.
"""

import argparse
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence

from bot.domain.screening import Finding, FindingClass, Outcome, Screening
from bot.screening.screener import NoteScreener, load_screener
from tests.screening.notes import OWN, Note, read_notes

HARD = (
    FindingClass.BSN,
    FindingClass.LONGNUMBER,
    FindingClass.IBAN,
    FindingClass.PHONE,
    FindingClass.EMAIL,
    FindingClass.BIRTHDATE,
    FindingClass.PLATE,
)
_ROUNDS = 5


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--half", choices=("reporting", "tuning"), default="reporting")
    options.add_argument("--misses", action="store_true", help="show what went wrong, note by note")
    chosen = options.parse_args()
    before = _memory_mb()
    started = time.perf_counter()
    screener = load_screener()
    loaded = time.perf_counter() - started
    sensitive = read_notes(f"{chosen.half}_sensitive")
    harmless = read_notes(f"{chosen.half}_harmless")
    screened = [(note, screener.screen(note.text, OWN)) for note in sensitive]
    quiet = [(note, screener.screen(note.text, OWN)) for note in harmless]
    times = sorted(
        min(_seconds(screener, note) for _ in range(_ROUNDS)) for note in (*sensitive, *harmless)
    )
    _say(f"{chosen.half} half: {len(sensitive)} sensitive notes, {len(harmless)} harmless")
    _print_classes(screened, quiet)
    _print_harmless(quiet)
    _say(
        f"time a note: p50 {statistics.median(times) * 1000:.2f} ms, "
        f"p99 {times[int(len(times) * 0.99)] * 1000:.2f} ms; "
        f"loading {loaded:.2f} s; "
        f"memory {_memory_mb() - before:.0f} MB more, {_memory_mb():.0f} in all"
    )
    if chosen.misses:
        _print_misses(screened, quiet)


def _print_classes(
    screened: Sequence[tuple[Note, Screening]], quiet: Sequence[tuple[Note, Screening]]
) -> None:
    wanted: Counter[FindingClass] = Counter()
    found: Counter[FindingClass] = Counter()
    given: Counter[FindingClass] = Counter()
    right: Counter[FindingClass] = Counter()
    for note, screening in (*screened, *quiet):
        for part in note.expected:
            wanted[part.cls] += 1
            found[part.cls] += touched(part, screening.findings)
        for finding in screening.findings:
            given[finding.cls] += 1
            right[finding.cls] += touched(finding, note.expected)
    _say(f"{'class':14}{'marked':>8}{'recall':>9}{'precision':>11}")
    for cls in FindingClass:
        _say(
            f"{cls.value:14}{wanted[cls]:8}{_share(found[cls], wanted[cls]):>9}"
            f"{_share(right[cls], given[cls]):>11}"
        )
    hard_found, hard_wanted = (sum(count[cls] for cls in HARD) for count in (found, wanted))
    _say(f"{'hard ids':14}{hard_wanted:8}{_share(hard_found, hard_wanted):>9}")


def _print_harmless(quiet: Sequence[tuple[Note, Screening]]) -> None:
    outcomes = Counter(screening.outcome for _, screening in quiet)
    for outcome in (Outcome.STOP, Outcome.MASK, Outcome.EMERGENCY):
        share = _share(outcomes[outcome], len(quiet))
        _say(f"harmless with outcome {outcome.value}: {outcomes[outcome]} ({share})")


def _print_misses(
    screened: Sequence[tuple[Note, Screening]], quiet: Sequence[tuple[Note, Screening]]
) -> None:
    for note, screening in (*screened, *quiet):
        for part in note.expected:
            if not touched(part, screening.findings):
                _say(f"missed {part.cls}: {note.text[part.start : part.end]!r} in {note.text!r}")
        for finding in screening.findings:
            if not touched(finding, note.expected):
                what = note.text[finding.start : finding.end]
                _say(f"wrong {finding.cls}: {what!r} in {note.text!r}")


def touched(part: Finding, others: Sequence[Finding]) -> bool:
    """Whether another finding of the same class overlaps this one."""
    return any(
        other.cls is part.cls and other.start < part.end and part.start < other.end
        for other in others
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _seconds(screener: NoteScreener, note: Note) -> float:
    started = time.perf_counter()
    screener.screen(note.text, OWN)
    return time.perf_counter() - started


def _memory_mb() -> float:
    """The most this process has used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
