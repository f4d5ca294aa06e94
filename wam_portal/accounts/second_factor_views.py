"""The pages that change one's own second factor, as django-allauth has them, with an entry in the log for each step."""

from __future__ import annotations

from typing import Any

from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.conf import settings
from django.http import HttpResponse

from wam_portal.accounts.second_factor_notices import FactorEvent, note_second_factor
from wam_portal.audit.services import audited


class SetUpView(ActivateTOTPView):  # type: ignore[misc]  # allauth ships no types
    """Set up an authenticator app."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page needs, and whether the person cannot go on without: then it says so, and why."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"required": settings.MFA_REQUIRED}

    def form_valid(self, form: Any) -> HttpResponse:
        """Turn it on and say so, or neither."""
        with audited():
            response: HttpResponse = super().form_valid(form)
            note_second_factor(user=self.request.user, event=FactorEvent.SET_UP)
        return response


class TurnOffView(DeactivateTOTPView):  # type: ignore[misc]
    """Turn the second factor off."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Turn it off and say so, or neither."""
        with audited():
            response: HttpResponse = super().form_valid(form)
            note_second_factor(user=self.request.user, event=FactorEvent.TURNED_OFF)
        return response


class NewCodesView(GenerateRecoveryCodesView):  # type: ignore[misc]
    """Make new recovery codes."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Make them and say so, or neither."""
        with audited():
            response: HttpResponse = super().form_valid(form)
            note_second_factor(user=self.request.user, event=FactorEvent.CODES_MADE)
        return response


class CodesView(ViewRecoveryCodesView):  # type: ignore[misc]
    """Show the recovery codes, once."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The codes, and a note that they were shown; later the page shows stars and there is nothing to note."""
        with audited():
            context: dict[str, Any] = super().get_context_data(**kwargs)
            if context["can_view_codes"]:
                note_second_factor(user=self.request.user, event=FactorEvent.CODES_VIEWED)
        return context
