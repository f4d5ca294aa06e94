"""The baseline report for the State itself, and the public country insight: what each is made from, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from assessments.enums import DocumentKind
from assessments.models import Assessment, AssessmentVersion, FrameworkVersion
from assessments.permissions import can_make_insight, can_make_report
from assessments.reports.baseline_context import ReportSource, build_report
from assessments.reports.baseline_record import national_record
from assessments.reports.plans import DocumentPlan
from assessments.selectors.assessment_content import assessment_content
from assessments.selectors.assessments import assessment_for, latest_version
from assessments.selectors.frameworks import framework_tree, source_tree
from assessments.selectors.gaps import dismissed_indicators
from wam_portal.access import Viewer, require
from wam_portal.errors import Invalid

LAYOUT: Final = 4
"""Raise when the builder of the content changes what it says; changed templates are noticed by themselves."""
ENDORSED: Final = "endorsed"
CURRENT: Final = "current"


def plan_report(viewer: Viewer, subject: UUID, language: str, options: Mapping[str, str]) -> DocumentPlan:
    """The national report of a baseline. `options["source"]`: the newest endorsed version or the answers as they stand.

    Raises `NotVisible`, `Refused`, and `Invalid` where there is no endorsed version to print.
    """
    assessment = assessment_for(viewer, subject)
    require(can_make_report(viewer, assessment))
    chosen = options.get("source", ENDORSED)
    if chosen not in {ENDORSED, CURRENT}:
        raise Invalid({"source": [_("Choose what the report is made of.")]})
    version = latest_version(assessment) if chosen == ENDORSED else None
    if chosen == ENDORSED and version is None:
        raise Invalid({"source": [_("No version is endorsed yet. Choose the answers as they stand.")]})
    return _plan(viewer, assessment, version, language, {"source": chosen}, DocumentKind.BASELINE_REPORT)


def plan_insight(viewer: Viewer, subject: UUID, language: str, options: Mapping[str, str]) -> DocumentPlan:
    """The public insight of an endorsed baseline. `options["levels"]` is "yes" to print each indicator's level too.

    Raises `NotVisible`, `Refused`, and `Invalid` before the first endorsement.
    """
    assessment = assessment_for(viewer, subject)
    require(can_make_insight(viewer, assessment))
    version = latest_version(assessment)
    if version is None:
        raise Invalid({"": [_("Only an endorsed baseline is made public. Endorse it first.")]})
    chosen = {"levels": "yes" if options.get("levels") == "yes" else "no"}
    return _plan(viewer, assessment, version, language, chosen, DocumentKind.COUNTRY_INSIGHT)


def _plan(
    viewer: Viewer,
    assessment: Assessment,
    version: AssessmentVersion | None,
    language: str,
    options: Mapping[str, str],
    kind: DocumentKind,
) -> DocumentPlan:
    source = _source(viewer, assessment, version, language, options, kind)
    endorsed_on = source.endorsed_on.isoformat() if source.endorsed_on else None
    inputs: dict[str, Any] = {
        "layout": LAYOUT,
        "content": source.content,
        "hash": source.content_hash,
        "number": source.number,
        "authority": source.authority,
        "endorsed_on": endorsed_on,
        "state": source.state,
        "purpose": "" if source.public else source.purpose,
        "options": dict(options),
        # Decisions on gaps, consultation and signatures are no part of what was signed: the report says how they stand.
        "dismissed": sorted(source.dismissed),
        "record": dict(source.record),
    }
    return DocumentPlan(
        kind=kind,
        subject=assessment.uuid,
        title=source.content["title"],
        language=language,
        inputs=inputs,
        folder="reports",
        template="baseline.html",
        build=lambda: {"report": build_report(source)},
        options=options,
        content_hash=source.content_hash,
    )


def _source(
    viewer: Viewer,
    assessment: Assessment,
    version: AssessmentVersion | None,
    language: str,
    options: Mapping[str, str],
    kind: DocumentKind,
) -> ReportSource:
    live = source_tree(assessment.framework_version)
    content = version.content if version else assessment_content(assessment, live)
    national = kind == DocumentKind.BASELINE_REPORT
    with translation.override(language):
        tree = framework_tree(_framework_of(content, assessment))
        record = national_record(viewer, assessment, version, live) if national else {}
    return ReportSource(
        content=content,
        tree=tree,
        state=viewer.party.name,
        purpose=assessment.purpose,
        public=not national,
        language=language,
        number=version.number if version else 0,
        content_hash=version.content_hash if version else "",
        authority=version.authority if version else "",
        endorsed_on=version.endorsed_at.date() if version else None,
        levels=options.get("levels", "yes") == "yes",
        dismissed=dismissed_indicators(viewer, assessment) if national else frozenset(),
        record=record,
    )


def _framework_of(content: Mapping[str, Any], assessment: Assessment) -> FrameworkVersion:
    """The version of the framework that was signed; the baseline may have moved on to a newer one since."""
    signed = content["framework"]
    pinned = assessment.framework_version
    if pinned.version == signed["version"]:
        return pinned
    return FrameworkVersion.objects.get(framework__key=signed["key"], version=signed["version"])
