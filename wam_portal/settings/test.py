"""Settings of the test suite: one throw-away database per process, on SQLite or on what ``DATABASE_URL`` names."""

import os
import tempfile
from pathlib import Path

from wam_portal.settings import env
from wam_portal.settings.base import *  # noqa: F403  (settings modules are flat by design)
from wam_portal.settings.base import AXES_FAILURE_LIMIT, BASE_DIR, STORAGES, VAR_DIR
from wam_portal.settings.databases import SQLITE, database_from

SECRET_KEY = "test-only-secret-key-test-only-secret-key-test-only"  # noqa: S105  (opens nothing but test data)
AUDIT_KEY = "test-only-audit-key-test-only-audit-key-test-only-"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PUBLIC_BASE_URL = "https://portal.example.org"

DATABASES = {"default": database_from(env.text("DATABASE_URL", ""), VAR_DIR / "db.sqlite3")}
# A file, so that threads, worker processes and the live server see one database as in production; in memory where the
# system offers that, because thousands of commits to a slow disk would make the suite several times longer.
_run = env.text("WAM_TEST_RUN", str(os.getpid()))
# (the name of the database file carries the process number)
_shared_memory = Path("/dev/shm")  # noqa: S108  # nosec B108
if DATABASES["default"]["ENGINE"] == SQLITE:
    _folder = (_shared_memory if os.access(_shared_memory, os.W_OK) else VAR_DIR) / "wam-tests"
    _folder.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["TEST"] = {"NAME": str(_folder / f"run-{_run}.sqlite3")}
else:
    DATABASES["default"]["TEST"] = {"NAME": f"wam_test_{_run}"}
    # No test cuts the power; waiting for the disk at each of thousands of commits would only make the suite longer.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"

MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="wam-media-"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# The real hasher is slow on purpose; a test that means it sets it back.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_FAILURE_LIMIT = AXES_FAILURE_LIMIT * 10
# Counted in memory for as long as the process lives: one test would close the door on another.
ACCOUNT_RATE_LIMITS = False
DEMO_ALLOWED = True
