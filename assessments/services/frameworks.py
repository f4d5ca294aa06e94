"""Taking frameworks over and publishing them. A published version never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import FrameworkStatus, NodeKind
from assessments.frameworks import Framework as FrameworkDocument
from assessments.frameworks import FrameworkError, FrameworkErrors, framework_content, parse_framework
from assessments.frameworks.export import CONTENT_TAG, supplements_content
from assessments.frameworks.rules import rule_value
from assessments.frameworks.schema import Group, Indicator
from assessments.frameworks.workbook import read_framework_workbook
from assessments.models import Framework, FrameworkRule, FrameworkVersion, Node, Scale, ScaleOption
from assessments.permissions import can_discard_framework, can_import_framework
from assessments.selectors.framework_succession import check_succession, note_succession
from assessments.services.framework_translations import changed_translations, store_translations
from wam_portal.access import PlatformActor, require
from wam_portal.audit.services import audited, record
from wam_portal.canonical import content_hash
from wam_portal.workbooks import is_workbook

_BATCH = 500


class ImportOutcome(StrEnum):
    """What an import did, or in a dry run would do, with the version of the file."""

    CREATED = "created"
    REPLACED = "replaced"
    TRANSLATED = "translated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """`version` is None only in a dry run of a version that is not there yet."""

    document: FrameworkDocument
    content_hash: str
    outcome: ImportOutcome
    version: FrameworkVersion | None


def import_framework(
    *,
    document: str | bytes | FrameworkDocument,
    actor: PlatformActor,
    beside: Mapping[str, bytes] | None = None,
    dry_run: bool = False,
    publish: bool = False,
) -> ImportResult:
    """Store the version of a framework file (or of a framework read already) as a draft, or published if asked.

    The file is YAML or an Excel workbook; `beside` holds translations that lie in files of their own, by file name.
    The same content again changes nothing but the translations given; those in other languages stay. A draft of the
    same number is replaced. Raises `FrameworkErrors` with every problem of the file, or when the number belongs to a
    published version with other content; `Refused` when the actor may not. A dry run tells the same and writes nothing.
    """
    require(can_import_framework(actor))
    framework = _checked(document) if isinstance(document, FrameworkDocument) else _read(document, beside)
    digest = content_hash(CONTENT_TAG, framework_content(framework))
    if dry_run:
        existing = _stored_version(framework)
        return ImportResult(framework, digest, _outcome(existing, framework, digest), existing)
    with audited():
        family = _locked_family(framework)
        existing = _stored_version(framework)
        outcome = _outcome(existing, framework, digest)
        version = _store(framework, family, existing, digest, outcome)
        if outcome is not ImportOutcome.UNCHANGED:
            record(
                verb="framework.imported",
                target=version,
                actor=actor,
                changes={
                    "framework": framework.key,
                    "version": framework.version,
                    "outcome": outcome.value,
                    "content_hash": digest,
                    "languages": [translation.language for translation in framework.translations],
                },
            )
        if publish:
            version = publish_framework(version=version, actor=actor)
    return ImportResult(framework, digest, outcome, version)


def _read(document: str | bytes, beside: Mapping[str, bytes] | None) -> FrameworkDocument:
    if isinstance(document, bytes) and is_workbook(document):
        return read_framework_workbook(document, note_succession)
    return parse_framework(document, beside, note_succession)


def _checked(framework: FrameworkDocument) -> FrameworkDocument:
    check_succession(framework)
    return framework


def publish_framework(*, version: FrameworkVersion, actor: PlatformActor) -> FrameworkVersion:
    """Publish a draft version for good; a published one is returned as it is. Raises `Refused`."""
    require(can_import_framework(actor))
    with audited():
        # The condition is the lock: of two who publish at once only one finds a draft.
        changed = FrameworkVersion.objects.filter(pk=version.pk, status=FrameworkStatus.DRAFT).update(
            status=FrameworkStatus.PUBLISHED, published_at=timezone.now()
        )
        version.refresh_from_db()
        if changed:
            Framework.objects.filter(pk=version.framework_id).update(title=version.title)
            record(
                verb="framework.published",
                target=version,
                actor=actor,
                changes={"version": version.version, "content_hash": version.content_hash},
            )
    return version


def discard_framework_draft(*, version: FrameworkVersion, actor: PlatformActor) -> None:
    """Delete a draft for good, and its framework with it where it has no other version.

    Raises `Refused`, also for a version that has been published, meanwhile or before.
    """
    require(can_import_framework(actor))
    with audited():
        family = Framework.objects.select_for_update().get(pk=version.framework_id)
        stored = FrameworkVersion.objects.get(pk=version.pk)
        require(can_discard_framework(actor, stored))
        record(
            verb="framework.discarded",
            target=stored,
            actor=actor,
            changes={"framework": family.key, "version": stored.version, "content_hash": stored.content_hash},
        )
        _delete_draft(stored)
        if not family.versions.exists():
            family.delete()


def _locked_family(framework: FrameworkDocument) -> Framework:
    """The framework's row, locked so that two imports of one version follow each other (SQLite locks all anyway)."""
    family, _created = Framework.objects.get_or_create(key=framework.key, defaults={"title": framework.title})
    return Framework.objects.select_for_update().get(pk=family.pk)


def _stored_version(framework: FrameworkDocument) -> FrameworkVersion | None:
    return FrameworkVersion.objects.filter(framework__key=framework.key, version=framework.version).first()


def _outcome(existing: FrameworkVersion | None, framework: FrameworkDocument, digest: str) -> ImportOutcome:
    if existing is None:
        return ImportOutcome.CREATED
    if existing.content_hash == digest:
        return ImportOutcome.TRANSLATED if changed_translations(existing, framework) else ImportOutcome.UNCHANGED
    if existing.status == FrameworkStatus.PUBLISHED:
        message = _(
            "Version %(version)s of “%(key)s” is published and never changes. Raise the version for this content."
        )
        error = FrameworkError(0, "version", message % {"version": framework.version, "key": framework.key})
        raise FrameworkErrors([error])
    return ImportOutcome.REPLACED


def _store(
    framework: FrameworkDocument,
    family: Framework,
    existing: FrameworkVersion | None,
    digest: str,
    outcome: ImportOutcome,
) -> FrameworkVersion:
    if existing is not None and outcome is ImportOutcome.UNCHANGED:
        return existing
    if existing is not None and outcome is ImportOutcome.TRANSLATED:
        store_translations(existing, framework)
        return existing
    if existing is not None:
        _delete_draft(existing)
    supplements = supplements_content(framework)
    version = FrameworkVersion.objects.create(
        framework=family,
        version=framework.version,
        title=framework.title,
        notice=framework.notice,
        language=framework.language,
        content_hash=digest,
        groups=supplements.get("groups"),
        item_map=supplements.get("replaces"),
    )
    _Rows(framework, version).create()
    FrameworkRule.objects.bulk_create(
        FrameworkRule(framework_version=version, position=position, key=rule.key, value=rule_value(rule))
        for position, rule in enumerate(framework.quality_rules)
    )
    store_translations(version, framework)
    return version


def _delete_draft(version: FrameworkVersion) -> None:
    """Delete a draft with its rows; the database refuses when something already rests on it."""
    nodes = Node.objects.filter(framework_version=version)
    nodes.filter(kind=NodeKind.INDICATOR).delete()
    # From the leaves up: rows of a framework are never updated, and a parent with children is protected.
    while nodes.exists():
        nodes.filter(children__isnull=True).delete()
    ScaleOption.objects.filter(scale__framework_version=version).delete()
    Scale.objects.filter(framework_version=version).delete()
    version.rules.all().delete()
    version.translations.all().delete()
    version.delete()


class _Rows:
    """Writes the rows of a version: scales, options, headings and areas level by level, then all indicators."""

    def __init__(self, framework: FrameworkDocument, version: FrameworkVersion) -> None:
        self._framework = framework
        self._version = version
        self._scales: dict[str, Scale] = {}
        self._options: dict[tuple[str, str], ScaleOption] = {}
        self._position = 0
        self._groups: list[list[Node]] = []
        self._indicators: list[Node] = []

    def create(self) -> None:
        self._create_scales()
        for node in self._framework.nodes:
            self._add(node, parent=None, section=None, functional_area="")
        # Level by level: a row can only name a parent that has its id already.
        for level in self._groups:
            Node.objects.bulk_create(level, batch_size=_BATCH)
        Node.objects.bulk_create(self._indicators, batch_size=_BATCH)

    def _create_scales(self) -> None:
        scales = [
            Scale(framework_version=self._version, key=scale.key, title=scale.title) for scale in self._framework.scales
        ]
        Scale.objects.bulk_create(scales)
        self._scales = {scale.key: scale for scale in scales}
        options = {
            (scale.key, option.key): ScaleOption(
                scale=self._scales[scale.key],
                key=option.key,
                value=option.value,
                label=option.label,
                meaning=option.meaning,
            )
            for scale in self._framework.scales
            for option in scale.options
        }
        ScaleOption.objects.bulk_create(options.values())
        self._options = options

    def _add(
        self,
        node: Group | Indicator,
        *,
        parent: Node | None,
        section: Node | None,
        functional_area: str,
        depth: int = 0,
    ) -> None:
        self._position += 1
        if isinstance(node, Indicator):
            self._indicators.append(self._indicator(node, parent, section, functional_area))
            return
        row = self._group(node, parent, node.functional_area or functional_area)
        if len(self._groups) == depth:
            self._groups.append([])
        self._groups[depth].append(row)
        below = row if section is None or node.kind == NodeKind.AREA else section
        for child in node.nodes:
            self._add(child, parent=row, section=below, functional_area=row.functional_area, depth=depth + 1)

    def _group(self, group: Group, parent: Node | None, functional_area: str) -> Node:
        return Node(
            framework_version=self._version,
            parent=parent,
            key=group.key,
            code=group.code,
            kind=group.kind,
            position=self._position,
            title=group.title,
            scope=group.scope,
            guidance=group.guidance,
            references=list(group.references),
            functional_area=functional_area,
        )

    def _indicator(self, indicator: Indicator, parent: Node | None, section: Node | None, functional_area: str) -> Node:
        return Node(
            framework_version=self._version,
            parent=parent,
            section=section,
            key=indicator.key,
            code=indicator.code,
            kind=NodeKind.INDICATOR,
            position=self._position,
            title=indicator.question,
            guidance=indicator.guidance,
            evidence=list(indicator.evidence),
            references=list(indicator.references),
            functional_area=functional_area,
            stage=indicator.stage,
            lenses=list(indicator.lenses),
            technologies=list(indicator.technologies),
            assistance_types=list(indicator.assistance_types),
            weight=indicator.weight,
            scale=self._scales[indicator.scale],
            target=self._options[indicator.scale, indicator.target],
            level_texts=dict(indicator.levels),
        )
