"""Environment variables are read strictly: a wrong value stops the start and names the variable."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from wam_portal.settings import env


def test_a_required_text_names_the_missing_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_KEY", "   ")
    with pytest.raises(ImproperlyConfigured, match="PORTAL_KEY"):
        env.text("PORTAL_KEY")


def test_a_key_that_is_too_short_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_KEY", "hunter2")
    with pytest.raises(ImproperlyConfigured, match="at least 50") as caught:
        env.text("PORTAL_KEY", min_length=50)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(("word", "meaning"), [("1", True), ("Yes", True), ("off", False), ("FALSE", False)])
def test_yes_and_no_are_understood_in_any_case(monkeypatch: pytest.MonkeyPatch, word: str, *, meaning: bool) -> None:
    monkeypatch.setenv("PORTAL_FLAG", word)
    assert env.boolean("PORTAL_FLAG", default=not meaning) is meaning


def test_an_unknown_word_never_means_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_FLAG", "flase")
    with pytest.raises(ImproperlyConfigured, match="PORTAL_FLAG"):
        env.boolean("PORTAL_FLAG", default=True)


@pytest.mark.parametrize("value", ["-1", "3.5", "many", "0"])
def test_a_number_outside_its_range_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORTAL_COUNT", value)
    with pytest.raises(ImproperlyConfigured, match="PORTAL_COUNT"):
        env.integer("PORTAL_COUNT", 4, minimum=1)


@pytest.mark.parametrize("value", ["*", ".example.org", "good.example.org,*.example.org", ","])
def test_host_names_must_be_exact(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORTAL_HOSTS", value)
    with pytest.raises(ImproperlyConfigured, match="exact host names"):
        env.hosts("PORTAL_HOSTS")


@pytest.mark.parametrize(
    "value",
    [
        "http://portal.example.org",
        "https://portal.example.org/path",
        "https://user@portal.example.org",
        "https://",
        "x",
    ],
)
def test_a_public_address_must_be_plain_https(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORTAL_URL", value)
    with pytest.raises(ImproperlyConfigured, match="https://portal"):
        env.base_url("PORTAL_URL")


def test_a_public_address_loses_its_trailing_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_URL", "https://portal.example.org/")
    assert env.base_url("PORTAL_URL") == "https://portal.example.org"
