"""The profile of a baseline: charts with their figures, and the heat map."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from assessments.enums import AnswerRating, Lens
from assessments.frameworks.tree import SectionView
from assessments.models import Assessment
from assessments.reports.profile_charts import (
    area_bars,
    area_radar,
    basis_rows,
    confidence_rows,
    lens_bars,
    stage_bars,
)
from assessments.selectors.assessments import assessment_for
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.profile import AreaProfile, Cell, Profile, assessment_profile
from assessments.views.pages import page_url
from wam_portal.charts import level_step
from wam_portal.party_pages import PartyRequest, party_page


@party_page("assesses")
@require_safe
def assessment_profile_page(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """The whole profile, as far as the viewer reads the answers."""
    assessment = assessment_for(request.viewer, uuid)
    tree = framework_tree(assessment.framework_version)
    profile = assessment_profile(request.viewer, assessment, tree)
    context = {
        "assessment": assessment,
        "profile": profile,
        "mixes_scales": tree.mixes_scales,
        "gender": next((lens for lens in profile.lenses if lens.key == Lens.GENDER), None),
        "charts": _charts(profile) if profile.areas else {},
        "heat": [
            _heat_row(request, assessment, area, before)
            for area, before in zip(profile.areas, [None, *(area.section for area in profile.areas)], strict=False)
        ],
        "marks": [{"mark": mark, "name": name} for mark, name in _marks().values()],
        "breadcrumbs": [
            (_("Baselines"), page_url(request, "assessment-list")),
            (assessment.title, page_url(request, "assessment-detail", assessment.uuid)),
            (_("Profile"), ""),
        ],
    }
    return render(request, "assessments/assessment_profile.html", context)


def _charts(profile: Profile) -> dict[str, Any]:
    named = [(area.section.node.title, area.score) for area in profile.areas]
    return {
        "radar": area_radar(named),
        "areas": area_bars(named),
        "stages": stage_bars(profile.stages),
        "lenses": lens_bars(profile.lenses),
        "basis": basis_rows(profile.areas),
        "confidence": confidence_rows(profile.areas),
    }


def _heat_row(
    request: PartyRequest, assessment: Assessment, area: AreaProfile, before: SectionView | None
) -> dict[str, Any]:
    return {
        "area": area,
        "headings": area.section.new_headings(before),
        "url": page_url(request, "section-sheet", assessment.uuid, area.section.key),
        "cells": [
            {**_face(cell), "url": page_url(request, "answer-edit", assessment.uuid, cell.indicator.key)}
            for cell in area.cells
        ],
    }


def _face(cell: Cell) -> dict[str, Any]:
    """How an indicator looks on the map: level number and shade, or a letter on a pattern."""
    face: dict[str, Any] = {"code": cell.indicator.code or cell.indicator.key}
    if cell.option is None:
        mark, name = _marks()[cell.rating]
        return {**face, "kind": f"heat-{cell.rating or 'unanswered'}", "mark": mark, "name": name}
    step = level_step(cell.position, len(cell.indicator.scale.options))
    return {**face, "kind": f"level-{step}", "mark": cell.option.value, "name": cell.option.label, "rated": True}


def _marks() -> dict[AnswerRating | None, tuple[str, str]]:
    """Letters for what has no level, with the words for them."""
    return {
        AnswerRating.UNKNOWN: ("?", _("unknown")),
        AnswerRating.NOT_APPLICABLE: (pgettext("not applicable", "n/a"), _("not applicable")),
        AnswerRating.NOT_RATED: ("–", _("outside the agreed scope")),
        None: ("·", _("no answer yet")),
    }
