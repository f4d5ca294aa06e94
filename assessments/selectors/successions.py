"""Newer versions of a framework: how two versions map to each other, and what an upgrade would do to a baseline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from assessments.enums import OPEN_ASSESSMENTS, FrameworkStatus
from assessments.frameworks.differences import Differences, differences
from assessments.frameworks.succession import Carried, Held, ItemMap, Passage, passage, stored_map
from assessments.frameworks.tree import FrameworkTree, IndicatorView
from assessments.models import Answer, Assessment, AssistanceRequest, FrameworkVersion, Gap, LeftBehind
from assessments.selectors.frameworks import framework_tree, shares_by_language, source_tree
from wam_portal.access import PlatformActor, Viewer
from wam_portal.sentences import say_again


@dataclass(frozen=True, slots=True)
class UpgradeOpen:
    """A baseline, and the newest version of its framework that it could be upgraded to."""

    uuid: UUID
    title: str
    cycle: str
    newer: UUID
    number: str


@dataclass(frozen=True, slots=True)
class LeftAnswer:
    """An answer that would stay behind, and why."""

    indicator: IndicatorView
    answer: Answer
    reason: str

    @property
    def level(self) -> str:
        """The label of the level that was given, "" without one."""
        return {option.pk: option.label for option in self.indicator.scale.options}.get(self.answer.option_id or 0, "")


@dataclass(frozen=True, slots=True)
class LeftView:
    """An answer that was left behind and why, with its indicator and the labels of level and own target, "" without."""

    row: LeftBehind
    reason: str
    indicator: IndicatorView
    level: str
    target: str


@dataclass(frozen=True, slots=True)
class UpgradePlan:
    """What an upgrade would do. `seen` stands for the state of the answers that it was worked out from."""

    old: FrameworkTree
    new: FrameworkTree
    mapping: ItemMap
    passage: Passage
    answers: dict[str, Answer]
    seen: str

    @property
    def carried(self) -> list[tuple[IndicatorView, IndicatorView]]:
        """The indicators whose answers pass on, old and new, in the order of the new version."""
        return [(_of(self.old, one.old), _of(self.new, one.new)) for one in self.passage.carried]

    @property
    def left(self) -> list[LeftAnswer]:
        """The answers that stay behind, in the order of the old version."""
        found = [LeftAnswer(_of(self.old, one.old), self.answers[one.old], one.reason) for one in self.passage.left]
        places = {indicator.key: place for place, indicator in enumerate(self.old.indicators)}
        return sorted(found, key=lambda one: places[one.indicator.key])

    @property
    def new_questions(self) -> list[IndicatorView]:
        """Indicators of the new version that would be without an answer."""
        given = {one.new for one in self.passage.carried}
        return [indicator for indicator in self.new.indicators if indicator.key not in given]

    def carried_from(self, key: str) -> list[Carried]:
        """Where the answer of an old indicator passes to; the first takes the row itself."""
        return sorted((one for one in self.passage.carried if one.old == key), key=lambda one: one.copy)


def replaced_version(viewer: PlatformActor, version: FrameworkVersion) -> FrameworkVersion | None:
    """The published version that this one says it replaces, None where it says none."""
    if not version.item_map:
        return None
    found = FrameworkVersion.objects.visible_to(viewer).published().select_related("framework")
    return found.filter(framework=version.framework_id, version=version.item_map["version"]).first()


def version_before(viewer: PlatformActor, version: FrameworkVersion) -> FrameworkVersion | None:
    """What readers have before a version: the one that it says it replaces; for a draft else the newest published."""
    replaced = replaced_version(viewer, version)
    if replaced is not None or version.status != FrameworkStatus.DRAFT:
        return replaced
    published = FrameworkVersion.objects.visible_to(viewer).published().filter(framework=version.framework_id)
    return published.order_by("-published_at").first()


def newer_versions_for(viewer: PlatformActor, version: FrameworkVersion) -> list[FrameworkVersion]:
    """Published versions that say they replace this one, newest first."""
    found = FrameworkVersion.objects.visible_to(viewer).published().select_related("framework")
    family = found.filter(framework=version.framework_id, item_map__isnull=False).exclude(pk=version.pk)
    return [one for one in family.order_by("-published_at") if (one.item_map or {}).get("version") == version.version]


def upgrades_open(viewer: Viewer, baselines: Iterable[Assessment]) -> list[UpgradeOpen]:
    """Those of one's State's open baselines that could be upgraded: one statement, two where anything is newer.

    Not those beside which the State has a baseline of the same cycle with that version already: they are refused.
    """
    published = FrameworkVersion.objects.visible_to(viewer).published().order_by("published_at")
    columns = published.values_list("pk", "framework_id", "version", KT("item_map__version"), "uuid")
    names: dict[int, tuple[int, str]] = {}
    newer: dict[tuple[int, str], tuple[int, UUID, str]] = {}
    for pk, framework, number, replaced, uuid in columns:
        names[pk] = (framework, number)
        newer[framework, replaced] = (pk, uuid, number)
    found = [
        (row, *newer[names[row.framework_version_id]])
        for row in baselines
        if row.status in OPEN_ASSESSMENTS and names.get(row.framework_version_id) in newer
    ]
    twins = Assessment.objects.filter(state=viewer.party, framework_version__in=[pk for _row, pk, *_rest in found])
    taken = set(twins.values_list("framework_version_id", "cycle")) if found else set()
    return [
        UpgradeOpen(row.uuid, row.title, row.cycle, uuid, number)
        for row, pk, uuid, number in found
        if (pk, row.cycle) not in taken
    ]


def version_map(old: FrameworkTree, version: FrameworkVersion, new: FrameworkTree) -> ItemMap:
    """The whole item map of a version; between versions that do not follow each other, what kept its key."""
    follows = (version.item_map or {}).get("version") == old.version.number
    keys = [[indicator.key for indicator in tree.indicators] for tree in (old, new)]
    return stored_map((version.item_map or {}) if follows else {}, *keys)


def version_differences(old: FrameworkVersion, new: FrameworkVersion) -> Differences:
    """What differs between two versions of one framework, in the language of the reader where both have it."""
    before, after = source_tree(old), source_tree(new)
    return differences(before, after, version_map(before, new, after), (framework_tree(old), framework_tree(new)))


@dataclass(frozen=True, slots=True)
class LanguageLoss:
    """A language of which a newer version has less than the one before, in percent of the texts; None for no text."""

    language: str
    before: int
    now: int | None


def languages_lost(old: FrameworkVersion, new: FrameworkVersion) -> list[LanguageLoss]:
    """The languages that readers of the older version would miss in the newer one."""
    now = shares_by_language(new)
    losses = (LanguageLoss(tag, before, now.get(tag)) for tag, before in shares_by_language(old).items())
    return [loss for loss in losses if loss.now is None or loss.now < loss.before]


def upgrade_plan(assessment: Assessment, version: FrameworkVersion) -> UpgradePlan:
    """Work out what an upgrade to a version would do: one statement beside the trees."""
    old, new = framework_tree(assessment.framework_version), framework_tree(version)
    mapping = version_map(old, version, new)
    rows = Answer.objects.filter(assessment=assessment).select_related("updated_by").order_by("pk")
    answers = {old.indicator_of(answer.indicator_id).key: answer for answer in rows}
    held = {key: _held(old.indicator_of(answer.indicator_id), answer) for key, answer in answers.items()}
    seen = f"{len(answers)}-{sum(answer.version for answer in answers.values())}"
    return UpgradePlan(old, new, mapping, passage(held, mapping, new), answers, seen)


def requests_resting_on(assessment: Assessment, left: Iterable[LeftAnswer]) -> list[AssistanceRequest]:
    """Requests with a gap whose answer would stay behind: their needs lose it from sight, so people should know."""
    indicators = [one.indicator.pk for one in left]
    gaps = Gap.objects.filter(assessment=assessment, indicator__in=indicators)
    return list(AssistanceRequest.objects.filter(needs__gaps__in=gaps).distinct().order_by("reference"))


def in_words(left: Iterable[LeftBehind]) -> list[LeftView]:
    """Answers left behind in the words of the version in which they were given, in the reader's language."""
    found: list[LeftView] = []
    for row in left:
        indicator = framework_tree(row.answer.indicator.framework_version).indicator_of(row.answer.indicator_id)
        labels = {option.pk: option.label for option in indicator.scale.options}
        level, target = (labels.get(pk or 0, "") for pk in (row.answer.option_id, row.answer.target_id))
        reason = say_again(row.said) if row.said else row.reason
        found.append(LeftView(row, reason, indicator, level, target))
    return found


def left_behind_of(viewer: Viewer, assessment: Assessment) -> QuerySet[LeftBehind]:
    """Answers that an upgrade could not carry over, in the order of the version in which they were given."""
    return (
        LeftBehind.objects.visible_to(viewer)
        .filter(assessment=assessment)
        .select_related("answer__indicator__framework_version")
        .order_by("answer__indicator__framework_version", "answer__indicator__position")
    )


def is_newer_of(assessment: Assessment, version: FrameworkVersion) -> bool:
    """Whether a version is published and says that it replaces the one the baseline is rated with."""
    return (
        version.status == FrameworkStatus.PUBLISHED
        and version.framework_id == assessment.framework_version.framework_id
        and (version.item_map or {}).get("version") == assessment.framework_version.version
    )


def _held(indicator: IndicatorView, answer: Answer) -> Held:
    keys = {option.pk: option.key for option in indicator.scale.options}
    return Held(keys.get(answer.option_id or 0, ""), keys.get(answer.target_id or 0, ""), indicator.code)


def _of(tree: FrameworkTree, key: str) -> IndicatorView:
    found = tree.find_indicator(key)
    if found is None:
        raise KeyError(key)
    return found
