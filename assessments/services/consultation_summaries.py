"""What a consultation brought: summaries on indicators, and what changed because of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import ConsultationRound, ConsultationSummary
from assessments.models.consultations import CHANGED_MAX, SAID_MAX
from assessments.permissions import can_change_consultation
from assessments.selectors.frameworks import framework_tree
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class SummaryContent:
    """What was said, what changed, and on which indicators (keys)."""

    said: str
    indicators: Sequence[str]
    changed: str = ""


def add_summary(*, consultation: ConsultationRound, content: SummaryContent, actor: Viewer) -> ConsultationSummary:
    """Write down what people said. Raises `Refused`, and `Invalid` with messages by field."""
    require(can_change_consultation(actor, consultation))
    nodes = _nodes(consultation, content)
    with audited():
        summary = ConsultationSummary.objects.create(round=consultation, **_fields(content, actor))
        summary.indicators.set(nodes)
        _note("consultation.summary_added", summary, actor)
    return summary


def change_summary(
    *, summary: ConsultationSummary, base_version: int, content: SummaryContent, actor: Viewer
) -> ConsultationSummary:
    """Change a summary over the version that the person had before them. Raises `Refused`, `Invalid`, `Conflict`."""
    require(can_change_consultation(actor, summary.round))
    nodes = _nodes(summary.round, content)
    with audited():
        _swap(summary, base_version, **_fields(content, actor))
        summary.indicators.set(nodes)
        _note("consultation.summary_changed", summary, actor)
    summary.refresh_from_db()
    return summary


def delete_summary(*, summary: ConsultationSummary, base_version: int, actor: Viewer) -> None:
    """Delete a summary. Raises `Refused` and `Conflict`."""
    require(can_change_consultation(actor, summary.round))
    with audited():
        _swap(summary, base_version)
        _note("consultation.summary_deleted", summary, actor)
        summary.indicators.clear()
        ConsultationSummary.objects.filter(pk=summary.pk).delete()


def _fields(content: SummaryContent, actor: Viewer) -> dict[str, object]:
    return {
        "said": content.said.strip(),
        "changed": content.changed.strip(),
        "updated_by": actor.user,
        "updated_at": timezone.now(),
    }


def _nodes(consultation: ConsultationRound, content: SummaryContent) -> list[int]:
    """The rows of the indicators. Raises `Invalid` for what cannot be saved."""
    tree = framework_tree(consultation.assessment.framework_version)
    found = {key: tree.find_indicator(key) for key in content.indicators}
    nodes = [indicator.pk for indicator in found.values() if indicator is not None]
    errors: dict[str, list[str]] = {}
    if not content.said.strip():
        errors["said"] = [_("Write what was said.")]
    for name, text, most in (("said", content.said, SAID_MAX), ("changed", content.changed, CHANGED_MAX)):
        if len(text) > most:
            errors[name] = [_("Write at most %(max)s characters.") % {"max": most}]
    if not nodes:
        errors["indicators"] = [_("Choose the indicators that this is about.")]
    elif len(nodes) < len(found):
        errors["indicators"] = [_("The framework has no such indicator.")]
    if errors:
        raise Invalid(errors)
    return nodes


def _swap(summary: ConsultationSummary, base_version: int, **fields: object) -> None:
    same = ConsultationSummary.objects.filter(pk=summary.pk, version=base_version)
    if not same.update(version=F("version") + 1, **fields):
        current = ConsultationSummary.objects.filter(pk=summary.pk).first()
        raise Conflict(_("Somebody changed this summary before you."), current=current)


def _note(verb: str, summary: ConsultationSummary, actor: Viewer) -> None:
    record(verb=verb, target=summary, actor=actor, parties=[actor.party])
