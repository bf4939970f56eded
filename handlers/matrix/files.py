"""Files in encrypted rooms: the homeserver keeps only what it cannot read."""

from collections.abc import Mapping
from typing import Any

from nio.crypto.attachments import decrypt_attachment, encrypt_attachment
from nio.exceptions import EncryptionError

from handlers.matrix.homeserver import Homeserver


class BadFile(Exception):
    """This is no encrypted file, or somebody changed it."""


async def upload(server: Homeserver, data: bytes) -> dict[str, Any]:
    """Encrypts and uploads; returns the `file` object of a message. Raises TryLater, Denied."""
    sealed, keys = encrypt_attachment(data)
    return {**keys, "url": await server.upload(sealed)}


async def download(server: Homeserver, file: Mapping[str, Any]) -> bytes:
    """The bytes behind the `file` object of a message. Raises BadFile, TryLater, Denied."""
    try:
        url, key = str(file["url"]), file["key"]["k"]
        digest, start = file["hashes"]["sha256"], file["iv"]
    except (KeyError, TypeError):
        raise BadFile(BadFile.__doc__) from None
    sealed = await server.download(url)
    try:
        data: bytes = decrypt_attachment(sealed, key, digest, start)
    except (EncryptionError, ValueError, TypeError):
        raise BadFile(BadFile.__doc__) from None
    return data
