"""Reading frameworks: versions for lists, and the tree of a version for everything else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from uuid import UUID

from django.db.models import Count, Q

from assessments.enums import FrameworkStatus, NodeKind
from assessments.frameworks.tree import FrameworkTree, OptionView, ScaleView, VersionView
from assessments.frameworks.tree_builder import NodeRow, build_tree
from assessments.models import FrameworkVersion, Node, Scale
from assessments.models.frameworks import FrameworkVersionQuerySet
from wam_portal.access import AnyViewer
from wam_portal.errors import NotVisible

# Some megabytes for the largest frameworks; a process serves few of them at a time.
_TREES_KEPT = 16


def framework_versions_for(viewer: AnyViewer) -> FrameworkVersionQuerySet:
    """Versions the viewer may see, newest first within a framework, with `indicator_count`."""
    return (
        FrameworkVersion.objects.visible_to(viewer)
        .select_related("framework")
        .annotate(indicator_count=Count("nodes", filter=Q(nodes__kind=NodeKind.INDICATOR)))
        .order_by("framework__key", "-imported_at", "-pk")
    )


def published_versions_for(viewer: AnyViewer) -> FrameworkVersionQuerySet:
    """Versions with which a baseline can be started: published ones only, whoever looks."""
    return framework_versions_for(viewer).published()


def framework_version_for(viewer: AnyViewer, uuid: UUID) -> FrameworkVersion:
    """One version. Raises `NotVisible` where it does not exist or is a draft that the viewer may not see."""
    version = framework_versions_for(viewer).filter(uuid=uuid).first()
    if version is None:
        raise NotVisible
    return version


def published_version_for(viewer: AnyViewer, uuid: UUID) -> FrameworkVersion:
    """One published version. Raises `NotVisible` where it does not exist or is a draft, whoever looks."""
    version = published_versions_for(viewer).filter(uuid=uuid).first()
    if version is None:
        raise NotVisible
    return version


def framework_tree(version: FrameworkVersion) -> FrameworkTree:
    """The tree of a version: three statements the first time, none after that in the same process.

    Only published versions are kept, because only they never change.
    """
    if version.status == FrameworkStatus.PUBLISHED:
        return _kept_tree(version.pk, version.uuid)
    return _read_tree(version.pk, version.uuid)


@lru_cache(maxsize=_TREES_KEPT)
def _kept_tree(pk: int, uuid: UUID) -> FrameworkTree:
    return _read_tree(pk, uuid)


def _read_tree(pk: int, uuid: UUID) -> FrameworkTree:
    # By both: a row id may come back in another database, a UUID never does.
    version = FrameworkVersion.objects.select_related("framework").get(pk=pk, uuid=uuid)
    view = VersionView(
        pk=version.pk,
        uuid=version.uuid,
        key=version.framework.key,
        number=version.version,
        title=version.title,
        notice=version.notice,
        language=version.language,
        content_hash=version.content_hash,
    )
    return build_tree(view, _scales(pk), _rows(pk))


def _scales(version_pk: int) -> list[ScaleView]:
    options: dict[int, list[OptionView]] = {}
    scales: dict[int, tuple[str, str]] = {}
    rows = Scale.objects.filter(framework_version=version_pk).order_by("pk", "options__value")
    fields = ("options__pk", "options__key", "options__value", "options__label", "options__meaning")
    for pk, key, title, *option in rows.values_list("pk", "key", "title", *fields):
        scales[pk] = (key, title)
        options.setdefault(pk, []).append(OptionView(*option))
    return [ScaleView(pk, key, title, tuple(options[pk])) for pk, (key, title) in scales.items()]


def _rows(version_pk: int) -> Iterator[NodeRow]:
    for node in Node.objects.filter(framework_version=version_pk).order_by("position"):
        yield NodeRow(
            pk=node.pk,
            parent_pk=node.parent_id,
            key=node.key,
            code=node.code,
            kind=NodeKind(node.kind),
            title=node.title,
            scope=node.scope,
            guidance=node.guidance,
            references=tuple(node.references),
            functional_area=node.functional_area,
            section_pk=node.section_id,
            scale_pk=node.scale_id,
            target_pk=node.target_id,
            weight=node.weight,
            level_texts=tuple(node.level_texts.items()),
            evidence=tuple(node.evidence),
            stage=node.stage,
            lenses=tuple(node.lenses),
            technologies=tuple(node.technologies),
            assistance_types=tuple(node.assistance_types),
        )
