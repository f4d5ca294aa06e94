"""Gaps, requests and releases for tests, made through the services as people make them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from assessments.enums import GapStatus
from assessments.models import Answer, Assessment, AssistanceRequest, FrameworkVersion, Gap, Grant, RequestVersion
from assessments.selectors.frameworks import framework_tree
from assessments.services.answers import AnswerContent, save_answer
from assessments.services.assessments import endorse_assessment, start_assessment, submit_assessment
from assessments.services.gaps import confirm_gap
from assessments.services.needs import update_need
from assessments.services.releases import release_request
from assessments.services.requests import draft_request, endorse_request, update_request
from tests.personas import Persona
from wam_portal.accounts.models import Party

COMPLETE: dict[str, Any] = {
    "objective": "Keep better records.",
    "period_start": date(2027, 1, 1),
    "period_end": date(2028, 12, 31),
    "what_exists": "A paper register.",
    "who_helps": "Nobody.",
    "languages": ["en"],
    "sustainability": "The registry budget pays from the third year.",
}
"""Everything that a request needs besides its needs to be endorsed."""


def start_baseline(editor: Persona, framework: FrameworkVersion, cycle: str = "2026") -> Assessment:
    """A baseline of the editor's State that has just begun."""
    return start_assessment(
        framework_version=framework,
        cycle=cycle,
        title=f"Baseline {cycle}",
        started_on=date(2026, 1, 5),
        actor=editor.viewer,
    )


def rate(editor: Persona, assessment: Assessment, indicator: str, level: int = 2, **content: Any) -> Answer:
    """Answer an indicator by its key, over whatever was answered before; `content` replaces parts of the answer."""
    before = Answer.objects.filter(assessment=assessment, indicator__key=indicator).first()
    fields: dict[str, Any] = {"rating": "rated", "option": str(level), "basis": "document", "confidence": "high"}
    if content.get("rating", "rated") != "rated":
        fields |= {"option": "", "reason": "Does not apply here."}
    return save_answer(
        assessment=assessment,
        indicator=indicator,
        base_version=before.version if before else 0,
        content=AnswerContent(**{**fields, **content}),
        actor=editor.viewer,
    )


def make_gap(editor: Persona, assessment: Assessment, indicator: str, level: int = 2, *, confirmed: bool = True) -> Gap:
    """A gap of the baseline, opened by rating the indicator below its target."""
    rate(editor, assessment, indicator, level)
    gap = Gap.objects.select_related("assessment").get(assessment=assessment, indicator__key=indicator)
    if not confirmed or gap.status == GapStatus.CONFIRMED:
        return gap
    return confirm_gap(gap=gap, base_version=gap.version, actor=editor.viewer)


def endorse_baseline(editor: Persona, approver: Persona, assessment: Assessment, level: int = 4) -> Assessment:
    """Answer what is not answered yet, submit and endorse."""
    answered = set(Answer.objects.filter(assessment=assessment).values_list("indicator__key", flat=True))
    for indicator in framework_tree(assessment.framework_version).indicators:
        if indicator.key not in answered:
            rate(editor, assessment, indicator.key, level)
    submitted = submit_assessment(assessment=assessment, base_version=assessment.version, actor=editor.viewer)
    endorse_assessment(
        assessment=submitted, base_version=submitted.version, authority="commission", actor=approver.viewer
    )
    return Assessment.objects.get(pk=assessment.pk)


def make_draft(editor: Persona, gaps: Sequence[Gap], **fields: Any) -> AssistanceRequest:
    """A draft that could be endorsed: every need described and costed at 100,000.00; `fields` go into the request."""
    request = draft_request(assessment=gaps[0].assessment, gap_uuids=[gap.uuid for gap in gaps], actor=editor.viewer)
    update_request(request=request, base_version=request.version, actor=editor.viewer, **{**COMPLETE, **fields})
    for need in request.needs.all():
        # All of them belong to the one request in memory, whose version each change raises.
        update_need(
            need=need,
            base_version=need.request.version,
            actor=editor.viewer,
            description="Training of twelve officers.",
            amount_minor=10_000_000,
        )
    return AssistanceRequest.objects.get(pk=request.pk)


def endorse(approver: Persona, request: AssistanceRequest) -> RequestVersion:
    """Endorse a complete draft."""
    return endorse_request(request=request, base_version=request.version, actor=approver.viewer)


def release_to(
    approver: Persona,
    request: AssistanceRequest,
    *recipients: Party,
    level: str = "dossier",
    all_donors: bool = False,
    days: int = 30,
    keys: Sequence[str] | None = None,
) -> list[Grant]:
    """Share an endorsed request for `days` days."""
    return release_request(
        request=request,
        actor=approver.viewer,
        level=level,
        purpose="To decide on funding.",
        recipients=recipients,
        all_donors=all_donors,
        expires_on=timezone.now().date() + timedelta(days=days),
        keys=keys,
    )
