"""WSGI entry point. The production settings are the default, so that a forgotten variable never serves development."""

import os

from django.core.wsgi import get_wsgi_application

from wam_portal.call_room import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wam_portal.settings.production")

application = with_room(get_wsgi_application())
