"""The platform as a Django app: brings its system checks, templates and template tags."""

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    """Registers the platform's own system checks when Django starts."""

    name = "wam_portal"
    label = "wam_portal"

    def ready(self) -> None:
        """Register the checks; they need the app registry, so they cannot be imported with this module."""
        from wam_portal import checks  # noqa: PLC0415  (registers once the settings are loaded)

        checks.register_all()
