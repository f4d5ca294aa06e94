"""Where a second factor is a must."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from wam_portal.accounts.second_factor import has_second_factor
from wam_portal.middleware import GetResponse

SET_UP_ROUTE: Final = "mfa_activate_totp"
# What stays open to somebody who has still to set up the second factor.
ALWAYS_OPEN: Final = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "account_change_password",
        "healthz",
        "invitation",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_view_recovery_codes",
        "mfa_reauthenticate",
        "set_language",
    }
)


class SecondFactorRequiredMiddleware:
    """With MFA_REQUIRED, sends whoever is signed in without a second factor to set one up, before anything else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the work is done in `process_view`, where the route is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Let through what is always open; answer anything else with the way to the set-up page."""
        route = request.resolver_match.view_name if request.resolver_match else ""
        if not settings.MFA_REQUIRED or route in ALWAYS_OPEN or not request.user.is_authenticated:
            return None
        if has_second_factor(request.user):
            return None
        if route.startswith("api:"):
            return JsonResponse({"detail": _("Set up your second factor first.")}, status=403)
        url = reverse(SET_UP_ROUTE)
        return HttpResponseClientRedirect(url) if request.headers.get("HX-Request") else redirect(url)
