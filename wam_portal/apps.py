"""The platform as a Django app: brings its system checks, templates and template tags."""

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    """Registers the platform's own system checks, and its words for forms, when Django starts."""

    name = "wam_portal"
    label = "wam_portal"

    def ready(self) -> None:
        """Both need the app registry, so they cannot be imported with this module."""
        from wam_portal import checks, forms  # noqa: PLC0415  (register once the settings are loaded)

        checks.register_all()
        forms.use_own_messages()
