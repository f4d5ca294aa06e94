"""What people type when they decide on a match."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cooperation.enums import RefusalKind
from cooperation.forms.match_reviews import check_conflict, conflict_fields
from cooperation.models import Offer
from cooperation.services.matches import REASON_MAX
from wam_portal.forms import AmountField, parse_money


class DecisionForm(forms.Form):
    """A step on a match: the version that was read, an amount where the offer holds money, words to the other side."""

    base_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput())
    amount = AmountField(label=_("Amount"), help_text=_("Digits, with a point before cents: 80000.50"))
    reason = forms.CharField(
        label=_("Note to the other side"),
        required=False,
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(
        self,
        *args: Any,
        offer: Offer,
        asks_amount: bool,
        asks_conflict: bool = False,
        overlaps: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        """`overlaps`: the keys of those that must be acknowledged, as they stand on the page."""
        super().__init__(*args, **kwargs)
        if asks_conflict:
            self.fields.update(conflict_fields())
        if overlaps:
            self.fields.update(_overlap_fields(overlaps))
        self.currency = offer.currency
        if asks_amount:
            self.fields["amount"].label = _("Amount you give, in %(currency)s") % {"currency": offer.currency}
            self.fields["amount"].required = True
        else:
            del self.fields["amount"]

    def clean(self) -> dict[str, Any]:
        """A declaration is complete; what overlaps is judged where it is read again."""
        cleaned = super().clean() or {}
        check_conflict(self, cleaned)
        return cleaned

    def clean_amount(self) -> int | None:
        """The amount in minor units."""
        amount = self.cleaned_data["amount"]
        return None if amount is None else parse_money(amount, self.currency)


def _overlap_fields(keys: Sequence[str]) -> dict[str, forms.Field]:
    return {
        "overlaps_seen": forms.CharField(required=False, widget=forms.HiddenInput(), initial=" ".join(keys)),
        "acknowledged": forms.BooleanField(
            label=_("Our side has looked at the overlaps on this page and accepts all the same"), required=False
        ),
        "overlap_reason": forms.CharField(
            label=_("Why, beside what overlaps"),
            required=False,
            max_length=REASON_MAX,
            help_text=_("Kept with the match. Only your side reads it."),
            widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        ),
    }


class ReasonForm(forms.Form):
    """A step that must be explained to the other side."""

    base_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput())
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The other side reads this."),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class DeclineForm(ReasonForm):
    """Declining: why, and when to look at the pair again."""

    field_order = ("base_version", "kind", "reason", "review_on")

    kind = forms.ChoiceField(
        label=_("Why, in short"),
        choices=[("", _("Choose")), *RefusalKind.choices],
        help_text=_("Counted in the statistics."),
    )
    review_on = forms.DateField(
        label=_("Look at this pair again on"),
        required=False,
        help_text=_("Until then it is not suggested again. Left empty: in half a year."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
