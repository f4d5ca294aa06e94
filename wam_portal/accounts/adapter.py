"""How django-allauth behaves here: nobody signs up alone, and links in mails come from the configured address."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class PortalAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Closed sign-up; a forged host header cannot reach a mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: accounts begin with an invitation."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the absolute address under which a new password is set; ``key`` is "<user>-<token>"."""
        uidb36, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})
        return f"{settings.PUBLIC_BASE_URL}{path}"
