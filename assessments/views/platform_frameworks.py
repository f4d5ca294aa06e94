"""The platform's frameworks: uploading a file, looking at what it became, publishing it for good."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from assessments.enums import FrameworkStatus
from assessments.forms.platform_frameworks import FrameworkUploadForm
from assessments.frameworks import FrameworkErrors
from assessments.frameworks.workbook_template import framework_template
from assessments.models import FrameworkVersion
from assessments.permissions import can_discard_framework
from assessments.selectors.frameworks import framework_version_for, framework_versions_for, shares_by_language
from assessments.selectors.successions import languages_lost, replaced_version, version_before, version_differences
from assessments.services.frameworks import ImportOutcome, discard_framework_draft, import_framework, publish_framework
from assessments.views.frameworks import reading_context
from assessments.views.pages import UNPROCESSABLE
from wam_portal.access import require
from wam_portal.downloads import download
from wam_portal.formats import format_language, format_percent
from wam_portal.platform_pages import PlatformRequest, platform_page
from wam_portal.workbooks import CONTENT_TYPE as WORKBOOK_TYPE

PAGE_LENGTH = 25
PROBLEMS_SHOWN = 200
OUTCOMES = {
    ImportOutcome.CREATED: gettext_lazy("The file holds a version that is new here."),
    ImportOutcome.REPLACED: gettext_lazy(
        "The file holds other content than the draft of this version; it replaces it."
    ),
    ImportOutcome.TRANSLATED: gettext_lazy("The version is here already; the file holds translations that are new."),
    ImportOutcome.UNCHANGED: gettext_lazy("The version is here already, with the same content."),
}


@platform_page
@require_safe
def framework_list(request: PlatformRequest) -> HttpResponse:
    """All versions of all frameworks, drafts too."""
    page = Paginator(framework_versions_for(request.operator), PAGE_LENGTH).get_page(request.GET.get("page"))
    return render(request, "platform/framework_list.html", {"page_obj": page})


@platform_page
@require_safe
def framework_template_file(request: PlatformRequest) -> HttpResponse:
    """The workbook in which a framework can be written."""
    return download(framework_template(), filename="framework-template.xlsx", content_type=WORKBOOK_TYPE)


@platform_page
@require_http_methods(["GET", "HEAD", "POST"])
def framework_import(request: PlatformRequest) -> HttpResponse:
    """Upload a framework file: checked only, or kept as a draft to be reviewed. Every problem is told at once."""
    form = FrameworkUploadForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "breadcrumbs": _crumbs()}
    if request.method != "POST":
        return render(request, "platform/framework_import.html", context)
    if not form.is_valid():
        return render(request, "platform/framework_import.html", context, status=UNPROCESSABLE)
    only_check = "check" in request.POST
    try:
        result = import_framework(
            document=form.document, beside=form.beside, actor=request.operator, dry_run=only_check
        )
    except FrameworkErrors as error:
        context |= {"found": error.errors[:PROBLEMS_SHOWN], "found_count": len(error.errors)}
        return render(request, "platform/framework_import.html", context, status=UNPROCESSABLE)
    if only_check or result.version is None:
        context["checked"] = _summary(result.document, result.outcome)
        return render(request, "platform/framework_import.html", context)
    kept = result.outcome in {ImportOutcome.CREATED, ImportOutcome.REPLACED}
    messages.success(request, _("Kept as a draft. Review it, then publish it.") if kept else OUTCOMES[result.outcome])
    return redirect("platform:framework-review", uuid=result.version.uuid)


@platform_page
@require_safe
def framework_review(request: PlatformRequest, uuid: UUID) -> HttpResponse:
    """A version as it will be read, with what differs from the version that it replaces."""
    version = framework_version_for(request.operator, uuid)
    old = replaced_version(request.operator, version)
    context = reading_context(request, version) | {
        "is_draft": version.status == FrameworkStatus.DRAFT,
        "old": old,
        "found": version_differences(old, version) if old else None,
        "losses": _losses(version_before(request.operator, version), version),
        "breadcrumbs": _crumbs(),
    }
    return render(request, "platform/framework_review.html", context)


@platform_page
@require_http_methods(["GET", "HEAD", "POST"])
def framework_publish(request: PlatformRequest, uuid: UUID) -> HttpResponse:
    """Publish a draft for good, once confirmed. A draft that was replaced meanwhile is another one and not found."""
    version = framework_version_for(request.operator, uuid)
    review = reverse("platform:framework-review", args=[uuid])
    if request.method == "POST":
        publish_framework(version=version, actor=request.operator)
        messages.success(request, _("Published. States can start baselines with it now."))
        return redirect(review)
    context = {
        "heading": _("Publish version %(version)s") % {"version": version.version},
        "text": version.title,
        "effects": _effects(version, version_before(request.operator, version)),
        "confirm_label": _("Publish for good"),
        "cancel_url": review,
        "breadcrumbs": [*_crumbs(), (version.title, review)],
    }
    return render(request, "components/confirm.html", context)


@platform_page
@require_http_methods(["GET", "HEAD", "POST"])
def framework_discard(request: PlatformRequest, uuid: UUID) -> HttpResponse:
    """Delete a draft for good, once confirmed."""
    version = framework_version_for(request.operator, uuid)
    require(can_discard_framework(request.operator, version))
    review = reverse("platform:framework-review", args=[uuid])
    if request.method == "POST":
        discard_framework_draft(version=version, actor=request.operator)
        text = _("The draft of “%(title)s”, version %(version)s, is deleted.")
        messages.success(request, text % {"title": version.title, "version": version.version})
        return redirect("platform:framework-list")
    context = {
        "heading": _("Delete the draft of version %(version)s") % {"version": version.version},
        "text": version.title,
        "effects": [
            _("The draft with all its indicators and translations is gone; no State has read it."),
            _("The file that it came from can be imported again."),
        ],
        "confirm_label": _("Delete the draft"),
        "danger": True,
        "cancel_url": review,
        "breadcrumbs": [*_crumbs(), (version.title, review)],
    }
    return render(request, "components/confirm.html", context)


def _effects(version: FrameworkVersion, old: FrameworkVersion | None) -> list[str]:
    return [
        _("Every State can read it and start baselines with it."),
        _("It never changes after that; a correction needs a new version. Translations may still be added."),
        *_languages(version),
        *_losses(old, version),
        _("Hash of the content: %(hash)s") % {"hash": version.content_hash},
    ]


def _languages(version: FrameworkVersion) -> list[str]:
    text = _("In %(language)s: %(percent)s of the texts.")
    return [
        text % {"language": format_language(tag), "percent": _share(percent)}
        for tag, percent in shares_by_language(version).items()
    ]


def _share(percent: int | None) -> str:
    """A share of the texts in words; it was rounded down, and a language is kept with one text at least."""
    if percent is None:
        return pgettext("texts", "none")
    return format_percent(percent) if percent else _("less than %(share)s") % {"share": format_percent(1)}


def _losses(old: FrameworkVersion | None, version: FrameworkVersion) -> list[str]:
    """Which languages the version would lose, in words."""
    if old is None:
        return []
    text = _(
        "Version %(version)s has %(before)s of its texts in %(language)s, this one %(now)s. Whoever reads it in that "
        "language will find the rest in %(source)s until a translation is added."
    )
    return [
        text
        % {
            "version": old.version,
            "before": _share(loss.before),
            "language": format_language(loss.language),
            "now": _share(loss.now),
            "source": format_language(version.language),
        }
        for loss in languages_lost(old, version)
    ]


def _summary(document: Any, outcome: ImportOutcome) -> dict[str, Any]:
    return {
        "what": f"{document.title} {document.version}",
        "indicators": len(document.indicators()),
        "languages": [document.language, *(one.language for one in document.translations)],
        "outcome": OUTCOMES[outcome],
    }


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Frameworks of the platform"), reverse("platform:framework-list"))]
