"""A picture from outside made into one of ours: only its pixels are kept.

What else a file can carry (where and by whom it was taken, a preview, a profile, a comment, bytes
behind the end) is left behind, because a new file is written from the pixels.
"""

from io import BytesIO

from bot.domain.photos import LONGEST_SIDE, MOST_BYTES, MOST_PIXELS, PhotoFault

FORMATS = ("JPEG", "PNG", "WEBP", "MPO")
QUALITY = 80


class NoPicture(Exception):
    """This cannot be made into a picture of ours."""

    def __init__(self, fault: PhotoFault) -> None:
        super().__init__(fault)
        self.fault = fault


def cleaned(raw: bytes) -> bytes:
    """A JPEG of at most LONGEST_SIDE pixels, upright, with nothing but pixels. Raises NoPicture.

    Takes a tenth of a second of a processor: not for the event loop.
    """
    from PIL import Image, ImageOps

    if len(raw) > MOST_BYTES:
        raise NoPicture(PhotoFault.TOO_LARGE)
    try:
        with Image.open(BytesIO(raw), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NoPicture(PhotoFault.TOO_LARGE)
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            pixels = Image.frombytes("RGB", upright.size, upright.tobytes())
            written = BytesIO()
            pixels.save(written, "JPEG", quality=QUALITY)
            return written.getvalue()
    except NoPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NoPicture(PhotoFault.TOO_LARGE) from None
    except Exception:  # noqa: BLE001  # a broken picture can raise anything at all
        raise NoPicture(PhotoFault.NOT_A_PICTURE) from None
