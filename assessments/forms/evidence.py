"""Forms of evidence: what is said about it, the files, and what it is linked to."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from assessments.enums import CLASSIFICATION_MEANINGS, Classification
from assessments.frameworks.tree import SectionView
from assessments.models import Evidence
from assessments.models.evidence import NOTE_MAX, REFERENCE_MAX, TITLE_MAX
from assessments.selectors.evidence import today
from assessments.services.evidence import EvidenceDetails, VersionDays
from wam_portal.uploads.kinds import ACCEPT


def _classifications() -> list[tuple[str, str]]:
    """The classifications with their meaning, put together when a form is shown: each reader has a language."""
    return [
        (value.value, _("%(label)s: %(meaning)s") % {"label": value.label, "meaning": CLASSIFICATION_MEANINGS[value]})
        for value in Classification
    ]


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FilesInput(forms.FileInput):
    """A file field that takes several."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, UploadedFile[bytes]], name: str) -> Any:
        """All files sent under the name."""
        return files.getlist(name) if hasattr(files, "getlist") else []


class FilesField(forms.Field):
    """Any number of files. Whether they may be kept is the service's to say, for each by itself."""

    widget = FilesInput

    def clean(self, value: Any) -> list[UploadedFile[bytes]]:
        """The files that came."""
        return [file for file in value or [] if file]


class OneFileField(forms.FileField):
    """One file, with the service to say what is wrong with it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_empty_file=True, widget=forms.FileInput(attrs={"accept": ACCEPT}), **options)


class DetailsForm(forms.Form):
    """What is said about an evidence."""

    title = forms.CharField(label=_("Title"), max_length=TITLE_MAX)
    classification = forms.ChoiceField(
        label=_("Classification"),
        choices=_classifications,
        initial=Classification.OFFICIAL,
        widget=forms.RadioSelect,
    )
    period_from = forms.DateField(label=_("Covers the time from"), widget=_day(), required=False)
    period_to = forms.DateField(label=_("Covers the time until"), widget=_day(), required=False)
    expires_on = forms.DateField(
        label=_("Expires on"),
        widget=_day(),
        required=False,
        help_text=_("After this day, answers that rest on it are marked."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=NOTE_MAX,
        help_text=_("Where it comes from, and what it shows."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @classmethod
    def of(cls, evidence: Evidence) -> DetailsForm:
        """The form filled with what is stored."""
        return cls(initial={name: getattr(evidence, name) for name in cls.base_fields})

    def details(self) -> EvidenceDetails:
        """What was said; only of a valid form."""
        names = ("title", "note", "classification", "period_from", "period_to", "expires_on")
        return EvidenceDetails(**{name: self.cleaned_data[name] for name in names if name in self.cleaned_data})


class UploadForm(DetailsForm):
    """Several files, each to be an evidence of its own."""

    documents = FilesField(label=_("Files"), required=False)

    field_order = ("documents", "title", "classification")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("For a single file. Several files are called by their names.")
        self.fields["documents"].widget.attrs["accept"] = ACCEPT


class QuickUploadForm(forms.Form):
    """Files for one indicator, with no more said than has to be."""

    documents = FilesField(label=_("Files"), required=False)
    classification = forms.ChoiceField(
        label=_("Classification"), choices=Classification.choices, initial=Classification.OFFICIAL
    )
    expires_on = forms.DateField(label=_("Expires on"), widget=_day(), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["documents"].widget.attrs["accept"] = ACCEPT

    def details(self) -> EvidenceDetails:
        """What was said; only of a valid form."""
        return EvidenceDetails(
            classification=self.cleaned_data["classification"], expires_on=self.cleaned_data["expires_on"]
        )


class VersionUploadForm(forms.Form):
    """A newer version of a document."""

    file = OneFileField(label=_("File"))
    period_from = forms.DateField(label=_("Covers the time from"), widget=_day(), required=False)
    period_to = forms.DateField(label=_("Covers the time until"), widget=_day(), required=False)
    expires_on = forms.DateField(
        label=_("Expires on"),
        widget=_day(),
        required=False,
        help_text=_("The day of this version. Leave it empty where the document does not expire."),
    )

    def clean_expires_on(self) -> date | None:
        """A day that has passed would make the newer version worthless at once."""
        day: date | None = self.cleaned_data["expires_on"]
        if day and day < today():
            raise forms.ValidationError(_("This day has passed. Give the day on which this version expires."))
        return day

    @classmethod
    def of(cls, evidence: Evidence) -> VersionUploadForm:
        """The form with the days that hold now; a day that has passed is no day of a newer version."""
        days = {name: getattr(evidence, name) for name in ("period_from", "period_to", "expires_on")}
        if days["expires_on"] and days["expires_on"] < today():
            days["expires_on"] = None
        return cls(initial=days)

    def days(self) -> VersionDays | None:
        """The days that were given; only of a valid form. Where nothing was said of them, they stay."""
        names = ("period_from", "period_to", "expires_on")
        said = any(name in self.data for name in names)
        return VersionDays(**{name: self.cleaned_data[name] for name in names}) if said else None


if TYPE_CHECKING:
    _EvidenceChoice = forms.ModelChoiceField[Evidence]
else:
    # Django's fields take no type arguments when they run.
    _EvidenceChoice = forms.ModelChoiceField


class AttachForm(forms.Form):
    """Evidence of the library for one indicator."""

    reference = forms.CharField(label=_("Page or note"), required=False, max_length=REFERENCE_MAX)

    field_order = ("evidence", "reference")

    def __init__(self, *args: Any, choices: QuerySet[Evidence], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["evidence"] = _EvidenceChoice(
            label=_("Evidence of your State"), queryset=choices, to_field_name="uuid", empty_label=_("Choose")
        )
        self.order_fields(self.field_order)


class LinkForm(forms.Form):
    """The indicators of a baseline whose answers rest on an evidence."""

    reference = forms.CharField(
        label=_("Page or note"),
        required=False,
        max_length=REFERENCE_MAX,
        help_text=_("Where in the document to look; it is noted on every new link."),
    )

    field_order = ("indicators", "reference")

    def __init__(self, *args: Any, sections: list[SectionView], linked: frozenset[int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.choices = [
            (section.node.title, [(item.key, f"{item.code or item.key} {item.question}") for item in fresh])
            for section in sections
            if (fresh := [item for item in section.indicators if item.pk not in linked])
        ]
        self.fields["indicators"] = forms.MultipleChoiceField(
            label=_("Indicators"),
            choices=self.choices,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one indicator.")},
        )
        self.order_fields(self.field_order)

    def groups(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The indicators by section, each with whether it is ticked."""
        ticked = set(self["indicators"].value() or [])
        return [
            (title, [{"value": key, "label": label, "selected": key in ticked} for key, label in options])
            for title, options in self.choices
        ]
