"""Reading independent ratings: what a rater has before them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef

from assessments.frameworks.tree import FrameworkTree, IndicatorView, SectionView
from assessments.models import Assessment, Assignment, IndependentRating, Node
from assessments.models.ratings import IndependentRatingQuerySet
from assessments.permissions import can_rate_independently, not_assigned
from assessments.selectors.answers import keys_below
from wam_portal.access import Decision, Viewer
from wam_portal.errors import NotVisible, Refused


def assessment_to_rate(viewer: Viewer, uuid: UUID) -> Assessment:
    """A baseline of which something is assigned to the viewer for an independent rating.

    Raises `Refused` where the viewer may know the baseline and has nothing to rate, and otherwise `NotVisible`.
    """
    tasks = Assignment.objects.held_by(viewer).independent().filter(assessment=OuterRef("pk"))
    own = Assessment.objects.filter(Exists(tasks), state=viewer.party, uuid=uuid)
    assessment = own.select_related("framework_version").first()
    if assessment is not None:
        assessment.state = viewer.party
        return assessment
    if Assessment.objects.visible_to(viewer).filter(uuid=uuid).exists():
        raise Refused(not_assigned())
    raise NotVisible


def tree_to_rate(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> FrameworkTree:
    """The part of the framework that the viewer rates independently, in one statement."""
    mine = Assignment.objects.held_by(viewer).independent().filter(assessment=assessment)
    return tree.only(keys_below(tree, set(mine.values_list("node_id", flat=True))))


def rating_decision(viewer: Viewer, assessment: Assessment, section: SectionView, indicator: IndicatorView) -> Decision:
    """Whether the viewer may rate that indicator of the section independently, and if not, why."""
    return can_rate_independently(viewer, assessment, Node(pk=indicator.pk, section_id=section.node.pk))


def own_ratings(viewer: Viewer, assessment: Assessment) -> IndependentRatingQuerySet:
    """What the viewer rated themselves, also where their role shows them more."""
    found = IndependentRating.objects.visible_to(viewer).filter(assessment=assessment)
    return found.filter(membership__user=viewer.user, membership__ended_at__isnull=True)


def own_rating(viewer: Viewer, assessment: Assessment, indicator: IndicatorView) -> IndependentRating | None:
    """What the viewer rated on an indicator; None where nothing yet."""
    found = own_ratings(viewer, assessment).filter(indicator=indicator.pk)
    return found.select_related("membership__user").order_by("membership").first()


def rated_indicators(viewer: Viewer, assessment: Assessment) -> frozenset[int]:
    """Rows of the indicators that the viewer has rated."""
    return frozenset(own_ratings(viewer, assessment).values_list("indicator_id", flat=True))


def ratings_on_page(
    viewer: Viewer, assessment: Assessment, indicators: tuple[IndicatorView, ...]
) -> tuple[tuple[IndicatorView, IndependentRating | None], ...]:
    """Indicators with what the viewer rated on each, in one statement."""
    found = own_ratings(viewer, assessment).filter(indicator__in=[indicator.pk for indicator in indicators])
    by_indicator = {rating.indicator_id: rating for rating in found.select_related("membership__user")}
    return tuple((indicator, by_indicator.get(indicator.pk)) for indicator in indicators)
