"""Reading what a homeserver says of somebody's keys: whatever it says, no more is trusted than what
the chain of signatures proves, and nothing stops the reader."""

from copy import deepcopy
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signedjson.key import generate_signing_key
from signedjson.sign import sign_json
from signedjson.types import SigningKey

from handlers.matrix.read import moment_of
from handlers.matrix.trust import Shown, shown
from tests.matrix_person import public_key

MXID = "@carla:synapse.test"
DEVICE = "TELEFOON"

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


def key() -> SigningKey:
    made = generate_signing_key("")
    made.version = public_key(made)
    return made


MASTER, SIGNING, OTHER = key(), key(), key()


def device(signed_by: SigningKey | None = SIGNING) -> dict[str, Any]:
    own = key()
    payload = {
        "user_id": MXID,
        "device_id": DEVICE,
        "algorithms": ["m.megolm.v1.aes-sha2"],
        "keys": {f"ed25519:{DEVICE}": own.version, f"curve25519:{DEVICE}": key().version},
    }
    own.version = DEVICE
    sign_json(payload, MXID, own)
    return sign_json(payload, MXID, signed_by) if signed_by else payload


def cross_signing(usage: str, made: SigningKey, by: SigningKey | None) -> dict[str, Any]:
    keys = {f"ed25519:{made.version}": made.version}
    payload = {"user_id": MXID, "usage": [usage], "keys": keys}
    return sign_json(payload, MXID, by) if by else payload


def answer(**changes: Any) -> dict[str, Any]:
    whole = {
        "master_keys": {MXID: cross_signing("master", MASTER, None)},
        "self_signing_keys": {MXID: cross_signing("self_signing", SIGNING, MASTER)},
        "device_keys": {MXID: {DEVICE: device()}},
    }
    return whole | {kind: {MXID: value} for kind, value in changes.items()}


def test_a_whole_chain_is_trusted() -> None:
    found = shown(MXID, answer())
    assert found.master_key == MASTER.version
    assert found.signed == {DEVICE}


@pytest.mark.parametrize(
    "broken",
    [
        answer(device_keys={DEVICE: device(None)}),
        answer(device_keys={DEVICE: device(OTHER)}),
        answer(device_keys={DEVICE: device(MASTER)}),
        answer(device_keys={"ANDER": device()}),
        answer(device_keys={DEVICE: device() | {"user_id": "@bram:synapse.test"}}),
        answer(self_signing_keys=cross_signing("self_signing", SIGNING, OTHER)),
        answer(self_signing_keys=cross_signing("self_signing", SIGNING, None)),
        answer(self_signing_keys=cross_signing("user_signing", SIGNING, MASTER)),
        answer(self_signing_keys={}),
        answer(master_keys=cross_signing("master", OTHER, None)),
        answer(master_keys=cross_signing("self_signing", MASTER, None)),
        answer(master_keys=cross_signing("master", MASTER, None) | {"user_id": "@bram:x"}),
        answer(master_keys={}),
        {},
    ],
)
def test_a_broken_chain_is_not(broken: dict[str, Any]) -> None:
    assert shown(MXID, broken).signed == frozenset()


def test_it_is_nobody_elses() -> None:
    assert shown("@bram:synapse.test", answer()) == Shown()


@settings(max_examples=2000)
@given(
    kind=st.sampled_from(("master_keys", "self_signing_keys", "device_keys")),
    value=json,
    depth=st.integers(0, 5),
    data=st.data(),
)
def test_whatever_is_said_nothing_stops_the_reader_and_nothing_more_is_trusted(
    kind: str, value: object, depth: int, data: st.DataObject
) -> None:
    changed = deepcopy(WHOLE)
    place: Any = changed
    path: list[str] = [kind]
    for _ in range(depth):
        inner = place[path[-1]]
        if not isinstance(inner, dict) or not inner:
            break
        place = inner
        path.append(data.draw(st.sampled_from(sorted(inner))))
    place[path[-1]] = value
    found = shown(MXID, changed)
    assert found.signed <= {DEVICE}
    if found.signed:
        assert found.devices[DEVICE]["keys"] == WHOLE["device_keys"][MXID][DEVICE]["keys"]
        assert found.master_key == MASTER.version


@pytest.mark.parametrize("millis", [0, -1, 10**13, 10**17, -(10**17), 10**400])
def test_any_number_is_a_moment(millis: int) -> None:
    assert moment_of(millis).tzinfo is UTC


WHOLE = answer()
