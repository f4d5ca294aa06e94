"""Reading endorsed versions: what was signed, and what has changed since, indicator by indicator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.enums import AnswerRating, Basis, Confidence
from assessments.frameworks.tree import FrameworkTree, IndicatorView, SectionView
from assessments.models import Assessment, AssessmentVersion, EndorsementSignature, FrameworkVersion
from assessments.models.assessments import VersionQuerySet
from assessments.selectors.answers import answers_for
from assessments.selectors.assessment_content import answer_entries, signed_entries
from assessments.selectors.evidence import evidence_hashes
from assessments.selectors.frameworks import framework_tree
from assessments.text_changes import Run, word_changes
from wam_portal.access import Viewer
from wam_portal.errors import NotVisible

FIELDS: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("rating", _("Level")),
    ("target", _("Own target")),
    ("basis", _("Basis")),
    ("confidence", _("Confidence")),
    ("reason", _("Reason")),
    ("narrative", _("What is in place, and what is not")),
    ("minority_note", _("Who disagrees, and why")),
    ("evidence", _("Evidence (beginnings of the hashes)")),
)
"""The fields of an answer in the order in which people read them; level and rating are one."""
HASH_SHOWN: Final = 12
TEXTS: Final = frozenset({"reason", "narrative", "minority_note"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field whose value differs; `runs` marks the words where it is a text."""

    name: str
    label: str | Promise
    signed: str
    now: str
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorChange:
    """An indicator whose answer differs from the signed one."""

    code: str
    key: str
    question: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class SignedAnswer:
    """An answer as it was signed, in words."""

    code: str
    question: str
    fields: tuple[tuple[str | Promise, str], ...]


@dataclass(frozen=True, slots=True)
class SignedSection:
    """The signed answers of a section with its part of the profile."""

    title: str
    score_percent: int | None
    coverage_percent: int | None
    answers: tuple[SignedAnswer, ...]


def versions_for(viewer: Viewer, assessment: Assessment) -> VersionQuerySet:
    """The endorsed versions of a baseline with their signatures, the newest first, in two statements."""
    signatures = EndorsementSignature.objects.select_related("signed_by").order_by("signed_at", "pk")
    found = AssessmentVersion.objects.visible_to(viewer).filter(assessment=assessment).select_related("endorsed_by")
    return found.prefetch_related(Prefetch("signatures", queryset=signatures)).order_by("-number")


def version_for(viewer: Viewer, assessment: Assessment, number: int) -> AssessmentVersion:
    """One endorsed version. Raises `NotVisible`."""
    found = versions_for(viewer, assessment).filter(number=number).first()
    if found is None:
        raise NotVisible
    return found


def signed_tree(version: AssessmentVersion, current: FrameworkTree) -> FrameworkTree:
    """The framework version in whose words a version was signed; `current` is that of the baseline now."""
    signed = version.content["framework"]
    if signed["hash"] == current.version.content_hash:
        return current
    found = FrameworkVersion.objects.filter(framework__key=signed["key"], version=signed["version"]).first()
    return current if found is None else framework_tree(found)


def signed_sections(version: AssessmentVersion, tree: FrameworkTree) -> tuple[SignedSection, ...]:
    """What was signed, section by section, in the framework's words; `tree` as from `signed_tree`."""
    entries = signed_entries(version)
    # The rows of the profile stand in the order of the sections; their titles are in the framework's own language.
    profile = version.content["profile"]
    rows = profile if len(profile) == len(tree.sections) else [{}] * len(tree.sections)
    return tuple(_signed_section(*pair, entries) for pair in zip(tree.sections, rows, strict=True))


def changes_of(
    viewer: Viewer, assessment: Assessment, version: AssessmentVersion, tree: FrameworkTree
) -> tuple[IndicatorChange, ...]:
    """Indicators whose answer now differs from the signed one, in reading order, in two statements."""
    entries = answer_entries(answers_for(viewer, assessment), tree, evidence_hashes(assessment))
    live = {entry["indicator"]: entry for entry in entries}
    return _changes(version, live, tree)


def _changes(
    version: AssessmentVersion, live: Mapping[str, dict[str, Any]], tree: FrameworkTree
) -> tuple[IndicatorChange, ...]:
    before = signed_entries(version)
    old_tree = signed_tree(version, tree)
    keys = [indicator.key for indicator in tree.indicators]
    keys += sorted(before.keys() - set(keys))
    return tuple(
        _change(key, old_tree.find_indicator(key), before.get(key), tree.find_indicator(key), live.get(key))
        for key in keys
        if before.get(key) != live.get(key)
    )


def _change(
    key: str,
    old: IndicatorView | None,
    before: dict[str, Any] | None,
    new: IndicatorView | None,
    after: dict[str, Any] | None,
) -> IndicatorChange:
    shown = new or old
    signed, now = in_words(before, old), in_words(after, new)
    fields = tuple(
        FieldChange(
            name=name,
            label=label,
            signed=signed[name],
            now=now[name],
            runs=word_changes(signed[name], now[name]) if name in TEXTS else (),
        )
        for name, label in FIELDS
        if signed[name] != now[name]
    )
    question = shown.question if shown else ""
    return IndicatorChange(code=(shown.code if shown else "") or key, key=key, question=question, fields=fields)


def in_words(entry: dict[str, Any] | None, indicator: IndicatorView | None) -> dict[str, str]:
    """The fields of a signed or live entry as people read them; all empty where there is no answer."""
    if entry is None:
        return {name: "" for name, _label in FIELDS}
    return {
        "rating": _option(entry["option"], indicator) if entry["option"] else str(AnswerRating(entry["rating"]).label),
        "target": _option(entry["target"], indicator) if entry["target"] else "",
        "basis": str(Basis(entry["basis"]).label),
        "confidence": str(Confidence(entry["confidence"]).label) if entry["confidence"] else "",
        **{name: entry[name] for name in TEXTS},
        "evidence": ", ".join(digest[:HASH_SHOWN] for digest in entry["evidence"]),
    }


def _option(key: str, indicator: IndicatorView | None) -> str:
    option = indicator.scale.find_option(key) if indicator else None
    return key if option is None else f"{option.value} {option.label}"


def _signed_section(
    section: SectionView, row: Mapping[str, Any], entries: Mapping[str, dict[str, Any]]
) -> SignedSection:
    return SignedSection(
        title=section.node.title,
        score_percent=row.get("score_percent"),
        coverage_percent=row.get("coverage_percent"),
        answers=tuple(
            _signed_answer(indicator, entries[indicator.key])
            for indicator in section.indicators
            if indicator.key in entries
        ),
    )


def _signed_answer(indicator: IndicatorView, entry: dict[str, Any]) -> SignedAnswer:
    words = in_words(entry, indicator)
    return SignedAnswer(
        code=indicator.code or indicator.key,
        question=indicator.question,
        fields=tuple((label, words[name]) for name, label in FIELDS if words[name]),
    )
