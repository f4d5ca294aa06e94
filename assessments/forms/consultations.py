"""Forms of consultations: the round with its counts, a summary, and whom to ask from outside."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import ParticipantKind
from assessments.frameworks.tree import FrameworkTree, IndicatorView
from assessments.models import ConsultationRound, ConsultationSummary
from assessments.models.consultations import CHANGED_MAX, SAID_MAX
from assessments.services.consultation_summaries import SummaryContent
from assessments.services.consultations import MOST_PEOPLE, People, RoundContent
from assessments.services.contributors import Contributor
from wam_portal.formats import format_labelled

SEXES = (("women", _("Women")), ("men", _("Men")), ("unrecorded", _("Not recorded")))


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _prose(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


@dataclass(frozen=True, slots=True)
class CountRow:
    """One kind of participant with its three fields."""

    label: str
    fields: tuple[forms.BoundField, ...]


class RoundForm(forms.Form):
    """A consultation round with how many people of each kind took part."""

    title = forms.CharField(
        label=_("Title"), max_length=160, help_text=_("For example: Workshop with border communities.")
    )
    purpose = forms.CharField(
        label=_("Purpose"),
        required=False,
        max_length=2000,
        widget=_prose(3),
        help_text=_("What you want to hear, and why from these people."),
    )
    starts_on = forms.DateField(label=_("Starts on"), widget=_day(), initial=timezone.localdate)
    ends_on = forms.DateField(label=_("Ends on"), widget=_day(), required=False)
    places = forms.CharField(
        label=_("Places"),
        required=False,
        max_length=240,
        help_text=_("Only as precise as it is safe for those who speak: a district or a region."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in ParticipantKind:
            for sex, label in SEXES:
                self.fields[f"{kind}_{sex}"] = forms.IntegerField(
                    label=format_labelled(kind.label, label),
                    min_value=0,
                    max_value=MOST_PEOPLE,
                    required=False,
                    widget=forms.NumberInput(attrs={"class": "form-control"}),
                )

    @classmethod
    def of(cls, consultation: ConsultationRound, people: dict[str, People]) -> RoundForm:
        """The form filled with what is stored."""
        initial = {name: getattr(consultation, name) for name in ("title", "purpose", "starts_on", "ends_on", "places")}
        for kind, numbers in people.items():
            initial |= {f"{kind}_{sex}": number for (sex, _label), number in zip(SEXES, numbers, strict=True)}
        return cls(initial=initial)

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """Everything but the counts."""
        return [self[name] for name in ("title", "purpose", "starts_on", "ends_on", "places")]

    @property
    def count_rows(self) -> Iterator[CountRow]:
        """The counts, a row a kind."""
        for kind in ParticipantKind:
            yield CountRow(str(kind.label), tuple(self[f"{kind}_{sex}"] for sex, _label in SEXES))

    def content(self) -> RoundContent:
        """What was written, as the service takes it."""
        values = self.cleaned_data
        women_men_others = {
            kind.value: (
                values.get(f"{kind}_women") or 0,
                values.get(f"{kind}_men") or 0,
                values.get(f"{kind}_unrecorded") or 0,
            )
            for kind in ParticipantKind
        }
        return RoundContent(
            title=values["title"],
            purpose=values["purpose"],
            starts_on=values["starts_on"],
            ends_on=values["ends_on"],
            places=values["places"],
            people=women_men_others,
        )


@dataclass(frozen=True, slots=True)
class SectionChoice:
    """A section with its indicators to choose from; open where one of them is chosen."""

    title: str
    indicators: tuple[tuple[IndicatorView, bool], ...]

    @property
    def chosen(self) -> int:
        """How many of them are chosen."""
        return sum(chosen for _indicator, chosen in self.indicators)


class IndicatorsForm(forms.Form):
    """A form in which indicators are chosen, section by section."""

    def __init__(self, *args: Any, tree: FrameworkTree, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tree = tree
        self.fields["indicators"] = forms.MultipleChoiceField(
            label=_("Indicators"),
            choices=[(indicator.key, indicator.question) for indicator in tree.indicators],
            error_messages={"required": _("Choose at least one indicator.")},
        )

    @property
    def sections(self) -> Iterator[SectionChoice]:
        """All sections with what is chosen."""
        chosen: Collection[str] = set(self["indicators"].value() or ())
        for section in self.tree.sections:
            rows = tuple((indicator, indicator.key in chosen) for indicator in section.indicators)
            yield SectionChoice(section.node.title, rows)


class SummaryForm(IndicatorsForm):
    """What was said on some indicators, and what changed."""

    said = forms.CharField(
        label=_("What was said"),
        max_length=SAID_MAX,
        widget=_prose(5),
        help_text=_("Write it so that nobody can tell who said it."),
    )
    changed = forms.CharField(
        label=_("What changed because of it"),
        required=False,
        max_length=CHANGED_MAX,
        widget=_prose(3),
        help_text=_("An answer, a gap, a plan; or why nothing changed."),
    )

    @classmethod
    def of(cls, summary: ConsultationSummary, tree: FrameworkTree, keys: list[str]) -> SummaryForm:
        """The form filled with what is stored."""
        return cls(tree=tree, initial={"said": summary.said, "changed": summary.changed, "indicators": keys})

    def content(self) -> SummaryContent:
        """What was written, as the service takes it."""
        return SummaryContent(**self.cleaned_data)


class ContributorForm(IndicatorsForm):
    """Somebody from outside and what they are asked to rate."""

    full_name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    organisation = forms.CharField(label=_("Organisation, community or agency"), max_length=160)
    language = forms.ChoiceField(label=_("Language of the invitation"), choices=settings.LANGUAGES)
    due_on = forms.DateField(
        label=_("Due on"), widget=_day(), required=False, help_text=_("The access ends by itself two weeks later.")
    )

    def contributor(self) -> Contributor:
        """The person as the service takes it."""
        return Contributor(**self.cleaned_data)
