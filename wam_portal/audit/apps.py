from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "wam_portal.audit"
    label = "audit"
