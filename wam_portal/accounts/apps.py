from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "wam_portal.accounts"
    label = "accounts"
