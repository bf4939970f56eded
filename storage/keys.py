"""The master key, and the keys that are derived from it, one a purpose. Scheme: docs/keys.md."""

import hmac
import json
import os
import secrets
import stat
from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


class BadKey(Exception):
    """The keys cannot be used as they are."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{' '.join((self.__doc__ or '').split())} ({path})")


class MasterKeyExposed(BadKey):
    """Others on this machine can read the master key file; make it yours alone: chmod 600."""


class MasterKeyUnusable(BadKey):
    """The master key file must be there and hold exactly 32 bytes."""


class WrongMasterKey(BadKey):
    """This keystore belongs to another master key; check both paths in the configuration."""


class KeystoreMissing(BadKey):
    """The database has a keystore, but it is not here. Restore its copy: without it nothing that
    was sealed can be read."""


def create_master_key(path: Path) -> None:
    """Makes a new master key file, readable by its owner alone. Raises FileExistsError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())


def read_master_key(path: Path) -> bytes:
    """Raises MasterKeyExposed or MasterKeyUnusable."""
    try:
        exposed = stat.S_IMODE(path.stat().st_mode) & 0o077
        key = path.read_bytes()
    except OSError:
        raise MasterKeyUnusable(path) from None
    if exposed:
        raise MasterKeyExposed(path)
    if len(key) != KEY_BYTES:
        raise MasterKeyUnusable(path)
    return key


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What is derived from the master key."""

    key_encryption: bytes
    blind_index: bytes
    reference: bytes
    code: bytes
    anchor: bytes
    matrix: bytes
    check: bytes


def derive_keys(master: bytes) -> Keys:
    """The same master key gives the same keys, on every machine and for ever."""
    return Keys(**{field.name: _derived(master, field.name) for field in fields(Keys)})


def _derived(master: bytes, purpose: str) -> bytes:
    info = f"seintje/{purpose}/1".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master)


def bound(*parts: str | int) -> bytes:
    """Several values as one unambiguous byte string, for a MAC or as associated data."""
    return json.dumps(parts, separators=(",", ":")).encode()


def mac(key: bytes, *parts: str | int) -> bytes:
    return hmac.digest(key, bound(*parts), sha256)
