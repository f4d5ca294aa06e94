"""Who may do what on the national side. Every refusal carries its reason and who could.

The predicates decide on stored objects that the viewer may already see: a foreign object never gets here.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from assessments.enums import (
    OPEN_ASSESSMENTS,
    AssessmentStatus,
    FrameworkStatus,
    GapStatus,
    MeetingStatus,
    RequestStatus,
    RoundStatus,
)
from assessments.models import (
    Assessment,
    Assignment,
    AssistanceRequest,
    ConsultationRound,
    EndorsementSignature,
    Evidence,
    FrameworkVersion,
    Gap,
    Grant,
    Meeting,
    Node,
)
from assessments.models.answers import RECORD_READERS
from assessments.models.assessments import VERSION_READERS
from assessments.models.documents import DOCUMENT_READERS
from assessments.models.endorsement import four_eyes_hold
from assessments.models.gaps import GAP_READERS
from assessments.models.meetings import MEETING_READERS
from assessments.transitions import ASSESSMENT, GAP, REQUEST, Transition, target_of
from wam_portal.access import ALLOWED, Decision, PlatformActor, SystemViewer, Viewer, refuse
from wam_portal.accounts.enums import STATE_STAFF, Role

EDITOR_CAN = _("A focal point of your State can.")
APPROVER_CAN = _("An approver of your State can.")
ADMIN_CAN = _("A national administrator of your State can.")


def _own(viewer: Viewer, state_id: int) -> bool:
    return viewer.party.assesses and viewer.party.pk == state_id


def _editor_of(viewer: Viewer, state_id: int) -> Decision:
    if _own(viewer, state_id) and viewer.has_role(Role.EDITOR):
        return ALLOWED
    return refuse(_("Only focal points may change this."), EDITOR_CAN, roles=(Role.EDITOR,))


def _approver_of(viewer: Viewer, state_id: int) -> Decision:
    if _own(viewer, state_id) and viewer.has_role(Role.APPROVER):
        return ALLOWED
    return refuse(_("Only approvers may do this."), APPROVER_CAN, roles=(Role.APPROVER,))


def can_start_assessment(viewer: Viewer) -> Decision:
    """Focal points of a State that assesses start its baselines."""
    return _editor_of(viewer, viewer.party.pk)


def assessment_is_open(assessment: Assessment) -> Decision:
    """Answers change while the baseline is a draft, in consultation or returned."""
    if assessment.status in OPEN_ASSESSMENTS:
        return ALLOWED
    if assessment.status == AssessmentStatus.IN_REVIEW:
        return refuse(
            _("This baseline is being reviewed, so its answers do not change."),
            _("An approver can return it to you."),
            roles=(Role.APPROVER,),
        )
    if assessment.status == AssessmentStatus.SUPERSEDED:
        return refuse(_("A newer baseline has taken the place of this one, so nobody changes it any more."))
    return refuse(
        _("This baseline is endorsed, so its answers do not change."),
        _("An approver can reopen it with a reason."),
        roles=(Role.APPROVER,),
    )


def can_edit_assessment(viewer: Viewer, assessment: Assessment) -> Decision:
    """Focal points change title, dates and assignments while the baseline is being rated."""
    return _editor_of(viewer, assessment.state_id) and assessment_is_open(assessment)


def can_discard_assessment(viewer: Viewer, assessment: Assessment) -> Decision:
    """Focal points throw away a draft that was started by mistake; whether it is empty is asked when they do."""
    if assessment.status != AssessmentStatus.DRAFT:
        return refuse(_("Only a draft can be discarded."))
    return _editor_of(viewer, assessment.state_id)


def baseline_is_empty(held: Sequence[str]) -> Decision:
    """A draft that holds anything is not discarded: nothing that was written is deleted."""
    if not held:
        return ALLOWED
    message = _("This baseline is not empty, so it is not discarded. It holds: %(list)s.")
    return refuse(message % {"list": ", ".join(held)})


def can_read_scope(viewer: Viewer) -> Decision:
    """Everybody who reads the whole record reads its scope; contributors see what is assigned to them."""
    if viewer.party.assesses and viewer.has_role(*RECORD_READERS):
        return ALLOWED
    return refuse(_("The scope is read by focal points, approvers and viewers."), ADMIN_CAN)


def can_edit_answer(viewer: Viewer, assessment: Assessment, indicator: Node) -> Decision:
    """Focal points rate everything, contributors what is assigned to them, while the baseline is open."""
    if not _own(viewer, assessment.state_id):
        return refuse(_("Only members of this State may answer."))
    if viewer.has_role(Role.EDITOR):
        return assessment_is_open(assessment)
    if not viewer.has_role(Role.CONTRIBUTOR):
        return refuse(_("You may read these answers but not change them."), EDITOR_CAN, roles=(Role.EDITOR,))
    mine = Assignment.objects.held_by(viewer).for_state().filter(assessment=assessment)
    if not mine.covering(indicator.pk, indicator.section_id).exists():
        return not_assigned()
    return assessment_is_open(assessment)


def not_assigned() -> Decision:
    """The refusal for what somebody would only see if it were assigned to them."""
    return refuse(_("This is not assigned to you."), _("A focal point can assign it to you."), roles=(Role.EDITOR,))


def can_rate_independently(viewer: Viewer, assessment: Assessment, indicator: Node) -> Decision:
    """Whoever an indicator is assigned to for an independent rating, while the baseline is open."""
    if not _own(viewer, assessment.state_id):
        return refuse(_("Only members of this State may answer."))
    mine = Assignment.objects.held_by(viewer).independent().filter(assessment=assessment)
    if not mine.covering(indicator.pk, indicator.section_id).exists():
        return not_assigned()
    return assessment_is_open(assessment)


def can_fill_working_copy(viewer: Viewer, assessment: Assessment) -> Decision:
    """Focal points and contributors bring a filled working copy back; each row asks for its own permission again."""
    if not (_own(viewer, assessment.state_id) and viewer.has_role(Role.EDITOR, Role.CONTRIBUTOR)):
        return refuse(_("You may read these answers but not change them."), EDITOR_CAN, roles=(Role.EDITOR,))
    return assessment_is_open(assessment)


def can_export_record(viewer: Viewer, assessment: Assessment) -> Decision:
    """Focal points, approvers and national administrators take the whole record out as data; viewers read it here."""
    if _own(viewer, assessment.state_id) and viewer.has_role(*DOCUMENT_READERS):
        return ALLOWED
    who = _("The whole baseline is exported by focal points, approvers and national administrators.")
    return refuse(who, EDITOR_CAN, roles=(Role.EDITOR,))


def can_take_working_copy(viewer: Viewer, assessment: Assessment) -> Decision:
    """Who exports the whole takes it along, and contributors what is assigned to them; viewers take no file away."""
    if _own(viewer, assessment.state_id) and viewer.has_role(Role.CONTRIBUTOR, *DOCUMENT_READERS):
        return ALLOWED
    return refuse(_("Viewers read the baseline here and take no file of it along."), EDITOR_CAN, roles=(Role.EDITOR,))


def can_discuss(viewer: Viewer, assessment: Assessment, indicator: Node) -> Decision:
    """Whoever works on an indicator comments on it and flags it, at any step of the baseline; viewers only read."""
    if not _own(viewer, assessment.state_id):
        return refuse(_("Only members of this State may comment."))
    if viewer.has_role(Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN):
        return ALLOWED
    if not viewer.has_role(Role.CONTRIBUTOR):
        return refuse(_("You may read comments but not write any."), EDITOR_CAN)
    mine = Assignment.objects.held_by(viewer).for_state().filter(assessment=assessment)
    return ALLOWED if mine.covering(indicator.pk, indicator.section_id).exists() else not_assigned()


def can_read_ratings(viewer: Viewer) -> Decision:
    """The ratings of all agencies are read by those who read the whole record, never by those who rate."""
    if viewer.party.assesses and viewer.has_role(*GAP_READERS):
        return ALLOWED
    return refuse(_("The ratings of all agencies are read by focal points, approvers and viewers."), EDITOR_CAN)


def can_reconcile(viewer: Viewer, assessment: Assessment) -> Decision:
    """Focal points choose from the ratings of the agencies while the baseline is being rated."""
    return _editor_of(viewer, assessment.state_id) and assessment_is_open(assessment)


def _step(verb: str, table: tuple[Transition, ...], status: str, label: str) -> Decision:
    if target_of(table, verb, status) is None:
        return refuse(_("This cannot be done while the status is “%(status)s”.") % {"status": label})
    return ALLOWED


def can_submit_assessment(viewer: Viewer, assessment: Assessment) -> Decision:
    """Focal points submit a baseline for review."""
    return _editor_of(viewer, assessment.state_id) and _step(
        "submit", ASSESSMENT, assessment.status, assessment.get_status_display()
    )


def can_consult_on_assessment(viewer: Viewer, assessment: Assessment, verb: str = "consult") -> Decision:
    """Focal points open a baseline for consultation ("consult") and end it ("resume")."""
    return _editor_of(viewer, assessment.state_id) and _step(
        verb, ASSESSMENT, assessment.status, assessment.get_status_display()
    )


def can_return_assessment(viewer: Viewer, assessment: Assessment) -> Decision:
    """Approvers return a submitted baseline with a reason."""
    return _approver_of(viewer, assessment.state_id) and _step(
        "return", ASSESSMENT, assessment.status, assessment.get_status_display()
    )


def can_endorse_assessment(viewer: Viewer, assessment: Assessment) -> Decision:
    """Approvers sign once each; under four eyes not the person who submitted it."""
    decision = _approver_of(viewer, assessment.state_id) and _step(
        "endorse", ASSESSMENT, assessment.status, assessment.get_status_display()
    )
    if not decision:
        return decision
    if assessment.submitted_by_id == viewer.user.pk and four_eyes_hold(assessment.state_id):
        return refuse(
            _("You submitted this baseline, so somebody else must endorse it."),
            _("Another approver can."),
            roles=(Role.APPROVER,),
        )
    if EndorsementSignature.objects.standing().filter(assessment=assessment, signed_by=viewer.user).exists():
        return refuse(_("You have signed this baseline."), _("Another approver must sign too."), roles=(Role.APPROVER,))
    return decision


def can_change_endorsement_policy(viewer: Viewer) -> Decision:
    """National administrators change the rule by which their State endorses."""
    if viewer.party.assesses and viewer.has_role(Role.NATIONAL_ADMIN):
        return ALLOWED
    return refuse(_("Only national administrators change this rule."), ADMIN_CAN, roles=(Role.NATIONAL_ADMIN,))


def can_read_versions(viewer: Viewer) -> Decision:
    """Everybody at a State reads its endorsed versions but contributors, who read the answers of their sections."""
    if viewer.party.assesses and viewer.has_role(*VERSION_READERS):
        return ALLOWED
    return refuse(_("Endorsed versions are read by focal points, approvers and viewers."), ADMIN_CAN)


def can_reopen_assessment(viewer: Viewer, assessment: Assessment) -> Decision:
    """Approvers reopen an endorsed baseline with a reason; the endorsed version stays as signed."""
    return _approver_of(viewer, assessment.state_id) and _step(
        "reopen", ASSESSMENT, assessment.status, assessment.get_status_display()
    )


def can_read_consultations(viewer: Viewer) -> Decision:
    """Those who read the whole record read who was consulted; contributors do not."""
    if viewer.party.assesses and viewer.has_role(*RECORD_READERS):
        return ALLOWED
    return refuse(_("Consultations are read by focal points, approvers and viewers."), ADMIN_CAN)


def can_change_consultation(viewer: Viewer, consultation: ConsultationRound) -> Decision:
    """Focal points keep the rounds of a baseline while it is being rated."""
    return can_edit_assessment(viewer, consultation.assessment)


def can_invite_contributors(viewer: Viewer, consultation: ConsultationRound) -> Decision:
    """Focal points invite people from outside to rate, in a round that is open."""
    decision = can_change_consultation(viewer, consultation)
    if decision and consultation.status == RoundStatus.CLOSED:
        return refuse(_("This round is closed."), _("A focal point can open it again."))
    return decision


def can_read_gaps(viewer: Viewer) -> Decision:
    """Everybody at a State reads its gaps but contributors, who read the answers of their sections."""
    if viewer.party.assesses and viewer.has_role(*GAP_READERS):
        return ALLOWED
    return refuse(_("Gaps are read by focal points, approvers and viewers."), ADMIN_CAN)


def can_compare_baselines(viewer: Viewer) -> Decision:
    """Everybody at a State who reads the whole record compares its baselines."""
    if viewer.party.assesses and viewer.has_role(*RECORD_READERS):
        return ALLOWED
    return refuse(_("Baselines are compared by focal points, approvers and viewers."), ADMIN_CAN)


def can_dismiss_finding(viewer: Viewer, assessment: Assessment) -> Decision:
    """Focal points and approvers leave findings of the quality check as they are, at any time, for a reason."""
    if _own(viewer, assessment.state_id) and viewer.has_role(Role.EDITOR, Role.APPROVER):
        return ALLOWED
    return refuse(_("Only focal points and approvers dismiss findings."), EDITOR_CAN)


def can_decide_gap(viewer: Viewer, gap: Gap, verb: str) -> Decision:
    """Focal points and approvers confirm, dismiss and reopen gaps."""
    if not (_own(viewer, gap.assessment.state_id) and viewer.has_role(Role.EDITOR, Role.APPROVER)):
        return refuse(_("Only focal points and approvers decide on gaps."), EDITOR_CAN)
    if gap.assessment.status == AssessmentStatus.SUPERSEDED:
        return assessment_is_open(gap.assessment)
    if gap.status == GapStatus.CLOSED:
        return refuse(_("This gap is closed: the indicator has reached its target."))
    if gap.status == GapStatus.LEFT_OUT:
        return refuse(
            _("The indicator is left out of the agreed scope, so this is no gap of the baseline."),
            _("Put the indicator back to decide on its gap."),
        )
    return _step(verb, GAP, gap.status, gap.get_status_display())


def can_describe_gap(viewer: Viewer, gap: Gap) -> Decision:
    """Focal points and approvers note the root cause of a gap, whatever was decided on it."""
    if gap.assessment.status == AssessmentStatus.SUPERSEDED:
        return assessment_is_open(gap.assessment)
    if _own(viewer, gap.assessment.state_id) and viewer.has_role(Role.EDITOR, Role.APPROVER):
        return ALLOWED
    return refuse(_("Only focal points and approvers describe gaps."), EDITOR_CAN)


def can_draft_request(viewer: Viewer) -> Decision:
    """Focal points draft assistance requests."""
    return _editor_of(viewer, viewer.party.pk)


def can_edit_request(viewer: Viewer, request: AssistanceRequest) -> Decision:
    """Focal points change a request while it is a draft."""
    decision = _editor_of(viewer, request.state_id)
    if decision and request.status != RequestStatus.DRAFT:
        return refuse(
            _("This request is “%(status)s”, so it does not change.") % {"status": request.get_status_display()},
            _("An approver can reopen it; what was endorsed stays as signed."),
        )
    return decision


def can_endorse_request(viewer: Viewer, request: AssistanceRequest) -> Decision:
    """Approvers endorse, four eyes: not the author of the last change."""
    decision = _approver_of(viewer, request.state_id) and _step(
        "endorse", REQUEST, request.status, request.get_status_display()
    )
    if decision and request.last_edited_by_id == viewer.user.pk:
        return refuse(_("You made the last change, so somebody else must endorse it."), _("Another approver can."))
    return decision


def can_reopen_request(viewer: Viewer, request: AssistanceRequest) -> Decision:
    """Approvers reopen an endorsed request for changes."""
    return _approver_of(viewer, request.state_id) and _step(
        "reopen", REQUEST, request.status, request.get_status_display()
    )


def can_withdraw_request(viewer: Viewer, request: AssistanceRequest) -> Decision:
    """Approvers withdraw a request; all its grants end with it."""
    return _approver_of(viewer, request.state_id) and _step(
        "withdraw", REQUEST, request.status, request.get_status_display()
    )


def can_release_request(viewer: Viewer, request: AssistanceRequest) -> Decision:
    """Approvers and national administrators release an endorsed request and grant it."""
    if not (_own(viewer, request.state_id) and viewer.has_role(Role.APPROVER, Role.NATIONAL_ADMIN)):
        return refuse(_("Only approvers and national administrators share a request."), APPROVER_CAN)
    if request.status != RequestStatus.ENDORSED:
        return refuse(_("Only an endorsed request can be shared."), APPROVER_CAN)
    return ALLOWED


def can_revoke_grant(viewer: Viewer, grant: Grant) -> Decision:
    """Any approver or national administrator of the State revokes a grant at once."""
    if not (_own(viewer, grant.release.state_id) and viewer.has_role(Role.APPROVER, Role.NATIONAL_ADMIN)):
        return refuse(_("Only approvers and national administrators revoke a grant."), APPROVER_CAN)
    if grant.revoked_at is not None:
        return refuse(_("This grant is already revoked."))
    return ALLOWED


def can_make_reports(viewer: Viewer) -> Decision:
    """Those who take the national record out of the portal: focal points, approvers, national administrators."""
    if viewer.party.assesses and viewer.has_role(Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN):
        return ALLOWED
    return refuse(_("Only focal points, approvers and national administrators make reports."), EDITOR_CAN)


def can_see_reports(viewer: Viewer) -> Decision:
    """Whoever reads the whole record finds the page; it says who makes reports, and shows them to nobody else."""
    if viewer.party.assesses and viewer.has_role(*RECORD_READERS):
        return ALLOWED
    return can_make_reports(viewer)


def can_make_report(viewer: Viewer, assessment: Assessment) -> Decision:
    """A report of one baseline: as `can_make_reports`, of one's own State."""
    if not _own(viewer, assessment.state_id):
        return refuse(_("Only members of this State make its reports."))
    return can_make_reports(viewer)


def can_make_insight(viewer: Viewer, assessment: Assessment) -> Decision:
    """What is meant for the public is made by those who share: approvers and national administrators."""
    if _own(viewer, assessment.state_id) and viewer.has_role(Role.APPROVER, Role.NATIONAL_ADMIN):
        return ALLOWED
    return refuse(_("Only approvers and national administrators make what is meant for the public."), APPROVER_CAN)


def can_import_framework(actor: PlatformActor) -> Decision:
    """Platform administrators, the operator at the command line and the demo data bring frameworks in."""
    if isinstance(actor, SystemViewer):
        allowed = actor.purpose in ("framework", "demo")
    else:
        allowed = actor.user.is_platform_admin
    return ALLOWED if allowed else refuse(_("Only platform administrators import frameworks."))


def can_discard_framework(actor: PlatformActor, version: FrameworkVersion) -> Decision:
    """Whoever imports frameworks, as long as the version is a draft."""
    allowed = can_import_framework(actor)
    if allowed and version.status != FrameworkStatus.DRAFT:
        return refuse(_("This version is published: it never changes and never goes away."))
    return allowed


def can_plan_meeting(viewer: Viewer) -> Decision:
    """Focal points and approvers plan meetings and keep their minutes."""
    if viewer.party.assesses and viewer.has_role(Role.EDITOR, Role.APPROVER):
        return ALLOWED
    return refuse(
        _("Only focal points and approvers plan meetings and keep minutes."), EDITOR_CAN, roles=(Role.EDITOR,)
    )


def can_keep_minutes(viewer: Viewer, meeting: Meeting) -> Decision:
    """Focal points and approvers change a meeting until its minutes are closed."""
    if not _own(viewer, meeting.state_id):
        return refuse(_("Only members of this State may do this."))
    if meeting.status != MeetingStatus.PLANNED:
        return refuse(_("The minutes of this meeting are closed, so nobody changes them any more."))
    return can_plan_meeting(viewer)


def can_read_meetings(viewer: Viewer) -> Decision:
    """Everybody at a State reads its meetings but contributors, who read what was decided on their indicators."""
    if viewer.party.assesses and viewer.has_role(*MEETING_READERS):
        return ALLOWED
    return refuse(_("Meetings are read by focal points, approvers and viewers."), ADMIN_CAN)


def can_make_minutes(viewer: Viewer, meeting: Meeting) -> Decision:
    """Those who may take documents away make the minutes of a closed meeting as a PDF."""
    if not (_own(viewer, meeting.state_id) and viewer.has_role(*DOCUMENT_READERS)):
        return refuse(
            _("Only focal points, approvers and national administrators make documents."),
            EDITOR_CAN,
            roles=(Role.EDITOR,),
        )
    if meeting.status != MeetingStatus.HELD:
        return refuse(_("Minutes are made when the meeting is closed."), _("Close the meeting first."))
    return ALLOWED


def can_read_evidence(viewer: Viewer) -> Decision:
    """All staff of a State open its library; contributors find there what concerns them."""
    if viewer.party.assesses and viewer.has_role(*STATE_STAFF):
        return ALLOWED
    return refuse(_("Evidence is read by the staff of the State."), ADMIN_CAN)


def can_upload_evidence(viewer: Viewer) -> Decision:
    """Focal points and contributors of a State bring evidence in."""
    if viewer.party.assesses and viewer.has_role(Role.EDITOR, Role.CONTRIBUTOR):
        return ALLOWED
    return refuse(_("Only focal points and contributors add evidence."), EDITOR_CAN)


def can_edit_evidence(viewer: Viewer, evidence: Evidence) -> Decision:
    """Focal points change what is said about any evidence and add versions, contributors to what they uploaded."""
    if not _own(viewer, evidence.state_id):
        return refuse(_("Only members of this State may change its evidence."))
    own = viewer.has_role(Role.CONTRIBUTOR) and evidence.created_by_id == viewer.user.pk
    if not (viewer.has_role(Role.EDITOR) or own):
        return refuse(_("Only focal points, and who uploaded it, may change this evidence."), EDITOR_CAN)
    return _evidence_stands(evidence)


def can_withdraw_evidence(viewer: Viewer, evidence: Evidence) -> Decision:
    """Focal points and national administrators withdraw evidence."""
    if not (_own(viewer, evidence.state_id) and viewer.has_role(Role.EDITOR, Role.NATIONAL_ADMIN)):
        return refuse(_("Only focal points and national administrators withdraw evidence."), EDITOR_CAN)
    return _evidence_stands(evidence)


def _evidence_stands(evidence: Evidence) -> Decision:
    if evidence.withdrawn_at is not None:
        return refuse(_("This evidence is withdrawn, so it does not change."))
    return ALLOWED
