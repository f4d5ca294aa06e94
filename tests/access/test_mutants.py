"""Rules broken on purpose: the checker of the matrix finds every one of them, and nothing where none is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from unittest import mock

import pytest
from django.db.models import Q
from django.utils import timezone

from assessments import public
from assessments.models.assessments import AssessmentQuerySet
from assessments.models.evidence import EvidenceQuerySet
from assessments.models.gaps import GapQuerySet
from assessments.models.releases import GrantQuerySet
from assessments.models.requests import RequestQuerySet
from cooperation.enums import MatchStatus, OfferStatus
from cooperation.models import AssistanceActivity
from cooperation.models.assistance import ActivityQuerySet
from cooperation.models.dossiers import DossierQuerySet
from cooperation.models.match_review import OwnSide
from cooperation.models.matches import MatchQuerySet
from cooperation.models.offers import OfferQuerySet
from cooperation.models.portfolios import PortfolioRunQuerySet
from tests.access.matrix import Matrix, run_until_caught
from tests.access.realm import Realm
from wam_portal.access import ALLOWED, Viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party
from wam_portal.accounts.selectors import HeldParty, parties_of
from wam_portal.audit.models import EventQuerySet
from wam_portal.jobs.models import JobQuerySet

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Mutant:
    """A rule and what stands in its place; `first` begins the names of the routes where it must show."""

    name: str
    target: Any
    attribute: str
    instead: Callable[..., Any]
    first: tuple[str, ...]


def _all(rows: Any, _viewer: Any) -> Any:
    return rows.all()


def _of_the_state(path: str) -> Callable[[Any, Any], Any]:
    def visible(rows: Any, viewer: Any) -> Any:
        return rows.filter(**{path: viewer.party}) if isinstance(viewer, Viewer) else rows.none()

    return visible


def _not_expired(rows: GrantQuerySet) -> GrantQuerySet:
    return rows.filter(expires_at__gt=timezone.now())


def _not_revoked(rows: GrantQuerySet) -> GrantQuerySet:
    return rows.filter(revoked_at__isnull=True)


def _any_recipient(rows: GrantQuerySet, viewer: Any) -> GrantQuerySet:
    return rows.active() if isinstance(viewer, Viewer) and viewer.roles else rows.none()


def _any_donor(rows: MatchQuerySet, _viewer: Any) -> MatchQuerySet:
    return rows.filter(grant_uuid__isnull=False)


def _donor_for_ever(rows: MatchQuerySet, viewer: Any) -> MatchQuerySet:
    return rows.filter(Q(donor=viewer.party) | Q(state=viewer.party, status=MatchStatus.ACCEPTED))


def _published(rows: OfferQuerySet, viewer: Any) -> OfferQuerySet:
    return rows.filter(Q(status=OfferStatus.PUBLISHED) | Q(donor=viewer.party))


def _held(rows: ActivityQuerySet, viewer: Any) -> ActivityQuerySet:
    """Whoever holds a request of a State reads every entry that reaches it."""
    through = AssistanceActivity.reaches.through.objects
    reached = through.filter(territory__in=public.releases_for(viewer).territory_ids()).values("assistanceactivity")
    return rows.filter(Q(recorder=viewer.party) | Q(reaches=viewer.party.territory_id) | Q(pk__in=reached)).distinct()


def _party_of_anybody(user: Any) -> list[HeldParty]:
    """Whoever holds a role anywhere holds it everywhere."""
    held = parties_of(user)
    return [HeldParty(party, held[0].roles) for party in Party.objects.all()] if held else []


def _whole(content: dict[str, Any], _keys: Any) -> dict[str, Any]:
    return content


def _allowed(*_args: Any) -> Any:
    return ALLOWED


MUTANTS: Final = (
    Mutant("baselines of every State", AssessmentQuerySet, "visible_to", _all, ("assessments:assessment-",)),
    Mutant("gaps of every State", GapQuerySet, "visible_to", _all, ("assessments:gap-",)),
    Mutant(
        "gaps for contributors", GapQuerySet, "visible_to", _of_the_state("assessment__state"), ("assessments:gap",)
    ),
    Mutant("evidence of every State", EvidenceQuerySet, "visible_to", _all, ("assessments:evidence-",)),
    Mutant(
        "evidence for contributors",
        EvidenceQuerySet,
        "visible_to",
        _of_the_state("state"),
        ("assessments:evidence-download",),
    ),
    Mutant("drafts for contributors", RequestQuerySet, "visible_to", _of_the_state("state"), ("assessments:request-",)),
    Mutant("requests of every State", RequestQuerySet, "visible_to", _all, ("assessments:request-", "cooperation:")),
    Mutant("revoked grants still hold", GrantQuerySet, "active", _not_expired, ("cooperation:granted",)),
    Mutant("expired grants still hold", GrantQuerySet, "active", _not_revoked, ("cooperation:granted",)),
    Mutant("grants reach everybody", GrantQuerySet, "received_by", _any_recipient, ("cooperation:granted",)),
    Mutant("grants in the API only", GrantQuerySet, "received_by", _any_recipient, ("api:granted",)),
    Mutant("everything of a release", "assessments.public.disclosed", "", _whole, ("cooperation:granted-detail",)),
    Mutant("matches of every donor", MatchQuerySet, "visible_to", _any_donor, ("cooperation:match-",)),
    Mutant("matches after the grant", MatchQuerySet, "visible_to", _donor_for_ever, ("cooperation:match-detail",)),
    Mutant("every offer", OfferQuerySet, "visible_to", _all, ("cooperation:offer-",)),
    Mutant("every published offer", OfferQuerySet, "visible_to", _published, ("api:offer-",)),
    Mutant("entries of everybody", ActivityQuerySet, "visible_to", _all, ("cooperation:activity-",)),
    Mutant("entries that are not shared", ActivityQuerySet, "visible_to", _held, ("cooperation:activity-",)),
    Mutant("what one side keeps to itself", OwnSide, "visible_to", _all, ("cooperation:match-detail",)),
    Mutant("portfolios of everybody", PortfolioRunQuerySet, "visible_to", _all, ("cooperation:portfolio-",)),
    Mutant("dossiers of everybody", DossierQuerySet, "visible_to", _all, ("cooperation:dossier-",)),
    Mutant("jobs of everybody", JobQuerySet, "visible_to", _all, ("job-panel",)),
    Mutant("jobs of colleagues", JobQuerySet, "visible_to", _of_the_state("party"), ("job-panel",)),
    Mutant("logs of all parties", EventQuerySet, "visible_to", _all, ("audit-log",)),
    Mutant("any party's pages", "wam_portal.party_pages.parties_of", "", _party_of_anybody, ("work-list",)),
    Mutant("anybody answers", "assessments.services.answers.can_edit_answer", "", _allowed, ("assessments:answer",)),
    Mutant(
        "anybody at the State confirms gaps",
        "assessments.services.gaps.can_decide_gap",
        "",
        _allowed,
        ("assessments:gap-",),
    ),
    Mutant(
        "anybody revokes", "assessments.services.releases.can_revoke_grant", "", _allowed, ("assessments:grant-revoke",)
    ),
)


def _broken(mutant: Mutant) -> Any:
    if isinstance(mutant.target, str):
        return mock.patch(mutant.target, mutant.instead)
    return mock.patch.object(mutant.target, mutant.attribute, mutant.instead)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_broken_rule_is_found(realm: Realm, mutant: Mutant) -> None:
    matrix = Matrix(realm, stop=True)
    with _broken(mutant):
        run_until_caught(matrix, mutant.first)
    assert matrix.report.problems, f"nobody noticed: {mutant.name}"
    # What counts is what it gave away, and not that the page broke.
    assert not any("the server failed" in problem for problem in matrix.report.problems), matrix.report.problems


def test_a_contributor_who_reads_other_sections_is_found(realm: Realm) -> None:
    """Two rules keep these answers apart, so both have to break before anything shows."""
    matrix = Matrix(realm, stop=True)
    everybody = tuple(Role)
    with (
        mock.patch("assessments.models.answers.RECORD_READERS", everybody),
        mock.patch("assessments.selectors.answers.RECORD_READERS", everybody),
    ):
        run_until_caught(matrix, ("assessments:section-sheet", "assessments:answer-edit"))
    assert any("answer.narrative" in problem or "403" in problem for problem in matrix.report.problems)


def test_unbroken_rules_raise_no_alarm(realm: Realm) -> None:
    matrix = Matrix(realm, stop=True)
    run_until_caught(matrix, ("assessments:gap-detail", "job-panel", "api:offer-list"))
    assert matrix.report.problems == []
    assert matrix.report.effective > 50
