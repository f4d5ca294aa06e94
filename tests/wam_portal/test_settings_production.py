"""The shipped production settings: complete, clean under ``check --deploy``, and every broken one is noticed."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = ("SECRET_KEY", "AUDIT_KEY", "ALLOWED_HOSTS", "PUBLIC_BASE_URL", "DATABASE_URL")
CLEARED = (*REQUIRED, "DEBUG", "DJANGO_ALLOW_ASYNC_UNSAFE", "EMAIL_URL", "MEDIA_ROOT", "TRUSTED_PROXY_COUNT")

EXPECTED = {
    "debug": "security.W018",
    "short secret key": "security.W009",
    "no hosts": "security.W020",
    "no https redirect": "security.W008",
    "no HSTS": "security.W004",
    "HSTS without subdomains": "security.W005",
    "session cookie over http": "security.W012",
    "CSRF cookie over http": "security.W016",
    "frames allowed": "security.W019",
    "plain cookie name": "wam.E027",
    "cookie open to scripts": "wam.E028",
    "cookie for other sites": "wam.E029",
    "short audit key": "wam.E026",
    "audit key is the secret key": "wam.E026",
    "address without https": "wam.E024",
    "address of another host": "wam.E025",
    "endless idle session": "wam.E020",
    "week-long session": "wam.E020",
    "uploads among static files": "wam.E021",
    "inline scripts": "wam.E030",
    "policy open by default": "wam.E030",
    "silenced check": "wam.E031",
    "WAL on an affected SQLite": "wam.E001",
    "too few syncs": "wam.E002",
    "foreign keys off": "wam.E003",
    "deferred transactions": "wam.E004",
    "uploads routed": "wam.E022",
    "admin routed": "wam.E023",
    "old PDF renderer": "wam.E010",
    "no XML defence": "wam.E011",
}


def production_environment(**changes: str) -> dict[str, str]:
    """Return the process environment with complete production values; an empty value means "not set"."""
    values = {
        "DJANGO_SETTINGS_MODULE": "wam_portal.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "AUDIT_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "portal.example.org",
        "PUBLIC_BASE_URL": "https://portal.example.org",
        "DATABASE_URL": "postgresql://portal:pw@db.example.org/portal",
    } | changes
    inherited = {name: value for name, value in os.environ.items() if name not in CLEARED}
    return inherited | {name: value for name, value in values.items() if value}


def run(*command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=production_environment(**changes) | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def noticed() -> dict[str, list[str]]:
    """Identifiers of the checks that reported something, for the shipped settings and for each broken one."""
    answer = run("tests/wam_portal/production_probe.py")
    assert answer.returncode == 0, answer.stderr
    found: dict[str, list[str]] = json.loads(answer.stdout)
    return found


def test_nothing_is_reported_as_shipped(noticed: dict[str, list[str]]) -> None:
    assert noticed["as shipped"] == []


def test_every_prepared_fault_has_an_expectation(noticed: dict[str, list[str]]) -> None:
    assert set(noticed) - {"as shipped"} == set(EXPECTED)


@pytest.mark.parametrize("fault", EXPECTED)
def test_a_broken_setting_is_reported(noticed: dict[str, list[str]], fault: str) -> None:
    assert EXPECTED[fault] in noticed[fault]


def test_the_deployment_check_is_clean_with_nothing_silenced() -> None:
    answer = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert answer.returncode == 0, answer.stderr
    assert "no issues (0 silenced)" in answer.stdout


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_variable_stops_the_start_and_is_named(name: str) -> None:
    answer = run("-c", "import wam_portal.settings.production", **{name: ""})
    assert answer.returncode != 0
    assert f"Set the environment variable {name}" in answer.stderr


def test_a_wildcard_host_stops_the_start() -> None:
    answer = run("-c", "import wam_portal.settings.production", ALLOWED_HOSTS="*")
    assert "ALLOWED_HOSTS must list exact host names" in answer.stderr


def test_forwarded_headers_are_believed_only_behind_a_named_number_of_proxies() -> None:
    code = (
        "from wam_portal.settings import production as s;"
        "print(getattr(s, 'SECURE_PROXY_SSL_HEADER', None), s.ALLAUTH_TRUSTED_PROXY_COUNT)"
    )
    assert run("-c", code).stdout.strip() == "None 0"
    assert run("-c", code, TRUSTED_PROXY_COUNT="1").stdout.strip() == "('HTTP_X_FORWARDED_PROTO', 'https') 1"


def test_the_mail_server_is_read_from_one_address() -> None:
    code = (
        "from wam_portal.settings import production as s;"
        "print(s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_USER, s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL)"
    )
    answer = run("-c", code, EMAIL_URL="smtp+tls://portal:pw@mail.example.org:587")
    assert answer.stdout.strip() == "mail.example.org 587 portal pw True False"
    assert run("-c", code).stdout.split()[:2] == ["localhost", "25"]
