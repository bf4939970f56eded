"""Words typed in a hurry: what one slip of the finger makes of a word, and how a name sounds."""

import re

_SPELLINGS = tuple(
    pair.split(">")
    for pair in [
        "sch>s",
        "tsj>c",
        "tch>c",
        "sj>s",
        "sh>s",
        "ch>g",
        "kh>g",
        "gh>g",
        "dj>j",
        "zj>j",
        "ph>f",
        "th>t",
        "dt>t",
        "ck>k",
        "qu>k",
        "q>k",
        "x>ks",
        "c>k",
        "ou>u",
        "oe>u",
        "oo>o",
        "ij>i",
        "ei>i",
        "ey>i",
        "ie>i",
        "y>i",
        "ee>e",
        "aa>a",
        "uu>u",
        "w>v",
        "z>s",
        "j>i",
        "d>t",
        "ah>a",
        "eh>e",
    ]
)
_REPEATED = re.compile(r"(.)\1+")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def sound(word: str) -> str:
    """The word with its spelling levelled: Yilmas is Jilmaz, Jannsen Janssen, Soekhai Sukhai."""
    for spelling, plain in _SPELLINGS:
        word = word.replace(spelling, plain)
    return _REPEATED.sub(r"\1", word)


def one_slip(word: str) -> list[str]:
    """Every string one deletion, swap, replacement or insertion away."""
    cuts = [(word[:cut], word[cut:]) for cut in range(len(word) + 1)]
    return [
        *(head + tail[1:] for head, tail in cuts if tail),
        *(head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1),
        *(head + letter + tail[1:] for head, tail in cuts if tail for letter in _LETTERS),
        *(head + letter + tail for head, tail in cuts for letter in _LETTERS),
    ]


def is_slip_of(word: str, meant: str) -> bool:
    """Whether a word is another with one slip in it, not in its first letter or its last.

    A `*` at the end of what is meant stands for any ending.
    """
    stem = meant.removesuffix("*")
    at = 0
    while at < len(stem) and at < len(word) and stem[at] == word[at]:
        at += 1
    if not 0 < at < len(stem) - 1:
        return False
    typed_without_slip = (
        (word[at + 1 :], stem[at + 1 :]),
        (word[at:], stem[at + 1 :]),
        (word[at + 1 :], stem[at:]),
        (word[at + 2 :], stem[at + 2 :] if word[at : at + 2] == stem[at + 1] + stem[at] else None),
    )
    return any(
        rest is not None and (typed.startswith(rest) if stem != meant else typed == rest)
        for typed, rest in typed_without_slip
    )
