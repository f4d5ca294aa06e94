"""Offers, granted requests and matches for tests, made through the services as people make them."""

from __future__ import annotations

from datetime import date
from typing import Any

from assessments.models import AssistanceRequest, FrameworkVersion, Grant
from cooperation.models import AssistanceActivity, Match, Offer
from cooperation.selectors.overlaps import grave, overlaps_of_match
from cooperation.services.assistance import record_activity
from cooperation.services.match_runs import run_matching_for_request
from cooperation.services.offers import draft_offer, publish_offer
from cooperation.validators import ActivityValues, OfferValues
from tests.assessments.request_factories import endorse, make_draft, make_gap, release_to, start_baseline
from tests.personas import Persona
from wam_portal.access import Viewer
from wam_portal.accounts.models import Party, Territory

PERIOD = {"period_start": date(2027, 1, 1), "period_end": date(2029, 12, 31), "valid_until": date(2029, 12, 31)}


def offer_values(*places: Territory, **fields: Any) -> OfferValues:
    """An offer of 500,000.00 USD that suits the requests of the factories, open in `places`."""
    values: dict[str, Any] = {
        "title": "Record-keeping and coordination fund",
        "included": places,
        "functional_areas": ("COO", "STO"),
        "assistance_types": ("EXPERT", "TRAIN"),
        "capacity_minor": 50_000_000,
        "applicant_kinds": ("state",),
        **PERIOD,
    }
    return OfferValues(**{**values, **fields})


def make_offer(donor: Persona, *places: Territory, published: bool = True, **fields: Any) -> Offer:
    """An offer of the donor, published unless told otherwise."""
    offer = draft_offer(values=offer_values(*places, **fields), actor=donor.viewer)
    if not published:
        return offer
    return publish_offer(offer=offer, base_version=offer.version, actor=donor.viewer)


def make_request(editor: Persona, approver: Persona, framework: FrameworkVersion, **fields: Any) -> AssistanceRequest:
    """An endorsed request with one need, in the area COO, of 100,000.00 USD; not shared yet."""
    baseline = start_baseline(editor, framework, cycle=fields.pop("cycle", "2026"))
    gaps = [make_gap(editor, baseline, key) for key in fields.pop("indicators", ["coo-01"])]
    request = make_draft(editor, gaps, **fields)
    endorse(approver, request)
    return AssistanceRequest.objects.get(pk=request.pk)


def share(approver: Persona, request: AssistanceRequest, *recipients: Party, **fields: Any) -> Grant:
    """Share an endorsed request and match it; answers the first grant."""
    grants = release_to(approver, request, *recipients, **fields)
    run_matching_for_request(request.uuid)
    return grants[0]


def make_match(
    editor: Persona, approver: Persona, donor: Persona, framework: FrameworkVersion, *places: Territory, **fields: Any
) -> Match:
    """One suggested match between a request of one need and an offer; `fields` go into the offer."""
    request = make_request(editor, approver, framework)
    assert donor.party is not None
    make_offer(donor, *places, **fields)
    share(approver, request, donor.party)
    return Match.objects.select_related("offer", "donor", "state").get(request_uuid=request.uuid)


def activity_values(*places: Territory, **fields: Any) -> ActivityValues:
    """Coordination advice in `places`, from 2026 to 2028, by somebody who does not use the portal."""
    values: dict[str, Any] = {
        "title": "Advice to the national commission",
        "included": places,
        "functional_areas": ("COO",),
        "assistance_types": ("EXPERT", "TRAIN"),
        "provider_name": "Bilateral partner",
        "period_start": date(2026, 1, 1),
        "period_end": date(2028, 12, 31),
    }
    return ActivityValues(**{**values, **fields})


def make_activity(recorder: Persona, *places: Territory, **fields: Any) -> AssistanceActivity:
    """An entry of the register."""
    return record_activity(values=activity_values(*places, **fields), actor=recorder.viewer)


def accepting(person: Persona | Viewer, match: Match) -> dict[str, Any]:
    """What a person who has looked at everything sends along with an acceptance."""
    viewer = person.viewer if isinstance(person, Persona) else person
    keys = [line.key for line in grave(overlaps_of_match(viewer, match))]
    return {"conflict": "", "acknowledged": keys, "overlap_reason": "They are agreed with each other."}
