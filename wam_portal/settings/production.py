"""Settings of a real installation. Secrets and addresses come from the environment; a missing one stops the start."""

from pathlib import Path
from typing import Any

import environ

from wam_portal.settings import env
from wam_portal.settings.base import *  # noqa: F403  (settings modules are flat by design)
from wam_portal.settings.base import VAR_DIR
from wam_portal.settings.databases import database_from

SECRET_KEY = env.text("SECRET_KEY", min_length=50)
# Older keys still open sessions and second factors that were made with them.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
# Signs the links of the audit chain; kept apart from the database and its backups.
AUDIT_KEY = env.text("AUDIT_KEY", min_length=32)
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS")
# Links in mails are built from this address and never from the request's host.
PUBLIC_BASE_URL = env.base_url("PUBLIC_BASE_URL")
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
DATABASES = {"default": database_from(env.text("DATABASE_URL"), VAR_DIR / "db.sqlite3")}
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR_DIR / "media")))
UPLOAD_MAX_BYTES = env.integer("UPLOAD_MAX_MEGABYTES", 20, minimum=1) * 1024 * 1024
UPLOAD_MAX_FILES = env.integer("UPLOAD_MAX_FILES", 10, minimum=1)
OFFER_ENDS_SOON_DAYS = env.integer("OFFER_ENDS_SOON_DAYS", 30, minimum=1)
OFFER_UNTOUCHED_DAYS = env.integer("OFFER_UNTOUCHED_DAYS", 180, minimum=1)
UPLOAD_MAX_REQUEST_BYTES = UPLOAD_MAX_BYTES * UPLOAD_MAX_FILES + 1024 * 1024
EVIDENCE_QUOTA_BYTES = env.integer("EVIDENCE_QUOTA_MEGABYTES", 5 * 1024, minimum=1) * 1024 * 1024
MALWARE_SCANNER = env.text("MALWARE_SCANNER", "")

SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_NAME = "__Host-language"
SECURE_SSL_REDIRECT = True
# Health checks come from inside, by plain http.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True

# How many reverse proxies stand in front. With at least one, its X-Forwarded-Proto and X-Forwarded-For are believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0)
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

_mail: dict[str, Any] = environ.Env.email_url_config(env.text("EMAIL_URL", "smtp://localhost:25"))
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail["EMAIL_HOST"] or "localhost"
EMAIL_PORT = _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = bool(_mail.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_mail.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"WAM portal <no-reply@{ALLOWED_HOSTS[0]}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
