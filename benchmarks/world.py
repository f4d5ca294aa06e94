"""The measured data: one State with a framework of some size and some number of baselines, filled in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from assessments.enums import AnswerRating
from assessments.models import Answer, Assessment, FrameworkVersion, Node
from assessments.services.assessments import start_assessment
from assessments.services.frameworks import import_framework
from wam_portal.access import SystemViewer, Viewer
from wam_portal.accounts.demo import demo_viewer, load_parties
from wam_portal.accounts.enums import Role
from wam_portal.jobs.models import WorkerHeartbeat

LEVELS = range(1, 6)
SECTION = 12
"""Indicators in a section of the large framework; the WAM baseline's sections hold 8 to 10."""


@dataclass(frozen=True, slots=True)
class Case:
    """A measured place: the path of a section's sheet and of one answer in it."""

    indicators: int
    assessments: int
    slug: str
    uuid: str
    section: str
    indicator: str


def _lines(count: int) -> Iterator[str]:
    yield from (
        f"key: bench-{count}",
        "version: '1.0'",
        f"title: Benchmark of {count}",
        "notice: Made up.",
        "language: en",
    )
    yield from ("scales:", "  - key: five", "    title: Five", "    options:")
    for level in LEVELS:
        yield from (f"      - key: '{level}'", f"        value: {level}", f"        label: Level {level}")
        yield f"        meaning: The meaning of level {level}."
    yield from ("    target: '4'", "default_scale: five", "nodes:")
    for number in range(count):
        if number % SECTION == 0:
            section = number // SECTION
            yield from (
                "  - kind: area",
                f"    key: s{section}",
                f"    code: S{section}",
                f"    title: Section {section}",
            )
            yield "    nodes:"
        yield from ("      - kind: indicator", f"        key: i{number}", f"        code: I{number}")
        yield f"        question: Is the practice number {number} in place, written down and followed by all agencies?"
        yield f"        guidance: Look for a text, ask two agencies, and see the register of number {number}."
        yield "        levels:"
        for level in LEVELS:
            yield (
                f"          '{level}': At level {level} practice {number} is described in a sentence as long as those "
                "of the real framework usually are."
            )


def make_framework(count: int) -> FrameworkVersion:
    """A published framework of `count` indicators; 84 is the WAM baseline's number, made up like the others."""
    result = import_framework(document="\n".join(_lines(count)), actor=SystemViewer("framework"), publish=True)
    if result.version is None:
        raise RuntimeError("the framework was not stored")
    return result.version


def fill(assessments: list[Assessment], nodes: list[Node], actor: Viewer) -> None:
    """Answer every indicator of the baselines, in bulk."""
    options = list(nodes[0].scale.options.all()) if nodes[0].scale else []
    now = timezone.now()
    for assessment in assessments:
        Answer.objects.bulk_create(
            [
                Answer(
                    assessment=assessment,
                    indicator=node,
                    rating=AnswerRating.RATED,
                    option=options[place % len(options)],
                    narrative=f"What was found about {node.code}, in two or three sentences of the usual length. " * 2,
                    updated_by=actor.user,
                    updated_at=now,
                )
                for place, node in enumerate(nodes)
            ],
            batch_size=500,
        )


def make_case(indicators: int, assessments: int, slug: str) -> Case:
    """Baselines of one State of the demonstration; measured is one in the middle."""
    actor = demo_viewer(slug, Role.EDITOR)
    framework = FrameworkVersion.objects.filter(framework__key=f"bench-{indicators}").first()
    framework = framework or make_framework(indicators)
    made = [
        start_assessment(
            framework_version=framework,
            cycle=str(number),
            title=f"Baseline {number}",
            started_on=date(2026, 1, 1),
            actor=actor,
        )
        for number in range(assessments)
    ]
    nodes = list(Node.objects.filter(framework_version=framework, kind="indicator").select_related("scale"))
    fill(made, nodes, actor)
    middle = nodes[len(nodes) // 2]
    section = middle.section.key if middle.section else ""
    return Case(indicators, assessments, slug, str(made[assessments // 2].uuid), section, middle.key)


def sign_in(slug: str) -> str:
    """A session of the State's focal point; answers the cookie's value."""
    user = demo_viewer(slug, Role.EDITOR).user
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def make_world() -> list[Case]:
    """All measured cases. The first is the reference; each other one grows one dimension."""
    load_parties()
    WorkerHeartbeat.objects.get_or_create(name="bench", defaults={"seen_at": timezone.now()})
    return [make_case(84, 2, "aldoria"), make_case(1200, 2, "borvenia"), make_case(84, 200, "caldessa")]
