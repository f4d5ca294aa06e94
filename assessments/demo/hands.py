"""Many hands in the demonstration: agencies that rate apart, where they disagree, what is said about it, and flags."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from assessments.demo import texts
from assessments.enums import AnswerRating, AssignmentMode, Basis, Confidence
from assessments.frameworks.tree import FrameworkTree, IndicatorView
from assessments.models import Assessment, IndependentRating
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.open_items import open_items
from assessments.selectors.quality import quality_of
from assessments.selectors.record import read_record
from assessments.services.answers import AnswerContent
from assessments.services.assignments import assign
from assessments.services.discussion import add_comment, flag_indicator, resolve_thread
from assessments.services.meetings import add_items, plan_meeting
from assessments.services.quality import dismiss_finding
from assessments.services.ratings import save_independent_rating
from assessments.services.reconciliation import reconcile
from wam_portal.access import Viewer
from wam_portal.accounts.demo import demo_viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership

MANY_HANDS: Final = "esmeria"
AREAS: Final = ("sto", "mar")
"""What the agencies of that State rate, each for itself."""
LEFT_TO_RATE: Final = 3
"""The last agency has not finished."""
RECONCILED: Final = 3
STEPS: Final = ((-1, 2), (0, 5), (1, 2))
"""How far an agency's level lies from what the others see, with weights."""
SAID: Final = {
    "Customs Service": "Seen at two border posts in spring.",
    "Ministry of Defence": "So it stands in the standing orders, and so it was found at the last inspection.",
    "National Police": "Two districts do it this way; the others do not.",
}
REASONS: Final = (
    "The inspection report was read together; the level is what it shows for most stores.",
    "The Ministry of Defence speaks for its own stores only; the police have more of them.",
    "The commission followed the lower rating until the districts have been visited.",
)
MINORITY: Final = "The Ministry of Defence would rate this a level higher: its own stores follow the procedure."
TALKED_ABOUT: Final = 6


def load_hands(rng: random.Random, assessment: Assessment, editor: Viewer, today: date) -> None:
    """What several people do to a baseline before it is submitted."""
    if editor.party.slug == MANY_HANDS:
        _rate_apart(rng, assessment, editor, today)
        _reconcile_some(assessment, editor)
    _discuss(assessment, editor)
    _dismiss_some(assessment, editor)
    if editor.party.slug == MANY_HANDS:
        _plan_session(assessment, editor, today)


def _raters(editor: Viewer) -> list[Membership]:
    people = Membership.objects.active().filter(party=editor.party, role=Role.CONTRIBUTOR)
    return list(people.select_related("user", "party__territory").order_by("pk"))


def _rate_apart(rng: random.Random, assessment: Assessment, editor: Viewer, today: date) -> None:
    tree = framework_tree(assessment.framework_version)
    asked = [indicator for indicator in tree.indicators if indicator.section in AREAS]
    common = {indicator.key: rng.randint(1, 3) for indicator in asked}
    people = _raters(editor)
    for membership in people:
        assign(
            assessment=assessment,
            nodes=AREAS,
            membership=membership,
            mode=AssignmentMode.INDEPENDENT,
            due_on=today + timedelta(days=7),
            actor=editor,
        )
        viewer = Viewer(user=membership.user, party=membership.party, roles=frozenset({Role.CONTRIBUTOR}))
        last = len(asked) - LEFT_TO_RATE if membership == people[-1] else len(asked)
        for indicator in asked[:last]:
            content = _rating(rng, indicator, common[indicator.key], membership.agency)
            save_independent_rating(
                assessment=assessment, indicator=indicator.key, base_version=0, content=content, actor=viewer
            )


def _rating(rng: random.Random, indicator: IndicatorView, place: int, agency: str) -> AnswerContent:
    options = indicator.scale.options
    step = rng.choices([step for step, _weight in STEPS], [weight for _step, weight in STEPS])[0]
    return AnswerContent(
        rating=AnswerRating.RATED,
        option=options[max(0, min(len(options) - 1, place + step))].key,
        narrative=SAID.get(agency, ""),
        basis=rng.choice([Basis.DOCUMENT, Basis.OBSERVATION, Basis.TESTIMONY]),
        confidence=rng.choice(list(Confidence)),
    )


def _reconcile_some(assessment: Assessment, editor: Viewer) -> None:
    """Settle the first disagreements, each for a reason; the second keeps what the minority holds."""
    tree = framework_tree(assessment.framework_version)
    ratings = IndependentRating.objects.filter(assessment=assessment).order_by("pk")
    found: dict[int, list[IndependentRating]] = {}
    for rating in ratings:
        found.setdefault(rating.indicator_id, []).append(rating)
    split = [rows for rows in found.values() if len({row.option_id for row in rows}) > 1]
    for number, (rows, reason) in enumerate(zip(split[:RECONCILED], REASONS, strict=True)):
        indicator = tree.indicator_of(rows[0].indicator_id)
        levels = sorted(row.option_id or 0 for row in rows)
        option = next(option for option in indicator.scale.options if option.pk == levels[len(levels) // 2])
        answer = assessment.answers.filter(indicator=indicator.pk).first()
        reconcile(
            assessment=assessment,
            indicator=indicator.key,
            base_version=answer.version if answer else 0,
            seen={row.pk: row.version for row in rows},
            choice=AnswerContent(
                rating=AnswerRating.RATED,
                option=option.key,
                basis=Basis.OBSERVATION,
                minority_note=MINORITY if number == 1 else "",
            ),
            reason=reason,
            actor=editor,
        )


def _discuss(assessment: Assessment, editor: Viewer) -> None:
    """Questions, answers and flags on a few indicators; who is named finds it in their work list."""
    tree = framework_tree(assessment.framework_version)
    approver = demo_viewer(editor.party.slug, Role.APPROVER)
    writers = Membership.objects.active().filter(party=editor.party, role=Role.CONTRIBUTOR)
    colleague = demo_viewer(editor.party.slug, Role.CONTRIBUTOR) if writers.exists() else approver
    first = editor.user.full_name.split()[0]
    other = colleague.user.full_name.split()[0]
    transfers, coordination, laws = (_first(tree, area) for area in ("tra", "coo", "leg"))
    asked = add_comment(
        assessment=assessment, indicator=transfers, body=texts.COMMENT_ASKS.format(name=other), actor=editor
    )
    add_comment(
        assessment=assessment,
        indicator=transfers,
        body=texts.COMMENT_ANSWERS.format(name=first),
        reply_to=asked.uuid,
        actor=colleague,
    )
    settled = add_comment(assessment=assessment, indicator=coordination, body=texts.COMMENT_SETTLED, actor=approver)
    add_comment(
        assessment=assessment,
        indicator=coordination,
        body=texts.COMMENT_SETTLES,
        reply_to=settled.uuid,
        actor=editor,
    )
    resolve_thread(comment=settled, actor=approver)
    add_comment(assessment=assessment, indicator=laws, body=texts.COMMENT_WAITS.format(name=first), actor=approver)
    flag_indicator(assessment=assessment, indicator=laws, note=texts.FLAG, actor=editor)
    flag_indicator(assessment=assessment, indicator=transfers, note=texts.FLAG_TRANSFERS, actor=colleague)


def _first(tree: FrameworkTree, area: str) -> str:
    return next(indicator.key for indicator in tree.indicators if indicator.section == area)


def _dismiss_some(assessment: Assessment, editor: Viewer) -> None:
    """Leave the first finding of two rules as it is, with a reason."""
    record = read_record(editor, assessment, framework_tree(assessment.framework_version))
    found = quality_of(editor, assessment, record)
    open_now = [group.open[0].finding for group in found.groups if group.open and not group.rule.blocks]
    for finding, reason in zip(open_now, texts.LEFT_AS_IS, strict=False):
        dismiss_finding(
            assessment=assessment,
            rule=finding.rule.key,
            subject=finding.subject,
            fingerprint=finding.fingerprint,
            reason=reason,
            actor=editor,
        )


def _plan_session(assessment: Assessment, editor: Viewer, today: date) -> None:
    """A session next week, with what is open on its agenda."""
    meeting = plan_meeting(
        title="Fourth session of the commission",
        starts_at=datetime.combine(today + timedelta(days=7), time(9), tzinfo=UTC),
        place="Ministry of the Interior, hall B",
        participants=[(row.user.full_name, row.agency) for row in _raters(editor)],
        assessment=assessment,
        actor=editor,
    )
    found = open_items(editor, assessment, framework_tree(assessment.framework_version))
    add_items(meeting=meeting, base_version=meeting.version, items=found[:TALKED_ABOUT], actor=editor)
