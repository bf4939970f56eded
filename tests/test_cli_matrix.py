"""What the administrator sees and does with `seintje matrix` and `seintje people trust`."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import typer

from bot.app.trusting import note_changed_identity
from bot.cli.matrix import (
    log_in,
    recover_device,
    show_status,
    show_trust,
    trust_identity,
)
from bot.config import Matrix, Settings
from bot.domain.outbox import MATRIX, Recipient, Template
from bot.domain.people import PersonKey, Role
from bot.ports.store import Account, Pin
from bot.texts.catalogue import load_catalogue
from bot.wiring import Parts
from storage.database import SqlStore
from tests.app.conftest import sqlite_store as sqlite_store
from tests.app.town import Town
from tests.matrix_person import PASSWORD
from tests.synapse import Synapse

Output = pytest.CaptureFixture[str]
SANNE = "@sanne:synapse.test"
OLD, NEW = "A" * 43, "B" * 43


@dataclass
class Machine:
    """The machine the administrator sits at."""

    parts: Parts
    matrix: Matrix
    town: Town


@pytest.fixture
async def machine(
    sqlite_store: SqlStore, synapse: Synapse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Machine:
    monkeypatch.setenv("LANG", "nl_NL.UTF-8")
    town = Town(sqlite_store)
    await town.fills_its_registry()
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    mxid = synapse.register(f"seintje-{uuid4().hex[:8]}", PASSWORD)
    matrix = Matrix(
        homeserver=synapse.url, user_id=mxid, password_file=file, store_dir=tmp_path / "matrix"
    )
    settings = Settings(matrix=matrix)
    return Machine(
        Parts(settings, town.store, town.house, load_catalogue(), town.clock), matrix, town
    )


async def test_login_then_all_is_well(machine: Machine, capsys: Output) -> None:
    with pytest.raises(typer.Exit):
        await show_status(machine.parts)
    assert "seintje matrix login" in capsys.readouterr().err
    await log_in(machine.parts)
    said = capsys.readouterr().out
    await log_in(machine.parts)
    assert capsys.readouterr().out.splitlines() == said.splitlines()[-2:]
    await show_status(machine.parts)
    assert said.splitlines()[-1] in capsys.readouterr().out


async def test_a_lost_file_says_recover_and_recover_helps(machine: Machine, capsys: Output) -> None:
    await log_in(machine.parts)
    shutil.rmtree(machine.matrix.store_dir)
    for command in (show_status, log_in):
        with pytest.raises(typer.Exit):
            await command(machine.parts)
        assert "seintje matrix recover" in capsys.readouterr().err
    await recover_device(machine.parts)
    await show_status(machine.parts)
    assert "in orde" in capsys.readouterr().out


async def test_a_wrong_password_is_said(machine: Machine, capsys: Output) -> None:
    machine.matrix.password_file.write_text("iets anders")
    with pytest.raises(typer.Exit):
        await log_in(machine.parts)
    assert "matrix.password_file" in capsys.readouterr().err


async def test_beside_a_running_service_nothing_is_touched(
    machine: Machine, capsys: Output
) -> None:
    async with machine.town.store.serving(lambda: None):
        for command in (log_in, recover_device):
            with pytest.raises(typer.Exit):
                await command(machine.parts)
            assert "Stop hem eerst" in capsys.readouterr().err


async def test_without_a_section_it_says_so(machine: Machine, capsys: Output) -> None:
    town = machine.town
    parts = Parts(Settings(), town.store, town.house, load_catalogue(), town.clock)
    with pytest.raises(typer.Exit):
        await show_status(parts)
    assert "[matrix]" in capsys.readouterr().err


async def test_a_changed_identity_is_noticed_shown_and_confirmed(
    machine: Machine, capsys: Output
) -> None:
    town = machine.town
    sanne = PersonKey("voorbeeld", "sanne")
    now = town.clock.now()
    async with town.store.work() as work:
        await work.accounts.link(Account(MATRIX, SANNE, sanne, now, unreachable_since=now))
        await work.trust.put(Pin(SANNE, OLD, now, offered=NEW))
        await note_changed_identity(town.house, work, SANNE)
        officers = [
            one
            for one in await work.people.of("voorbeeld")
            if one.role is Role.PRIVACY_OFFICER and one.active
        ]
        assert officers
        for officer in officers:
            waiting = await work.post.waiting(Recipient(officer.key), Template.ANSWER)
            assert "trust.notice" in [row.details["text"] for row in waiting]
    await show_trust(machine.parts)
    shown = capsys.readouterr().out
    assert "veranderd" in shown
    assert "BBBB BBBB" in shown

    await trust_identity(machine.parts, SANNE)
    assert "BBBB BBBB" in capsys.readouterr().out
    async with town.store.reading() as work:
        pin = await work.trust.pin(SANNE)
        account = await work.accounts.of(sanne, MATRIX)
        events = [line.event async for _, line, _ in work.audit.lines("voorbeeld")]
    assert pin is not None
    assert (pin.master_key, pin.offered) == (NEW, None)
    assert pin.confirmed_by
    assert account is not None
    assert account.unreachable_since is None
    assert events[-2:] == ["identity.changed", "identity.confirmed"]

    with pytest.raises(typer.Exit):
        await trust_identity(machine.parts, "@niemand:synapse.test")
    assert "@niemand:synapse.test" in capsys.readouterr().err
