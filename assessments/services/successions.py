"""Upgrading a baseline that is being rated to a newer version of its framework: one transaction, nothing lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django.db.models import Case, F, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.enums import GapStatus
from assessments.frameworks.succession import Carried
from assessments.frameworks.tree import FrameworkTree, IndicatorView
from assessments.models import (
    AgendaItem,
    Answer,
    AnswerRevision,
    Assessment,
    Assignment,
    Comment,
    ConsultationSummary,
    ContributorInvitation,
    EvidenceLink,
    FindingDismissal,
    Flag,
    FrameworkVersion,
    Gap,
    IndependentRating,
    IndicatorReturn,
    LeftBehind,
    Need,
    Presence,
    Reconciliation,
)
from assessments.permissions import can_edit_assessment, can_read_scope
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.hanging import (
    LAPSED_OF_GAPS,
    Hanging,
    HangingRow,
    Moves,
    dismissals_without_subject,
    ended_dismissals,
    hanging_rows,
    moves,
    rows_left_behind,
)
from assessments.selectors.quality import dismissals_that_hold
from assessments.selectors.successions import UpgradePlan, is_newer_of, upgrade_plan
from assessments.services.answers import content_of
from assessments.services.gaps import sync_gap
from assessments.services.working_copy_upgrades import carry_uploads
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid, NotVisible

HANGING: Final = (
    Hanging(
        AgendaItem, "indicator", assessment="meeting__assessment", text="title", label=gettext_lazy("Items of meetings")
    ),
    Hanging(
        Assignment, "node", alone="membership_id", text="membership__user__full_name", label=gettext_lazy("Assignments")
    ),
    Hanging(Comment, "indicator", text="body", label=gettext_lazy("Comments")),
    Hanging(Flag, "indicator", alone="cleared_at", text="note", label=gettext_lazy("Flags")),
    Hanging(
        IndicatorReturn, "indicator", alone="addressed_at", text="reason", label=gettext_lazy("Returned indicators")
    ),
    Hanging(
        EvidenceLink, "indicator", alone="evidence_id", text="evidence__title", label=gettext_lazy("Links to evidence")
    ),
    Hanging(
        IndependentRating,
        "indicator",
        option="option",
        alone="membership_id",
        text="membership__user__full_name",
        label=gettext_lazy("Independent ratings"),
    ),
    Hanging(Presence, "section", alone="user_id"),
    Hanging(Reconciliation, "indicator", alone="number", text="reason", label=gettext_lazy("Reconciliations")),
    Hanging(
        ConsultationSummary.indicators.through,
        "node",
        assessment="consultationsummary__round__assessment",
        alone="consultationsummary_id",
        text="consultationsummary__said",
        label=gettext_lazy("Summaries of consultations"),
    ),
    Hanging(
        ContributorInvitation.indicators.through,
        "node",
        assessment="contributorinvitation__round__assessment",
        alone="contributorinvitation_id",
        text="contributorinvitation__invitation__full_name",
        label=gettext_lazy("Invitations to contribute"),
    ),
)
"""Whatever else a baseline keeps by indicator or section. Whoever adds such a model adds it here."""

GAPS: Final = Hanging(
    Gap,
    "indicator",
    text=Case(When(status=GapStatus.DISMISSED, then="dismissal_reason"), default="root_cause"),
    label=gettext_lazy("Gaps"),
)
NEEDS: Final = Hanging(
    Need.gaps.through,
    "gap__indicator",
    assessment="gap__assessment",
    alone="gap_id",
    text="need__request__reference",
    label=gettext_lazy("Needs of requests that rest on these gaps"),
)
"""These follow the answers instead of the indicators."""


def upgrade_assessment(
    *, assessment: Assessment, to: FrameworkVersion, base_version: int, seen: str, actor: Viewer
) -> Assessment:
    """Take a baseline that is being rated to a newer version of its framework.

    Answers pass along the item map with their gaps, and with whatever else hangs on their indicators; what cannot pass
    is kept aside with its reason. Endorsed versions stay as signed. `seen` is that of the plan that was confirmed.
    Raises `Refused`; `NotVisible` for a version that does not replace the present one; `Invalid` where the State has
    a baseline of this cycle with the newer version already; and `Conflict` when the baseline or an answer has changed
    since `base_version` and `seen`.
    """
    with audited():
        rows = Assessment.objects.select_related("framework_version__framework", "state")
        locked = rows.select_for_update(of=("self",), no_key=True).get(pk=assessment.pk)
        require(can_edit_assessment(actor, locked))
        if not is_newer_of(locked, to):
            raise NotVisible
        _refuse_twin(locked, to)
        plan = upgrade_plan(locked, to)
        before = locked.framework_version
        same = Assessment.objects.filter(
            pk=locked.pk, version=base_version, status=locked.status, framework_version=before
        )
        if plan.seen != seen or not same.update(version=F("version") + 1, framework_version=to):
            message = _("This baseline has changed since you looked at what the upgrade would do. Look again.")
            raise Conflict(message, current=locked)
        locked.refresh_from_db()
        _Upgrade(locked, plan, actor).run()
        record(
            verb="assessment.upgraded",
            target=locked,
            actor=actor,
            parties=[actor.party],
            changes={
                "framework_version": [before.version, to.version],
                "carried": len(plan.passage.carried),
                "left": len(plan.passage.left),
                "version": locked.version,
            },
        )
    return locked


def _refuse_twin(assessment: Assessment, to: FrameworkVersion) -> None:
    twins = Assessment.objects.filter(state=assessment.state_id, framework_version=to, cycle=assessment.cycle)
    if twins.exists():
        message = _("Your State already has a baseline with this version of the framework in this cycle.")
        raise Invalid({"": [message]})


_TOLD: Final = (
    *("rating", "reason", "narrative", "basis", "confidence", "minority_note"),
    *("updated_by_id", "updated_at"),
)


@dataclass(slots=True)
class _Upgrade:
    """Moves the rows of one baseline, within the caller's `audited()`."""

    assessment: Assessment
    plan: UpgradePlan
    actor: Viewer
    _moved: list[tuple[Answer, IndicatorView]] = field(default_factory=list)

    def run(self) -> None:
        now = timezone.now()
        planned = planned_moves(self.assessment, self.plan)
        held = dismissals_that_hold(self.assessment, self.plan.old)
        dismissed = set(self._gaps(GapStatus.DISMISSED))
        for gap, place in _gap_moves(self.assessment, self.plan).items():
            change = {"left_behind_at": now} if place is None else {"version": F("version") + 1, **place}
            Gap.objects.filter(pk=gap).update(**change)
        for key, answer in self.plan.answers.items():
            passed = self.plan.carried_from(key)
            for one in passed:
                self._carry(answer, one)
            if not passed:
                self._leave(answer, key)
        carry_uploads(self.assessment, self.plan)
        for answer, indicator in self._moved:
            sync_gap(answer=answer, indicator=indicator, actor=self.actor)
        for move in planned.moved:
            kind = move.row.kind
            write = {f"{kind.node}_id": move.node} | ({f"{kind.option}_id": move.option} if kind.option else {})
            kind.model._default_manager.filter(pk=move.row.pk).update(**write)
        lapsed = held - dismissals_that_hold(self.assessment, self.plan.new)
        FindingDismissal.objects.filter(pk__in=lapsed).update(lapsed_at=now)
        Gap.objects.filter(pk__in=dismissed & set(self._gaps(GapStatus.OPEN))).update(dismissal_lapsed_at=now)

    def _gaps(self, status: GapStatus) -> Iterable[int]:
        return Gap.objects.filter(assessment=self.assessment, status=status).values_list("pk", flat=True)

    def _carry(self, answer: Answer, one: Carried) -> None:
        indicator = _indicator(self.plan.new, one.new)
        fields = {
            "indicator_id": indicator.pk,
            "option_id": _option(indicator, one.option),
            "target_id": _option(indicator, one.target),
        }
        if one.copy:
            same = {name: getattr(answer, name) for name in _TOLD}
            moved = Answer.objects.create(assessment=self.assessment, version=1, **same, **fields)
        else:
            swapped = Answer.objects.filter(pk=answer.pk, version=answer.version)
            if not swapped.update(version=F("version") + 1, **fields):
                raise Conflict(_("Somebody saved an answer meanwhile. Look again."), current=self.assessment)
            moved = Answer.objects.get(pk=answer.pk)
        AnswerRevision.objects.create(
            answer=moved,
            version=moved.version,
            content=asdict(content_of(moved, indicator)),
            saved_by=self.actor.user,
            saved_at=timezone.now(),
        )
        self._moved.append((moved, indicator))

    def _leave(self, answer: Answer, key: str) -> None:
        reason = next(one.reason for one in self.plan.passage.left if one.old == key)
        now = timezone.now()
        Answer.objects.filter(pk=answer.pk, version=answer.version).update(left_behind_at=now)
        LeftBehind.objects.create(
            assessment=self.assessment,
            answer=answer,
            reason=reason,
            said=reason.as_json(),
            left_at=now,
            left_by=self.actor.user,
        )


def planned_moves(assessment: Assessment, plan: UpgradePlan) -> Moves:
    """What an upgrade would do with everything that hangs on the nodes: three statements."""
    levels = {
        old.pk: _levels(old, new, plan)
        for old in plan.old.indicators
        if (new := _first_successor(plan, old)) is not None
    }
    rows = hanging_rows(assessment, (*HANGING, GAPS, NEEDS))
    found = moves((row for row in rows if row.kind in HANGING), _successors(plan), levels)
    staying = {gap for gap, move in _gap_moves(assessment, plan).items() if move is None}
    gaps = [row for row in rows if row.kind is GAPS and row.pk in staying]
    needs = [row for row in rows if row.kind is NEEDS and int(row.alone or 0) in staying]
    return Moves(found.moved, (*found.stayed, *gaps, *needs, *dismissals_without_subject(assessment, plan.new)))


def what_stayed(viewer: Viewer, assessment: Assessment) -> list[HangingRow]:
    """What besides answers stayed with an earlier version of the framework, as `planned_moves` foretold it.

    With it the dismissals that the upgrade ended although their indicators are still asked.
    """
    rows = rows_left_behind(viewer, assessment, (*HANGING, GAPS, NEEDS, LAPSED_OF_GAPS))
    if not can_read_scope(viewer):
        return rows
    tree = framework_tree(assessment.framework_version)
    return [*rows, *ended_dismissals(assessment, tree)]


def _gap_moves(assessment: Assessment, plan: UpgradePlan) -> dict[int, dict[str, int] | None]:
    """What to write into each gap, so that it follows its answer with the levels that it stood at.

    None where the answer stays behind, or the new scale lacks a level.
    """
    keys = {answer.indicator_id: key for key, answer in plan.answers.items()}
    found: dict[int, dict[str, int] | None] = {}
    for gap in Gap.objects.filter(assessment=assessment):
        found[gap.pk] = None
        for one in plan.carried_from(keys.get(gap.indicator_id, ""))[:1]:
            new = _indicator(plan.new, one.new)
            levels = _levels(_indicator(plan.old, one.old), new, plan)
            if gap.level_id in levels and gap.target_id in levels:
                level, target = levels[gap.level_id], levels[gap.target_id]
                found[gap.pk] = {"indicator_id": new.pk, "level_id": level, "target_id": target}
    return found


def _successors(plan: UpgradePlan) -> dict[int, int]:
    """New rows by old: indicators by the item map, sections by their keys, or by where most of them went."""
    nodes: dict[int, int] = {}
    for section in plan.old.sections:
        followed = [new for one in section.indicators if (new := _first_successor(plan, one)) is not None]
        sections = [plan.new.section_of(one) for one in followed]
        if kept := plan.new.find_section(section.key):
            nodes[section.node.pk] = kept.node.pk
        elif sections:
            most = max(sections, key=lambda one: sum(other.key == one.key for other in sections))
            nodes[section.node.pk] = most.node.pk
    for old in plan.old.indicators:
        new = _first_successor(plan, old)
        if new is not None:
            nodes[old.pk] = new.pk
    return nodes


def _first_successor(plan: UpgradePlan, old: IndicatorView) -> IndicatorView | None:
    """Where an indicator's rows go: where its answer goes, or else the first that comes from it."""
    passed = [one.new for one in plan.carried_from(old.key)]
    key = next(iter(passed or plan.mapping.successors(old.key)), None)
    return None if key is None else plan.new.find_indicator(key)


def _levels(old: IndicatorView, new: IndicatorView, plan: UpgradePlan) -> Mapping[int, int]:
    """New options by old, as far as the map and the new scale go."""
    source = plan.mapping.sources[new.key]
    found: dict[int, int] = {}
    for option in old.scale.options:
        key = source.level(option.key, new)
        level = None if key is None else new.scale.find_option(key)
        if level is not None:
            found[option.pk] = level.pk
    return found


def _indicator(tree: FrameworkTree, key: str) -> IndicatorView:
    found = tree.find_indicator(key)
    if found is None:
        raise KeyError(key)
    return found


def _option(indicator: IndicatorView, key: str) -> int | None:
    option: Any = indicator.scale.find_option(key) if key else None
    return None if option is None else option.pk
