"""WSGI entry point. The production settings are the default, so that a forgotten variable never serves development."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wam_portal.settings.production")

application = get_wsgi_application()
