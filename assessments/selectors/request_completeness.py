"""What a request lacks, and why donors need it. A fault blocks the endorsement; advice does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.enums import AssessmentStatus, AssistanceType, GapStatus, GenderMarker
from assessments.models import AssistanceRequest, Need

Text = str | Promise
SUSTAINED = frozenset({AssistanceType.EQUIP, AssistanceType.SOFTW})
"""Types that fail without maintenance and training: the most frequent complaint about past deliveries."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to do: `what` is missing, `why` it matters, `field` where to give it, `need` the line it is about."""

    key: str
    what: Text
    why: Text
    blocks: bool
    field: str = ""
    need: Need | None = None


@dataclass(frozen=True, slots=True)
class Completeness:
    """What is checked of a request and what of it is missing. `checked` counts the points looked at."""

    findings: tuple[Finding, ...]
    checked: int

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What blocks the endorsement."""
        return tuple(finding for finding in self.findings if finding.blocks)

    @property
    def advice(self) -> tuple[Finding, ...]:
        """What donors will ask about."""
        return tuple(finding for finding in self.findings if not finding.blocks)

    @property
    def given(self) -> int:
        """How many points are fulfilled."""
        return self.checked - len(self.findings)

    @property
    def percent(self) -> int:
        """Fulfilled of checked, rounded down so that only a complete request reads as 100."""
        return self.given * 100 // self.checked


@dataclass(frozen=True, slots=True)
class _Point:
    key: str
    field: str
    blocks: bool
    missing: Callable[[Any], bool]
    what: Text
    why: Text


def completeness(request: AssistanceRequest, *, today: date | None = None) -> Completeness:
    """Look a request and its needs through; `today` (default: now, UTC) decides whether the period is over.

    Reads the needs with their gaps in two statements, or none where they are prefetched.
    """
    today = today or timezone.now().date()
    needs = _needs(request)
    findings = _found(request, needs, today, _REQUEST_POINTS)
    checked = len(_REQUEST_POINTS) + 2 + len(needs) * (len(_NEED_POINTS) + 1)
    return Completeness(tuple(sorted(findings, key=lambda finding: not finding.blocks)), checked)


def is_complete(request: AssistanceRequest) -> bool:
    """Tell whether nothing blocks the endorsement; without a statement where needs and gaps are prefetched."""
    blocking = tuple(point for point in _REQUEST_POINTS if point.blocks)
    return not any(finding.blocks for finding in _found(request, _needs(request), timezone.now().date(), blocking))


def _needs(request: AssistanceRequest) -> list[Need]:
    return list(request.needs.all()) if _is_prefetched(request) else list(request.needs.prefetch_related("gaps"))


def _found(request: AssistanceRequest, needs: list[Need], today: date, points: tuple[_Point, ...]) -> list[Finding]:
    return [
        *_findings(points, request),
        *_over(request, today),
        *_needs_at_all(needs),
        *(finding for need in needs for finding in _findings(_NEED_POINTS, need, need)),
        *_sustained(request, needs),
    ]


def _is_prefetched(request: AssistanceRequest) -> bool:
    return "needs" in getattr(request, "_prefetched_objects_cache", {})


def _findings(points: tuple[_Point, ...], subject: object, need: Need | None = None) -> Iterator[Finding]:
    for point in points:
        if point.missing(subject):
            yield Finding(point.key, point.what, point.why, point.blocks, point.field, need)


def _over(request: AssistanceRequest, today: date) -> Iterator[Finding]:
    if request.period_end is not None and request.period_end < today:
        yield Finding(
            "period_over",
            _("The period is over."),
            _("No donor can help in the past; give the time in which you want the work done."),
            True,
            "period_end",
        )


def _needs_at_all(needs: list[Need]) -> Iterator[Finding]:
    if not needs:
        yield Finding(
            "needs", _("There is no need in this request."), _("Donors match what they offer with single needs."), True
        )


def _sustained(request: AssistanceRequest, needs: list[Need]) -> Iterator[Finding]:
    """Equipment or software without maintenance and training: advice where the request explains it, else a fault."""
    explained = bool(request.sustainability)
    for need in needs:
        included = need.includes_maintenance and need.includes_training
        if included or SUSTAINED.isdisjoint(need.assistance_types):
            continue
        yield Finding(
            "sustained",
            _("Equipment or software without maintenance and training."),
            _("Donors will ask about it, though you say under sustainability how it is kept running.")
            if explained
            else _("Include both, or say under sustainability how it will be kept running and by whom."),
            not explained,
            "includes_maintenance",
            need,
        )


def _empty(field: str) -> Callable[[Any], bool]:
    return lambda subject: not getattr(subject, field)


def _no_confirmed_gap(need: Need) -> bool:
    return all(gap.status != GapStatus.CONFIRMED for gap in need.gaps.all())


_REQUEST_POINTS: Final = (
    _Point(
        "objective",
        "objective",
        True,
        _empty("objective"),
        _("The objective is missing."),
        _("It is the first thing a donor reads, at every level of sharing."),
    ),
    _Point(
        "period",
        "period_start",
        True,
        lambda request: request.period_start is None or request.period_end is None,
        _("The period is missing."),
        _("An offer holds for a certain time; without a period nothing can be matched."),
    ),
    _Point(
        "what_exists",
        "what_exists",
        True,
        _empty("what_exists"),
        _("What already exists is missing."),
        _("Donors build on what is there and do not pay for it twice; write “nothing” where that is so."),
    ),
    _Point(
        "who_helps",
        "who_helps",
        True,
        _empty("who_helps"),
        _("Who already helps is missing."),
        _("It keeps efforts from being duplicated; write “nobody” where that is so."),
    ),
    _Point(
        "languages",
        "language",
        True,
        _empty("languages"),
        _("The working language is missing."),
        _("Experts and trainers are chosen by it."),
    ),
    _Point(
        "sustainability",
        "sustainability",
        False,
        _empty("sustainability"),
        _("Sustainability and exit are missing."),
        _("Donors ask who runs and pays for the result once they leave."),
    ),
    _Point(
        "expected_results",
        "expected_results",
        False,
        _empty("expected_results"),
        _("Expected results are missing."),
        _("Donors report on results; one indicator with its value today and its aim is enough."),
    ),
    _Point(
        "beneficiaries",
        "beneficiaries",
        False,
        _empty("beneficiaries"),
        _("Who benefits is missing."),
        _("Most donors ask for women and men, and for the communities reached."),
    ),
    _Point(
        "national_contribution",
        "national_contribution",
        False,
        lambda request: request.national_contribution_minor is None,
        _("The national contribution is missing."),
        _("Some offers require a share of your own; staff and premises count. Zero is an answer."),
    ),
    _Point(
        "gender_marker",
        "gender_marker",
        False,
        lambda request: request.gender_marker == GenderMarker.NOT_SCREENED,
        _("The gender marker is not screened."),
        _("Offers can ask for a marker of 1 or 2; an unscreened request fails them."),
    ),
    _Point(
        "oda_eligible",
        "oda_eligible",
        False,
        lambda request: request.oda_eligible is None,
        _("Whether it is eligible as ODA is open."),
        _("Offers from development budgets can only be matched when this is said."),
    ),
    _Point(
        "strategies",
        "strategies",
        False,
        _empty("strategies"),
        _("The strategies it serves are missing."),
        _("Help that fits a national or regional strategy is easier to justify."),
    ),
    _Point(
        "places",
        "places",
        False,
        _empty("places"),
        _("The places are missing."),
        _("A region is enough; never name a site."),
    ),
    _Point(
        "contact",
        "contact",
        False,
        _empty("contact"),
        _("The point of contact is missing."),
        _("Donors with the full dossier need somebody to ask."),
    ),
    _Point(
        "baseline",
        "",
        False,
        lambda request: not request.assessment.versions.exists(),
        _("The baseline is not endorsed."),
        _("Until it is, no need counts for more than medium, and some offers require it."),
    ),
    _Point(
        "baseline_superseded",
        "",
        False,
        lambda request: request.assessment.status == AssessmentStatus.SUPERSEDED,
        _("A newer baseline has taken the place of the one behind this request."),
        _("It counts as endorsed, as it was signed; donors may ask why the newer one is not used."),
    ),
)
_NEED_POINTS: Final = (
    _Point(
        "functional_area",
        "functional_area",
        True,
        _empty("functional_area"),
        _("The functional area is missing."),
        _("Offers are made for functional areas."),
    ),
    _Point(
        "assistance_types",
        "assistance_types",
        True,
        _empty("assistance_types"),
        _("The type of assistance is missing."),
        _("Offers are made for types of assistance."),
    ),
    _Point(
        "description",
        "description",
        True,
        _empty("description"),
        _("What is needed is not described."),
        _("A donor must be able to cost it: what, how much of it, for whom."),
    ),
    _Point(
        "amount",
        "amount",
        True,
        lambda need: need.amount_minor is None,
        _("The amount is missing."),
        _("It is compared with what an offer can give; help in kind has a value too, an estimate will do."),
    ),
    _Point(
        "gaps",
        "gaps",
        True,
        _no_confirmed_gap,
        _("It rests on no confirmed gap."),
        _("The gap is the evidence for the need and sets its severity; link one and confirm it."),
    ),
)
