"""The demonstration goes through the services, is the same for the same seed, and tells of no real State."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assessments.enums import RequestStatus
from assessments.models import (
    Answer,
    Assessment,
    AssistanceRequest,
    EndorsementSignature,
    FrameworkVersion,
    Grant,
    IndicatorReturn,
)
from cooperation.enums import MatchStatus, OfferStatus
from cooperation.models import Match, Offer
from wam_portal.accounts.models import Party
from wam_portal.audit.verify import verify_chains


def load(seed: int = 7) -> str:
    out = StringIO()
    call_command("load_demo", seed=seed, stdout=out)
    return out.getvalue()


def ratings() -> list[tuple[Any, ...]]:
    rows = Answer.objects.order_by("assessment__state__slug", "indicator__key")
    return list(rows.values_list("assessment__state__slug", "indicator__key", "rating", "option__key"))


def test_the_demonstration_shows_every_stretch_of_the_thread(wam: FrameworkVersion) -> None:
    load()
    assert Party.objects.filter(assesses=True).count() == 6
    statuses = set(Assessment.objects.values_list("status", flat=True))
    assert statuses >= {"draft", "in_review", "returned", "endorsed"}
    assert EndorsementSignature.objects.standing().count() == 1
    assert IndicatorReturn.objects.open().count() == 2
    assert AssistanceRequest.objects.count() == 12
    assert AssistanceRequest.objects.filter(status=RequestStatus.ENDORSED).count() == 9
    assert Grant.objects.active().count() == (3 + 2 + 1) + (2 + 1 + 1) + (1 + 1) + 2
    assert Offer.objects.count() == 8
    assert Offer.objects.values("donor").distinct().count() == 5
    assert Offer.objects.filter(status=OfferStatus.DRAFT).count() == 1
    assert set(Match.objects.values_list("status", flat=True)) == set(MatchStatus.values)
    assert verify_chains()[1] == []


def test_every_party_of_the_demonstration_is_marked_as_fictional(wam: FrameworkVersion) -> None:
    load()
    assert not Party.objects.filter(is_demo=False).exists()
    sources = set(Party.objects.filter(assesses=True).values_list("territory__source", flat=True))
    assert sources == {"demo"}


def test_loading_again_changes_nothing(wam: FrameworkVersion) -> None:
    load()
    before = (ratings(), Match.objects.count())
    assert "loaded already" in load()
    assert (ratings(), Match.objects.count()) == before


def test_settings_for_real_work_refuse_accounts_with_a_public_password(wam: FrameworkVersion, settings: Any) -> None:
    settings.DEMO_ALLOWED = False
    with pytest.raises(CommandError, match="password is public"):
        load()
    assert not Party.objects.exists()
