"""The only door through which the international side looks into the national one.

What comes out are frozen values made from releases, reduced to the keys that the grant allows. A live national
record never passes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery

from assessments.enums import (
    TIER_ORDER,
    AssistanceType,
    EndorsingAuthority,
    FunctionalArea,
    GenderMarker,
    GrantLevel,
    Lens,
    LifeCycleStage,
    RecipientKind,
    RequestStatus,
    Technology,
    Tier,
)
from assessments.models import AssistanceRequest, FrameworkVersion, Grant, Need
from assessments.models.releases import GrantQuerySet
from assessments.models.requests import DRAFT_READERS
from assessments.release_keys import ALL_KEYS, disclosed
from assessments.release_keys import GAPS as GAP_KEYS
from assessments.selectors.release_content import request_content
from assessments.selectors.released_words import in_words_of
from wam_portal.access import AnyViewer, SystemViewer, Viewer
from wam_portal.accounts.models import Party
from wam_portal.audit.services import audited, record
from wam_portal.errors import NotVisible
from wam_portal.money import minor_per_unit

__all__ = [
    "ALL_KEYS",
    "GAP_KEYS",
    "TIER_ORDER",
    "AssistanceType",
    "EndorsingAuthority",
    "FunctionalArea",
    "GenderMarker",
    "GrantLevel",
    "Lens",
    "LifeCycleStage",
    "ReleaseSet",
    "ReleasedLine",
    "ReleasedRequest",
    "Sought",
    "Technology",
    "Tier",
    "amount_sought",
    "check_own_need",
    "in_words_of_the_reader",
    "lines_shared_with_anybody",
    "note_use",
    "open_release",
    "places_and_people",
    "preview_request",
    "releases_for",
    "request_of_reference",
    "requests_shared_by_year",
]


@dataclass(frozen=True, slots=True)
class ReleasedRequest:
    """A request as one recipient may read it. `content` holds only what `keys` allow.

    `recipient` is the party that the grant names, if it names one; `endorsed_on` is given in previews of one's own
    endorsed request only.
    """

    grant_uuid: UUID | None
    request_uuid: UUID
    state: Party
    recipient_kind: str
    level: str
    keys: frozenset[str]
    purpose: str
    granted_at: datetime | None
    expires_at: datetime | None
    release_hash: str
    released_on: date | None
    is_draft: bool
    content: dict[str, Any]
    recipient: Party | None = None
    endorsed_on: date | None = None

    @property
    def reference(self) -> str:
        return str(self.content["reference"])

    @property
    def title(self) -> str:
        return str(self.content["title"])

    @property
    def needs(self) -> list[dict[str, Any]]:
        return list(self.content["needs"])


class ReleaseSet:
    """Grants that a viewer holds, newest first; iterating and `get` answer frozen `ReleasedRequest` values."""

    def __init__(self, grants: GrantQuerySet) -> None:
        self._grants = grants

    def grant_uuids(self) -> QuerySet[Grant, UUID]:
        """A subquery of the grants' identifiers, for use in a filter."""
        return self._grants.values_list("uuid", flat=True)

    def request_uuids(self) -> QuerySet[Grant, UUID]:
        """The identifiers of the requests behind the grants."""
        return self._grants.values_list("release__request_version__request__uuid", flat=True)

    def territory_ids(self) -> QuerySet[Grant, int | None]:
        """A subquery of the territories of the States behind the grants."""
        return self._grants.values_list("release__state__territory", flat=True)

    def granted_to(self, party: Party) -> ReleaseSet:
        """Only what this party holds: named in the grant, or as one of all donors."""
        named = Q(recipient_kind=RecipientKind.PARTY, recipient=party)
        if party.offers:
            named |= Q(recipient_kind=RecipientKind.ALL_DONORS)
        return ReleaseSet(self._grants.filter(named))

    def of_request(self, request_uuid: UUID) -> ReleaseSet:
        """Only the grants of one request."""
        return ReleaseSet(self._grants.filter(release__request_version__request__uuid=request_uuid))

    def newest_of_each_request(self) -> ReleaseSet:
        """One grant a request: the newest of this set."""
        rival = self._grants.filter(
            release__request_version__request=OuterRef("release__request_version__request")
        ).order_by("-granted_at", "-pk")
        return ReleaseSet(self._grants.filter(pk=Subquery(rival.values("pk")[:1])))

    def containing(self, text: str) -> ReleaseSet:
        """Only those whose reference, title or State's name holds `text`; all of them are always disclosed."""
        if not text:
            return self
        return ReleaseSet(
            self._grants.filter(
                Q(release__content__title__icontains=text)
                | Q(release__content__reference__icontains=text)
                | Q(release__state__name__icontains=text)
            )
        )

    def __len__(self) -> int:
        return self._grants.count()

    def count(self) -> int:
        return self._grants.count()

    def __getitem__(self, part: slice) -> list[ReleasedRequest]:
        """One page of the set."""
        return [_released(grant) for grant in self._ordered()[part]]

    def __iter__(self) -> Iterator[ReleasedRequest]:
        return (_released(grant) for grant in self._ordered())

    def get(self, grant_uuid: UUID) -> ReleasedRequest:
        """One release by its grant. Raises `NotVisible` when the viewer holds no such grant."""
        grant = self._ordered().filter(uuid=grant_uuid).first()
        if grant is None:
            raise NotVisible
        return _released(grant)

    def _ordered(self) -> GrantQuerySet:
        joined = self._grants.select_related("release__state__territory", "recipient").annotate(
            request_uuid=F("release__request_version__request__uuid")
        )
        return joined.order_by("-granted_at", "-pk")


def _released(grant: Grant) -> ReleasedRequest:
    release = grant.release
    return ReleasedRequest(
        grant_uuid=grant.uuid,
        request_uuid=grant.request_uuid,  # type: ignore[attr-defined]  # annotated by ReleaseSet._ordered
        state=release.state,
        recipient_kind=grant.recipient_kind,
        level=grant.level,
        keys=frozenset(grant.keys),
        purpose=grant.purpose,
        granted_at=grant.granted_at,
        expires_at=grant.expires_at,
        release_hash=release.content_hash,
        released_on=release.released_at.date(),
        is_draft=False,
        content=disclosed(release.content, grant.keys),
        recipient=grant.recipient,
    )


def releases_for(viewer: AnyViewer) -> ReleaseSet:
    """What was granted to the viewer's party and is still in force.

    For the system viewers of matching and dossiers: every active grant; what they make is filtered again.
    """
    grants = Grant.objects.all()
    return ReleaseSet(grants.visible_to(viewer) if not isinstance(viewer, Viewer) else grants.received_by(viewer))


def open_release(viewer: Viewer, grant_uuid: UUID) -> ReleasedRequest:
    """One release that the viewer is about to read, noted in the State's chain: who, for which party, when.

    Writes on a page that is merely read, on purpose: the State sees every view. Raises `NotVisible`.
    """
    released = releases_for(viewer).get(grant_uuid)
    with audited():
        record(
            verb="release.viewed",
            target=Grant(uuid=grant_uuid),
            actor=viewer,
            parties=[released.state],
            changes={"level": released.level, "request": str(released.request_uuid)},
        )
    return released


def in_words_of_the_reader(viewer: Viewer, released: ReleasedRequest) -> ReleasedRequest:
    """The same for a page: what it quotes of a framework in the active language. Nothing else of it is read."""
    versions = FrameworkVersion.objects.visible_to(viewer).published()
    version = versions.filter(assessments__requests__uuid=released.request_uuid).first()
    return released if version is None else replace(released, content=in_words_of(released.content, version))


def note_use(viewer: Viewer, grant_uuids: Collection[UUID]) -> None:
    """Note, within the caller's `audited()`, that the viewer's portfolio was made from what these grants disclose.

    One entry a grant in its State's chain, like a view. Grants that the viewer does not hold are left out.
    """
    held = Grant.objects.received_by(viewer).filter(uuid__in=grant_uuids).order_by("pk")
    rows = list(held.values_list("uuid", "level", "release__state", "release__request_version__request__uuid"))
    states = Party.objects.in_bulk({state for _uuid, _level, state, _request in rows})
    for grant_uuid, level, state, request_uuid in rows:
        record(
            verb="release.used_in_portfolio",
            target=Grant(uuid=grant_uuid),
            actor=viewer,
            parties=[states[state]],
            changes={"level": level, "request": str(request_uuid)},
        )


def request_of_reference(viewer: AnyViewer, reference: str) -> UUID:
    """The identifier of the request with that reference. Raises `NotVisible` for one that the viewer may not read."""
    found = AssistanceRequest.objects.visible_to(viewer).filter(reference=reference).values_list("uuid", flat=True)
    uuid = found.first()
    if uuid is None:
        raise NotVisible
    return uuid


@dataclass(frozen=True, slots=True)
class Sought:
    """What a need asks for, in minor units of the request's currency."""

    minor: int
    currency: str


def amount_sought(viewer: SystemViewer, grant_uuid: UUID, need_uuid: UUID) -> Sought | None:
    """What a need of the release behind an active grant asks for, whatever keys the grant allows; None for no amount.

    For one purpose: that all donors together never promise more. It is compared with, and shown to nobody but the
    State. Raises `NotVisible` for a grant that has ended, and for any job but matching.
    """
    grants = Grant.objects.visible_to(viewer).select_related("release")
    grant = grants.filter(uuid=grant_uuid).first() if viewer.purpose == "matching" else None
    if grant is None:
        raise NotVisible
    content = grant.release.content
    amounts = [need["amount"] for need in content["needs"] if need["uuid"] == str(need_uuid)]
    return None if not amounts or amounts[0] is None else Sought(amounts[0], content["currency"])


@dataclass(frozen=True, slots=True)
class ReleasedLine:
    """What every level of a grant shows of one need, for figures in which no State can be told from another."""

    request_uuid: UUID
    state_id: int
    territory_id: int
    functional_area: str
    assistance_types: frozenset[str]


def lines_shared_with_anybody(viewer: SystemViewer) -> Iterator[ReleasedLine]:
    """The needs of all requests that a State shares with anybody at this moment, each from its newest grant.

    Only what every level holds: State, area, types. For figures of at least five States; what is made of it is
    filtered again for its reader. Nothing for any job but matching.
    """
    if viewer.purpose != "matching":
        return
    grants = Grant.objects.visible_to(viewer)
    rows = grants.order_by("-granted_at", "-pk").values_list(
        "release__request_version__request__uuid",
        "release__state",
        "release__state__territory",
        "release__content__needs",
    )
    seen: set[UUID] = set()
    for request_uuid, state_id, territory_id, needs in rows.iterator():
        if request_uuid in seen or territory_id is None:
            continue
        seen.add(request_uuid)
        for need in needs:
            types = frozenset(need["assistance_types"])
            yield ReleasedLine(request_uuid, state_id, territory_id, need["functional_area"], types)


def places_and_people(viewer: Viewer, grant_uuid: UUID) -> tuple[str | None, str | None]:
    """Where and for whom a granted request asks for help, each None where the grant does not show it.

    For who holds the grant, and for the State that gave it: both compare the same words. Noted in no log: the page of
    a match shows no more of it than what it has in common with other assistance. Nothing of a grant one may not read.
    """
    shown = Q(pk__in=Grant.objects.received_by(viewer).values("pk"))
    if viewer.has_role(*DRAFT_READERS):
        shown |= Q(release__state=viewer.party)
    grant = Grant.objects.filter(shown, uuid=grant_uuid).select_related("release").first()
    if grant is None:
        return None, None
    content = disclosed(grant.release.content, grant.keys)
    return content.get("places"), content.get("beneficiaries")


def requests_shared_by_year(viewer: Viewer) -> dict[int, int]:
    """How many requests were first shared in which year, by the grants that are open to the viewer and in force.

    For a State's own readers its own grants, for others those that their party received.
    """
    grants = Grant.objects.active()
    seen = grants.visible_to(viewer).filter(release__state=viewer.party) if viewer.party.assesses else grants.none()
    received = grants.received_by(viewer)
    first = (
        Grant.objects.filter(Q(pk__in=seen.values("pk")) | Q(pk__in=received.values("pk")))
        .order_by()
        .values("release__request_version__request")
        .annotate(first=Min("granted_at"))
    )
    return dict(Counter(row["first"].year for row in first))


def check_own_need(viewer: Viewer, need_uuid: UUID) -> None:
    """Raise `NotVisible` unless the need is a line of a request of the viewer's own State that the viewer may read."""
    if not Need.objects.visible_to(viewer).filter(uuid=need_uuid).exists():
        raise NotVisible


def preview_request(viewer: AnyViewer, request_uuid: UUID) -> ReleasedRequest:
    """The frozen value that a release of one's own request would give, with every key.

    From the newest endorsed version where there is one and nothing has changed since, else from the draft
    (`is_draft`, without a hash). Raises `NotVisible` for another State's request.
    """
    request = (
        AssistanceRequest.objects.visible_to(viewer)
        .select_related("state__territory")
        .filter(uuid=request_uuid)
        .first()
    )
    if request is None:
        raise NotVisible
    version = request.versions.order_by("-number").first()
    endorsed = version if request.status == RequestStatus.ENDORSED else None
    if endorsed is not None:
        content, content_hash = endorsed.content, endorsed.content_hash
    else:
        number = version.number + 1 if version else 1
        content = request_content(request, number=number, minor_per_unit=minor_per_unit(request.currency))
        content_hash = ""
    return ReleasedRequest(
        grant_uuid=None,
        request_uuid=request.uuid,
        state=request.state,
        recipient_kind="",
        level=GrantLevel.DOSSIER,
        keys=ALL_KEYS,
        purpose="",
        granted_at=None,
        expires_at=None,
        release_hash=content_hash,
        released_on=None,
        is_draft=endorsed is None,
        content=disclosed(content, ALL_KEYS),
        endorsed_on=endorsed.endorsed_at.date() if endorsed else None,
    )
