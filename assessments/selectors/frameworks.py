"""Reading frameworks: versions for lists, and the tree of a version for everything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import get_language

from assessments.enums import FrameworkStatus, NodeKind
from assessments.frameworks.rules import rule_of
from assessments.frameworks.schema import QualityRule
from assessments.frameworks.tree import (
    FrameworkText,
    FrameworkTree,
    OptionView,
    ScaleView,
    SelectionView,
    VersionView,
    Wording,
)
from assessments.frameworks.tree_builder import NodeRow, build_tree
from assessments.models import FrameworkRule, FrameworkTranslation, FrameworkVersion, Node, Scale
from assessments.models.frameworks import FrameworkVersionQuerySet
from wam_portal.access import PlatformActor
from wam_portal.errors import NotVisible

T = TypeVar("T")

# Some megabytes for the largest frameworks; a process serves few of them at a time.
_TREES_KEPT = 32


def framework_versions_for(viewer: PlatformActor) -> FrameworkVersionQuerySet:
    """Versions the viewer may see, newest first within a framework, with `indicator_count`."""
    return (
        FrameworkVersion.objects.visible_to(viewer)
        .select_related("framework")
        .annotate(indicator_count=Count("nodes", filter=Q(nodes__kind=NodeKind.INDICATOR)))
        .order_by("framework__key", "-imported_at", "-pk")
    )


def published_versions_for(viewer: PlatformActor) -> FrameworkVersionQuerySet:
    """Versions with which a baseline can be started: published ones only, whoever looks."""
    return framework_versions_for(viewer).published()


def framework_version_for(viewer: PlatformActor, uuid: UUID) -> FrameworkVersion:
    """One version. Raises `NotVisible` where it does not exist or is a draft that the viewer may not see."""
    version = framework_versions_for(viewer).filter(uuid=uuid).first()
    if version is None:
        raise NotVisible
    return version


def published_version_for(viewer: PlatformActor, uuid: UUID) -> FrameworkVersion:
    """One published version. Raises `NotVisible` where it does not exist or is a draft, whoever looks."""
    version = published_versions_for(viewer).filter(uuid=uuid).first()
    if version is None:
        raise NotVisible
    return version


def framework_tree(version: FrameworkVersion) -> FrameworkTree:
    """The tree of a version in the language of the reader: five statements the first time, none after that.

    Texts without a translation stand in the version's own language. For what is stored, hashed or released take
    `source_tree`. Only published versions are kept, because only they never change.
    """
    if version.translated_at is None:
        return source_tree(version)
    return _tree(version, get_language() or "")


def source_tree(version: FrameworkVersion) -> FrameworkTree:
    """The tree of a version in its own language, whoever reads: what records and hashes are made of."""
    return _tree(version, "")


def translations_of(version: FrameworkVersion) -> list[FrameworkTranslation]:
    """The translations of a version by language, without their texts; no statement where there is none."""
    if version.translated_at is None:
        return []
    return list(version.translations.defer("texts").order_by("language"))


def shares_by_language(version: FrameworkVersion) -> dict[str, int]:
    """How much of a version each language has, in percent: all of it in the one in which it is written."""
    return {version.language: 100} | {one.language: one.percent for one in translations_of(version)}


def titles_of(versions: Iterable[FrameworkVersion]) -> dict[int, FrameworkText]:
    """The titles of versions by their key, in the language of the reader where they are translated: one statement."""
    versions = list(versions)
    found: dict[int, dict[str, FrameworkText]] = {}
    rows = FrameworkTranslation.objects.filter(framework_version__in=[version.pk for version in versions])
    for version_pk, language, title in rows.values_list("framework_version", "language", "texts__title"):
        if title:
            found.setdefault(version_pk, {})[language.lower()] = FrameworkText(title, language)
    wanted = get_language() or ""
    return {
        version.pk: _nearest(found.get(version.pk, {}), wanted) or FrameworkText(version.title, version.language)
        for version in versions
    }


def _tree(version: FrameworkVersion, language: str) -> FrameworkTree:
    if version.status == FrameworkStatus.PUBLISHED:
        return _kept_tree(version.pk, version.uuid, language, version.translated_at if language else None)
    return _read_tree(version.pk, version.uuid, _translation(version.pk, language))


@lru_cache(maxsize=_TREES_KEPT)
def _kept_tree(pk: int, uuid: UUID, language: str, translated_at: datetime | None) -> FrameworkTree:
    # The time of the last change of translations is a part of the key: another process may have made it.
    translation = _translation(pk, language)
    if language and translation is None:
        return _kept_tree(pk, uuid, "", None)
    return _read_tree(pk, uuid, translation)


def _translation(version_pk: int, language: str) -> FrameworkTranslation | None:
    """The translation for a language: the same tag, or else one of the same language from elsewhere."""
    if not language:
        return None
    rows = FrameworkTranslation.objects.filter(framework_version=version_pk)
    return _nearest({one.language.lower(): one for one in rows}, language)


def _nearest(found: Mapping[str, T], language: str) -> T | None:
    wanted = language.lower()
    near = (tag for tag in sorted(found) if tag.partition("-")[0] == wanted.partition("-")[0])
    return found.get(wanted) or next((found[tag] for tag in near), None)


def _read_tree(pk: int, uuid: UUID, translation: FrameworkTranslation | None) -> FrameworkTree:
    # By both: a row id may come back in another database, a UUID never does.
    version = FrameworkVersion.objects.select_related("framework").get(pk=pk, uuid=uuid)
    wording = Wording(version.language)
    if translation is not None:
        wording = Wording(version.language, translation.language, translation.texts)
    view = VersionView(
        pk=version.pk,
        uuid=version.uuid,
        key=version.framework.key,
        number=version.version,
        title=wording.say(version.title, "title"),
        notice=wording.say(version.notice, "notice"),
        language=wording.language or version.language,
        content_hash=version.content_hash,
    )
    groups = _groups(version, wording)
    return build_tree(view, _scales(pk, wording), _rows(pk, wording), groups, _rules(pk, wording))


def _rules(version_pk: int, wording: Wording) -> Iterator[QualityRule]:
    for value in FrameworkRule.objects.filter(framework_version=version_pk).values_list("value", flat=True):
        rule = rule_of(value)
        yield replace(rule, message=wording.say(rule.message, "quality_rules", rule.key, "message"))


def _groups(version: FrameworkVersion, wording: Wording) -> Iterator[SelectionView]:
    for group in version.groups or ():
        slot = ("groups", group["key"])
        title = wording.say(group["title"], *slot, "title")
        description = wording.say(group.get("description", ""), *slot, "description")
        yield SelectionView(group["key"], title, description, frozenset(group["indicators"]))


def _scales(version_pk: int, wording: Wording) -> list[ScaleView]:
    options: dict[int, list[OptionView]] = {}
    scales: dict[int, tuple[str, str]] = {}
    rows = Scale.objects.filter(framework_version=version_pk).order_by("pk", "options__value")
    fields = ("options__pk", "options__key", "options__value", "options__label", "options__meaning")
    for pk, key, title, option, option_key, value, label, meaning in rows.values_list("pk", "key", "title", *fields):
        scales[pk] = (key, title)
        slot = ("scales", key, "options", option_key)
        said = (wording.say(label, *slot, "label"), wording.say(meaning, *slot, "meaning"))
        options.setdefault(pk, []).append(OptionView(option, option_key, value, *said))
    return [
        ScaleView(pk, key, wording.say(title, "scales", key, "title"), tuple(options[pk]))
        for pk, (key, title) in scales.items()
    ]


def _rows(version_pk: int, wording: Wording) -> Iterator[NodeRow]:
    for node in Node.objects.filter(framework_version=version_pk).order_by("position"):
        slot = ("nodes", node.key)
        yield NodeRow(
            pk=node.pk,
            parent_pk=node.parent_id,
            key=node.key,
            code=node.code,
            kind=NodeKind(node.kind),
            title=wording.say(node.title, *slot, "question" if node.kind == NodeKind.INDICATOR else "title"),
            scope=wording.say(node.scope, *slot, "scope"),
            guidance=wording.say(node.guidance, *slot, "guidance"),
            references=tuple(node.references),
            functional_area=node.functional_area,
            section_pk=node.section_id,
            scale_pk=node.scale_id,
            target_pk=node.target_id,
            weight=node.weight,
            level_texts=tuple((key, wording.say(text, *slot, "levels", key)) for key, text in node.level_texts.items()),
            evidence=tuple(
                wording.say(item, *slot, "evidence", str(place)) for place, item in enumerate(node.evidence)
            ),
            stage=node.stage,
            lenses=tuple(node.lenses),
            technologies=tuple(node.technologies),
            assistance_types=tuple(node.assistance_types),
        )
