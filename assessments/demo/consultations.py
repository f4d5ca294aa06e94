"""Consultations of the fictional States: who was asked, what they said, and one contributor from outside."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Final

from assessments.enums import AnswerRating, Basis, Confidence
from assessments.models import Assessment
from assessments.selectors.frameworks import framework_tree
from assessments.services.answers import AnswerContent
from assessments.services.consultation_summaries import SummaryContent, add_summary
from assessments.services.consultations import RoundContent, begin_consultation, set_consultation_status
from assessments.services.contributors import Contributor, invite_contributor
from assessments.services.ratings import save_independent_rating
from wam_portal.access import Viewer
from wam_portal.accounts.demo import DEMO_PASSWORD
from wam_portal.accounts.enums import Role
from wam_portal.accounts.invitations import Invited, accept_as_new_person

WITH_CONTRIBUTOR: Final = "esmeria"
ACCEPTS: Final = "Cleo Marsh"
SAID: Final = (
    "People do not know to whom they can hand a weapon in without being questioned.",
    "Families near the depot were never told what happens if there is an explosion.",
    "Licences are asked for at the district office, which is two days away for most.",
    "Women are asked last, though they know which weapons are in the house.",
    "Traders say that records of sales are kept on paper and lost when a shop closes.",
)
CHANGED: Final = (
    "The answer was lowered by a level, and the reason names the talks.",
    "A contact in each district is part of the draft plan.",
    "",
)


def load_consultations(rng: random.Random, assessment: Assessment, editor: Viewer, today: date) -> None:
    """Two rounds, each with summaries on a few indicators; in one State somebody rates from outside."""
    keys = [indicator.key for indicator in framework_tree(assessment.framework_version).indicators]
    for title, places, kinds, days in (
        ("Talks in border districts", "Northern districts", ("community", "womens_organisation"), 80),
        ("Round table with civil society", "Capital", ("civil_society", "private_sector", "agency"), 40),
    ):
        content = RoundContent(
            title=title,
            starts_on=today - timedelta(days=days),
            ends_on=today + timedelta(days=20 - days // 2),
            purpose="To hear how what is written works where people live.",
            places=places,
            people={kind: (rng.randint(4, 18), rng.randint(4, 22), rng.randint(0, 5)) for kind in kinds},
        )
        consultation = begin_consultation(assessment=assessment, content=content, actor=editor)
        for said in rng.sample(SAID, 2):
            summary = SummaryContent(said, rng.sample(keys, 4), rng.choice(CHANGED))
            add_summary(consultation=consultation, content=summary, actor=editor)
    if editor.party.slug == WITH_CONTRIBUTOR:
        _contributors(rng, assessment, editor, today)
    else:
        set_consultation_status(
            consultation=consultation, base_version=consultation.version, status="closed", actor=editor
        )


def _contributors(rng: random.Random, assessment: Assessment, editor: Viewer, today: date) -> None:
    """One who has accepted and begun to rate, and one whose invitation is open."""
    consultation = assessment.consultations.order_by("pk")[0]
    tree = framework_tree(assessment.framework_version)
    asked = [indicator.key for indicator in tree.indicators[2:30:7]]
    for name, organisation, mail in (
        (ACCEPTS, "Union of Border Villages", "cleo@villages.example"),
        ("Ivo Lant", "Institute for Quiet Streets", "ivo@quiet-streets.example"),
    ):
        person = Contributor(mail, name, organisation, asked, due_on=today + timedelta(days=21))
        invited = invite_contributor(consultation=consultation, contributor=person, actor=editor)
        if invited is not None and name == ACCEPTS:
            _accept_and_rate(rng, assessment, asked[:2], invited)


def _accept_and_rate(rng: random.Random, assessment: Assessment, keys: list[str], invited: Invited) -> None:
    token = invited.link.rstrip("/").rsplit("/", 1)[-1]
    invitation, user = accept_as_new_person(token=token, full_name=ACCEPTS, password=DEMO_PASSWORD)
    cleo = Viewer(user=user, party=invitation.party, roles=frozenset({Role.INVITED_CONTRIBUTOR}))
    for key in keys:
        content = AnswerContent(
            rating=AnswerRating.RATED,
            option=rng.choice(["1", "2", "3"]),
            narrative="In the villages this is not how it works.",
            basis=Basis.TESTIMONY,
            confidence=Confidence.MEDIUM,
        )
        save_independent_rating(assessment=assessment, indicator=key, base_version=0, content=content, actor=cleo)
