"""Settings: from the environment, and refused where they would open the console to strangers."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.exchange import Side
from gateway.settings import MINIMUM_TOKEN, Settings

TOKEN = "x" * MINIMUM_TOKEN


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"GATEWAY_{name.upper()}", raising=False)


def test_the_defaults_need_nothing_and_face_this_machine_only() -> None:
    settings = Settings()
    assert (settings.host, settings.console_host) == ("127.0.0.1", "127.0.0.1")
    assert settings.trusted_proxies == ""


def test_a_variable_with_the_prefix_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_FORCE", "legacy")
    monkeypatch.setenv("GATEWAY_PORT", "9000")
    assert (Settings().force, Settings().port) == (Side.LEGACY, 9000)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_a_console_that_others_can_reach_needs_a_token(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_CONSOLE_HOST", host)
    with pytest.raises(ValidationError, match="GATEWAY_TOKEN_FILE"):
        Settings()
    monkeypatch.setenv("GATEWAY_TOKEN", TOKEN)
    assert Settings().secret_token == TOKEN


def test_a_short_token_is_refused_even_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_TOKEN", TOKEN[1:])
    with pytest.raises(ValidationError, match=str(MINIMUM_TOKEN)):
        Settings()


def test_a_token_comes_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    monkeypatch.setenv("GATEWAY_TOKEN_FILE", str(file))
    assert Settings().secret_token == TOKEN


@pytest.mark.parametrize(("name", "value"), [("PORT", "65536"), ("WORKERS", "0"), ("GRACE", "-1"), ("FORCE", "flask")])
def test_a_value_out_of_range_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"GATEWAY_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_a_token_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GATEWAY_TOKEN_FILE", str(tmp_path / "missing"))
    with pytest.raises(ValidationError, match="missing"):
        Settings()


def test_a_token_is_not_in_the_settings_words() -> None:
    assert TOKEN not in repr(Settings(token=TOKEN))


@pytest.mark.parametrize("networks", ["*", "proxy.example", "10.0.0.1/8", "10.0.0.0/8,nonsense"])
def test_trusted_proxies_are_addresses_or_networks(networks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 65: trusting everybody, or a name, is refused."""
    monkeypatch.setenv("GATEWAY_TRUSTED_PROXIES", networks)
    with pytest.raises(ValidationError, match="no address or network"):
        Settings()


READ_TOKEN = "y" * MINIMUM_TOKEN


def test_a_read_only_token_is_enough_to_show_the_console_to_others(tmp_path: Path) -> None:
    """Case 161"""
    file = tmp_path / "token"
    file.write_text(READ_TOKEN + "\n")
    settings = Settings(console_host="0.0.0.0", read_token_file=file)
    assert (settings.secret_token, settings.secret_read_token) == ("", READ_TOKEN)


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        ({"read_token": READ_TOKEN[1:]}, "GATEWAY_READ_TOKEN needs at least"),
        ({"token": TOKEN, "read_token": TOKEN}, "the same as GATEWAY_TOKEN"),
        ({"token": f" {TOKEN}"}, "GATEWAY_TOKEN cannot be sent"),
        ({"token": f"{TOKEN}\n{TOKEN}"}, "GATEWAY_TOKEN cannot be sent"),
        ({"read_token": f"{READ_TOKEN}\x00"}, "GATEWAY_READ_TOKEN cannot be sent"),
        ({"read_token_file": Path("/nowhere/token")}, "/nowhere/token"),
    ],
)
def test_tokens_that_protect_nothing_are_refused(tokens: dict[str, object], words: str) -> None:
    """Case 161"""
    with pytest.raises(ValidationError, match=words):
        Settings(**tokens)


def test_a_token_beyond_ascii_is_a_token() -> None:
    assert Settings(token="schlüssel-" * 4).secret_token == "schlüssel-" * 4


def test_every_file_is_absolute_before_an_application_can_change_the_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "token").write_text(TOKEN)
    monkeypatch.setenv("GATEWAY_TOKEN_FILE", "token")
    monkeypatch.setenv("GATEWAY_MAP", "maps/live.yaml")
    settings = Settings()
    assert settings.map == tmp_path / "maps" / "live.yaml"
    monkeypatch.delenv("GATEWAY_MAP")
    assert Settings().map == tmp_path / "migration_map.yaml"
    monkeypatch.chdir("/")
    assert settings.secret_token == TOKEN
    again = Settings.model_validate_json(settings.model_dump_json())
    assert again.map == settings.map


@pytest.mark.parametrize(
    ("url", "absolute"),
    [
        ("sqlite:///kept.sqlite3", "sqlite:///{here}/kept.sqlite3"),
        ("sqlite:///kept/e.sqlite3?timeout=5", "sqlite:///{here}/kept/e.sqlite3?timeout=5"),
        ("sqlite+pysqlite:///kept.sqlite3", "sqlite+pysqlite:///{here}/kept.sqlite3"),
        ("sqlite:////srv/kept.sqlite3", "sqlite:////srv/kept.sqlite3"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite:///file:kept?mode=memory&uri=true", "sqlite:///file:kept?mode=memory&uri=true"),
        ("sqlite://", "sqlite://"),
        ("postgresql://ada@db/evidence", "postgresql://ada@db/evidence"),
        ("off", "off"),
        ("", ""),
    ],
)
def test_a_store_in_a_relative_file_is_absolute_and_every_other_as_it_was_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, absolute: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GATEWAY_EVIDENCE", url)
    assert Settings().evidence == absolute.format(here=tmp_path)
