"""Bad configuration: one clear line a fault, with the key and what to do, never the value."""

from pathlib import Path

import pytest

from bot.config import BadConfiguration, load_settings, telegram_token
from bot.texts.catalogue import load_catalogue

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"
SECRET = "7000000001:very-secret"
TELEGRAM = f'[telegram]\ntoken = "{SECRET}"\n'


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SEINTJE_SERVICE", "SEINTJE_STORAGE__URL", "SEINTJE_TELEGRAM__TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def said_about(config: Path, text: str, language: str = "nl") -> list[str]:
    """The lines that a person reads; the first one names the file where it is there."""
    config.write_text(text, encoding="utf-8")
    with pytest.raises(BadConfiguration) as refused:
        load_settings(config)
    return load_catalogue().plain(refused.value.text, language).splitlines()


def test_the_example_is_good_and_says_every_default(config: Path) -> None:
    config.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    (config.parent / "data").mkdir()
    (config.parent / "data" / "telegram.token").write_text(f"{SECRET}\n")
    settings = load_settings(config)
    assert settings.telegram is not None
    assert telegram_token(settings.telegram) == SECRET
    config.write_text(TELEGRAM)
    bare = load_settings(config)
    assert bare.service == settings.service
    assert (bare.storage, bare.secrets, bare.screening) == (
        settings.storage,
        settings.secrets,
        settings.screening,
    )
    assert bare.telegram is not None
    same = {"token": None, "token_file": None}
    assert bare.telegram.model_copy(update=same) == settings.telegram.model_copy(update=same)


def test_every_key_is_explained_in_the_example(config: Path) -> None:
    config.write_text(TELEGRAM)
    settings = load_settings(config)
    example = EXAMPLE.read_text(encoding="utf-8")
    for name, section in settings:
        assert f"[{name}]" in example
        for key in type(section).model_fields if section else ():
            assert f"{key} =" in example, f"{name}.{key}"


def test_nothing_at_all_is_a_good_configuration(config: Path) -> None:
    config.write_text("")
    settings = load_settings(config)
    assert settings.telegram is None
    assert settings.matrix is None


def test_paths_are_relative_to_the_file(config: Path) -> None:
    config.write_text('[storage]\nurl = "sqlite:///here.db"\n[telegram]\ntoken_file = "t"\n')
    settings = load_settings(config)
    assert settings.storage.url == f"sqlite:///{config.parent / 'here.db'}"
    assert settings.storage.sqlite_file == config.parent / "here.db"
    assert settings.secrets.keystore == config.parent / "data" / "keystore.db"
    assert settings.telegram is not None
    assert settings.telegram.token_file == config.parent / "t"

    config.write_text('[storage]\nurl = "sqlite:////var/lib/here.db"\n')
    assert load_settings(config).storage.url == "sqlite:////var/lib/here.db"
    config.write_text('[storage]\nurl = "postgresql://seintje@db/seintje"\n')
    assert load_settings(config).storage.url == "postgresql://seintje@db/seintje"


def test_a_key_comes_from_the_environment_too(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('[telegram]\nmode = "polling"\n')
    monkeypatch.setenv("SEINTJE_TELEGRAM__TOKEN", SECRET)
    monkeypatch.setenv("SEINTJE_STORAGE__URL", "postgresql://seintje:geheim@db/seintje")
    settings = load_settings(config)
    assert settings.telegram is not None
    assert telegram_token(settings.telegram) == SECRET
    assert settings.storage.url == "postgresql://seintje:geheim@db/seintje"


FAULTS = {
    'nonsense = "x"': "nonsense: deze sleutel ken ik niet. Haal hem weg.",
    '[telegrm]\ntoken = "x"': "telegrm: deze sleutel ken ik niet. Bedoelde u telegram?",
    f'{TELEGRAM}base_ur = "x"': (
        "telegram.base_ur: deze sleutel ken ik niet. Bedoelde u base_url?"
    ),
    '[service]\nlangage = "nl"': "service.langage: deze sleutel ken ik niet. Bedoelde u language?",
    '[service]\nlanguage = "fr"': "service.language: kies uit nl, en.",
    '[service]\nlog = "loud"': "service.log: kies uit text, json.",
    '[service]\ntimezone = "Europe/Enschede"': (
        "service.timezone: deze tijdzone bestaat niet. Schrijf bijvoorbeeld Europe/Amsterdam."
    ),
    '[service]\ntimezone = "../etc/passwd"': (
        "service.timezone: deze tijdzone bestaat niet. Schrijf bijvoorbeeld Europe/Amsterdam."
    ),
    '[service]\nlisten = "8321"': (
        "service.listen: schrijf adres:poort, bijvoorbeeld 127.0.0.1:8321."
    ),
    '[service]\nlisten = "127.0.0.1:99999"': (
        "service.listen: schrijf adres:poort, bijvoorbeeld 127.0.0.1:8321."
    ),
    '[service]\nclosing_days = ["24-12-2026"]': (
        "service.closing_days: schrijf elke dag als JJJJ-MM-DD, bijvoorbeeld 2026-12-24."
    ),
    '[storage]\nurl = "mysql://x"': "storage.url: begin met sqlite:/// of postgresql://",
    '[storage]\nurl = "sqlite://x.db"': "storage.url: begin met sqlite:/// of postgresql://",
    '[storage]\nurl = "sqlite:///"': "storage.url: begin met sqlite:/// of postgresql://",
    "[telegram]": "telegram: geef token of token_file, precies één van de twee.",
    f'{TELEGRAM}token_file = "x"': ("telegram: geef token of token_file, precies één van de twee."),
    f'{TELEGRAM}mode = "pull"': "telegram.mode: kies uit polling, webhook.",
    f'{TELEGRAM}mode = "webhook"': (
        'telegram: mode = "webhook" heeft webhook_url en webhook_secret nodig.'
    ),
    '[matrix]\nhomeserver = "x"\npassword_file = "x"\nstore_dir = "x"': (
        "matrix.user_id: deze sleutel ontbreekt. Vul hem in; config.example.toml legt hem uit."
    ),
}


@pytest.mark.parametrize("text", FAULTS)
def test_each_fault_is_one_clear_line(config: Path, text: str) -> None:
    assert said_about(config, text) == [f"{config} klopt niet:", FAULTS[text]]


NUMBERS = [
    'messages_per_second = "fast"',
    "messages_per_second = 0",
    "messages_per_second_per_chat = -1",
]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_must_be_one(config: Path, text: str) -> None:
    _, line = said_about(config, TELEGRAM + text)
    assert line.startswith(f"telegram.{text.partition(' ')[0]}: deze waarde is niet goed (")


def test_all_faults_are_told_at_once(config: Path) -> None:
    lines = said_about(config, '[service]\nlistn = "x"\nlog = "y"\n[storage]\nurl = "z"\n')
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "service.log",
        "service.listn",
        "storage.url",
    ]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_value_is_ever_told(config: Path, language: str) -> None:
    secret = f'"{SECRET}"'
    text = f"[telegram]\ntoken = [{secret}]\nwebhook_secret = 5\nmode = {secret}\nx = {secret}\n"
    lines = said_about(config, text, language)
    assert len(lines) == 5
    assert SECRET not in "\n".join(lines)


def test_a_file_that_is_not_there_no_toml_or_not_to_be_read(config: Path, tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration) as refused:
        load_settings(config)
    assert refused.value.text.key == "config.no_file"
    assert said_about(config, "[service\n")[0].startswith(f"{config} is geen goede TOML: ")
    config.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadConfiguration) as refused:
        load_settings(config)
    assert refused.value.text.key == "config.no_toml"
    with pytest.raises(BadConfiguration) as refused:
        load_settings(tmp_path)
    assert refused.value.text.key == "config.no_access"


def test_a_value_in_the_environment_that_makes_no_sense(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEINTJE_SERVICE", "not a section")
    (line,) = said_about(config, "")
    assert "SEINTJE_TELEGRAM__TOKEN" in line


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_token_file_without_a_token(config: Path, content: bytes | None) -> None:
    config.write_text('[telegram]\ntoken_file = "t"\n')
    if content is not None:
        (config.parent / "t").write_bytes(content)
    settings = load_settings(config)
    assert settings.telegram is not None
    with pytest.raises(BadConfiguration) as refused:
        telegram_token(settings.telegram)
    line = load_catalogue().plain(refused.value.text, "nl")
    assert line.startswith(f"telegram.token_file: in {config.parent / 't'} staat geen token.")
