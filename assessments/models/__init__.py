from assessments.models.answers import Answer, AnswerRevision
from assessments.models.assessments import Assessment, AssessmentVersion
from assessments.models.assignments import Assignment
from assessments.models.consultations import (
    ConsultationRound,
    ConsultationSummary,
    ContributorInvitation,
    ParticipantCount,
)
from assessments.models.discussion import Comment, Flag, Mention
from assessments.models.documents import Document
from assessments.models.endorsement import EndorsementPolicy, EndorsementSignature
from assessments.models.evidence import Evidence, EvidenceFile, EvidenceLink
from assessments.models.frameworks import Framework, FrameworkTranslation, FrameworkVersion, Node, Scale, ScaleOption
from assessments.models.gaps import Gap
from assessments.models.meetings import AgendaItem, Dissent, Meeting
from assessments.models.presence import Presence
from assessments.models.quality import FindingDismissal, FrameworkRule
from assessments.models.ratings import IndependentRating, Reconciliation
from assessments.models.releases import Grant, Release
from assessments.models.requests import AssistanceRequest, Need, RequestVersion
from assessments.models.returns import IndicatorReturn
from assessments.models.successions import LeftBehind
from assessments.models.working_copies import WorkingCopyUpload

__all__ = [
    "AgendaItem",
    "Answer",
    "AnswerRevision",
    "Assessment",
    "AssessmentVersion",
    "Assignment",
    "AssistanceRequest",
    "Comment",
    "ConsultationRound",
    "ConsultationSummary",
    "ContributorInvitation",
    "Dissent",
    "Document",
    "EndorsementPolicy",
    "EndorsementSignature",
    "Evidence",
    "EvidenceFile",
    "EvidenceLink",
    "FindingDismissal",
    "Flag",
    "Framework",
    "FrameworkRule",
    "FrameworkTranslation",
    "FrameworkVersion",
    "Gap",
    "Grant",
    "IndependentRating",
    "IndicatorReturn",
    "LeftBehind",
    "Meeting",
    "Mention",
    "Need",
    "Node",
    "ParticipantCount",
    "Presence",
    "Reconciliation",
    "Release",
    "RequestVersion",
    "Scale",
    "ScaleOption",
    "WorkingCopyUpload",
]
