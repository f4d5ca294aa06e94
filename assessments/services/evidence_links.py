"""Linking evidence to the indicators whose answers rest on it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.frameworks.tree import FrameworkTree, IndicatorView
from assessments.models import Assessment, Evidence, EvidenceLink, Node
from assessments.models.evidence import REFERENCE_MAX
from assessments.permissions import assessment_is_open, can_edit_answer
from assessments.selectors.frameworks import framework_tree
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid, NotVisible


def link_evidence(
    *, evidence: Evidence, assessment: Assessment, indicators: Iterable[str], actor: Viewer, reference: str = ""
) -> list[EvidenceLink]:
    """Link an evidence of the actor's State to the indicators of those keys; what is linked already stays as it is.

    Answers the new links. Raises `Refused` where the actor may not answer one of the indicators, `Invalid` for
    unknown keys, none at all, or an over-long reference, `NotVisible` for evidence that the actor may not read, and
    `Conflict` when it was withdrawn meanwhile.
    """
    tree = framework_tree(assessment.framework_version)
    wanted = _wanted(tree, indicators)
    reference = " ".join(reference.split())
    if len(reference) > REFERENCE_MAX:
        message = _("Use at most %(limit)d characters; this has %(count)d.")
        raise Invalid({"reference": [message % {"limit": REFERENCE_MAX, "count": len(reference)}]})
    for indicator in wanted:
        section = tree.section_of(indicator).node.pk
        require(can_edit_answer(actor, assessment, Node(pk=indicator.pk, section_id=section)))
    try:
        with audited():
            return _link(evidence, assessment, wanted, reference, actor)
    except IntegrityError as error:
        # Somebody linked the same at the same moment.
        raise Invalid({"indicators": [_("This evidence is linked to that indicator already.")]}) from error


def unlink_evidence(*, link: EvidenceLink, actor: Viewer) -> None:
    """Take a link away; the evidence stays. Taking away what is gone already does nothing. Raises `Refused`."""
    node = Node(pk=link.indicator_id, section_id=link.indicator.section_id)
    require(can_edit_answer(actor, link.assessment, node))
    with audited():
        require(assessment_is_open(Assessment.objects.select_for_update(no_key=True).get(pk=link.assessment_id)))
        deleted, _rows = EvidenceLink.objects.filter(pk=link.pk).delete()
        if deleted:
            changes = {"assessment": str(link.assessment.uuid), "indicator": link.indicator.key}
            record(verb="evidence.unlinked", target=link.evidence, actor=actor, parties=[actor.party], changes=changes)


def _wanted(tree: FrameworkTree, keys: Iterable[str]) -> list[IndicatorView]:
    found = {key: tree.find_indicator(key) for key in keys}
    wanted = [indicator for indicator in found.values() if indicator is not None]
    if not wanted or len(wanted) < len(found):
        raise Invalid({"indicators": [_("Choose at least one indicator of this baseline.")]})
    return wanted


def _link(
    evidence: Evidence, assessment: Assessment, wanted: list[IndicatorView], reference: str, actor: Viewer
) -> list[EvidenceLink]:
    # Both rows are locked where the database can, so that neither a withdrawal nor a submission slips in between.
    require(assessment_is_open(Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)))
    if not Evidence.objects.visible_to(actor).filter(pk=evidence.pk).exists():
        raise NotVisible
    standing = Evidence.objects.standing().select_for_update(no_key=True).filter(pk=evidence.pk).first()
    if standing is None:
        raise Conflict(_("This evidence was withdrawn meanwhile. Choose another."), current=evidence)
    pks = [indicator.pk for indicator in wanted]
    links = EvidenceLink.objects.filter(evidence=evidence, assessment=assessment, indicator__in=pks)
    present = set(links.values_list("indicator_id", flat=True))
    new = [indicator for indicator in wanted if indicator.pk not in present]
    made = EvidenceLink.objects.bulk_create(
        EvidenceLink(
            evidence=evidence,
            assessment=assessment,
            indicator_id=indicator.pk,
            reference=reference,
            created_by=actor.user,
            created_at=timezone.now(),
        )
        for indicator in new
    )
    if made:
        changes = {"assessment": str(assessment.uuid), "indicators": [indicator.key for indicator in new]}
        record(verb="evidence.linked", target=evidence, actor=actor, parties=[actor.party], changes=changes)
    return made
