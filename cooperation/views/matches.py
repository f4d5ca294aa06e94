"""Match review: the ranked list, one match with its rules and ledger, and the decisions of both sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cooperation.enums import UNDECIDED, MatchStatus, Side
from cooperation.filters import MatchFilter
from cooperation.forms.match_reviews import declared
from cooperation.forms.matches import DecisionForm, DeclineForm, ReasonForm
from cooperation.models import Match
from cooperation.permissions import (
    ENDED,
    can_accept_match,
    can_declare_conflict,
    can_decline_match,
    can_mark_match,
    can_propose_match,
    can_record_activity,
    can_withdraw_match,
    side_of,
)
from cooperation.selectors.ledgers import facts_of, headline_of, names_in, review_of
from cooperation.selectors.match_reviews import (
    declaration_of,
    declarations_of,
    mark_label,
    mark_of,
    marks_of,
    message_counts,
)
from cooperation.selectors.matches import (
    is_being_recomputed,
    match_for,
    matches_for,
    matches_of_need,
    newer_match,
    offer_changed_since,
    older_match,
    timeline_of,
)
from cooperation.selectors.objections import objections_of
from cooperation.selectors.overlaps import OverlapLine, grave, overlaps_of_match
from cooperation.selectors.wording import POINTS_PER_SCORE, Presenter, status_label
from cooperation.services.match_reviews import acknowledgement_errors
from cooperation.services.matches import (
    accept_match,
    amount_errors,
    decline_match,
    propose_match,
    refusal_errors,
    withdraw_match,
)
from wam_portal.access import Decision, Viewer, require
from wam_portal.errors import Conflict, Invalid
from wam_portal.forms import add_errors, add_other_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25
UNPROCESSABLE = 422
CONFLICT = 409
PREDICATES: dict[str, Callable[[Viewer, Match], Decision]] = {
    "propose": can_propose_match,
    "accept": can_accept_match,
    "decline": can_decline_match,
    "withdraw": can_withdraw_match,
}
SERVICES: dict[str, Callable[..., Match]] = {
    "propose": propose_match,
    "accept": accept_match,
    "decline": decline_match,
    "withdraw": withdraw_match,
}
Form = DecisionForm | ReasonForm


@party_page
@require_safe
def match_list(request: PartyRequest) -> HttpResponse:
    """All matches that the viewer may see, best first, with filters."""
    filterset = MatchFilter(request.GET, queryset=matches_for(request.viewer), request=request)
    page = Paginator(filterset.qs, PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "filterset": filterset,
        "page_obj": page,
        "rows": _rows(request, page.object_list),
        "columns": _columns(request.viewer),
        "breadcrumbs": [(_("Matches"), "")],
    }
    return render(request, "cooperation/match_list.html", context)


@party_page
@require_safe
def match_detail(request: PartyRequest, match: UUID) -> HttpResponse:
    """One match: the rules, the ledger, what would change it, the decisions, both sides' timeline."""
    return _page(request, match_for(request.viewer, match))


@party_page("assesses")
@require_safe
def need_matches_panel(request: PartyRequest, need: UUID) -> HttpResponse:
    """The best matches of one need, for the page of the State's own request."""
    found = matches_of_need(request.viewer, need)
    list_url = reverse("cooperation:match-list", args=[request.viewer.party.slug])
    rows = _rows(request, found[:5])
    eligible = [row["match"] for row in rows if row["match"].eligible]
    context = {
        "rows": rows,
        "unserved": None if any(match.donor.implements for match in eligible) else next(iter(eligible), None),
        "total": found.count(),
        "all_url": f"{list_url}?need={need}",
        "compare_url": reverse("cooperation:need-compare", args=[request.viewer.party.slug, need]),
        "viewer": request.viewer,
    }
    return render(request, "cooperation/need_matches-panel.html", context)


@party_page
@require_POST
def match_propose(request: PartyRequest, match: UUID) -> HttpResponse:
    """Agree first."""
    return _decide(request, match, "propose", _("You have proposed this match. The other side decides now."))


@party_page
@require_POST
def match_accept(request: PartyRequest, match: UUID) -> HttpResponse:
    """Agree second."""
    return _decide(request, match, "accept", _("Both sides have accepted this match."))


@party_page
@require_POST
def match_decline(request: PartyRequest, match: UUID) -> HttpResponse:
    """Decline with a reason."""
    return _decide(request, match, "decline", _("You have declined this match. The other side reads your reason."))


@party_page
@require_POST
def match_withdraw(request: PartyRequest, match: UUID) -> HttpResponse:
    """Take one's own proposal back."""
    return _decide(request, match, "withdraw", _("You have withdrawn your proposal."))


def _decide(request: PartyRequest, uuid: UUID, verb: str, done: str) -> HttpResponse:
    match = match_for(request.viewer, uuid)
    overlaps = _overlaps(request.viewer, match)
    form = _form(request.viewer, match, verb, _as_shown(request.POST, overlaps), overlaps)
    version_read = request.POST.get("base_version")
    if version_read == str(match.version):
        # With an older version the answer is the conflict page, which says what has happened since.
        require(PREDICATES[verb](request.viewer, match))
    try:
        if not form.is_valid():
            add_other_errors(form, _also_wrong(match, verb, form, overlaps, request.POST))
            return _page(request, match, {verb: form}, status=UNPROCESSABLE)
        _check_version(match, version_read)
        SERVICES[verb](match=match, actor=request.viewer, **_arguments(verb, form, request.POST))
    except Invalid as invalid:
        add_errors(form, invalid)
        return _page(request, match_for(request.viewer, uuid), {verb: form}, status=UNPROCESSABLE)
    except Conflict as conflict:
        return _conflict(request, uuid, verb, form, conflict)
    messages.success(request, done)
    return redirect("cooperation:match-detail", request.viewer.party.slug, uuid)


def _check_version(match: Match, version_read: str | None) -> None:
    if version_read != str(match.version):
        raise Conflict(_("This match has changed since you opened it."), current=match)


def _arguments(verb: str, form: Form, sent: QueryDict) -> dict[str, Any]:
    data = dict(form.cleaned_data)
    if "amount" in data:
        data["amount_minor"] = data.pop("amount")
    if "conflict" in data:
        data["conflict"] = declared(data)
        data.pop("conflict_text")
    for name in ("acknowledged", "overlaps_seen"):
        data.pop(name, None)
    if verb == "accept":
        data["acknowledged"] = _acknowledged(sent)
    return data


def _acknowledged(sent: QueryDict) -> list[str]:
    """What the person has seen is what the page held, not what there is now."""
    return sent.get("overlaps_seen", "").split() if sent.get("acknowledged") else []


def _also_wrong(
    match: Match, verb: str, form: Form, overlaps: Sequence[OverlapLine], sent: QueryDict
) -> dict[str, list[str]]:
    """What the service would refuse next, where the form itself is refused already."""
    data, errors = form.cleaned_data, dict[str, list[str]]()
    if verb == "decline":
        named = {"reason": data.get("reason", ""), "kind": data.get("kind", "")}
        return refusal_errors(**named, review_on=data.get("review_on"))
    if "amount" in data:
        errors |= amount_errors(match=match, amount_minor=data["amount"])
    if verb == "accept":
        reason = data.get("overlap_reason", "")
        errors |= acknowledgement_errors(grave(overlaps), acknowledged=_acknowledged(sent), reason=reason)
    return errors


def _overlaps(viewer: Viewer, match: Match) -> tuple[OverlapLine, ...]:
    """Where something is still to be decided or agreed; what is over is compared with nothing."""
    return overlaps_of_match(viewer, match) if _lives(match) else ()


def _lives(match: Match) -> bool:
    return match.eligible and match.status in (*UNDECIDED, MatchStatus.ACCEPTED)


def _as_shown(sent: QueryDict, overlaps: Sequence[OverlapLine]) -> QueryDict:
    """What was sent, for the page that comes back: with what overlaps now, not acknowledged where that is more."""
    keys = [line.key for line in grave(overlaps)]
    data = sent.copy()
    if not set(keys) <= set(sent.get("overlaps_seen", "").split()):
        data.pop("acknowledged", None)
    data["overlaps_seen"] = " ".join(keys)
    return data


def _form(viewer: Viewer, match: Match, verb: str, data: Any = None, overlaps: Sequence[OverlapLine] = ()) -> Form:
    initial = {"base_version": match.version}
    if verb in {"decline", "withdraw"}:
        return (DeclineForm if verb == "decline" else ReasonForm)(data, initial=initial, auto_id=f"{verb}-%s")
    asks = side_of(viewer, match) == Side.DONOR and match.offer.capacity_minor is not None
    return DecisionForm(
        data,
        initial=initial,
        auto_id=f"{verb}-%s",
        offer=match.offer,
        asks_amount=asks,
        asks_conflict=declaration_of(match, side_of(viewer, match)) is None,
        overlaps=[line.key for line in grave(overlaps)] if verb == "accept" else (),
    )


def _page(
    request: PartyRequest, match: Match, bound: dict[str, Form] | None = None, *, status: int = 200
) -> HttpResponse:
    viewer, bound = request.viewer, bound or {}
    state_side = viewer.party.pk == match.state_id
    overlaps = _overlaps(viewer, match)
    newer = newer_match(viewer, match)
    open_to_decide = match.eligible and match.status in UNDECIDED
    actions = _actions(viewer, match, bound, overlaps) if open_to_decide else []
    # What both sides wrote followed the suggestion to the one that took its place.
    moved = newer if match.status == MatchStatus.SUPERSEDED else None
    presenter = Presenter(names_in(match))
    context = {
        **_around(viewer, moved or match),
        "moved": moved,
        "next": _next(viewer, match),
        "lives": _lives(match),
        "overlaps": [{"line": line, "url": effort_url(viewer, line)} for line in overlaps],
        "match": match,
        "review": review_of(match, presenter),
        "facts": facts_of(match, presenter),
        "headline": headline_of(match),
        "maximum": POINTS_PER_SCORE,
        "state_side": state_side,
        "actions": actions,
        "can_decide": any(action["decision"] for action in actions),
        "form": next(iter(bound.values()), None),
        "timeline": timeline_of(viewer, match),
        "trace": _trace(viewer, match),
        "newer": newer,
        "older": older_match(viewer, match),
        "offer_changed": offer_changed_since(match),
        "recomputed": is_being_recomputed(viewer, match),
        "breadcrumbs": _crumbs(viewer, match),
    }
    return render(request, "cooperation/match_detail.html", context, status=status)


def _next(viewer: Viewer, match: Match) -> dict[str, Any]:
    """What is left to do with a match on which nothing is to be decided: a sentence, and after an agreement links."""
    if match.status in UNDECIDED:
        return {}
    where: dict[str, Any] = {"why": ENDED[MatchStatus(match.status)]}
    if match.status == MatchStatus.ACCEPTED:
        where["request_url"] = _request_url(viewer, match)
        where["record_url"] = _record_url(viewer) if can_record_activity(viewer) else ""
    return where


def _record_url(viewer: Viewer) -> str:
    return reverse("cooperation:activity-add", args=[viewer.party.slug])


def _request_url(viewer: Viewer, match: Match) -> str:
    if viewer.party.pk == match.state_id:
        return reverse("assessments:request-detail", args=[viewer.party.slug, match.request_uuid])
    return reverse("cooperation:granted-detail", args=[viewer.party.slug, match.grant_uuid])


def _conflict(request: PartyRequest, uuid: UUID, verb: str, form: Form, conflict: Conflict) -> HttpResponse:
    """What happened meanwhile, with everything that was typed, ready to be sent again where that still makes sense."""
    match = match_for(request.viewer, uuid)
    overlaps = _overlaps(request.viewer, match)
    data = _as_shown(request.POST, overlaps)
    data["base_version"] = str(match.version)
    again = _form(request.viewer, match, verb, data, overlaps)
    context = {
        "match": match,
        "message": conflict.message,
        "again": again,
        "decision": PREDICATES[verb](request.viewer, match),
        "action_url": _url(f"match-{verb}", request.viewer, match),
        "label": _labels(request.viewer, match)[verb],
        "typed_reason": request.POST.get("reason", ""),
        "timeline": timeline_of(request.viewer, match),
        "match_url": _url("match-detail", request.viewer, match),
        "breadcrumbs": _crumbs(request.viewer, match),
    }
    return render(request, "cooperation/match_conflict.html", context, status=CONFLICT)


def _labels(viewer: Viewer, match: Match) -> dict[str, str]:
    return {
        "propose": _("Propose this match"),
        "accept": _("Accept this match"),
        "decline": _("Decline"),
        "withdraw": _("Withdraw the proposal"),
    }


def _around(viewer: Viewer, match: Match) -> dict[str, Any]:
    """What both sides wrote around the match, and one's own mark."""
    mark = mark_of(viewer, match)
    return {
        "objections": objections_of(viewer, match),
        "object_url": _url("match-object", viewer, match),
        "slug": viewer.party.slug,
        "declarations": declarations_of(match),
        "can_declare": can_declare_conflict(viewer, match),
        "declare_url": _url("match-declare", viewer, match),
        "thread": {**message_counts(viewer, match), "url": _url("match-messages", viewer, match)},
        "mark": mark_label(mark),
        "mark_reason": mark.reason if mark else "",
        "can_mark": can_mark_match(viewer, match),
        "mark_url": _url("match-mark", viewer, match),
    }


def effort_url(viewer: Viewer, line: OverlapLine) -> str:
    """The page of what overlaps."""
    if line.activity is not None:
        return reverse("cooperation:activity-detail", args=[viewer.party.slug, line.activity.uuid])
    return _url("match-detail", viewer, line.match) if line.match else ""


def _actions(
    viewer: Viewer, match: Match, bound: dict[str, Form], overlaps: Sequence[OverlapLine]
) -> list[dict[str, Any]]:
    """Accepting where the other side has proposed, proposing otherwise; withdrawing only for who has proposed."""
    first = "accept" if match.status == MatchStatus.PROPOSED else "propose"
    verbs = [first, "decline", *(["withdraw"] if can_withdraw_match(viewer, match) else [])]
    labels = _labels(viewer, match)
    return [
        {
            "verb": verb,
            "label": labels[verb],
            "url": _url(f"match-{verb}", viewer, match),
            "decision": PREDICATES[verb](viewer, match),
            "form": bound.get(verb) or _form(viewer, match, verb, overlaps=overlaps),
            "open": verb in bound or verb == first,
        }
        for verb in verbs
    ]


def _rows(request: PartyRequest, matches: Any) -> list[dict[str, Any]]:
    state_side = request.viewer.party.assesses
    matches = list(matches)
    marks = marks_of(request.viewer, matches) if matches else {}
    return [
        {
            "match": match,
            "mark": mark_label(marks.get(match.pk)),
            "headline": headline_of(match),
            "url": _url("match-detail", request.viewer, match),
            "other": match.donor.name if state_side and match.state_id == request.viewer.party.pk else match.state.name,
        }
        for match in matches
    ]


def _columns(viewer: Viewer) -> list[dict[str, Any]]:
    labels = [
        (_("Score"), True),
        (_("Request"), False),
        (_("Donor") if viewer.party.assesses else _("State"), False),
        (_("Need"), False),
        (_("Amount sought"), True),
        (_("Offer"), False),
        (_("Status"), False),
    ]
    return [{"label": label, "sort": "", "numeric": numeric} for label, numeric in labels]


def _url(name: str, viewer: Viewer, match: Match) -> str:
    return reverse(f"cooperation:{name}", args=[viewer.party.slug, match.uuid])


def _crumbs(viewer: Viewer, match: Match) -> list[tuple[str, str]]:
    return [
        (_("Matches"), reverse("cooperation:match-list", args=[viewer.party.slug])),
        (str(match.request["reference"]), ""),
    ]


def _trace(viewer: Viewer, match: Match) -> list[dict[str, Any]]:
    offer_url = reverse("cooperation:offer-detail", args=[viewer.party.slug, match.offer.uuid])
    return [
        {"kind": _("Request"), "label": match.request["reference"], "url": _request_url(viewer, match)},
        {"kind": _("Need"), "label": headline_of(match).area},
        {"kind": _("Offer"), "label": match.offer.title, "url": offer_url},
        {"kind": _("Match"), "label": status_label(match), "current": True},
    ]
