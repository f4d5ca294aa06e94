"""What holds everywhere. Secrets, hosts and the database address come from the file of each environment."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from wam_portal.settings import env

# Lets Django's generic classes be subscripted at run time, as the type hints do.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# Everything that the running portal writes: database file, uploads, collected static files. Ignored by git.
VAR_DIR = BASE_DIR / "var"

DEBUG = False
ROOT_URLCONF = "wam_portal.urls"
WSGI_APPLICATION = "wam_portal.wsgi.application"
ASGI_APPLICATION = "wam_portal.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "wam_portal.apps.PlatformConfig",
    "wam_portal.accounts",
    "wam_portal.audit",
    "wam_portal.jobs",
    "assessments",
    "cooperation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "template_partials",
    "crispy_forms",
    "crispy_bootstrap5",
    "rest_framework",
    "drf_spectacular",
    "django_tasks",
    "django_tasks_db",
]

# The two header writers come first, so that static files, redirects and refused hosts carry the headers too.
MIDDLEWARE = [
    "wam_portal.middleware.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "wam_portal.middleware.SessionLifetimeMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "wam_portal.middleware.PersonLanguageMiddleware",
    "wam_portal.accounts.middleware.SecondFactorRequiredMiddleware",
    "wam_portal.middleware.PortalErrorsMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wam_portal.context_processors.portal",
            ],
        },
    },
]
# Fields are drawn by our own templates where there are any (templates/django/forms/widgets).
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# --- Accounts: e-mail and password, by invitation only -------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "wam_portal.accounts.adapter.PortalAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
# Nobody can sign up: an address is proven when its owner sets the first password from the invitation.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = True

# Failed sign-ins are counted in the database by axes, across processes; two counts would answer differently.
ACCOUNT_RATE_LIMITS: dict[str, str | None] | bool = {"login_failed": None}
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "wam_portal.accounts.throttling.sign_in_name"
AXES_CLIENT_IP_CALLABLE = "wam_portal.accounts.throttling.client_address"
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Number of reverse proxies in front that append to X-Forwarded-For; 0 means the header is not believed.
ALLAUTH_TRUSTED_PROXY_COUNT = 0

# --- Second factor: codes of an authenticator app, and recovery codes ------------------------------------------
# With True, whoever signs in without a second factor sets one up before anything else.
MFA_REQUIRED = env.boolean("MFA_REQUIRED", default=False)
MFA_ADAPTER = "wam_portal.accounts.second_factor.PortalMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "WAM portal"
# One step of 30 seconds before and after: the clocks of phones differ. No step is taken twice (see the forms).
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "wam_portal.accounts.second_factor_forms.CodeForm",
    "reauthenticate": "wam_portal.accounts.second_factor_forms.ConfirmCodeForm",
    "activate_totp": "wam_portal.accounts.second_factor_forms.SetUpForm",
}
# What else an accepted invitation brings: functions that take the invitation and the memberships it gave.
INVITATION_ACCEPTED = ("assessments.services.contributors.bring_indicators",)

# --- Sessions, cookies, headers ------------------------------------------------------------------------------
SESSION_IDLE_SECONDS = 30 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Languages and time --------------------------------------------------------------------------------------
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("fr", _("French")),
    ("ar", _("Arabic")),
    ("zh-hans", _("Chinese")),
    ("ru", _("Russian")),
    ("es", _("Spanish")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]

# --- Files ---------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Only our own folder is served: the packages bring many files that no page uses.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Our styles and scripts are for our pages only.
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Private: no route serves this folder, files leave through views that ask for permission.
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/private-media-is-not-routed/"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# What people may send. A request announces its size; one above all files together is not read.
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
UPLOAD_MAX_FILES = 10
UPLOAD_MAX_REQUEST_BYTES = UPLOAD_MAX_BYTES * UPLOAD_MAX_FILES + 1024 * 1024
UPLOAD_MAX_PIXELS = 30_000_000
DATA_UPLOAD_MAX_NUMBER_FILES = 50
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "wam_portal.uploads.handler.BoundedUploadHandler",
]
# All evidence of one State together.
EVIDENCE_QUOTA_BYTES = 5 * 1024 * 1024 * 1024
# Dotted path of a function that takes a path and answers a `wam_portal.uploads.scanning.ScanVerdict`; "" for none.
MALWARE_SCANNER = ""

# --- Background jobs -----------------------------------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
# A worker that has not been seen for this long counts as down in the health answer.
WORKER_SILENCE_SECONDS = 60

# --- Offers: when their donors are asked whether they are still valid ----------------------------------------
# So many days before the last day on which an offer is open for requests.
OFFER_ENDS_SOON_DAYS = 30
# After so many days in which nobody changed or confirmed it.
OFFER_UNTOUCHED_DAYS = 180

# --- Matches -------------------------------------------------------------------------------------------------
# How many days the other side of a proposed match has to answer before it counts as overdue.
MATCH_ANSWER_DAYS = 30

# --- What the apps add to every page: functions that take a viewer, so that the platform need not know the apps ---
NAVIGATION_SOURCES = (
    "assessments.work.navigation",
    "cooperation.work.navigation",
    "assessments.work.reference_pages",
)
WORK_LIST_SOURCES = ("assessments.work.work_groups", "cooperation.work.work_groups")
# What each app calls the events that it writes into the log.
AUDIT_WORDS = ("assessments.log_words.LOG_WORDS", "cooperation.log_words.LOG_WORDS")
AUDIT_NAMES = ("assessments.selectors.log_names.LOG_NAMES", "cooperation.selectors.log_names.LOG_NAMES")

# Demonstration accounts have a public password: never where real people work.
DEMO_ALLOWED = False

# Kinds of job enqueued when a grant is made or revoked; a setting, so that the national side need not know them.
GRANT_CHANGED_JOBS = ("cooperation.match_request",)

# --- API -----------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["wam_portal.api.defaults.PortalSession"],
    "DEFAULT_PERMISSION_CLASSES": ["wam_portal.api.defaults.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": [],
    "DEFAULT_PAGINATION_CLASS": "wam_portal.api.defaults.PortalPagination",
    "EXCEPTION_HANDLER": "wam_portal.api.endpoints.error_answer",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min"},
    "PAGE_SIZE": 50,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "WAM portal API",
    "DESCRIPTION": "Granted requests, their match ledgers, published offers and frameworks.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "MatchStatusEnum": "cooperation.enums.MatchStatus",
        "OfferStatusEnum": "cooperation.enums.OfferStatus",
    },
}

# --- Logging: never bodies, form values or cookies -----------------------------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "wam_portal": {"level": "INFO"},
        "assessments": {"level": "INFO"},
        "cooperation": {"level": "INFO"},
        # Anybody can send a forged host; the answer is 400, a traceback each time would only fill the disk.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
DEFAULT_FROM_EMAIL = "WAM portal <no-reply@localhost>"
