"""Settings of one's own machine: SQLite unless ``DATABASE_URL`` says otherwise, plain http, mails on the console."""

from wam_portal.settings import env
from wam_portal.settings.base import *  # noqa: F403  (settings modules are flat by design)
from wam_portal.settings.base import STORAGES, VAR_DIR
from wam_portal.settings.databases import database_from
from wam_portal.settings.local_keys import local_keys

DEBUG = env.boolean("DEBUG", default=False)

_keys = local_keys(VAR_DIR / "keys.json")
SECRET_KEY = env.text("SECRET_KEY", _keys["secret"])
AUDIT_KEY = env.text("AUDIT_KEY", _keys["audit"])

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
PUBLIC_BASE_URL = f"http://127.0.0.1:{env.integer('PORT', 8000, minimum=1)}"
DATABASES = {"default": database_from(env.text("DATABASE_URL", ""), VAR_DIR / "db.sqlite3")}
DEMO_ALLOWED = True
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

if DEBUG:
    # No collected manifest while files are being edited.
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True
