from assessments.models.answers import Answer, AnswerRevision
from assessments.models.assessments import Assessment, AssessmentVersion, SectionAssignment
from assessments.models.frameworks import Framework, FrameworkVersion, Node, Scale, ScaleOption
from assessments.models.gaps import Gap
from assessments.models.releases import Grant, Release
from assessments.models.requests import AssistanceRequest, Need, RequestVersion

__all__ = [
    "Answer",
    "AnswerRevision",
    "Assessment",
    "AssessmentVersion",
    "AssistanceRequest",
    "Framework",
    "FrameworkVersion",
    "Gap",
    "Grant",
    "Need",
    "Node",
    "Release",
    "RequestVersion",
    "Scale",
    "ScaleOption",
    "SectionAssignment",
]
