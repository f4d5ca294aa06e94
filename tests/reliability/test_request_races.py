"""Requests drafted, changed and shared by many at the same moment: no reference twice, no change lost unseen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from assessments.models import AssistanceRequest, FrameworkVersion, Grant, Release
from assessments.services.requests import draft_request, endorse_request, update_request
from tests.assessments.request_factories import endorse, make_draft, make_gap, release_to, start_baseline
from tests.personas import Persona
from wam_portal.accounts.models import Party
from wam_portal.errors import Conflict

WRITERS = 8


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do all works at the same moment, each in a thread of its own; answers results and errors in order."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            results[place] = work()
        except Exception as error:  # noqa: BLE001  (whatever it is, the test looks at it)
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_drafts_of_one_state_get_references_without_double_or_hole(amina: Persona, framework: FrameworkVersion) -> None:
    assessment = start_baseline(amina, framework)
    gap = make_gap(amina, assessment, "coo-01")

    def draft() -> str:
        return draft_request(assessment=assessment, gap_uuids=[gap.uuid], actor=amina.viewer).reference

    results = at_once(*[draft] * WRITERS)
    assert sorted(str(reference)[-3:] for reference in results) == [f"{number:03d}" for number in range(1, WRITERS + 1)]


@pytest.mark.django_db(transaction=True)
def test_a_change_and_an_endorsement_at_once_never_both_win(
    amina: Persona, aldo: Persona, framework: FrameworkVersion
) -> None:
    assessment = start_baseline(amina, framework)
    gap = make_gap(amina, assessment, "coo-01")
    for _round in range(5):
        made = make_draft(amina, [gap])

        def copy(pk: int = made.pk) -> AssistanceRequest:
            return AssistanceRequest.objects.select_related("state", "assessment").get(pk=pk)

        mine, theirs = copy(), copy()
        changed, endorsed = at_once(
            lambda mine=mine: update_request(
                request=mine, base_version=mine.version, actor=amina.viewer, objective="Changed"
            ),
            lambda theirs=theirs: endorse_request(request=theirs, base_version=theirs.version, actor=aldo.viewer),
        )
        assert sorted(isinstance(result, Conflict) for result in (changed, endorsed)) == [False, True]
        if isinstance(changed, Conflict):
            assert endorsed.content["objective"] == copy().objective == "Keep better records."


@pytest.mark.django_db(transaction=True)
def test_grants_made_at_once_rest_on_one_release(
    amina: Persona, aldo: Persona, framework: FrameworkVersion, donor_one: Party, donor_two: Party, regional: Party
) -> None:
    request = make_draft(amina, [make_gap(amina, start_baseline(amina, framework), "coo-01")])
    endorse(aldo, request)
    parties = [donor_one, donor_two, regional]
    results = at_once(*[lambda party=party: release_to(aldo, request, party) for party in parties])
    assert [type(result) for result in results] == [list] * 3
    assert (Release.objects.count(), Grant.objects.count()) == (1, 3)
