"""Reading how a State endorses: its rule, the signatures, and who could do what somebody may not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import ngettext

from assessments.models import Assessment, EndorsementPolicy, EndorsementSignature
from assessments.models.endorsement import PolicyQuerySet, policy_of
from wam_portal.access import Decision, Viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership

FEW: Final = 3
"""Up to so many people are named beside the role that could."""


@dataclass(frozen=True, slots=True)
class Signing:
    """How far the signing of a baseline in review is; cancelled signatures are kept apart."""

    policy: EndorsementPolicy
    standing: tuple[EndorsementSignature, ...]
    cancelled: tuple[EndorsementSignature, ...]

    @property
    def missing(self) -> int:
        """How many approvers must still sign."""
        return max(0, self.policy.quorum - len(self.standing))


def policy_for(viewer: Viewer) -> EndorsementPolicy:
    """The rule that the viewer's State follows now."""
    return policy_of(viewer.party.pk)


def policy_history(viewer: Viewer) -> PolicyQuerySet:
    """Every rule that the State has given itself, the newest first."""
    return EndorsementPolicy.objects.visible_to(viewer).select_related("changed_by").order_by("-number")


def signing_of(viewer: Viewer, assessment: Assessment) -> Signing:
    """The rule and the signatures since the last version, in two statements."""
    rows = EndorsementSignature.objects.visible_to(viewer).filter(assessment=assessment, version__isnull=True)
    signatures = tuple(rows.select_related("signed_by").order_by("signed_at", "pk"))
    return Signing(
        policy=policy_for(viewer),
        standing=tuple(row for row in signatures if row.cancelled_at is None),
        cancelled=tuple(row for row in signatures if row.cancelled_at is not None),
    )


def with_people(viewer: Viewer, decision: Decision) -> Decision:
    """A refusal that also names the people who could, where they are few: one statement, none for what is allowed."""
    if decision or not decision.roles:
        return decision
    members = Membership.objects.active().filter(party=viewer.party, role__in=decision.roles).exclude(user=viewer.user)
    names = list(members.order_by("user__full_name").values_list("user__full_name", flat=True).distinct()[: FEW + 1])
    if not 1 <= len(names) <= FEW:
        return decision
    return replace(decision, who=f"{decision.who} {_named(decision.roles[0], names)}")


def _named(role: str, names: list[str]) -> str:
    """Who holds the role now, in a sentence."""
    words = {
        Role.APPROVER: ngettext("Approver: %(names)s.", "Approvers: %(names)s.", len(names)),
        Role.EDITOR: ngettext("Focal point: %(names)s.", "Focal points: %(names)s.", len(names)),
        Role.NATIONAL_ADMIN: ngettext("Administrator: %(names)s.", "Administrators: %(names)s.", len(names)),
    }
    return words[Role(role)] % {"names": ", ".join(names)}
