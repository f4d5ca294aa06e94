"""System checks of the platform: settings and versions under which a promise of the portal would silently break."""

import importlib.metadata
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.urls import get_resolver

from wam_portal.settings.databases import POSTGRESQL, SQLITE, has_wal_reset_fix

SAFE_SYNCHRONOUS = {"wal": {"full", "extra"}, "delete": {"extra"}}
OLDEST_WEASYPRINT = 70
SYNC_NUMBERS = {0: "off", 1: "normal", 2: "full", 3: "extra"}

Apps = Sequence[AppConfig] | None


def register_all() -> None:
    """Register every check of this module under its tag."""
    register(check_sqlite_settings, Tags.compatibility)
    register(check_parsers, Tags.security)
    register(check_session_clocks, Tags.security)
    register(check_media_is_private, Tags.security)
    register(check_admin_is_absent, Tags.security, deploy=True)
    register(check_public_address, Tags.security, deploy=True)
    register(check_audit_key, Tags.security, deploy=True)
    register(check_cookie_names, Tags.security, deploy=True)
    register(check_content_security_policy, Tags.security, deploy=True)
    register(check_nothing_is_silenced, Tags.security, deploy=True)
    register(check_open_database, Tags.database)


def check_sqlite_settings(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Report SQLite settings under which an acknowledged answer could be lost, or foreign keys ignored."""
    found: list[CheckMessage] = []
    for alias, config in settings.DATABASES.items():
        if config["ENGINE"] == SQLITE:
            found += sqlite_problems(alias, config.get("OPTIONS", {}), sqlite3.sqlite_version_info)
    return found


def sqlite_problems(alias: str, options: dict[str, Any], version: tuple[int, int, int]) -> list[CheckMessage]:
    """Return what is wrong with the options of one SQLite database under this SQLite version."""
    pragmas = dict(re.findall(r"pragma\s+(\w+)\s*=\s*(\w+)", str(options.get("init_command", "")).lower()))
    mode = pragmas.get("journal_mode", "")
    found: list[CheckMessage] = []
    if mode == "wal" and not has_wal_reset_fix(version):
        text = f"SQLite {'.'.join(map(str, version))} can lose commits in WAL mode ({alias})."
        found.append(Error(text, hint="Use journal_mode=DELETE with synchronous=EXTRA.", id="wam.E001"))
    if pragmas.get("synchronous") not in SAFE_SYNCHRONOUS.get(mode, set()):
        text = f"The journal settings of {alias} do not keep every acknowledged commit."
        found.append(Error(text, hint="WAL needs synchronous=FULL, DELETE needs EXTRA.", id="wam.E002"))
    if pragmas.get("foreign_keys") not in {"on", "1"}:
        found.append(Error(f"Foreign keys are not enforced on {alias}.", id="wam.E003"))
    if options.get("transaction_mode") != "IMMEDIATE" or options.get("timeout", 0) < 20:  # noqa: PLR2004  (seconds)
        text = f"Transactions of {alias} must start IMMEDIATE and wait 20 seconds for a lock."
        found.append(Error(text, id="wam.E004"))
    return found


def check_parsers(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Report a PDF renderer with known holes and a spreadsheet reader without its defence against XML bombs."""
    found: list[CheckMessage] = []
    version = importlib.metadata.version("weasyprint")
    if int(version.split(".")[0]) < OLDEST_WEASYPRINT:
        text = f"WeasyPrint {version} can be made to read files and addresses."
        found.append(Error(text, hint=f"Install version {OLDEST_WEASYPRINT} or newer.", id="wam.E010"))
    # openpyxl sets its DEFUSEDXML to whether defusedxml can be imported; asking so spares importing openpyxl here.
    if not installed("defusedxml"):
        text = "Spreadsheets would be read without protection against XML bombs."
        found.append(Error(text, hint="Install defusedxml.", id="wam.E011"))
    return found


def installed(distribution: str) -> bool:
    """Tell whether a distribution is installed."""
    try:
        importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def check_session_clocks(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Report sessions that last longer than 30 minutes unused or 12 hours in all."""
    if settings.SESSION_IDLE_SECONDS > 30 * 60 or settings.SESSION_COOKIE_AGE > 12 * 60 * 60:
        return [Error("Sessions must end after 30 minutes unused and 12 hours in all.", id="wam.E020")]
    return []


def check_media_is_private(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Report an upload folder inside a served one, or routes to it."""
    media = Path(settings.MEDIA_ROOT).resolve()
    served = [Path(settings.STATIC_ROOT), *(Path(folder) for folder in settings.STATICFILES_DIRS)]
    found: list[CheckMessage] = []
    if any(media == folder.resolve() or folder.resolve() in media.parents for folder in served):
        found.append(Error("MEDIA_ROOT lies inside a folder that is served to everybody.", id="wam.E021"))
    if is_routed(settings.MEDIA_URL):
        found.append(Error("MEDIA_URL is routed: uploads could be read without permission.", id="wam.E022"))
    return found


def is_routed(url: str) -> bool:
    """Tell whether some route begins with this address."""
    start = url.strip("/")
    patterns = (str(entry.pattern).lstrip("^") for entry in get_resolver().url_patterns)
    return any(pattern.startswith(start) for pattern in patterns)


def check_admin_is_absent(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Report a routed admin site: it would reach rows without asking who may see them."""
    namespaces = get_resolver().namespace_dict
    if "admin" in namespaces:
        return [Error("The admin site must not be routed.", id="wam.E023")]
    return []


def check_public_address(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Report a public address that is missing, not https, or not among the hosts we answer for."""
    match = re.fullmatch(r"https://([^/:]+)(:\d+)?", getattr(settings, "PUBLIC_BASE_URL", ""))
    if match is None:
        return [Error("PUBLIC_BASE_URL must be an https address without a path.", id="wam.E024")]
    if match[1] not in settings.ALLOWED_HOSTS:
        return [Error("The host of PUBLIC_BASE_URL must be one of ALLOWED_HOSTS.", id="wam.E025")]
    return []


def check_audit_key(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Report a weak audit key, or one that is the secret key again."""
    key = getattr(settings, "AUDIT_KEY", "")
    if len(key) < 32 or key == settings.SECRET_KEY:  # noqa: PLR2004  (characters)
        return [Error("AUDIT_KEY must have 32 characters and differ from SECRET_KEY.", id="wam.E026")]
    return []


def check_cookie_names(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Report cookies that a neighbouring host could plant: without the __Host- prefix, or open to scripts."""
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME)
    found: list[CheckMessage] = []
    if not all(name.startswith("__Host-") for name in names):
        found.append(Error("Cookie names must begin with __Host-.", id="wam.E027"))
    if not (settings.SESSION_COOKIE_HTTPONLY and settings.CSRF_COOKIE_HTTPONLY and settings.LANGUAGE_COOKIE_SECURE):
        found.append(Error("Cookies must be closed to scripts and sent over https only.", id="wam.E028"))
    if settings.SESSION_COOKIE_SAMESITE not in {"Lax", "Strict"} or settings.CSRF_COOKIE_SAMESITE != "Strict":
        found.append(Error("Cookies must not travel with requests from other sites.", id="wam.E029"))
    return found


def check_content_security_policy(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Report a policy that is missing, does not deny by default, or lets inline code or any host in."""
    directives = getattr(settings, "CONTENT_SECURITY_POLICY", {}).get("DIRECTIVES", {})
    loose = {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "http:"}
    sources = {str(source) for values in directives.values() for source in values}
    if [str(source) for source in directives.get("default-src", [])] != ["'none'"] or sources & loose:
        return [Error("The content security policy must deny by default, without unsafe sources.", id="wam.E030")]
    return []


def check_nothing_is_silenced(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Report silenced checks: a warning that nobody sees protects nobody."""
    if settings.SILENCED_SYSTEM_CHECKS:
        return [Error("SILENCED_SYSTEM_CHECKS must be empty.", id="wam.E031")]
    return []


def check_open_database(app_configs: Apps, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Ask each open database for the settings it really runs with (``migrate`` and ``check --database`` call this)."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        if connections[alias].settings_dict["ENGINE"] == POSTGRESQL:
            found += postgresql_problems(alias)
        elif connections[alias].vendor == "sqlite":
            found += open_sqlite_problems(alias)
    return found


def open_sqlite_problems(alias: str) -> list[CheckMessage]:
    """Return what the open SQLite connection does otherwise than its settings ask."""
    if connections[alias].is_in_memory_db():  # type: ignore[attr-defined]  # only the SQLite wrapper has it
        return []
    answers: dict[str, Any] = {}
    with connections[alias].cursor() as cursor:
        for name in ("journal_mode", "synchronous", "foreign_keys"):
            cursor.execute(f"PRAGMA {name}")
            answers[name] = cursor.fetchone()[0]
    synchronous = SYNC_NUMBERS[answers["synchronous"]]
    if synchronous in SAFE_SYNCHRONOUS.get(answers["journal_mode"], set()) and answers["foreign_keys"] == 1:
        return []
    text = f"The open database {alias} runs with journal {answers['journal_mode']} and synchronous {synchronous}."
    return [Error(text, hint="Another program may have changed the file's journal mode.", id="wam.E005")]


def postgresql_problems(alias: str) -> list[CheckMessage]:
    """Return server settings under which a power cut removes acknowledged answers."""
    needed = {"fsync": {"on"}, "full_page_writes": {"on"}, "synchronous_commit": {"on", "remote_apply", "remote_write"}}
    found: list[CheckMessage] = []
    with connections[alias].cursor() as cursor:
        for name, allowed in needed.items():
            cursor.execute("SELECT current_setting(%s)", [name])
            value = cursor.fetchone()[0]
            if value not in allowed:
                text = f"PostgreSQL runs with {name}={value} ({alias}): a power cut could remove saved answers."
                found.append(Error(text, hint=f"Set {name} to on.", id="wam.E006"))
    return found
