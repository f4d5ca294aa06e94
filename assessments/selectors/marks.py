"""What is marked on the indicators of a section: open threads, flags, and ratings that disagree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import CharField, Count, Max, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from assessments.enums import OPEN_ASSESSMENTS, AnswerRating
from assessments.frameworks.tree import SectionView
from assessments.models import Answer, Assessment, Comment, Flag, IndependentRating
from assessments.models.answers import RECORD_READERS
from assessments.models.ratings import IndependentRatingQuerySet
from wam_portal.access import Viewer

OUTCOME = Coalesce(Cast("option_id", CharField()), "rating")
"""What was said in one word: the row of the level, or the rating where there is none."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the ratings of one indicator stand.

    `said`: two of the outcomes, the same twice where all agree; `national` is the State's ("" for none). `raters`
    counts who rated, `unsettled` ratings that no reconciliation has taken into account.
    """

    said: tuple[str, str]
    national: str
    raters: int
    unsettled: int

    @property
    def disagrees(self) -> bool:
        """Whether not all say the same, the State's answer included where there is one; never outside the scope."""
        if self.national == AnswerRating.NOT_RATED:
            return False
        return len({*self.said, self.national or self.said[0]}) > 1

    @property
    def waits(self) -> bool:
        """Whether somebody should decide: a disagreement of which some rating was never taken into account."""
        return self.disagrees and self.unsettled > 0


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks of a section by the row of the indicator; `waiting` are the disagreements to reconcile."""

    commented: dict[int, int]
    flagged: frozenset[int]
    waiting: frozenset[int]


NO_MARKS = Marks({}, frozenset(), frozenset())


def section_marks(viewer: Viewer, assessment: Assessment, section: SectionView) -> Marks:
    """The marks that the viewer may see, in two statements; one for those who do not read the ratings."""
    about = {"assessment": assessment, "indicator__section": section.node.pk}
    threads = Comment.objects.visible_to(viewer).filter(**about, parent__isnull=True, resolved_at__isnull=True)
    flags = Flag.objects.visible_to(viewer).up().filter(**about)
    counted = [
        rows.order_by()
        .values("indicator_id")
        .annotate(number=Count("pk"), kind=Value(kind))
        .values_list("indicator_id", "number", "kind")
        for kind, rows in (("thread", threads), ("flag", flags))
    ]
    commented: dict[int, int] = {}
    flagged: set[int] = set()
    for indicator, number, kind in counted[0].union(counted[1], all=True):
        if kind == "thread":
            commented[indicator] = number
        else:
            flagged.add(indicator)
    standing = standings(viewer, assessment, section) if viewer.has_role(*RECORD_READERS) else {}
    waiting = frozenset(indicator for indicator, found in standing.items() if found.waits)
    return Marks(commented, frozenset(flagged), waiting)


def standings(viewer: Viewer, assessment: Assessment, section: SectionView | None = None) -> dict[int, Standing]:
    """How the ratings stand by the row of the indicator, of a section or of all that is rated, in one statement."""
    found = IndependentRating.objects.visible_to(viewer).filter(assessment=assessment)
    if section is not None:
        found = found.filter(indicator__section=section.node.pk)
    return {indicator: standing for (_baseline, indicator), standing in _standings(viewer, found).items()}


def disagreements_waiting(viewer: Viewer) -> Counter[int]:
    """How many indicators wait for a decision by the row of each open baseline of one's State, in one statement."""
    found = IndependentRating.objects.visible_to(viewer).filter(assessment__status__in=OPEN_ASSESSMENTS)
    standing = _standings(viewer, found.filter(assessment__state=viewer.party))
    return Counter(baseline for (baseline, _indicator), at in standing.items() if at.waits)


def _standings(viewer: Viewer, ratings: IndependentRatingQuerySet) -> dict[tuple[int, int], Standing]:
    """How these ratings stand, by the rows of baseline and indicator."""
    answers = Answer.objects.visible_to(viewer).filter(
        assessment=OuterRef("assessment"), indicator=OuterRef("indicator")
    )
    # A bare subquery: inside a function it would be grouped by, and so be asked for each rating.
    national = Subquery(answers.annotate(said=OUTCOME).values("said")[:1])
    # The least and the greatest of what was said differ exactly where not all said the same: one row an indicator.
    rows = (
        ratings.order_by()
        .values("assessment_id", "indicator_id")
        .annotate(
            least=Min(OUTCOME),
            most=Max(OUTCOME),
            raters=Count("pk"),
            unsettled=Count("pk", filter=Q(reconciliation__isnull=True)),
        )
        .annotate(national=national)
        .values_list("assessment_id", "indicator_id", "least", "most", "national", "raters", "unsettled")
    )
    return {
        (baseline, indicator): Standing((least, most), said or "", raters, unsettled)
        for baseline, indicator, least, most, said, raters, unsettled in rows
    }
