"""Program of its own: break one production setting at a time and print as JSON which checks notice.

Runs in a fresh process, because only one settings module can be loaded in one.
"""

import json
import sys
from typing import Any
from unittest import mock

import django
from django.conf import settings
from django.core.checks import run_checks
from django.test import override_settings

django.setup()

from wam_portal.settings.databases import sqlite_database  # noqa: E402  (settings are loaded by setup)

FIXED, AFFECTED = (3, 51, 3), (3, 40, 1)


def sqlite(init_command: str, **options: Any) -> dict[str, Any]:
    config = sqlite_database("any.sqlite3", AFFECTED)
    config["OPTIONS"] = config["OPTIONS"] | {"init_command": init_command} | options
    return {"DATABASES": {"default": config}}


def policy(**directives: list[str]) -> dict[str, Any]:
    changed = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"] | {k.replace("_", "-"): v for k, v in directives.items()}
    return {"CONTENT_SECURITY_POLICY": {"DIRECTIVES": changed}}


SAFE = "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA; PRAGMA foreign_keys=ON"
BROKEN: dict[str, dict[str, Any]] = {
    "debug": {"DEBUG": True},
    "short secret key": {"SECRET_KEY": "short"},
    "no hosts": {"ALLOWED_HOSTS": []},
    "no https redirect": {"SECURE_SSL_REDIRECT": False},
    "no HSTS": {"SECURE_HSTS_SECONDS": 0},
    "HSTS without subdomains": {"SECURE_HSTS_INCLUDE_SUBDOMAINS": False},
    "session cookie over http": {"SESSION_COOKIE_SECURE": False},
    "CSRF cookie over http": {"CSRF_COOKIE_SECURE": False},
    "frames allowed": {"X_FRAME_OPTIONS": "SAMEORIGIN"},
    "plain cookie name": {"SESSION_COOKIE_NAME": "sessionid"},
    "cookie open to scripts": {"SESSION_COOKIE_HTTPONLY": False},
    "cookie for other sites": {"SESSION_COOKIE_SAMESITE": "None"},
    "short audit key": {"AUDIT_KEY": "short"},
    "audit key is the secret key": {"AUDIT_KEY": settings.SECRET_KEY},
    "address without https": {"PUBLIC_BASE_URL": "http://portal.example.org"},
    "address of another host": {"PUBLIC_BASE_URL": "https://evil.example.com"},
    "endless idle session": {"SESSION_IDLE_SECONDS": 86_400},
    "week-long session": {"SESSION_COOKIE_AGE": 7 * 86_400},
    "uploads among static files": {"MEDIA_ROOT": f"{settings.STATIC_ROOT}/uploads"},
    "inline scripts": policy(script_src=["'self'", "'unsafe-inline'"]),
    "policy open by default": policy(default_src=["'self'"]),
    "silenced check": {"SILENCED_SYSTEM_CHECKS": ["wam.E999"]},
    "WAL on an affected SQLite": sqlite(SAFE.replace("DELETE", "WAL").replace("EXTRA", "FULL")),
    "too few syncs": sqlite(SAFE.replace("EXTRA", "FULL")),
    "foreign keys off": sqlite(SAFE.replace("ON", "OFF")),
    "deferred transactions": sqlite(SAFE, transaction_mode="DEFERRED"),
    "uploads routed": {"MEDIA_URL": "/accounts/"},
    "admin routed": {"ROOT_URLCONF": "tests.wam_portal.urls_with_admin"},
}


def noticed() -> list[str]:
    return sorted({str(message.id) for message in run_checks(include_deployment_checks=True)})


def main() -> None:
    found = {"as shipped": noticed()}
    with mock.patch("wam_portal.checks.sqlite3.sqlite_version_info", AFFECTED):
        for name, overrides in BROKEN.items():
            with override_settings(**overrides):
                found[name] = noticed()
    with mock.patch("wam_portal.checks.importlib.metadata.version", return_value="69.0"):
        found["old PDF renderer"] = noticed()
    with mock.patch("wam_portal.checks.installed", return_value=False):
        found["no XML defence"] = noticed()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
