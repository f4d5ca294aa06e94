"""The demonstration goes through the services, is the same for the same seed, and tells of no real State."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from assessments.enums import Classification, RequestStatus
from assessments.models import (
    Answer,
    Assessment,
    AssistanceRequest,
    Comment,
    EndorsementSignature,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    FindingDismissal,
    Flag,
    FrameworkVersion,
    Grant,
    IndependentRating,
    IndicatorReturn,
    Mention,
    Reconciliation,
)
from assessments.services.frameworks import import_framework
from cooperation.enums import MatchStatus, OfferStatus
from cooperation.models import AssistanceActivity, ConflictDeclaration, Match, MatchMessage, Offer
from cooperation.selectors.overlap_list import overlaps_released_to
from cooperation.selectors.overlaps import grave, overlaps_of_match
from tests.conftest import WAM_FILE
from wam_portal.access import SystemViewer
from wam_portal.accounts.demo import demo_viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party
from wam_portal.audit.verify import verify_chains


def load(seed: int = 7) -> str:
    out = StringIO()
    call_command("load_demo", seed=seed, stdout=out)
    return out.getvalue()


def ratings() -> list[tuple[Any, ...]]:
    rows = Answer.objects.order_by("assessment__state__slug", "indicator__key")
    return list(rows.values_list("assessment__state__slug", "indicator__key", "rating", "option__key"))


def test_settings_for_real_work_refuse_accounts_with_a_public_password(wam: FrameworkVersion, settings: Any) -> None:
    settings.DEMO_ALLOWED = False
    with pytest.raises(CommandError, match="password is public"):
        load()
    assert not Party.objects.exists()


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demonstration, loaded once for the tests of this file. The tests above it need a portal without one."""
    with django_db_blocker.unblock(), transaction.atomic():
        import_framework(document=WAM_FILE.read_bytes(), actor=SystemViewer("framework"), publish=True)
        load()
        yield
        transaction.set_rollback(True)


def test_the_demonstration_shows_every_stretch_of_the_thread(db: None, demonstration: None) -> None:
    assert Party.objects.filter(assesses=True).count() == 6
    statuses = set(Assessment.objects.values_list("status", flat=True))
    assert statuses >= {"draft", "in_review", "returned", "endorsed"}
    assert EndorsementSignature.objects.standing().count() == 1
    assert IndicatorReturn.objects.open().count() == 2
    assert AssistanceRequest.objects.count() == 12
    assert AssistanceRequest.objects.filter(status=RequestStatus.ENDORSED).count() == 9
    assert Grant.objects.active().count() == (3 + 3 + 2) + (3 + 2 + 1) + (2 + 1) + 2
    assert Offer.objects.count() == 9
    assert Offer.objects.values("donor").distinct().count() == 5
    assert Offer.objects.filter(status=OfferStatus.DRAFT).count() == 1
    assert set(Match.objects.values_list("status", flat=True)) == set(MatchStatus.values)
    assert AssistanceActivity.objects.count() == 6
    assert overlaps_released_to(demo_viewer("eastern-forum", Role.COORDINATOR))
    waiting = Match.objects.select_related("offer", "donor", "state").get(
        status=MatchStatus.PROPOSED, state_agreed_at__isnull=True
    )
    assert grave(overlaps_of_match(demo_viewer(waiting.state.slug, Role.APPROVER), waiting))
    assert (MatchMessage.objects.count(), ConflictDeclaration.objects.exclude(text="").count()) == (2, 1)
    assert verify_chains()[1] == []


def test_every_party_of_the_demonstration_is_marked_as_fictional(db: None, demonstration: None) -> None:
    assert not Party.objects.filter(is_demo=False).exists()
    sources = set(Party.objects.filter(assesses=True).values_list("territory__source", flat=True))
    assert sources == {"demo"}


def test_loading_again_changes_nothing(db: None, demonstration: None) -> None:
    before = (ratings(), Match.objects.count())
    assert "loaded already" in load()
    assert (ratings(), Match.objects.count()) == before


def test_several_people_and_their_documents_are_seen_in_the_baselines(db: None, demonstration: None) -> None:
    raters = IndependentRating.objects.values("membership").distinct()
    assert raters.count() == 4  # three agencies and one contributor from outside
    assert Reconciliation.objects.count() == 3
    assert Answer.objects.filter(assessment__state__slug="esmeria").exclude(minority_note="").exists()
    assert Mention.objects.filter(done_at__isnull=True).values("user").distinct().count() >= 3
    assert Comment.objects.filter(resolved_at__isnull=False).exists()
    assert Flag.objects.up().values("assessment").distinct().count() == 3
    assert FindingDismissal.objects.values("assessment").distinct().count() == 3
    today = timezone.now().date()
    documents = Evidence.objects.standing()
    assert documents.filter(expires_on__lt=today).exists()
    assert documents.filter(expires_on__gt=today).exists()
    assert set(documents.values_list("classification", flat=True)) == set(Classification.values)
    assert EvidenceFile.objects.filter(number=2).count() == 2
    assert Evidence.objects.filter(withdrawn_at__isnull=False).count() == 2
    assert {file.content_type for file in EvidenceFile.objects.all()} >= {"application/pdf", "image/png", "text/csv"}
    most = EvidenceLink.objects.values("evidence").annotate(links=Count("pk")).order_by("-links")
    assert most[0]["links"] == 5 + 2 + 1


def test_the_accounts_that_are_printed_open_every_side_of_the_portal(db: None, demonstration: None) -> None:
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    printed = out.getvalue()
    for text in ("amina@aldoria.example", "Esmeria: Invited contributor", "Platform: Platform administrator"):
        assert text in printed
