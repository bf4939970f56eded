"""config.toml as frozen settings. Unknown keys are refused; secrets come from files or environment.

Every key is explained in config.example.toml. Any key can be given by the environment as well:
`SEINTJE_TELEGRAM__TOKEN` stands for `token` in `[telegram]`.
"""

import difflib
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from bot.domain.disclosure import Text, public

S = TypeVar("S", bound=BaseModel)
SQLITE = "sqlite:///"
_QUOTED = re.compile("'([^']+)'")


class BadConfiguration(Exception):
    """The configuration cannot be used; `text` says which key, and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.key)
        self.text = text


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Service(_Section):
    language: Literal["nl", "en"] = "nl"
    timezone: str = "Europe/Amsterdam"
    listen: str = "127.0.0.1:8321"
    closing_days: tuple[str, ...] = ()
    log: Literal["text", "json"] = "text"

    @field_validator("closing_days")
    @classmethod
    def _dates(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            [date.fromisoformat(day) for day in value]
        except ValueError as wrong:
            raise ValueError("not_a_date") from wrong
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as unknown:
            raise ValueError("unknown_zone") from unknown
        return value

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            raise ValueError("not_host_and_port")
        return value

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])


class Storage(_Section):
    url: str = "sqlite:///data/seintje.db"

    @field_validator("url")
    @classmethod
    def _known_kind(cls, value: str) -> str:
        if not value.startswith((SQLITE, "postgresql://")) or value == SQLITE:
            raise ValueError("unknown_storage")
        return value

    @property
    def sqlite_file(self) -> Path | None:
        return Path(self.url.removeprefix(SQLITE)) if self.url.startswith(SQLITE) else None


class Secrets(_Section):
    master_key_file: Path = Path("data/master.key")
    keystore: Path = Path("data/keystore.db")


class Screening(_Section):
    words: Path | None = None


class Telegram(_Section):
    token: SecretStr | None = None
    token_file: Path | None = None
    base_url: str = "https://api.telegram.org/bot"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    messages_per_second: float = Field(default=30.0, gt=0)
    messages_per_second_per_chat: float = Field(default=1.0, gt=0)

    @model_validator(mode="after")
    def _one_token(self) -> "Telegram":
        if (self.token is None) == (self.token_file is None):
            raise ValueError("one_token")
        if self.mode == "webhook" and not (self.webhook_url and self.webhook_secret):
            raise ValueError("webhook_needs_url_and_secret")
        return self


class Matrix(_Section):
    homeserver: str
    user_id: str
    password_file: Path
    store_dir: Path
    device_name: str = "Seintje"


class Settings(BaseSettings):
    """The whole configuration. A channel without its section is off."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="SEINTJE_", env_nested_delimiter="__"
    )

    service: Service = Service()
    storage: Storage = Storage()
    secrets: Secrets = Secrets()
    screening: Screening = Screening()
    telegram: Telegram | None = None
    matrix: Matrix | None = None


def load_settings(path: Path) -> Settings:
    """Reads the file. Paths in it are relative to its folder. Raises BadConfiguration."""
    file = public(str(path))
    try:
        tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadConfiguration(Text("config.no_file", {"file": file})) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as unreadable:
        reason = public(str(unreadable))
        raise BadConfiguration(Text("config.no_toml", {"file": file, "reason": reason})) from None
    except OSError as closed:
        reason = public(closed.strerror or "")
        raise BadConfiguration(Text("config.no_access", {"file": file, "reason": reason})) from None
    try:
        settings = _from_file(path)
    except ValidationError as wrong:
        faults = tuple(_explained(fault["loc"], fault) for fault in wrong.errors())
        wrong_keys = Text("config.faults", {"file": file, "faults": public(faults)})
        raise BadConfiguration(wrong_keys) from None
    except SettingsError:
        raise BadConfiguration(Text("config.bad_environment")) from None
    return _relative_to(settings, path.resolve().parent)


def _from_file(path: Path) -> Settings:
    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return env_settings, TomlConfigSettingsSource(settings_cls, path)

    return FromFile()


def _explained(place: tuple[int | str, ...], fault: Any) -> Text:
    """The key, what is wrong, what to do. Never the value: it may be secret."""
    key = public(".".join(str(part) for part in place))
    if fault["type"] == "extra_forbidden":
        nearest = _nearest(place)
        if nearest:
            return Text("config.unknown_key_nearest", {"key": key, "nearest": public(nearest)})
        return Text("config.unknown_key", {"key": key})
    if fault["type"] == "missing":
        return Text("config.missing_key", {"key": key})
    if fault["type"] == "literal_error":
        choices = public(", ".join(_QUOTED.findall(str(fault["ctx"]["expected"]))))
        return Text("config.choose", {"key": key, "choices": choices})
    reason = str(fault.get("ctx", {}).get("error", ""))
    if reason in OWN_REASONS:
        return Text(f"config.{reason}", {"key": key})
    return Text("config.bad_value", {"key": key, "reason": public(fault["msg"])})


OWN_REASONS = frozenset(
    {
        "unknown_zone",
        "not_host_and_port",
        "unknown_storage",
        "one_token",
        "webhook_needs_url_and_secret",
        "not_a_date",
    }
)


def _nearest(place: tuple[int | str, ...]) -> str:
    model: type[BaseModel] = Settings
    for part in place[:-1]:
        annotation = model.model_fields[str(part)].annotation
        options = [annotation, *getattr(annotation, "__args__", ())]
        model = next(o for o in options if isinstance(o, type) and issubclass(o, BaseModel))
    close = difflib.get_close_matches(str(place[-1]), list(model.model_fields), n=1)
    return close[0] if close else ""


def _relative_to(settings: Settings, folder: Path) -> Settings:
    url, file = settings.storage.url, settings.storage.sqlite_file
    if file is not None:
        url = f"{SQLITE}{folder / file}"
    updated: dict[str, Any] = {
        "storage": settings.storage.model_copy(update={"url": url}),
        "secrets": _absolute(settings.secrets, folder),
        "screening": _absolute(settings.screening, folder),
    }
    for name in ("telegram", "matrix"):
        section = getattr(settings, name)
        if section is not None:
            updated[name] = _absolute(section, folder)
    return settings.model_copy(update=updated)


def _absolute(section: S, folder: Path) -> S:
    paths = {name: value for name, value in section if isinstance(value, Path)}
    return section.model_copy(update={name: folder / value for name, value in paths.items()})


def matrix_password(matrix: Matrix) -> str:
    """The bot's password. Raises BadConfiguration when the file cannot be read or is empty."""
    try:
        password = matrix.password_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        password = ""
    if not password:
        file = public(str(matrix.password_file))
        raise BadConfiguration(Text("config.no_password", {"file": file}))
    return password


def telegram_token(telegram: Telegram) -> str:
    """The bot's token. Raises BadConfiguration when the file cannot be read or is empty."""
    if telegram.token is not None:
        return telegram.token.get_secret_value().strip()
    file = telegram.token_file or Path()
    try:
        token = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        token = ""
    if not token:
        raise BadConfiguration(Text("config.no_token", {"file": public(str(file))}))
    return token
