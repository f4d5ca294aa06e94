"""The form by which a State says who may see what of a request, for what and until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import GrantLevel
from assessments.release_keys import ALL_KEYS, ALWAYS
from assessments.services.releases import DEFAULT_DAYS, MAX_DAYS, PURPOSE_MAX
from wam_portal.accounts.models import Party

KEY_LABELS = {
    "objective": _("Objective"),
    "languages": _("Working languages"),
    "gender_marker": _("Gender marker"),
    "oda_eligible": _("Eligible as ODA"),
    "authority": _("Authority that endorsed the baseline"),
    "strategies": _("Strategies it serves"),
    "baseline": _("Framework, cycle and coverage of the baseline"),
    "needs.amount": _("Exact amounts of the needs"),
    "needs.description": _("What is needed, in words"),
    "needs.tier": _("Severity of the needs"),
    "needs.includes": _("Whether maintenance and training are included"),
    "needs.gaps": _("Gaps: indicator, level and target"),
    "national_contribution": _("National contribution"),
    "places": _("Places"),
    "beneficiaries": _("Who benefits"),
    "what_exists": _("What already exists"),
    "who_helps": _("Who already helps"),
    "sustainability": _("Sustainability and exit"),
    "expected_results": _("Expected results"),
    "contact": _("Point of contact"),
    "profile": _("Profile of the baseline by area"),
    "needs.gap_causes": _("Root causes of the gaps"),
}
"""What each key of a grant is called, in the order of a request; what every level holds is not to be chosen."""


class ReleaseForm(forms.Form):
    """Recipients, level, purpose and end of grants."""

    recipients = forms.MultipleChoiceField(
        label=_("Who may see it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    all_donors = forms.BooleanField(
        label=_("All donors of the portal"), help_text=_("Also those who join later."), required=False
    )
    level = forms.ChoiceField(
        label=_("What they see"), choices=GrantLevel.choices, widget=forms.RadioSelect, initial=GrantLevel.SUMMARY
    )
    keys = forms.MultipleChoiceField(
        label=_("Parts, when chosen key by key"),
        choices=list(KEY_LABELS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("State, title, period, and of each need area, type and amount band are always shown."),
    )
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=PURPOSE_MAX,
        help_text=_("For example: to decide on funding. The recipient sees it."),
    )
    expires_on = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, parties: Iterable[Party], **options: Any) -> None:
        options.setdefault("initial", {"expires_on": timezone.now().date() + timedelta(days=DEFAULT_DAYS)})
        super().__init__(*args, **options)
        self.parties = {str(party.uuid): party for party in parties}
        choices = [(uuid, _party_label(party)) for uuid, party in self.parties.items()]
        cast("forms.MultipleChoiceField", self.fields["recipients"]).choices = choices
        # Filled in here, in the reader's language: "%" turns a lazy text into words at once.
        self.fields["expires_on"].help_text = _("The last day, at most %(days)d days ahead.") % {"days": MAX_DAYS}

    def clean(self) -> dict[str, Any]:
        """Ask for a recipient."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "recipients" in data and not data["recipients"] and not data.get("all_donors"):
            self.add_error("recipients", _("Choose who may see this."))
        return data

    def grant_fields(self) -> dict[str, Any]:
        """What `release_request` takes."""
        data = self.cleaned_data
        return {
            "recipients": [self.parties[uuid] for uuid in data["recipients"]],
            "all_donors": data["all_donors"],
            "level": data["level"],
            "keys": data["keys"],
            "purpose": data["purpose"],
            "expires_on": data["expires_on"],
        }


def key_labels(keys: Iterable[str]) -> list[Any]:
    """What is disclosed beyond what every level holds, in words and in the order of a request."""
    chosen = frozenset(keys) & (ALL_KEYS - ALWAYS)
    return [label for key, label in KEY_LABELS.items() if key in chosen]


def _party_label(party: Party) -> str:
    return f"{party.name} ({party.get_kind_display()})"
