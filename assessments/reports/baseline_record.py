"""What the national report says beside what was signed: who was consulted, who endorsed, and why it is open again.

None of it is part of the signed content or its hash: it is read as it stands and counts into the render key. The public
insight is never given any of it.
"""

from __future__ import annotations

from typing import Any

from assessments.enums import AssessmentStatus
from assessments.frameworks.tree import FrameworkTree
from assessments.models import Assessment, AssessmentVersion
from assessments.selectors.consultations import consultations_for, participation_in
from assessments.selectors.endorsement import policy_history
from assessments.selectors.versions import versions_for
from wam_portal.access import Viewer


def national_record(
    viewer: Viewer, assessment: Assessment, version: AssessmentVersion | None, tree: FrameworkTree
) -> dict[str, Any]:
    """Plain values in the active language, in eight statements at most; `version` is None for answers as they stand."""
    return {
        "consulted": _consulted(viewer, assessment, tree),
        "endorsed": _endorsed(viewer, assessment, version) if version else None,
        "reopened": assessment.return_reason if assessment.status == AssessmentStatus.DRAFT else "",
    }


def _consulted(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> dict[str, Any] | None:
    # Each row carries what the selector counted.
    rounds: list[Any] = list(consultations_for(viewer, assessment).order_by("starts_on", "pk"))
    figure = participation_in(viewer, assessment, tree)
    if not rounds and not figure.indicators.part:
        return None
    return {
        "rounds": [
            {
                "title": row.title,
                "from": row.starts_on.isoformat(),
                "to": row.ends_on.isoformat() if row.ends_on else None,
                "people": row.people,
                "women": row.women,
            }
            for row in rounds
        ],
        "kinds": [[heard.kind, heard.women, heard.men, heard.unrecorded] for heard in figure.kinds],
        "indicators": [figure.indicators.part, figure.indicators.whole],
        "areas": [figure.areas.part, figure.areas.whole],
        "women_percent": figure.women.percent,
    }


def _endorsed(viewer: Viewer, assessment: Assessment, version: AssessmentVersion) -> dict[str, Any]:
    found = versions_for(viewer, assessment).get(number=version.number)
    # The rule may have changed since: what counts is the one that held when the last approver signed.
    rule = policy_history(viewer).filter(changed_at__lte=version.endorsed_at).first()
    return {
        "quorum": rule.quorum if rule else 1,
        "signatures": [
            {
                "name": row.signed_by.full_name,
                "authority": row.authority,
                "decided_on": row.decided_on.isoformat(),
                "reference": row.reference,
                "signed_on": row.signed_at.date().isoformat(),
            }
            for row in found.signatures.all()
        ],
        "endorsed_by": found.endorsed_by.full_name,
    }
