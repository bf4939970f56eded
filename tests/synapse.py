"""A real homeserver for tests: Synapse from the package registry, on loopback, on a folder that is
thrown away. It dies with the process that started it, even when that is killed.

`python -m tests.synapse` (`make synapse`) starts one for trying things by hand.
"""

import hashlib
import hmac
import json
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from signedjson.key import generate_signing_key, write_signing_keys

START_SECONDS = 90
ROOM_BYTES = 500_000_000
SERVER_NAME = "synapse.test"
_PLENTY = {"per_second": 100_000, "burst_count": 100_000}


class Synapse:
    """One homeserver; it can be stopped and started again on the same data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._secret = secrets.token_hex()
        self._process: subprocess.Popen[bytes] | None = None
        folder.joinpath("homeserver.yaml").write_text(json.dumps(self._settings()))
        folder.joinpath("log.yaml").write_text(json.dumps(_LOG))
        with folder.joinpath("signing.key").open("w") as file:
            write_signing_keys(file, [generate_signing_key("toets")])

    def start(self) -> None:
        """Returns when it answers."""
        program = [sys.executable, "-m", "synapse.app.homeserver"]
        settings = ["--config-path", str(self.folder / "homeserver.yaml")]
        output = self.folder.joinpath("output").open("ab")
        with output:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig=KILL", "--", *program, *settings],
                stdout=output,
                stderr=output,
                cwd=self.folder,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = self.folder.joinpath("output").read_text()
                raise RuntimeError(f"Synapse does not start: {said[-4000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def register(self, name: str, password: str = "geheim-woord", admin: bool = False) -> str:
        """A new account; returns its address."""
        path = f"{self.url}/_synapse/admin/v1/register"
        nonce = httpx.get(path).json()["nonce"]
        role = "admin" if admin else "notadmin"
        said = f"{nonce}\0{name}\0{password}\0{role}".encode()
        mac = hmac.new(self._secret.encode(), said, hashlib.sha1).hexdigest()
        body = {
            "nonce": nonce,
            "username": name,
            "password": password,
            "admin": admin,
            "mac": mac,
            "inhibit_login": True,
        }
        answer = httpx.post(path, json=body)
        answer.raise_for_status()
        return f"@{name}:{SERVER_NAME}"

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=1.0).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def _settings(self) -> dict[str, Any]:
        listener = {
            "port": self.port,
            "bind_addresses": ["127.0.0.1"],
            "type": "http",
            "resources": [{"names": ["client"]}],
        }
        return {
            "server_name": SERVER_NAME,
            "listeners": [listener],
            "database": {"name": "sqlite3", "args": {"database": str(self.folder / "data.db")}},
            "log_config": str(self.folder / "log.yaml"),
            "media_store_path": str(self.folder / "media"),
            "signing_key_path": str(self.folder / "signing.key"),
            "registration_shared_secret": self._secret,
            "macaroon_secret_key": self._secret,
            "form_secret": self._secret,
            "report_stats": False,
            "trusted_key_servers": [],
            "federation_domain_whitelist": [],
            "presence": {"enabled": False},
            "bcrypt_rounds": 4,
            "ui_auth": {"session_timeout": "0s"},
            "rc_message": _PLENTY,
            "rc_registration": _PLENTY,
            "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), _PLENTY),
            "rc_admin_redaction": _PLENTY,
            "rc_joins": {"local": _PLENTY, "remote": _PLENTY},
            "rc_joins_per_room": _PLENTY,
            "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), _PLENTY),
            "rc_room_creation": _PLENTY,
            "rc_delayed_event_mgmt": _PLENTY,
            "rc_media_create": _PLENTY,
        }


_LOG = {
    "version": 1,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"level": "WARNING", "handlers": ["console"]},
}


@pytest.fixture(scope="session")
def synapse() -> Iterator[Synapse]:
    """One homeserver for a whole test session; accounts and rooms are each test's own."""
    with tempfile.TemporaryDirectory(prefix="seintje-synapse-", dir=_quick_place()) as name:
        server = Synapse(Path(name))
        server.start()
        yield server
        server.stop()


def _quick_place() -> Path | None:
    """In memory where there is room: nobody needs this data after the tests."""
    place = Path("/dev/shm")  # noqa: S108  # a folder of its own is made in it
    return place if place.is_dir() and shutil.disk_usage(place).free > ROOM_BYTES else None


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="seintje-synapse-", dir=_quick_place()) as name:
        server = Synapse(Path(name))
        server.start()
        for who in ("seintje", "carla", "bram"):
            print(server.register(who), "geheim-woord")  # noqa: T201  # what it is for
        print(f"{server.url} (Ctrl-C ends it, and everything in it)")  # noqa: T201  # what it is for
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            server.stop()


if __name__ == "__main__":
    main()
