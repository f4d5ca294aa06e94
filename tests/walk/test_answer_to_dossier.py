"""The whole thread, as people walk it: an answer becomes a gap, a request, a release, a match, and a PDF dossier.

Read this test first: it shows what the portal is for. Everything goes through HTTP and without scripts.
"""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from assessments.models import Assessment, AssistanceRequest, FrameworkVersion, Gap, Grant
from cooperation.models import Dossier, Match, Offer
from tests.personas import Persona
from tests.walk.person import Person
from wam_portal.audit.models import Event
from wam_portal.audit.verify import verify_chains
from wam_portal.jobs.services import recover_jobs

WHAT_EXISTS = "A working group of five agencies meets each quarter."
SECRET_CAUSE = "The mandate is split between two ministries."


def let_the_worker_work() -> None:
    """Do what waits, as the worker beside the web server would."""
    recover_jobs()
    call_command("run_worker", batch=True, interval=0)


@pytest.mark.django_db(transaction=True)
def test_from_an_answer_to_a_matched_request_and_its_dossier(  # noqa: PLR0915 (one walk, told in one go)
    framework: FrameworkVersion,
    amina: Persona,
    aldo: Persona,
    boris: Persona,
    dana: Persona,
    dirk: Persona,
    rita: Persona,
    tmp_path: Path,
) -> None:
    today = timezone.now().date()
    focal_point, approver = Person(amina), Person(aldo)

    # A focal point starts a baseline and rates every indicator; two stay below their target.
    focal_point.opens(amina.url("assessments:assessment-start")).sends(
        "",
        framework_version=str(framework.uuid),
        cycle=str(today.year),
        title="First baseline",
        started_on=today.isoformat(),
        due_on=(today + timedelta(days=30)).isoformat(),
        purpose="To know where we stand.",
    )
    baseline = Assessment.objects.get(state=amina.party)
    levels = {"coo-01": "1", "coo-02": "4", "coo-03": "5", "sto-01": "2", "sto-02": "4", "sto-03": "4"}
    for key, level in levels.items():
        focal_point.opens(amina.url("assessments:answer-edit", baseline.uuid, key)).sends(
            f"/answers/{key}/", rating=f"level:{level}", narrative=f"Found for {key}.", basis="document"
        )
    assert set(Gap.objects.values_list("indicator__code", "tier")) == {("COO-01", "critical"), ("STO-01", "high")}

    # The gaps are there to be confirmed; the baseline is submitted, and endorsed by somebody else.
    focal_point.opens(amina.url("assessments:gap-list", baseline.uuid)).sees("COO-01", "STO-01").does_not_see("COO-02")
    for gap in Gap.objects.order_by("indicator__position"):
        focal_point.opens(amina.url("assessments:gap-detail", gap.uuid)).sends("/confirm/")
        focal_point.opens(amina.url("assessments:gap-detail", gap.uuid)).sends("/root-cause/", root_cause=SECRET_CAUSE)
    focal_point.opens(amina.url("assessments:assessment-submit", baseline.uuid)).sends("")
    approver.opens(aldo.url("work-list")).sees("First baseline")
    approver.opens(aldo.url("assessments:assessment-endorse", baseline.uuid)).sends("", authority="commission")

    # The gaps become a request, which is completed, endorsed, and released to one donor and one coordinator.
    gaps = [str(gap.uuid) for gap in Gap.objects.order_by("indicator__position")]
    focal_point.opens(amina.url("assessments:gap-list", baseline.uuid)).sends("/draft-request/", gaps=gaps)
    request = AssistanceRequest.objects.get()
    assert request.reference == f"XA-{today.year}-001"
    focal_point.opens(amina.url("assessments:request-edit", request.uuid)).sends(
        "",
        title="A commission that can plan",
        objective="Close the two gaps in two years.",
        currency="USD",
        period_start=(today + timedelta(days=60)).isoformat(),
        period_end=(today + timedelta(days=700)).isoformat(),
        what_exists=WHAT_EXISTS,
        who_helps="Nobody.",
        language="en",
    )
    for need, amount in zip(request.needs.order_by("position"), ("120000", "80000.50"), strict=True):
        focal_point.opens(amina.url("assessments:need-edit", request.uuid, need.uuid)).sends(
            "", description=f"Two experts for {need.functional_area}.", amount=amount
        )
    approver.opens(aldo.url("assessments:request-endorse", request.uuid)).sends("")
    approver.opens(aldo.url("assessments:request-release", request.uuid)).sends(
        "",
        recipients=[str(dana.viewer.party.uuid), str(rita.viewer.party.uuid)],
        level="dossier",
        purpose="To see whether an offer fits.",
        expires_on=(today + timedelta(days=90)).isoformat(),
    ).sees("Amber Fund", "Eastern Forum").sends("", button=("share", "1"))

    # A donor publishes an offer; the worker matches.
    donor = Person(dana)
    donor.opens(dana.url("cooperation:granted-list")).sees(request.reference)
    donor.opens(dana.url("cooperation:offer-add")).sends(
        "",
        title="Advice for commissions",
        functional_areas=["COO"],
        assistance_types=["EXPERT", "TRAIN"],
        included=["XR1"],
        capacity="500000",
        ceiling="200000",
        period_start=today.isoformat(),
        period_end=(today + timedelta(days=900)).isoformat(),
        valid_until=(today + timedelta(days=200)).isoformat(),
        applicant_kinds=["state"],
        button=("publish", "1"),
    )
    let_the_worker_work()

    # Both sides see why it fits, and agree.
    match = Match.objects.get(eligible=True)
    donor.opens(dana.url("cooperation:match-list")).sees(request.reference)
    donor.opens(dana.url("cooperation:match-detail", match.uuid)).sees("Functional area", "Points")
    donor.sends("/propose/", amount="100000", reason="Fits our programme.", conflict="none")
    approver.opens(aldo.url("work-list")).sees("Amber Fund")
    approver.opens(aldo.url("cooperation:match-detail", match.uuid)).sends(
        "/accept/", reason="Agreed in the commission.", conflict="none"
    )
    match.refresh_from_db()
    assert (match.status, match.amount_minor) == ("accepted", 10_000_000)
    offer = Offer.objects.get()
    assert offer.committed_minor == 10_000_000

    # The coordinator exports the PDF dossier.
    coordinator = Person(rita)
    grant = Grant.objects.get(recipient=rita.party)
    coordinator.opens(rita.url("cooperation:granted-detail", grant.uuid)).sees(WHAT_EXISTS)
    coordinator.opens(rita.url("cooperation:dossier-list")).sends("/create/", grant=[str(grant.uuid)])
    let_the_worker_work()
    dossier = Dossier.objects.get(for_party=rita.party)
    answer = coordinator.client.get(rita.url("cooperation:dossier-file", dossier.uuid))
    assert answer["Content-Type"] == "application/pdf"
    file = tmp_path / "dossier.pdf"
    file.write_bytes(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    text = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True).stdout
    for expected in (request.reference, "COO-01", "STO-01", "Two experts for COO", WHAT_EXISTS[:30]):
        assert expected in text
    assert grant.release.content_hash in re.sub(r"\s", "", text)

    # Nobody else has seen anything; everything is in the log; revoking ends it at once.
    outsider, other_donor = Person(boris), Person(dirk)
    other_donor.opens(dirk.url("cooperation:granted-list")).does_not_see(request.reference)
    other_donor.finds_nothing_at(dirk.url("cooperation:granted-detail", grant.uuid))
    outsider.finds_nothing_at(boris.url("assessments:request-detail", request.uuid))
    outsider.finds_nothing_at(boris.url("cooperation:match-detail", match.uuid))
    verbs = set(Event.objects.filter(chain__party=amina.party).values_list("verb", flat=True))
    assert {"answer.saved", "assessment.endorsed", "request.endorsed", "grant.made", "release.viewed"} <= verbs
    assert verify_chains()[1] == []
    approver.opens(aldo.url("assessments:grant-revoke", request.uuid, grant.uuid)).sends("")
    coordinator.finds_nothing_at(rita.url("cooperation:granted-detail", grant.uuid))
    coordinator.finds_nothing_at(rita.url("cooperation:dossier-file", dossier.uuid))
