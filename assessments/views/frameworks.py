"""Reading frameworks: the published versions, and one of them area by area. For every member of a party."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.enums import AssistanceType, Lens, LifeCycleStage, Technology
from assessments.forms.frameworks import FrameworkSearchForm
from assessments.frameworks.reading import ReadingSection, scales_of, sections_with, with_empty_headings
from assessments.frameworks.tree import FrameworkText, IndicatorView, beginning, language_of
from assessments.models import FrameworkVersion
from assessments.selectors.frameworks import (
    framework_tree,
    published_version_for,
    published_versions_for,
    titles_of,
    translations_of,
)
from assessments.selectors.successions import replaced_version, version_differences
from assessments.views.pages import posted_uuid
from wam_portal.errors import NotVisible
from wam_portal.formats import format_language, format_number
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25
EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Card:
    """An indicator with what the framework says about it in words: pairs of a name and a text."""

    indicator: IndicatorView
    facts: tuple[tuple[str, str], ...]


@party_page
@require_safe
def framework_list(request: PartyRequest) -> HttpResponse:
    """The published versions of all frameworks."""
    page = Paginator(published_versions_for(request.viewer), PAGE_LENGTH).get_page(request.GET.get("page"))
    versions = list(page.object_list)
    titles = titles_of(versions)
    rows = [{"version": version, "title": titles[version.pk]} for version in versions]
    return render(request, "assessments/framework_list.html", {"page_obj": page, "rows": rows})


@party_page
@require_safe
def framework_detail(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """One published version: an outline, or the full text of one section or of everything, searched if asked."""
    version = published_version_for(request.viewer, uuid)
    context = reading_context(request, version) | {
        "replaced": replaced_version(request.viewer, version),
        "breadcrumbs": [(_("Frameworks"), reverse("assessments:framework-list", args=[request.viewer.party.slug]))],
    }
    return render(request, "assessments/framework_detail.html", context)


def reading_context(request: HttpRequest, version: FrameworkVersion) -> dict[str, Any]:
    """What `assessments/framework_reading.html` shows of a version: outline, a section, or everything, searched."""
    tree = framework_tree(version)
    chosen = request.GET.get("section", "")
    if chosen not in {"", EVERYTHING} and tree.find_section(chosen) is None:
        raise NotVisible
    form = FrameworkSearchForm(request.GET)
    found = sections_with(tree, form.words)
    whole = found if form.words else with_empty_headings(tree, found)
    shown = [
        section for section in whole if chosen in {"", EVERYTHING, section.key} or _is_empty_below(section, chosen)
    ]
    return {
        "version": version,
        "title": tree.version.title,
        "notice": tree.version.notice,
        "language_name": format_language(version.language),
        "translations": [
            {"name": format_language(one.language), "percent": one.percent} for one in translations_of(version)
        ],
        "form": form,
        "chosen": chosen,
        "words": form.words,
        "found_count": sum(section.indicator_count for section in found),
        "nodes": list(_nodes(found, form.words, chosen)),
        "parts": [_part(section, form.words, in_full=bool(chosen)) for section in shown],
        "scales": scales_of(tree),
        "groups": tree.groups,
    }


@party_page
@require_safe
def framework_changes(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """What changed from another version (`from`), by default from the one that this version replaces."""
    version = published_version_for(request.viewer, uuid)
    old = _earlier(request, version)
    context = {
        "old": old,
        "new": version,
        "found": version_differences(old, version),
        "breadcrumbs": [
            (_("Frameworks"), reverse("assessments:framework-list", args=[request.viewer.party.slug])),
            (version.title, reverse("assessments:framework-detail", args=[request.viewer.party.slug, uuid])),
        ],
    }
    return render(request, "assessments/framework_changes.html", context)


def _earlier(request: PartyRequest, version: FrameworkVersion) -> FrameworkVersion:
    """The version to compare with. Raises `NotVisible` where there is none, or it is of another framework."""
    if "from" in request.GET:
        named = published_version_for(request.viewer, posted_uuid(request.GET["from"]))
        earlier = named if named.framework_id == version.framework_id else None
    else:
        earlier = replaced_version(request.viewer, version)
    if earlier is None:
        raise NotVisible
    return earlier


def _nodes(found: Iterable[ReadingSection], words: str, chosen: str) -> Iterator[dict[str, object]]:
    yield {"label": _("Outline"), "url": _address("", words), "current": not chosen}
    for section in found:
        label = FrameworkText(
            " ".join(filter(None, [section.node.code, section.node.title])), language_of(section.node.title)
        )
        yield {"label": label, "url": _address(section.key, words), "current": section.key == chosen}
    yield {"label": _("Everything, to print"), "url": _address(EVERYTHING, words), "current": chosen == EVERYTHING}


def _is_empty_below(section: ReadingSection, chosen: str) -> bool:
    """Whether it is a heading of the section chosen that holds nothing; it has no page of its own."""
    return not section.groups and any(node.key == chosen for node in section.above)


def _address(section: str, words: str) -> str:
    query = {name: value for name, value in (("section", section), ("q", words)) if value}
    return f"?{urlencode(query)}"


def _part(section: ReadingSection, words: str, *, in_full: bool) -> dict[str, object]:
    groups = [
        {"headings": headings, "cards": [Card(one, tuple(_facts(one)) if in_full else ()) for one in group.indicators]}
        for group, headings in zip(section.groups, beginning(group.headings for group in section.groups), strict=True)
    ]
    return {"section": section, "groups": groups, "url": _address(section.key, words)}


def _facts(indicator: IndicatorView) -> Iterator[tuple[str, str]]:
    yield _("Life-cycle stage"), _labels(LifeCycleStage, [indicator.stage] if indicator.stage else [])
    yield _("Seen through"), _labels(Lens, indicator.lenses)
    yield _("Technology that helps"), _labels(Technology, indicator.technologies)
    yield _("Typical assistance"), _labels(AssistanceType, indicator.assistance_types)
    yield _("Weight"), format_number(indicator.weight)


def _labels(choices: type[TextChoices], codes: Iterable[str]) -> str:
    return ", ".join(str(choices(code).label) for code in codes)
