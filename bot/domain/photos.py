"""Photos of a signal: how many, how large, and what is kept of one (docs/domain.md, "Personal
data")."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MOST_PHOTOS = 3
LONGEST_SIDE = 1600
"""Pixels. Enough to see a stairwell, too little for the letters on an envelope across it."""
MOST_PIXELS = 60_000_000
"""A picture of more is not opened: it may be made to fill the memory."""
MOST_BYTES = 15_000_000
"""Of a picture as it is sent to us."""


class PhotoFault(StrEnum):
    """Why there is no picture where one was sent."""

    NOT_FETCHED = "not_fetched"
    NOT_A_PICTURE = "not_a_picture"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Photo:
    """A sealed JPEG of ours. `owner` is the form it was sent with, and once that `is_sent` the
    reference of the signal."""

    corporation: str
    id: str
    owner: str
    is_sent: bool
    sealed: bytes
    added_at: datetime
