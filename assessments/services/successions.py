"""Upgrading a baseline that is being rated to a newer version of its framework: one transaction, nothing lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    Flag,
    FrameworkVersion,
    Gap,
    IndependentRating,
    IndicatorReturn,
    LeftBehind,
    Presence,
    Reconciliation,
)
from assessments.permissions import can_edit_assessment
from assessments.selectors.hanging import Hanging, Moves, hanging_rows, moves
from assessments.selectors.successions import UpgradePlan, is_newer_of, upgrade_plan
from assessments.services.answers import content_of
from assessments.services.gaps import sync_gap
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid, NotVisible

HANGING: Final = (
    Hanging(
        AgendaItem, "indicator", assessment="meeting__assessment", text="title", label=gettext_lazy("Item of a meeting")
    ),
    Hanging(
        Assignment, "node", alone="membership_id", text="membership__user__full_name", label=gettext_lazy("Assignment")
    ),
    Hanging(Comment, "indicator", text="body", label=gettext_lazy("Comment")),
    Hanging(Flag, "indicator", alone="cleared_at", text="note", label=gettext_lazy("Flag")),
    Hanging(
        IndicatorReturn, "indicator", alone="addressed_at", text="reason", label=gettext_lazy("Returned indicator")
    ),
    Hanging(
        EvidenceLink, "indicator", alone="evidence_id", text="evidence__title", label=gettext_lazy("Link to evidence")
    ),
    Hanging(
        IndependentRating,
        "indicator",
        option="option",
        alone="membership_id",
        text="membership__user__full_name",
        label=gettext_lazy("Independent rating"),
    ),
    Hanging(Presence, "section", alone="user_id"),
    Hanging(Reconciliation, "indicator", alone="number", text="reason", label=gettext_lazy("Reconciliation")),
    Hanging(
        ConsultationSummary.indicators.through,
        "node",
        assessment="consultationsummary__round__assessment",
        alone="consultationsummary_id",
        text="consultationsummary__said",
        label=gettext_lazy("Summary of a consultation"),
    ),
    Hanging(
        ContributorInvitation.indicators.through,
        "node",
        assessment="contributorinvitation__round__assessment",
        alone="contributorinvitation_id",
        text="contributorinvitation__invitation__full_name",
        label=gettext_lazy("Invitation to contribute"),
    ),
)
"""Whatever else a baseline keeps by indicator or section. Whoever adds such a model adds it here."""


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
        gaps = {gap.indicator_id: gap for gap in Gap.objects.filter(assessment=self.assessment)}
        for key, answer in self.plan.answers.items():
            passed = self.plan.carried_from(key)
            gap = gaps.get(answer.indicator_id)
            if gap is not None and not (passed and self._move_gap(gap, passed[0])):
                Gap.objects.filter(pk=gap.pk).update(left_behind_at=now)
            for one in passed:
                self._carry(answer, one)
            if not passed:
                self._leave(answer, key)
        for answer, indicator in self._moved:
            sync_gap(answer=answer, indicator=indicator, actor=self.actor)
        for move in planned.moved:
            kind = move.row.kind
            write = {f"{kind.node}_id": move.node} | ({f"{kind.option}_id": move.option} if kind.option else {})
            kind.model._default_manager.filter(pk=move.row.pk).update(**write)

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
            assessment=self.assessment, answer=answer, reason=reason, left_at=now, left_by=self.actor.user
        )

    def _move_gap(self, gap: Gap, one: Carried) -> bool:
        """Point a gap to the new indicator with the levels that it stood at; False where the new scale lacks one."""
        levels = _levels(_indicator(self.plan.old, one.old), _indicator(self.plan.new, one.new), self.plan)
        level, target = levels.get(gap.level_id), levels.get(gap.target_id)
        if level is None or target is None:
            return False
        new = _indicator(self.plan.new, one.new)
        write = {"indicator_id": new.pk, "level_id": level, "target_id": target}
        Gap.objects.filter(pk=gap.pk).update(version=F("version") + 1, **write)
        return True


def planned_moves(assessment: Assessment, plan: UpgradePlan) -> Moves:
    """What an upgrade would do with everything that hangs on the nodes: one statement."""
    levels = {
        old.pk: _levels(old, new, plan)
        for old in plan.old.indicators
        if (new := _first_successor(plan, old)) is not None
    }
    return moves(hanging_rows(assessment, HANGING), _successors(plan), levels)


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
