"""The policy of a portfolio, two portfolios to compare, and chosen lines of a proposal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cooperation import matching
from cooperation.models import PortfolioRun
from cooperation.selectors.rates import BASE
from cooperation.services.portfolio_inputs import LONGEST, NAME_MAX, PER_CENT, PolicyValues, policy_errors
from wam_portal.errors import Invalid
from wam_portal.formats import format_percent
from wam_portal.forms import add_errors, add_other_errors

STEPS: Final = 5
"""Steps that the form has room for."""
USUAL_SECONDS: Final = 60
SHORT: Final = ("grain", "max_donors", "seconds")


@dataclass(frozen=True, slots=True)
class StepFields:
    """One step: how much money it takes in, and what it counts."""

    number: int
    width: forms.BoundField
    gain: forms.BoundField


def _group(label: Any) -> forms.CharField:
    """No control of its own: where messages about a whole group of fields stand."""
    return forms.CharField(label=label, required=False, widget=forms.HiddenInput)


def _percent(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=100)


class PortfolioForm(forms.Form):
    """What a coordinator decides before a portfolio is worked out. `values()` gives it as the service takes it."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_MAX,
        help_text=_("By which you and your colleagues find it again."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    grain = forms.IntegerField(
        label=format_lazy("{} ({})", _("Unit"), BASE),
        min_value=1,
        help_text=_("The proposal is made in whole multiples of it."),
    )
    max_donors = forms.IntegerField(label=_("Most donors of one request"), min_value=1)
    seconds = forms.IntegerField(
        label=_("Longest search, in seconds"),
        min_value=1,
        max_value=LONGEST,
        help_text=_("After that the best proposal found so far stands, with how good it can be proven to be."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["weights"] = _group(_("What counts"))
        for code in matching.CRITERION_CODES:
            self.fields[f"weight_{code}"] = _percent(_(matching.CRITERION_LABELS[code]))
        self.fields["steps"] = _group(_("How help spreads"))
        for number in range(1, STEPS + 1):
            self.fields[f"width_{number}"] = forms.IntegerField(
                label=_("Step %(number)s: up to (%(currency)s)") % {"number": number, "currency": BASE},
                required=False,
                min_value=1,
            )
            self.fields[f"gain_{number}"] = forms.IntegerField(
                label=_("Step %(number)s: counts (percent)") % {"number": number},
                required=False,
                min_value=1,
                max_value=100,
            )
        for name in SHORT:  # they stand last on the page, and so does what is wrong with them in the summary
            self.fields[name] = self.fields.pop(name)

    def clean(self) -> dict[str, Any]:
        """A step with an amount says what it counts. What else can be judged is, so that all is told at once."""
        cleaned = super().clean() or {}
        for number in range(1, STEPS + 1):
            gain = f"gain_{number}"
            if cleaned.get(f"width_{number}") is not None and cleaned.get(gain) is None and gain not in self.errors:
                self.add_error(gain, _("Say what this step counts."))
        if self.errors:
            self._judge_the_rest()
        return cleaned

    def _judge_the_rest(self) -> None:
        """All that can be read; in place of the rest stands what is usual, of which nothing is told."""
        typed = {**usual_initial(), "grain": 1, **self.cleaned_data}
        unread = [name.partition("_")[2] for name in self.errors if name.startswith(("width_", "gain_"))]
        typed |= {f"{kind}_{number}": None for number in unread for kind in ("width", "gain")}
        shares = [self.cleaned_data.get(f"weight_{code}") for code in matching.CRITERION_CODES]
        if None in shares:
            typed |= {name: value for name, value in usual_initial().items() if name.startswith("weight_")}
            self._judge_readable_weights(sum(share for share in shares if share is not None))
        found = self._beside_fields(policy_errors(self._values(typed)), typed)
        if unread:
            found.pop("steps", None)  # which step is the last one cannot be told yet
        add_other_errors(self, found)

    def _judge_readable_weights(self, total: int) -> None:
        if total > 100:  # noqa: PLR2004
            text = _("Together the weights must make %(whole)s; those that can be read make %(total)s already.")
            self.add_error("weights", text % {"whole": format_percent(100), "total": format_percent(total)})

    def values(self) -> PolicyValues:
        """What was typed, once the form is valid. Steps left empty are left out."""
        return self._values(self.cleaned_data)

    def _values(self, data: dict[str, Any]) -> PolicyValues:
        return PolicyValues(
            weights={code: data[f"weight_{code}"] for code in matching.CRITERION_CODES},
            grain=data["grain"],
            steps=[(data.get(f"width_{number}"), data[f"gain_{number}"]) for number in _filled(data)],
            max_donors=data["max_donors"],
            seconds=data["seconds"],
        )

    def attach(self, invalid: Invalid) -> None:
        """Put the service's messages beside their fields, those about a group with the group."""
        add_errors(self, Invalid(self._beside_fields(invalid.errors, self.cleaned_data)))

    def _beside_fields(self, errors: dict[str, list[str]], data: dict[str, Any]) -> dict[str, list[str]]:
        """The service counts the steps that are filled; the form also has rows that were left empty between them."""
        numbers = dict(enumerate(_filled(data), start=1))
        names: dict[str, str] = {}
        for kind in ("width", "gain"):
            names |= {f"{kind}_{place}": f"{kind}_{number}" for place, number in numbers.items()}
        return {names.get(field, field): texts for field, texts in errors.items()}

    @property
    def limits(self) -> list[forms.BoundField]:
        """The plain limits."""
        return [self[name] for name in SHORT]

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        """One field a criterion."""
        return [self[f"weight_{code}"] for code in matching.CRITERION_CODES]

    @property
    def step_fields(self) -> list[StepFields]:
        """The steps in their order."""
        return [StepFields(number, self[f"width_{number}"], self[f"gain_{number}"]) for number in range(1, STEPS + 1)]


def _filled(data: dict[str, Any]) -> list[int]:
    """The steps that count something."""
    return [number for number in range(1, STEPS + 1) if data.get(f"gain_{number}") is not None]


def initial_of(policy: matching.Policy, *, name: str = "") -> dict[str, Any]:
    """What the form shows of a policy, with a fresh key, so that sending it asks for a portfolio of its own."""
    weights = {f"weight_{code}": share // PER_CENT for code, share in policy.weights.shares}
    steps: dict[str, Any] = {}
    for number, step in enumerate(policy.steps[:STEPS], start=1):
        steps |= {f"width_{number}": step.width, f"gain_{number}": step.gain // PER_CENT}
    return {
        "form_key": uuid4(),
        "name": name,
        "grain": policy.grain,
        "max_donors": policy.max_donors,
        "seconds": min(policy.seconds, LONGEST),
        **weights,
        **steps,
    }


def usual_initial() -> dict[str, Any]:
    """The policy that the form begins with."""
    return {**initial_of(matching.DEFAULT_POLICY), "seconds": USUAL_SECONDS}


class CompareForm(forms.Form):
    """Two portfolios of one's own."""

    one = forms.ChoiceField(label=_("Portfolio"))
    other = forms.ChoiceField(label=_("Compared with"))

    def __init__(self, *args: Any, runs: Iterable[PortfolioRun], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(str(run.uuid), run.name) for run in runs]
        for field in (self.fields["one"], self.fields["other"]):
            field.choices = choices  # type: ignore[attr-defined]  # both are fields of choices
        if len(choices) > 1:
            self.fields["other"].initial = choices[1][0]

    def clean(self) -> dict[str, Any]:
        """Nothing differs from itself."""
        cleaned = super().clean() or {}
        if cleaned.get("one") and cleaned.get("one") == cleaned.get("other"):
            self.add_error("other", _("Choose another portfolio here: a portfolio does not differ from itself."))
        return cleaned


def pairs_of(keys: Iterable[str]) -> list[tuple[str, str]]:
    """Needs and offers from what the table sends; what has another form stands for no pair."""
    parts = (key.partition(":") for key in keys)
    return [(need, offer) for need, colon, offer in parts if colon]
