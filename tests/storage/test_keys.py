"""Master key, keystore and vault: what is sealed stays sealed, what is erased stays erased."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ports.store import KeyDestroyed, SealBroken, StorageBusy
from storage import keystore as keystore_module
from storage.keys import (
    BadKey,
    KeystoreMissing,
    MasterKeyExposed,
    MasterKeyUnusable,
    WrongMasterKey,
    bound,
    create_master_key,
    derive_keys,
    read_master_key,
)
from storage.keystore import Keystore
from storage.vault import REFERENCE_ALPHABET, Vault, code, reference
from tests.stores import MASTER_KEY, keystore_path, open_test_store, sqlite_path

KEYS = derive_keys(MASTER_KEY)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return keystore_path(tmp_path)


@pytest.fixture
def keystore(path: Path) -> Iterator[Keystore]:
    opened = Keystore.open(path, KEYS, create=True)
    yield opened
    opened.close()


@pytest.fixture
def vault(keystore: Keystore) -> Vault:
    return Vault(keystore, KEYS)


# The master key file ---------------------------------------------------------------------------


def test_a_master_key_is_made_once_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    create_master_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(set(read_master_key(path))) > 1
    with pytest.raises(FileExistsError):
        create_master_key(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_master_key_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    create_master_key(path)
    path.chmod(mode)
    with pytest.raises(MasterKeyExposed, match=r"chmod 600.*master\.key"):
        read_master_key(path)


@pytest.mark.parametrize("content", [b"", b"\0" * 31, b"\0" * 33, b"ab" * 32])
def test_a_master_key_of_another_size_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(MasterKeyUnusable, match="exactly 32 bytes"):
        read_master_key(path)


def test_a_missing_master_key_is_a_bad_key(tmp_path: Path) -> None:
    with pytest.raises(BadKey):
        read_master_key(tmp_path / "master.key")


def test_each_purpose_has_a_key_of_its_own() -> None:
    values = [getattr(KEYS, name) for name in KEYS.__slots__]
    assert len(set(values)) == len(values) == 7
    assert {len(value) for value in values} == {32}
    assert derive_keys(MASTER_KEY) == KEYS
    assert MASTER_KEY not in values


def test_keys_do_not_show_themselves() -> None:
    assert "bytes" not in repr(KEYS)
    assert KEYS.code.hex() not in repr(KEYS)
    assert repr(KEYS.code) not in repr(KEYS)


# The keystore file -----------------------------------------------------------------------------


async def test_keys_outlive_the_process(path: Path, vault: Vault) -> None:
    sealed = await vault.seal("c", "s", "x", "tekst")
    again = Keystore.open(path, KEYS, create=False)
    assert await Vault(again, KEYS).open("c", "s", "x", sealed) == "tekst"
    again.close()


def test_the_keystore_is_for_its_owner_alone(path: Path, keystore: Keystore) -> None:
    files = list(path.parent.glob("keystore.db*"))
    assert len(files) == 3
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_another_master_key_is_noticed_at_once(path: Path, keystore: Keystore) -> None:
    with pytest.raises(WrongMasterKey, match=r"another master key.*keystore\.db"):
        Keystore.open(path, derive_keys(b"x" * 32), create=True)


async def test_a_database_without_its_keystore_does_not_open(tmp_path: Path) -> None:
    async with open_test_store(tmp_path):
        pass
    keystore_path(tmp_path).unlink()
    with pytest.raises(KeystoreMissing):
        async with open_test_store(tmp_path):
            pass
    assert not keystore_path(tmp_path).exists()


async def test_a_keystore_that_cannot_be_made_leaves_no_database_behind(tmp_path: Path) -> None:
    keystore_path(tmp_path).mkdir()
    for _ in range(2):
        with pytest.raises(Exception, match=r"SQLITE_CANTOPEN|IsADirectoryError"):
            async with open_test_store(tmp_path):
                pass
    with sqlite3.connect(sqlite_path(tmp_path)) as database:
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    database.close()


async def test_two_processes_agree_on_one_key(path: Path, vault: Vault) -> None:
    other = Keystore.open(path, KEYS, create=False)
    sealed = await vault.seal("c", "s", "x", "tekst")
    elsewhere = Vault(other, KEYS)
    assert await elsewhere.open("c", "s", "x", await elsewhere.seal("c", "s", "x", "b")) == "b"
    assert await elsewhere.open("c", "s", "x", sealed) == "tekst"
    other.close()


async def test_many_keys_are_made_at_once(keystore: Keystore, vault: Vault) -> None:
    sealed = await vault.seal("c", "s7", "x", "tekst")
    await keystore.erase("c", "s8")
    await vault.prepare("c", [f"s{n}" for n in range(1200)])
    count = keystore._db.execute("SELECT count(*) FROM data_key").fetchone()
    assert count == (1200,)
    assert await vault.open("c", "s7", "x", sealed) == "tekst"
    with pytest.raises(KeyDestroyed):
        await vault.seal("c", "s8", "x", "tekst")
    assert await vault.open("c", "s9", "x", await vault.seal("c", "s9", "x", "t")) == "t"


async def test_an_erased_subject_is_unreadable_for_ever_and_everywhere(
    path: Path, keystore: Keystore, vault: Vault
) -> None:
    other = Keystore.open(path, KEYS, create=False)
    elsewhere = Vault(other, KEYS)
    sealed = await vault.seal("c", "s", "x", "tekst")
    kept = await vault.seal("c", "t", "x", "blijft")
    assert await elsewhere.open("c", "s", "x", sealed) == "tekst"
    await keystore.erase("c", "s")
    for one in (vault, elsewhere):
        with pytest.raises(KeyDestroyed):
            await one.open("c", "s", "x", sealed)
        with pytest.raises(KeyDestroyed):
            await one.seal("c", "s", "x", "nieuw")
        assert await one.open("c", "t", "x", kept) == "blijft"
    other.close()


async def test_a_subject_can_be_erased_before_it_has_a_key(
    keystore: Keystore, vault: Vault
) -> None:
    await keystore.erase("c", "s")
    with pytest.raises(KeyDestroyed):
        await vault.seal("c", "s", "x", "tekst")


async def test_an_erased_key_is_gone_from_the_disk(
    path: Path, keystore: Keystore, vault: Vault
) -> None:
    await vault.seal("c", "s", "x", "tekst")
    with sqlite3.connect(path) as raw:
        ((wrapped,),) = raw.execute("SELECT wrapped FROM data_key").fetchall()
    raw.close()
    assert wrapped in everything(path.parent)
    await keystore.erase("c", "s")
    assert wrapped not in everything(path.parent)
    assert wrapped[-20:] not in everything(path.parent)


async def test_erasing_waits_until_nobody_reads_the_old_log(
    path: Path, keystore: Keystore, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    await vault.seal("c", "s", "x", "tekst")
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM data_key").fetchall()
    waits = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            reader.close()

    monkeypatch.setattr(asyncio, "sleep", wait)
    await keystore.erase("c", "s")
    assert len(waits) == 2
    assert path.with_name("keystore.db-wal").stat().st_size == 0


async def test_no_more_keys_are_kept_in_memory_than_allowed(
    keystore: Keystore, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keystore_module, "MOST_CACHED", 3)
    sealed = [await vault.seal("c", f"s{n}", "x", f"{n}") for n in range(10)]
    assert len(keystore._cache) == 3
    assert [await vault.open("c", f"s{n}", "x", sealed[n]) for n in range(10)] == [
        f"{n}" for n in range(10)
    ]
    assert len(keystore._cache) == 3


async def test_a_disk_that_takes_nothing_makes_no_key_that_is_not_kept(
    keystore: Keystore, vault: Vault
) -> None:
    keystore._db.execute("PRAGMA query_only = ON")
    with pytest.raises(StorageBusy, match="SQLITE_READONLY"):
        await vault.seal("c", "s", "x", "tekst")
    keystore._db.execute("PRAGMA query_only = OFF")
    assert await vault.open("c", "s", "x", await vault.seal("c", "s", "x", "t")) == "t"


def everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file())


# Sealing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "Brievenbus propvol", "é😀", "half \ud83d", "x" * 100_000])
async def test_text_comes_back_as_it_was(vault: Vault, text: str) -> None:
    sealed = await vault.seal("c", "s", "signal.note.X", text)
    assert await vault.open("c", "s", "signal.note.X", sealed) == text


async def test_the_same_text_never_looks_the_same(vault: Vault) -> None:
    assert len({await vault.seal("c", "s", "x", "tekst") for _ in range(50)}) == 50


async def test_a_ciphertext_opens_only_in_its_own_place(vault: Vault) -> None:
    sealed = await vault.seal("c", "s", "x", "tekst")
    await vault.seal("c", "t", "x", "other key")
    await vault.seal("d", "s", "x", "other key")
    for place in (("c", "s", "y"), ("c", "t", "x"), ("d", "s", "x")):
        with pytest.raises(SealBroken):
            await vault.open(*place, sealed)


async def test_no_byte_of_a_ciphertext_can_be_changed(vault: Vault) -> None:
    sealed = await vault.seal("c", "s", "x", "tekst")
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises((SealBroken, KeyDestroyed)):
            await vault.open("c", "s", "x", bytes(changed))
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            await vault.open("c", "s", "x", sealed[:length])


async def test_a_wrapped_key_cannot_be_given_to_another_subject(
    path: Path, keystore: Keystore, vault: Vault
) -> None:
    await vault.seal("c", "s", "x", "tekst")
    with sqlite3.connect(path) as raw:
        raw.execute("INSERT INTO data_key SELECT corporation, 't', 1, wrapped FROM data_key")
    raw.close()
    with pytest.raises(SealBroken):
        await vault.seal("c", "t", "x", "tekst")


@given(st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=3))
def test_different_values_are_never_bound_alike(one: list[str], other: list[str]) -> None:
    assert (bound(*one) == bound(*other)) == (one == other)


# Names that tell nothing -----------------------------------------------------------------------


@given(corporation=st.text(), event=st.text(), attempt=st.integers(0, 99))
def test_references_look_alike(corporation: str, event: str, attempt: int) -> None:
    made = reference(KEYS, corporation, event, attempt)
    assert re.fullmatch(rf"[{REFERENCE_ALPHABET}]{{3}}-[{REFERENCE_ALPHABET}]{{4}}", made)
    assert made == reference(KEYS, corporation, event, attempt)


def test_references_differ_by_everything_they_follow_from() -> None:
    asked = [(c, e, a) for c in ("c", "d") for e in ("1", "2", "11") for a in (0, 1, 11)]
    assert len({reference(KEYS, *one) for one in asked}) == len(asked)


def test_references_do_not_count() -> None:
    made = [reference(KEYS, "c", f"telegram:{n}", 0) for n in range(2000)]
    assert len(set(made)) == len(made)
    first_letters = {one[0] for one in made}
    assert first_letters == set(REFERENCE_ALPHABET)
    assert made != sorted(made)


def test_nothing_in_a_reference_is_easily_misread() -> None:
    assert not set(REFERENCE_ALPHABET) & set("AEIOUY01")
    assert len(set(REFERENCE_ALPHABET)) == len(REFERENCE_ALPHABET) == 28


@given(purpose=st.text(), id=st.text(), digits=st.integers(4, 9))
def test_codes_have_their_digits(purpose: str, id: str, digits: int) -> None:
    made = code(KEYS, purpose, id, digits)
    assert re.fullmatch(rf"[0-9]{{{digits}}}", made)
    assert made == code(KEYS, purpose, id, digits)


def test_codes_differ_by_purpose_and_installation() -> None:
    other = derive_keys(b"x" * 32)
    codes = {code(KEYS, "show", "1", 9), code(KEYS, "x", "1", 9), code(other, "show", "1", 9)}
    assert len(codes) == 3


def test_fingerprints_differ_by_purpose_and_installation(keystore: Keystore) -> None:
    elsewhere = Vault(keystore, derive_keys(b"x" * 32))
    here = Vault(keystore, KEYS)
    prints = {
        here.fingerprint("invite", "v"),
        here.fingerprint("guess", "v"),
        elsewhere.fingerprint("invite", "v"),
    }
    assert {len(one) for one in prints} == {32}
    assert len(prints) == 3
