"""How django-allauth behaves here: nobody signs up alone, and links in mails come from the configured address."""

import time
from typing import Any, Final

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

# The label of django-allauth's own fields; named here, our catalogue says it with the word of our other pages.
EMAIL_LABEL: Final = gettext_noop("Email")


class PortalAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Closed sign-up; a forged host header cannot reach a mail."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "incorrect_password": _("The password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: accounts begin with an invitation."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the absolute address under which a new password is set; ``key`` is "<user>-<token>"."""
        uidb36, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})
        return f"{settings.PUBLIC_BASE_URL}{path}"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has signed in within the last minutes has just proven who they are, and is not asked again."""
        request = self.request
        signed_in = get_authentication_records(request, request.user) if request is not None else []
        if signed_in and time.time() - signed_in[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))
