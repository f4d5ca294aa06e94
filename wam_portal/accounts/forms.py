"""Forms for looking after members, and for accepting an invitation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from wam_portal.accounts.enums import Role
from wam_portal.accounts.invitations import Invitee
from wam_portal.accounts.members import AGENCY_MAX
from wam_portal.accounts.models import User


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    full_name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("The invitation works for this address only.")
    )
    agency = forms.CharField(label=_("Ministry, agency or organisation"), max_length=AGENCY_MAX, required=False)
    language = forms.ChoiceField(label=_("Language of the invitation"), choices=settings.LANGUAGES)

    field_order = ("full_name", "email", "roles")

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(role.value, role.label) for role in roles]
        field = forms.MultipleChoiceField(
            label=_("Roles"),
            choices=choices,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one role.")},
        )
        if len(choices) == 1:
            field.initial = [choices[0][0]]
        self.fields["roles"] = field
        self.order_fields(self.field_order)

    def invitee(self) -> Invitee:
        """The person as the service takes it."""
        values = {**self.cleaned_data, "roles": [Role(role) for role in self.cleaned_data["roles"]]}
        return Invitee(**values)


class AgencyForm(forms.Form):
    """For which ministry or agency a member works."""

    agency = forms.CharField(label=_("Ministry, agency or organisation"), max_length=AGENCY_MAX, required=False)


class AcceptForm(forms.Form):
    """The name and the first password of somebody who accepts an invitation."""

    full_name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("As your colleagues know you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password1 = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    password2 = forms.CharField(
        label=_("Password, once more"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email
        self.fields["password1"].help_text = " ".join(str(text) for text in password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        """Say all that is wrong with the two passwords at once."""
        values = super().clean() or {}
        first, second = values.get("password1"), values.get("password2")
        if first:
            try:
                validate_password(first, User(email=self._email, full_name=values.get("full_name", "")))
            except ValidationError as problem:
                self.add_error("password1", problem)
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ."))
        return values
