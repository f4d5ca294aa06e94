"""The no-objection rule, an objection, and lifting one."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cooperation.enums import Weekend
from cooperation.forms.offers import text_field
from cooperation.models.objections import MOST_DAYS
from cooperation.services.objections import REASON_MAX


class ObjectionRuleForm(forms.Form):
    """How long, and which days do not count."""

    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    days = forms.IntegerField(
        label=_("Working days in which colleagues may object"),
        min_value=0,
        max_value=MOST_DAYS,
        help_text=_("After a proposal, and before anybody accepts it. 0 switches this off."),
    )
    weekend = forms.ChoiceField(
        label=_("Your weekend"),
        choices=Weekend.choices,
        help_text=_("These days are not counted. Public holidays are: the portal knows of none."),
    )


class ObjectionForm(forms.Form):
    """Why one objects."""

    base_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput())
    reason = text_field(
        _("Why you object"), REASON_MAX, _("Everybody at your State who reads matches reads it. The donor does not.")
    )


class LiftForm(forms.Form):
    """Why an objection is lifted."""

    reason = text_field(_("Why it is lifted"), REASON_MAX, _("It is kept beside the objection."))
