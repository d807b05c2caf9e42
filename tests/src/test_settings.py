from __future__ import annotations

from pathlib import Path

import pytest

from shared_utils.types import Where
from src.settings import Settings, SettingsError, settings_fields


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_env({}) == Settings()


def test_blanks_around_a_value_are_dropped_and_an_empty_value_counts_as_unset() -> None:
    settings = Settings.from_env({"HF_TOKEN": "  hf_secret\n", "FOOTNOTE_MODEL": "   "})
    assert settings.hf_token == "hf_secret"
    assert settings.model == Settings().model


@pytest.mark.parametrize(
    ("variable", "text", "field", "value"),
    [
        ("PORT", "7860", "port", 7860),
        ("FOOTNOTE_KEEP_HOURS", "1.5", "keep_hours", 1.5),
        ("FOOTNOTE_START_OLLAMA", "off", "start_ollama", False),
        ("FOOTNOTE_DATA_DIR", "/somewhere", "data_dir", Path("/somewhere")),
        ("FOOTNOTE_HF_MODELS", "a/b, c/d,", "hf_models", ("a/b", "c/d")),
    ],
)
def test_each_kind_of_value_is_read_as_its_type(variable: str, text: str, field: str, value: object) -> None:
    assert getattr(Settings.from_env({variable: text}), field) == value


@pytest.mark.parametrize(
    ("variable", "text"), [("PORT", "web"), ("FOOTNOTE_PULL_MODELS", "perhaps"), ("FOOTNOTE_KEEP_HOURS", "a day")]
)
def test_a_value_that_cannot_be_meant_is_refused_by_the_name_of_its_variable(variable: str, text: str) -> None:
    with pytest.raises(SettingsError, match=variable) as refused:
        Settings.from_env({variable: text})
    assert text in str(refused.value)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        ("http://box.local:11434/", "http://box.local:11434"),
        ("https://box.example", "https://box.example:443"),
        ("[::1]", "http://[::1]:11434"),
    ],
)
def test_what_a_server_binds_to_becomes_a_url_a_client_can_reach(host: str, url: str) -> None:
    assert Settings.from_env({"OLLAMA_HOST": host}).ollama_url == url


def test_on_a_space_files_are_wiped_after_a_day_unless_it_is_said_otherwise() -> None:
    assert Settings.from_env({"SPACE_ID": "someone/footnote"}).keep_hours == 24
    assert Settings.from_env({"SPACE_ID": "someone/footnote", "FOOTNOTE_KEEP_HOURS": "2"}).keep_hours == 2


def test_every_variable_is_read_once() -> None:
    variables = [setting.metadata["env"] for setting in settings_fields()]
    assert len(variables) == len(set(variables))


def test_a_key_that_could_be_guessed_ends_the_start_without_being_shown() -> None:
    with pytest.raises(SettingsError, match="FOOTNOTE_API_KEYS") as refused:
        Settings.from_env({"FOOTNOTE_API_KEYS": f"{'k' * 24}, hunter2"})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "address"),
    [
        ("OLLAMA_HOST", "https://anna:hunter2@box.example"),
        ("OLLAMA_HOST", "127.0.0.1,anna:hunter2@gpu1"),
        ("FOOTNOTE_ENDPOINTS", "http://anna:hunter2@gpu1:8000/v1"),
        ("FOOTNOTE_ENDPOINTS", "http://hunter2@gpu1:8000/v1"),
    ],
)
def test_an_address_that_people_may_read_holds_no_password(variable: str, address: str) -> None:
    with pytest.raises(SettingsError, match=variable) as refused:
        Settings.from_env({variable: address})
    assert "hunter2" not in str(refused.value)


def test_several_ollamas_are_named_by_one_variable() -> None:
    settings = Settings.from_env({"OLLAMA_HOST": "127.0.0.1, gpu1:11500 ,https://box.example,"})
    assert settings.ollama_url == "http://127.0.0.1:11434"
    assert settings.more_ollama_urls == ("http://gpu1:11500", "https://box.example:443")


@pytest.mark.parametrize(
    "url",
    [
        "http://gpu1:8000/v1",
        "http://10.0.0.7:8000/v1",
        "http://100.64.0.7:8000/v1",
        "https://[fd00::1]/v1",
        "http://v.lan/v1",
    ],
)
def test_a_model_server_of_ones_own_is_taken(url: str) -> None:
    assert Settings.from_env({"FOOTNOTE_ENDPOINTS": f" {url} , http://gpu2:8000/v1"}).endpoints[0] == url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://api.example.com/v1", "api.example.com, which is not on a private network"),
        ("http://8.8.8.8:8000/v1", "8.8.8.8, which is not on a private network"),
        ("http://134744072:8000/v1", "which is not on a private network"),  # 8.8.8.8
        ("gpu1:8000/v1", "takes addresses such as"),
        ("http://me:SECRET@[broken/v1", "takes addresses such as"),
    ],
)
def test_a_model_server_elsewhere_is_none_of_ones_own(url: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as refused:
        Settings.from_env({"FOOTNOTE_ENDPOINTS": url})
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize("url", ["mysql://me:SECRET@host/name", "host/SECRET", "postgresql://me:SECRET@[broken/name"])
def test_a_store_that_cannot_be_meant_ends_the_start_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="FOOTNOTE_STORE takes") as refused:
        Settings.from_env({"FOOTNOTE_STORE": url})
    assert "SECRET" not in str(refused.value)


def test_no_log_repeats_the_stores_password_written_out_or_not() -> None:
    settings = Settings.from_env({"FOOTNOTE_STORE": " postgresql://me:pass%2Fword@db/footnote\n"})
    assert settings.store == "postgresql://me:pass%2Fword@db/footnote"
    assert {"pass%2Fword", "pass/word", settings.store} <= set(settings.secrets())


def test_where_model_servers_run_is_read_off_their_addresses() -> None:
    assert Settings().model_places() == {Where.THIS_MACHINE}
    hosts = {"OLLAMA_HOST": "127.0.0.1,https://box.example", "FOOTNOTE_ENDPOINTS": "http://gpu1:8000/v1"}
    assert Settings.from_env(hosts).model_places() == set(Where)


@pytest.mark.parametrize("host", ["https://docs.example.org", "docs.example.org:8443", "docs.example.org/x"])
def test_a_host_is_a_name_alone(host: str) -> None:
    with pytest.raises(SettingsError, match=r"FOOTNOTE_HOSTS.*no port"):
        Settings.from_env({"FOOTNOTE_HOSTS": f"a.example.org, {host}"})
