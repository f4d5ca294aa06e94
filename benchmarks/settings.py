"""Settings of the measured server: as on one's own machine, with routes to measure against."""

from wam_portal.settings.development import *  # noqa: F403  (settings modules are flat by design)
from wam_portal.settings.development import BASE_DIR, STORAGES, TEMPLATES

ROOT_URLCONF = "benchmarks.urls"
LOGGING_CONFIG = None
# The tests' storage: file names are not hashed, so nothing has to be collected first.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# As in production: templates are compiled once.
TEMPLATES[0]["OPTIONS"].setdefault("debug", False)
STATIC_ROOT = BASE_DIR / "static"
