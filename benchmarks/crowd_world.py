"""A baseline on which many hands work: ratings of ten agencies, evidence, comments, and earlier cycles, in bulk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, islice

from django.utils import timezone

from assessments.enums import AnswerRating, AssignmentMode, Classification
from assessments.models import (
    Assessment,
    Assignment,
    Comment,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    FrameworkVersion,
    IndependentRating,
    Node,
)
from assessments.services.assessments import start_assessment
from benchmarks.world import fill, make_framework
from wam_portal.access import Viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership, User
from wam_portal.accounts.services import add_membership


@dataclass(frozen=True, slots=True)
class Crowd:
    """How much there is on the baseline that is measured."""

    indicators: int
    agencies: int = 10
    links: int = 400
    comments: int = 1000
    cycles: int = 1


def make_crowd(crowd: Crowd, actor: Viewer) -> tuple[Assessment, Node]:
    """Baselines of the actor's State, the newest with the crowd on it; answers it and an indicator in its middle."""
    key = f"bench-{crowd.indicators}"
    framework = FrameworkVersion.objects.filter(framework__key=key).first() or make_framework(crowd.indicators)
    nodes = list(Node.objects.filter(framework_version=framework, kind="indicator").select_related("scale", "section"))
    made = [
        start_assessment(
            framework_version=framework,
            cycle=str(2000 + number),
            title=f"Baseline {2000 + number}",
            started_on=date(2000 + number, 1, 1),
            actor=actor,
        )
        for number in range(crowd.cycles)
    ]
    fill(made, nodes, actor)
    _ratings(made[-1], nodes, _agencies(crowd.agencies, actor))
    _evidence(made[-1], nodes, crowd.links, actor)
    _comments(made[-1], nodes, crowd.comments, actor)
    return made[-1], nodes[len(nodes) // 2]


def _agencies(count: int, actor: Viewer) -> list[Membership]:
    slug = actor.party.slug
    people = [
        User.objects.get_or_create(email=f"agency{number}@{slug}.example", defaults={"full_name": f"Rater {number}"})[0]
        for number in range(count)
    ]
    return [
        add_membership(user=person, party=actor.party, role=Role.CONTRIBUTOR, agency=f"Agency {place}", actor=None)
        for place, person in enumerate(people)
    ]


def _ratings(assessment: Assessment, nodes: list[Node], raters: list[Membership]) -> None:
    sections = {node.section_id: node.section for node in nodes}
    Assignment.objects.bulk_create(
        Assignment(assessment=assessment, node=section, membership=rater, mode=AssignmentMode.INDEPENDENT)
        for section in sections.values()
        for rater in raters
        if section is not None
    )
    options = list(nodes[0].scale.options.all()) if nodes[0].scale else []
    IndependentRating.objects.bulk_create(
        [
            IndependentRating(
                assessment=assessment,
                indicator=node,
                membership=rater,
                rating=AnswerRating.RATED,
                option=options[(place + number // 3) % len(options)],
                narrative="What this agency sees of it, in a sentence or two of the usual length.",
                updated_at=timezone.now(),
            )
            for place, node in enumerate(nodes)
            for number, rater in enumerate(raters)
        ],
        batch_size=500,
    )


def _evidence(assessment: Assessment, nodes: list[Node], links: int, actor: Viewer) -> None:
    now = timezone.now()
    count = -(-links // len(nodes)) + 20
    made = Evidence.objects.bulk_create(
        Evidence(
            state=actor.party,
            title=f"Document {number}",
            classification=Classification.OFFICIAL,
            expires_on=now.date() + timedelta(days=number * 20 - 100),
            created_by=actor.user,
            created_at=now,
            updated_at=now,
        )
        for number in range(count)
    )
    EvidenceFile.objects.bulk_create(
        EvidenceFile(
            evidence=evidence,
            number=1,
            original_name="a.pdf",
            display_name="a.pdf",
            content_type="application/pdf",
            size=1,
            sha256=hashlib.sha256(str(evidence.pk).encode()).hexdigest(),
            received_sha256=hashlib.sha256(str(evidence.pk).encode()).hexdigest(),
            uploaded_by=actor.user,
            uploaded_at=now,
        )
        for evidence in made
    )
    pairs = islice(((evidence, node) for evidence in made for node in nodes), links)
    EvidenceLink.objects.bulk_create(
        [
            EvidenceLink(
                evidence=evidence, assessment=assessment, indicator=node, created_by=actor.user, created_at=now
            )
            for evidence, node in pairs
        ],
        batch_size=500,
    )


def _comments(assessment: Assessment, nodes: list[Node], count: int, actor: Viewer) -> None:
    now = timezone.now()
    Comment.objects.bulk_create(
        [
            Comment(
                assessment=assessment,
                indicator=node,
                author=actor.user,
                body="Please ask the other agency whether this also holds in the provinces.",
                created_at=now,
            )
            for node in islice(cycle(nodes), count)
        ],
        batch_size=500,
    )
