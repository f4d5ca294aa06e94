"""The sheet of those who rate independently, which shows nothing of the State's answers nor of other ratings."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.forms.answers import AnswerCard, Saved, card_of, with_next
from assessments.frameworks.tree import FrameworkTree, IndicatorView, SectionView, beginning
from assessments.models import Assessment
from assessments.permissions import assessment_is_open, not_assigned
from assessments.selectors.answers import next_indicator
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.ratings import (
    assessment_to_rate,
    own_rating,
    rated_indicators,
    rating_decision,
    ratings_on_page,
    tree_to_rate,
)
from assessments.services.answers import AnswerContent
from assessments.services.ratings import save_independent_rating
from assessments.views.answering import Desk, indicator_page, save_page
from assessments.views.pages import page_number, page_url
from assessments.views.section_tree import under_headings
from wam_portal.access import Decision
from wam_portal.accounts.enums import STATE_STAFF
from wam_portal.errors import NotVisible, Refused
from wam_portal.party_pages import PartyRequest, party_page


@party_page("assesses")
@require_safe
def rating_sheet(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """What the viewer rates independently, a section at a time."""
    assessment = assessment_to_rate(request.viewer, uuid)
    mine = tree_to_rate(request.viewer, assessment, framework_tree(assessment.framework_version))
    section = mine.find_section(request.GET.get("section", "")) or mine.sections[0]
    done = rated_indicators(request.viewer, assessment)
    number = min(max(page_number(request), 1), len(section.pages))
    decision = assessment_is_open(assessment)
    context = {
        "assessment": assessment,
        "section": section,
        "nodes": under_headings((item, _node(request, assessment, item, section, done)) for item in mine.sections),
        "done": sum(indicator.pk in done for indicator in mine.indicators),
        "total": mine.indicator_count,
        "decision": decision,
        "cards": _cards(request, assessment, section, number, decision),
        "pages": [
            {
                "number": page.number,
                "url": _sheet(request, assessment, page.section, page.number),
                "current": page.number == number,
            }
            for page in section.pages
        ],
        "following": _following(request, assessment, mine, section),
        "breadcrumbs": _crumbs(request, assessment),
    }
    return render(request, "assessments/rating_sheet.html", context)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def rating_edit(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """One indicator with what the viewer rates on it: shown alone, or saved."""
    assessment = assessment_to_rate(request.viewer, uuid)
    tree = framework_tree(assessment.framework_version)
    if tree.find_indicator(key) is None:
        raise NotVisible
    mine = tree_to_rate(request.viewer, assessment, tree)
    indicator = mine.find_indicator(key)
    if indicator is None:
        raise Refused(not_assigned())
    desk = RaterDesk(request, assessment, mine)
    return save_page(desk, indicator) if request.method == "POST" else indicator_page(desk, indicator)


class RaterDesk(Desk):
    """Where one person rates what is assigned to them, apart from everybody else."""

    independent = True

    def __init__(self, request: PartyRequest, assessment: Assessment, mine: FrameworkTree) -> None:
        super().__init__(request, assessment)
        self.mine = mine

    def url(self, indicator: IndicatorView) -> str:
        """The page of the rating."""
        return page_url(self.request, "rating-edit", self.assessment.uuid, indicator.key)

    def place(self, indicator: IndicatorView) -> str:
        """The page of the rater's own sheet."""
        page = self.mine.page_of(indicator)
        return f"{_sheet(self.request, self.assessment, page.section, page.number)}#indicator-{indicator.key}"

    def following(self, indicator: IndicatorView) -> IndicatorView | None:
        """The next indicator that is assigned to the rater."""
        return next_indicator(self.mine, indicator)

    def current(self, indicator: IndicatorView) -> Saved | None:
        """What the rater saved before."""
        return own_rating(self.request.viewer, self.assessment, indicator)

    def decision(self, indicator: IndicatorView) -> Decision:
        """Whether the rater may still rate."""
        return rating_decision(self.request.viewer, self.assessment, self.mine.section_of(indicator), indicator)

    def save(self, indicator: IndicatorView, base_version: int, content: AnswerContent) -> Saved:
        """Save the rating."""
        return save_independent_rating(
            assessment=self.assessment,
            indicator=indicator.key,
            base_version=base_version,
            content=content,
            actor=self.request.viewer,
        )

    def context(self, indicator: IndicatorView) -> dict[str, Any]:
        """The way back to the rater's sheet."""
        crumb = (_("Your ratings"), _sheet(self.request, self.assessment, indicator.section, 1))
        return {
            "assessment": self.assessment,
            "indicator": indicator,
            "place": self.place(indicator),
            "breadcrumbs": [*_crumbs(self.request, self.assessment), crumb],
        }

    def back(self) -> str:
        """The rater's sheet has no filter."""
        return ""


def _sheet(request: PartyRequest, assessment: Assessment, section: str, number: int) -> str:
    query = urlencode({"section": section, "page": number})
    return f"{page_url(request, 'rating-sheet', assessment.uuid)}?{query}"


def _cards(
    request: PartyRequest, assessment: Assessment, section: SectionView, number: int, decision: Decision
) -> list[AnswerCard]:
    cards: list[AnswerCard] = []
    page = section.pages[number - 1]
    rows = ratings_on_page(request.viewer, assessment, page.indicators)
    for (indicator, rating), new in zip(rows, beginning(one.headings for one in page.indicators), strict=True):
        url = page_url(request, "rating-edit", assessment.uuid, indicator.key)
        cards.append(card_of(indicator, rating, url=url, editable=decision.allowed, new_headings=new, independent=True))
    return with_next(cards)


def _node(
    request: PartyRequest, assessment: Assessment, item: SectionView, current: SectionView, done: frozenset[int]
) -> dict[str, Any]:
    return {
        "label": item.node.title,
        "url": _sheet(request, assessment, item.key, 1),
        "current": item is current,
        "done": sum(indicator.pk in done for indicator in item.indicators),
        "total": len(item.indicators),
    }


def _following(
    request: PartyRequest, assessment: Assessment, mine: FrameworkTree, section: SectionView
) -> dict[str, str] | None:
    following = mine.next_section(section.key)
    if following is None:
        return None
    return {"title": following.node.title, "url": _sheet(request, assessment, following.key, 1)}


def _crumbs(request: PartyRequest, assessment: Assessment) -> list[tuple[str, str]]:
    """The way from the baseline, for staff; the invited know nothing of the pages above their sheet."""
    if not request.viewer.has_role(*STATE_STAFF):
        return []
    return [
        (_("Baselines"), page_url(request, "assessment-list")),
        (assessment.title, page_url(request, "assessment-detail", assessment.uuid)),
    ]
