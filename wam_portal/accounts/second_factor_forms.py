"""Forms that take a code: throttled like passwords, and no code of an authenticator app is taken twice."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wam_portal.accounts.models import LastCode, User


def take_code(user: User, secret: str, code: str) -> bool:
    """Note the time step of a right code; answers False when it, or a later one, was taken before.

    Compare-and-swap: of two requests with the same code, in whichever process, one gets True.
    """
    steps = [step for step in auth.yield_hotp_counters_from_time() if _code_of(secret, step, code)]
    if not steps:
        return False
    LastCode.objects.get_or_create(user=user)
    return bool(LastCode.objects.filter(user=user, step__lt=max(steps)).update(step=max(steps)))


def _code_of(secret: str, step: int, code: str) -> bool:
    expected = auth.format_hotp_value(auth.hotp_value(secret, step))
    return bool(compare_user_code(actual=code, expected=expected))


class ThrottledCode(forms.Form):
    """Counts wrong codes with wrong passwords, and closes the account for as long."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = gettext_lazy("Code")
        field.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "dir": "ltr"}

    def clean_code(self) -> str:
        """Check the code. Raises `ValidationError` when it is wrong, was used before, or too many were wrong."""
        credentials = {"username": self.user.email}
        if not AxesProxyHandler.is_allowed(context.request, credentials):
            raise ValidationError(_("Too many wrong codes. Wait a quarter of an hour, then try again."))
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # of the form that this is mixed into
            self.spend(code)
        except ValidationError:
            user_login_failed.send(sender=__name__, credentials=credentials, request=context.request)
            raise
        return code

    def spend(self, code: str) -> None:
        """Refuse a code that was used before; recovery codes are spent where they are stored."""
        authenticator: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if authenticator.type != Authenticator.Type.TOTP:
            return
        if not take_code(self.user, get_adapter().decrypt(authenticator.data["secret"]), code):
            raise ValidationError(_("This code was used already. Wait for the next one."))


class CodeForm(ThrottledCode, AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The second step of signing in."""


class ConfirmCodeForm(ThrottledCode, ReauthenticateForm):  # type: ignore[misc]
    """Confirms who is there before something of weight is changed."""


class SetUpForm(ThrottledCode, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app that is being set up."""

    def spend(self, code: str) -> None:
        """The first code does not sign anybody in as well."""
        if not take_code(self.user, self.secret, code):
            raise ValidationError(_("This code was used already. Wait for the next one."))
