"""`seintje ...` as an administrator types it: what it prints, where, and how it ends."""

import json
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from bot.cli.app import app
from storage.keys import create_master_key
from storage.migrate import migrations
from tests.journeys.installation import free_port

EXAMPLE = Path(__file__).parent.parent / "docs" / "example"
CODE = re.compile(r"([B-DF-HJ-NP-TV-XZ2-9]{4}-){2}[B-DF-HJ-NP-TV-XZ2-9]{4}")
NOWHERE = "http://127.0.0.1:9/bot"
"""Nothing listens there: no network."""


class Desk:
    """An administrator's terminal, with a configuration of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.is_configured()

    def is_configured(self, more: str = "", telegram: str = 'token = "1:x"') -> None:
        self.config.write_text(
            f'[service]\nlisten = "127.0.0.1:{free_port()}"\n{more}\n'
            f'[telegram]\nbase_url = "{NOWHERE}"\n{telegram}\n'
        )

    def types(self, *words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, [*words, "--config", str(self.config)], input=typed)

    def reads(self, *words: str, typed: str | None = None) -> str:
        """What a command prints that ends well."""
        result = self.types(*words, typed=typed)
        assert result.exit_code == 0, result.output
        return result.stdout

    def is_refused(self, *words: str, code: int = 2) -> str:
        """The one line of a command that is refused, which prints nothing else."""
        result = self.types(*words)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        *logged, line = result.stderr.splitlines()
        assert all("[warning" in one or "[info" in one for one in logged), result.stderr
        return line

    @property
    def database(self) -> Path:
        return self.folder / "data" / "seintje.db"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("LANG", "nl_NL.UTF-8")
    yield Desk(tmp_path)
    structlog.reset_defaults()


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """With the example registry in it."""
    desk.reads("import", str(EXAMPLE))
    return desk


def test_a_dry_run_shows_what_would_change_and_changes_nothing(desk: Desk) -> None:
    shown = desk.reads("import", str(EXAMPLE), "--dry-run")
    assert "dwellings" in shown
    assert "piet" in desk.is_refused("invite", "piet")
    desk.reads("import", str(EXAMPLE))
    assert CODE.search(desk.reads("invite", "piet"))


def test_what_is_wrong_with_a_registry_is_told_and_nothing_is_imported(
    desk: Desk, tmp_path: Path
) -> None:
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "people.csv").write_text("organisation;person\n")
    result = desk.types("import", str(folder))
    assert result.exit_code == 1
    assert "people.csv" in result.stderr
    assert "seintje" not in result.stdout


def test_an_invitation_without_a_network_has_a_code_and_no_link(filled: Desk) -> None:
    shown = filled.reads("invite", "piet")
    assert "Code voor Piet Voorbeeld: " in shown
    assert CODE.search(shown)
    assert "Telegram is nu niet te bereiken" in shown
    assert "t.me" not in shown


def test_a_plain_invitation_is_the_code_alone(filled: Desk) -> None:
    shown = filled.reads("invite", "voorbeeld/piet", "--plain")
    assert CODE.fullmatch(shown.strip())
    assert filled.reads("invite", "voorbeeld/piet", "--plain") != shown


def test_an_invitation_needs_no_channel(filled: Desk) -> None:
    filled.config.write_text("")
    assert CODE.search(filled.reads("invite", "piet"))


def test_an_invitation_when_the_token_cannot_be_read(filled: Desk) -> None:
    filled.is_configured(telegram='token_file = "nowhere"')
    assert "Telegram is nu niet te bereiken" in filled.reads("invite", "piet")


@pytest.mark.parametrize("name", ["niemand", "voorbeeld/niemand", "nergens/piet", "", "/"])
def test_nobody_by_that_name(filled: Desk, name: str) -> None:
    line = filled.is_refused("invite", name)
    assert line == f"{name}: deze medewerker staat niet (meer) in het register."


def test_a_name_that_two_organisations_have(filled: Desk) -> None:
    with closing(sqlite3.connect(filled.database)) as database, database:
        database.executescript(
            "PRAGMA foreign_keys = OFF; UPDATE person SET person = 'piet' WHERE person = 'joost'"
        )
    line = filled.is_refused("invite", "piet")
    assert "test/piet" in line
    assert "voorbeeld/piet" in line
    assert CODE.search(filled.reads("invite", "test/piet", "--plain"))


def test_a_terminal_in_english(filled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "Code for Piet Voorbeeld" in filled.reads("invite", "piet")


def test_an_empty_outbox(filled: Desk) -> None:
    assert filled.reads("outbox") == "Er wacht niets en er zit niets vast.\n"


def test_the_outbox_shows_what_waits_and_what_was_set_aside(filled: Desk) -> None:
    with closing(sqlite3.connect(filled.database)) as database, database:
        database.execute(
            "INSERT INTO outbox (id, recipient, organisation, person, lane, template, about,"
            " created_at, not_before, corporation, details, attempts, state, error)"
            " VALUES ('0000-abcdefgh', 'x', 'voorbeeld', 'sanne', 'staff', 'card', '4KQ-7HXD',"
            " 1795424400000000, 1795424400000000, 'voorbeeld', '{}', 3, 'dead', 'bad_request')"
        )
    lines = filled.reads("outbox").splitlines()
    (row,) = [line for line in lines if "4KQ-7HXD" in line]
    for cell in ("abcdefgh", "voorbeeld/sanne", "card", "dead", "3", "23-11 10:00", "bad_request"):
        assert cell in row


def test_the_audit_log_is_whole_until_somebody_changes_it(filled: Desk) -> None:
    filled.reads("invite", "piet")
    shown = filled.reads("audit", "verify")
    assert "voorbeeld: heel, 2 regels." in shown
    assert "test: heel, 1 regels." in shown

    lines = [json.loads(line) for line in filled.reads("audit", "show", "voorbeeld").splitlines()]
    assert [line["event"] for line in lines] == ["registry.imported", "person.invited"]
    assert [line["n"] for line in lines] == [1, 2]
    only = filled.reads("audit", "show", "voorbeeld", "--event", "person.invited")
    assert json.loads(only)["subject"] == "piet"
    heads = dict(line.split(" ", 1) for line in filled.reads("audit", "head").splitlines())
    assert heads["voorbeeld"] == f"2 {lines[-1]['hash']}"

    with closing(sqlite3.connect(filled.database)) as database, database:
        table = _audit_table(database)
        database.execute(
            f"UPDATE {table} SET line = replace(line, 'piet', 'kees')"  # noqa: S608  # its own name
        )
    result = filled.types("audit", "verify")
    assert result.exit_code == 1
    assert "voorbeeld: regel 2 klopt niet." in result.stdout
    assert "test: heel" in result.stdout
    assert "bel de FG" in result.stderr


def test_a_log_whose_end_was_cut_off(filled: Desk) -> None:
    filled.reads("invite", "piet")
    filled.reads("audit", "head")
    with closing(sqlite3.connect(filled.database)) as database, database:
        table = _audit_table(database)
        where = "corporation = 'voorbeeld' AND number = 2"
        database.execute(f"DELETE FROM {table} WHERE {where}")  # noqa: S608  # its own name
    result = filled.types("audit", "verify")
    assert result.exit_code == 1
    assert "voorbeeld: het einde ontbreekt vanaf regel 2." in result.stdout


def _audit_table(database: sqlite3.Connection) -> str:
    names = [str(row[0]) for row in database.execute("SELECT name FROM sqlite_master")]
    return next(name for name in names if name.startswith("audit") and "head" not in name)


def test_screening_from_standard_input(filled: Desk) -> None:
    notes = "Troep in de gang\nBel Jan Jansen op 06-12345678\nRommel op Voorbeeldstraat 10\n"
    lines = [json.loads(line) for line in filled.reads("screen", typed=notes).splitlines()]
    assert len(lines) == 3
    own = [
        json.loads(line)
        for line in filled.reads("screen", "--unit", "e4471", typed=notes).splitlines()
    ]
    assert lines[:2] == own[:2]
    assert lines[2] != own[2]


def test_screening_for_a_home_that_is_not_there(filled: Desk) -> None:
    assert filled.is_refused("screen", "--unit", "E-9999").startswith("E-9999: deze woning")


def test_content_of_a_signal_that_is_not_there(filled: Desk) -> None:
    assert filled.is_refused("show", "4KQ-7HXD").startswith("4KQ-7HXD: dit seintje is er niet")


COMMANDS = [
    ("run",),
    ("invite", "piet"),
    ("outbox",),
    ("audit", "verify"),
    ("import", str(EXAMPLE)),
    ("show", "4KQ-7HXD"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_refuses_a_bad_configuration(desk: Desk, command: tuple[str, ...]) -> None:
    desk.config.write_text("[service]\nlangage = 'nl'\n")
    result = desk.types(*command)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"{desk.config} klopt niet:",
        "service.langage: deze sleutel ken ik niet. Bedoelde u language?",
    ]
    assert [path.name for path in desk.folder.iterdir()] == ["config.toml"]


@pytest.mark.parametrize(
    ("telegram", "more", "line"),
    [
        ('token_file = "t"', "", "telegram.token_file: in {folder}/t staat geen token."),
        ('token = "1:x"', '[screening]\nwords = "nowhere"', "screening.words: "),
    ],
)
def test_running_looks_at_everything_before_it_makes_anything(
    desk: Desk, telegram: str, more: str, line: str
) -> None:
    desk.is_configured(more, telegram)
    assert desk.is_refused("run").startswith(line.format(folder=desk.folder))
    assert [path.name for path in desk.folder.iterdir()] == ["config.toml"]


def test_a_wrong_master_key(filled: Desk) -> None:
    key = filled.folder / "data" / "master.key"
    key.unlink()
    assert "master key file must be there" in filled.is_refused("outbox")
    create_master_key(key)
    assert "another master key" in filled.is_refused("run")
    key.chmod(0o644)
    assert "chmod 600" in filled.is_refused("run")


def test_a_keystore_that_is_gone(filled: Desk) -> None:
    (filled.folder / "data" / "keystore.db").unlink()
    assert "Restore its copy" in filled.is_refused("run")
    assert not (filled.folder / "data" / "keystore.db").exists()


def test_a_database_of_a_newer_program(filled: Desk) -> None:
    newer = len(migrations()) + 1
    with closing(sqlite3.connect(filled.database)) as database, database:
        database.execute(
            "INSERT INTO schema_version (version, name) VALUES (?, 'from the future')", (newer,)
        )
    assert filled.is_refused("run").startswith("De database is van een nieuwere versie")


def test_a_database_that_another_program_holds(
    filled: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlite.BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(filled.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert filled.is_refused("run", code=1).startswith("storage.url: de database is nu niet")


def test_a_database_that_cannot_be_reached(desk: Desk) -> None:
    desk.is_configured('[storage]\nurl = "postgresql://seintje@127.0.0.1:9/seintje"\n')
    assert desk.is_refused("run", code=1).startswith("storage.url: de database is nu niet")


@pytest.mark.parametrize(
    "section",
    [
        '[secrets]\nmaster_key_file = "{file}/master.key"',
        '[secrets]\nkeystore = "{file}/keystore.db"',
        '[storage]\nurl = "sqlite:///{file}/seintje.db"',
    ],
)
def test_a_place_where_nothing_can_be_made(desk: Desk, section: str) -> None:
    in_the_way = desk.folder / "file"
    in_the_way.write_text("no folder")
    desk.is_configured(section.format(file=in_the_way))
    line = desk.is_refused("run")
    assert str(in_the_way) in line
    assert "is niet te maken" in line


def test_a_port_that_is_taken(filled: Desk) -> None:
    with closing(_taken_port()) as listening:
        port = listening.getsockname()[1]
        filled.config.write_text(f'[service]\nlisten = "127.0.0.1:{port}"\n')
        line = filled.is_refused("run")
    assert line.startswith(f"service.listen: 127.0.0.1:{port} is al in gebruik")


def _taken_port() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_a_corporation_without_a_team_lead(filled: Desk) -> None:
    with closing(sqlite3.connect(filled.database)) as database, database:
        database.execute("UPDATE person SET role = 'consultant' WHERE person = 'lieke'")
    line = filled.is_refused("run")
    assert line.startswith("Deze corporaties hebben geen actieve teamleider: voorbeeld.")
