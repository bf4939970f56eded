"""Seals text under the key of the person it is about, and makes names that tell nothing.

Scheme: docs/keys.md. A ciphertext is a format byte, the key's version, a random 96-bit nonce and
AES-256-GCM over the text; format, corporation, subject, version and context are bound in, so that
a ciphertext moved to another row does not open.
"""

import struct
from collections.abc import Sequence
from secrets import token_bytes

from cryptography.exceptions import InvalidTag

from bot.ports.store import SealBroken
from storage.keys import Keys, bound, mac
from storage.keystore import NONCE_BYTES, Keystore

FORMAT = 1
_HEADER = struct.Struct(">BH")
_TEXT_AT = _HEADER.size + NONCE_BYTES

REFERENCE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ23456789"
"""No vowels (no words), nothing that looks like something else."""
REFERENCE_LENGTH = 7


class Vault:
    """The NoteVault of bot.ports.store."""

    def __init__(self, keystore: Keystore, keys: Keys) -> None:
        self._keystore = keystore
        self._keys = keys

    async def seal(self, corporation: str, subject: str, context: str, text: str) -> bytes:
        # A chat message can hold half a surrogate pair.
        data = text.encode("utf-8", "surrogatepass")
        return await self.seal_bytes(corporation, subject, context, data)

    async def seal_bytes(self, corporation: str, subject: str, context: str, data: bytes) -> bytes:
        version, key = await self._keystore.current(corporation, subject)
        nonce = token_bytes(NONCE_BYTES)
        sealed = key.encrypt(nonce, data, _associated(corporation, subject, context, version))
        return _HEADER.pack(FORMAT, version) + nonce + sealed

    async def prepare(self, corporation: str, subjects: Sequence[str]) -> None:
        await self._keystore.make(corporation, subjects)

    async def open(self, corporation: str, subject: str, context: str, sealed: bytes) -> str:
        data = await self.open_bytes(corporation, subject, context, sealed)
        return data.decode("utf-8", "surrogatepass")

    async def open_bytes(
        self, corporation: str, subject: str, context: str, sealed: bytes
    ) -> bytes:
        if len(sealed) < _TEXT_AT:
            raise SealBroken(SealBroken.__doc__)
        format_, version = _HEADER.unpack_from(sealed)
        if format_ != FORMAT:
            raise SealBroken(SealBroken.__doc__)
        key = self._keystore.key(corporation, subject, version)
        data = _associated(corporation, subject, context, version)
        try:
            return key.decrypt(sealed[_HEADER.size : _TEXT_AT], sealed[_TEXT_AT:], data)
        except InvalidTag:
            raise SealBroken(SealBroken.__doc__) from None

    def reference(self, corporation: str, event: str, attempt: int) -> str:
        return reference(self._keys, corporation, event, attempt)

    def code(self, purpose: str, id: str, digits: int) -> str:
        return code(self._keys, purpose, id, digits)

    def fingerprint(self, purpose: str, value: str) -> bytes:
        return mac(self._keys.blind_index, purpose, value)


def reference(keys: Keys, corporation: str, event: str, attempt: int) -> str:
    """Seven characters as XXX-XXXX."""
    number = int.from_bytes(mac(keys.reference, corporation, event, attempt))
    letters = ""
    for _ in range(REFERENCE_LENGTH):
        number, place = divmod(number, len(REFERENCE_ALPHABET))
        letters += REFERENCE_ALPHABET[place]
    return f"{letters[:3]}-{letters[3:]}"


def code(keys: Keys, purpose: str, id: str, digits: int) -> str:
    number = int.from_bytes(mac(keys.code, purpose, id, digits))
    return str(number % 10**digits).zfill(digits)


def _associated(corporation: str, subject: str, context: str, version: int) -> bytes:
    return bound("field", FORMAT, corporation, context, subject, version)
