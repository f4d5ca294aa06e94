"""The world of the access proof: two States, two donors, a coordinator, and between them all that can be shared."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import yaml
from django.utils import timezone

from assessments.models import FrameworkVersion, Grant
from assessments.services.frameworks import import_framework
from cooperation.models import Dossier, Match, Offer
from cooperation.selectors.overlaps import grave, overlaps_of_match
from cooperation.services.matches import accept_match, propose_match
from cooperation.services.objections import object_to_match
from cooperation.services.offers import close_offer, copy_offer, draft_offer, publish_offer
from cooperation.services.portfolios import request_portfolio
from cooperation.validators import OfferValues
from tests.access.canaries import Cage
from tests.access.cast import Cast, Hat, make_cast
from tests.access.realm_consultations import add_consultations
from tests.access.realm_cooperation import add_around, add_assistance
from tests.access.realm_evidence import add_evidence
from tests.access.realm_members import add_members
from tests.access.realm_partners import add_partners
from tests.access.realm_states import Shared, StateBuilder, make_dossier
from tests.access.realm_working_copies import add_working_copy
from tests.access.records import Record, Records
from tests.conftest import SMALL_FILE
from tests.cooperation.portfolio_cases import policy_values
from tests.personas import make_world
from wam_portal.access import SystemViewer
from wam_portal.accounts.models import Territory
from wam_portal.jobs import runner
from wam_portal.jobs.models import Job
from wam_portal.jobs.services import enqueue

DONORS: Final = {
    "D1": frozenset({"donor"}),
    "D2": frozenset({"other_donor", "two_hats_donor"}),
    "RC": frozenset({"coordinator"}),
}
PARTNERS: Final = {"P1": frozenset({"partner"})}
AMOUNT: Final = 1_000_000


@dataclass(frozen=True)
class Realm:
    """Everything that a probe needs."""

    cage: Cage
    cast: Cast
    records: Records
    framework: FrameworkVersion

    @property
    def hats(self) -> list[Hat]:
        """The principals."""
        return list(self.cast.hats.values())


def make_realm() -> Realm:
    """Build the world in the current transaction. Dossiers are rendered as the worker does it."""
    cage, records = Cage(), Records()
    world = make_world()
    result = import_framework(document=SMALL_FILE.read_bytes(), actor=SystemViewer("framework"), publish=True)
    assert result.version is not None
    _newer_framework()
    cast = make_cast(cage, world)
    realm = Realm(cage, cast, records, result.version)
    _parties(realm)
    add_partners(cage, cast, records, world)
    offers = _Offers(realm, world)
    offers.make()
    states = {
        "A": _state(realm, "A", cast.hats["editor"], cast.hats["approver"]),
        "B": _state(realm, "B", cast.hats["other_state"], cast.hats["other_approver"]),
    }
    for builder in states.values():
        builder.sheets()
        add_working_copy(builder)
        add_consultations(builder)
        builder.reviews()
        builder.drafts()
    shared = _Sharing(realm, states["A"], states["B"], offers)
    shared.make()
    readers = {"A": states["A"].record_readers, "B": states["B"].record_readers, **DONORS, **PARTNERS}
    add_assistance(cage, cast, records, world, readers)
    shared.around(readers)
    _portfolios(realm)
    _jobs(realm)
    _framework(realm)
    add_members(cage, cast, records)
    return realm


def _state(realm: Realm, side: str, editor: Hat, approver: Hat) -> StateBuilder:
    return StateBuilder(
        side, realm.cast, realm.cage, realm.records, realm.framework, editor, approver, more=add_evidence
    )


def _parties(realm: Realm) -> None:
    for side, party in realm.cast.parties.items():
        shows = {"party.name": realm.cast.party_names[side], "person.name": _log_name(realm.cast, side)}
        # A key for a new password that was never given out.
        values = {"uidb36": "zzzz", "key": "never-given-out", "token": "never-given-out"}
        realm.records.add("party", side, values, shows, party)


def _log_name(cast: Cast, side: str) -> str:
    """Somebody who did things for the party, so that the log names them."""
    return {"A": cast.person_names["editor"], "B": cast.person_names["other_state"]}.get(side, "")


def _framework(realm: Realm) -> None:
    """The published framework belongs to everybody who is signed in."""
    version = realm.framework
    values = {"framework": version.uuid, "key": version.framework.key, "version": version.version}
    realm.records.add("framework", "A B D1 D2 RC P1", values, {"framework.title": version.title}, version)
    newer = version.framework.versions.get(version="2.0")
    values = {"framework": newer.uuid, "key": newer.framework.key, "version": newer.version}
    realm.records.add("framework.newer", "A B D1 D2 RC P1", values, {"framework.title": newer.title}, newer)


def _newer_framework() -> None:
    """A version that replaces the first, to which a baseline can be upgraded."""
    document = yaml.safe_load(SMALL_FILE.read_text())
    document |= {"version": "2.0", "title": "Small test framework, renewed", "replaces": {"version": "1.0"}}
    import_framework(document=yaml.safe_dump(document), actor=SystemViewer("framework"), publish=True)


class _Offers:
    """Offers of both donors: for both States, for one, for nobody here; published and drafted."""

    def __init__(self, realm: Realm, world: dict[str, Territory]) -> None:
        self.realm, self.world = realm, world
        self.published: dict[str, Offer] = {}

    def make(self) -> None:
        """All offers; the first word of a name is its donor."""
        states = {side: self._state_readers(side) for side in ("A", "B")}
        coordinator = frozenset({"coordinator"})
        self._offer("D1 wide", "XR1", "D1 A B RC", states["A"] | states["B"] | coordinator, listed=True)
        self._offer("D1 elsewhere", "XC", "D1", frozenset(), listed=False)
        self._offer("D2 for B", "XB", "D2 B", states["B"], listed=False)
        self._offer("D1 draft", "XR1", "D1", frozenset(), publish=False)
        self._offer("D2 draft", "XR1", "D2", frozenset(), publish=False)
        self._close()

    def _close(self) -> None:
        """A draft of the first donor that was closed."""
        [draft] = self.realm.records.own("offer.draft", "D1")
        donor = self.realm.cast.hats["donor"]
        assert isinstance(draft.obj, Offer)
        closed = copy_offer(offer=draft.obj, actor=donor.viewer)
        title = self.realm.cage.mint("D1", "offer.title", DONORS["D1"])
        Offer.objects.filter(pk=closed.pk).update(title=f"Offer {title}")
        closed.refresh_from_db()
        close_offer(offer=closed, base_version=closed.version, actor=donor.viewer)
        closed.refresh_from_db()
        self.realm.records.add("offer.closed", "D1", {"offer": closed.uuid}, {"offer.title": title}, closed)

    def _state_readers(self, side: str) -> frozenset[str]:
        """All staff of a State but contributors and the invited (row 16, stricter for contributors)."""
        builder = _state(self.realm, side, *[self.realm.cast.hats["editor"]] * 2)
        return builder.record_readers

    def _offer(
        self,
        name: str,
        where: str,
        sides: str,
        readers: frozenset[str],
        *,
        listed: bool = True,
        publish: bool = True,
    ) -> None:
        side = name.split(maxsplit=1)[0]
        own = DONORS[side]
        words = {
            field: self.realm.cage.mint(side, f"offer.{field}", own | readers)
            for field in ("title", "summary", "strategies")
        }
        donor = self.realm.cast.hats["donor" if side == "D1" else "other_donor"]
        values = OfferValues(
            title=f"Offer {words['title']}",
            summary=f"Summary {words['summary']}",
            strategies=f"Strategies {words['strategies']}",
            period_start=dt.date(2026, 1, 1),
            period_end=dt.date(2030, 12, 31),
            valid_until=dt.date(2030, 12, 31),
            included=[self.world[where]],
            listed=listed,
            capacity_minor=500_000_000,
        )
        offer = draft_offer(values=values, actor=donor.viewer)
        if publish:
            publish_offer(offer=offer, base_version=offer.version, actor=donor.viewer)
            offer.refresh_from_db()
            self.published[name] = offer
        self.realm.cage.watch(str(offer.uuid), side, "offer.uuid", own | readers)
        shows = {f"offer.{field}": word for field, word in words.items()}
        kind = "offer.published" if publish else "offer.draft"
        self.realm.records.add(kind, sides, {"offer": offer.uuid}, shows, offer)


class _Sharing:
    """Grants at every level, one revoked, one expired; matches in every state that somebody can act on."""

    def __init__(self, realm: Realm, a: StateBuilder, b: StateBuilder, offers: _Offers) -> None:
        self.realm, self.a, self.b, self.offers = realm, a, b, offers
        self.parties = realm.cast.parties

    def make(self) -> None:
        """Share, match, decide."""
        summary = self._to("A", "D1", "summary", "coo-01")
        gaps = self._to("A", "D1", "gaps", "coo-02")
        dossier = self._to("A", "D1", "dossier", "coo-03")
        asked = self._to("A", "D1", "summary", "coo-01")
        self._to("A", "RC", "dossier", "coo-03")
        self._both()
        own = self._to("B", "D2", "dossier", "coo-03")
        everybody = DONORS["D1"] | DONORS["D2"]
        shared = self.b.request("coo-01", level="summary", readers=everybody)
        self.b.grant(shared, None, "summary", everybody, "D1 D2")
        donor = self.realm.cast.hats["donor"]
        revoked = self.a.lapsed(donor, expired=False)
        expired = self.a.lapsed(donor, expired=True)
        self._suggested("A D1", summary, "D1 wide")
        self._suggested("B D1", shared, "D1 wide")
        self._suggested("B D2", shared, "D2 for B")
        self._suggested("B D2", own, "D2 for B")
        self._add_match("match.ineligible", "D1", summary, "D1 elsewhere")
        self._add_match("match.lapsed", "A", revoked, "D1 wide")
        self._add_match("match.lapsed", "A", expired, "D1 wide")
        self._dossiers()
        self._propose(gaps, by="donor")
        self._propose(asked, by="approver")
        self._window(self._to("A", "D1", "summary", "coo-02"))
        self._accept(dossier)

    def _both(self) -> None:
        """A request that a donor and the coordinator hold, so that the coordinator can bring it to both sides."""
        shared = self.a.request("coo-01", level="summary", readers=DONORS["RC"] | DONORS["D1"])
        for side in ("RC", "D1"):
            self.a.grant(shared, self.parties[side], "summary", DONORS[side], side)

    def _dossiers(self) -> None:
        """A national one of each State, and one of each recipient of a full dossier."""
        for builder in (self.a, self.b):
            [endorsed] = self.realm.records.own("request.endorsed", builder.side)
            dossier = make_dossier(builder.editor, request_uuid=endorsed.values["request"])
            self._add_dossier(builder.side, builder.granters, endorsed, dossier)
        for side, hat in (("D1", "donor"), ("D2", "other_donor"), ("RC", "coordinator")):
            for record in self.realm.records.own("grant.received", side):
                if isinstance(record.obj, Grant) and record.obj.level == "dossier":
                    person = self.realm.cast.hats[hat]
                    dossier = make_dossier(person, grant_uuid=record.values["grant"])
                    self._add_dossier(side, DONORS[side], record, dossier)

    def _add_dossier(self, side: str, readers: frozenset[str], source: Record, dossier: Dossier) -> None:
        self.realm.cage.watch(str(dossier.uuid), side, "dossier.uuid", readers)
        self.realm.cage.watch(dossier.file_name, side, "dossier.file_name", ())
        shows = {label: source.shows[label] for label in ("request.title",)}
        self.realm.records.add("dossier", side, {"dossier": dossier.uuid}, shows, dossier)

    def _to(self, state: str, to: str, level: str, indicator: str) -> Shared:
        builder = self.a if state == "A" else self.b
        shared = builder.request(indicator, level=level, readers=DONORS[to])
        builder.grant(shared, self.parties[to], level, DONORS[to], to)
        return shared

    def _match(self, shared: Shared, offer: str) -> Match:
        found = Match.objects.select_related("offer", "donor", "state")
        return found.get(request_uuid=shared.request.uuid, offer=self.offers.published[offer])

    def _add_match(self, kind: str, sides: str, shared: Shared, offer: str, **shows: str) -> Record:
        match = self._match(shared, offer)
        readers = self._readers(sides)
        self.realm.cage.watch(str(match.uuid), sides, "match.uuid", readers)
        values = {**shared.values, "match": match.uuid, "offer": match.offer.uuid, "grant": match.grant_uuid}
        return self.realm.records.add(kind, sides, values, {**shared.shows, **shows}, match)

    def _readers(self, sides: str) -> frozenset[str]:
        readers: frozenset[str] = frozenset()
        for side in sides.split():
            builder = {"A": self.a, "B": self.b}.get(side)
            readers |= builder.record_readers if builder else DONORS[side]
        return readers

    def _suggested(self, sides: str, shared: Shared, offer: str) -> None:
        self._add_match("match.suggested", sides, shared, offer)

    def _window(self, shared: Shared) -> None:
        """A proposal to which the State's people may object, and what the approver objects to it."""
        donor, match = self.realm.cast.hats["donor"], self._match(shared, "D1 wide")
        propose_match(match=match, base_version=match.version, actor=donor.viewer, amount_minor=AMOUNT)
        Match.objects.filter(pk=match.pk).update(objections_until=timezone.localdate() + dt.timedelta(days=5))
        match.refresh_from_db()
        reason = self.realm.cage.mint("A", "objection.reason", self._readers("A"))
        approver = self.realm.cast.hats["approver"]
        objection = object_to_match(
            match=match, base_version=match.version, reason=f"Because {reason}", actor=approver.viewer
        )
        self.realm.cage.watch(str(objection.uuid), "A", "objection.uuid", self._readers("A"))
        values = {"objection": objection.uuid}
        self.realm.records.add("objection", "A", values, {"objection.reason": reason}, objection)
        self._add_match("match.window", "A D1", shared, "D1 wide")

    def _propose(self, shared: Shared, *, by: str) -> None:
        match, hat = self._match(shared, "D1 wide"), self.realm.cast.hats[by]
        reason = self.realm.cage.mint("A D1", "match.reason", self._readers("A D1"))
        amount = AMOUNT if by == "donor" else None
        propose_match(
            match=match, base_version=match.version, actor=hat.viewer, amount_minor=amount, reason=f"Note {reason}"
        )
        kind = "match.awaiting_state" if by == "donor" else "match.awaiting_donor"
        self._add_match(kind, "A D1", shared, "D1 wide", **{"match.reason": reason})

    def around(self, readers: Mapping[str, frozenset[str]]) -> None:
        """What both sides of a match that waits for the State write around it."""
        [waiting] = self.realm.records.own("match.awaiting_state", "A")
        match, hats = waiting.obj, self.realm.cast.hats
        assert isinstance(match, Match)
        shows = add_around(self.realm.cage, match, hats["editor"], hats["approver"], hats["donor"], readers)
        self.realm.records.add("match.thread", "A D1", waiting.values, {**waiting.shows, **shows}, match)

    def _accept(self, shared: Shared) -> None:
        match = self._match(shared, "D1 wide")
        donor, approver = self.realm.cast.hats["donor"], self.realm.cast.hats["approver"]
        propose_match(match=match, base_version=match.version, actor=donor.viewer, amount_minor=AMOUNT)
        keys = [line.key for line in grave(overlaps_of_match(approver.viewer, match))]
        why = self.realm.cage.mint("A", "overlap.reason", self._readers("A"))
        beside = {"acknowledged": keys, "overlap_reason": f"Because {why}"}
        accept_match(match=match, base_version=match.version, actor=approver.viewer, conflict="", **beside)
        self._add_match("match.accepted", "A D1", shared, "D1 wide")


def _portfolios(realm: Realm) -> None:
    """One of the coordinator, and the same one made for a party without coordinators: nobody reads that."""
    coordinator = realm.cast.hats["coordinator"]
    name = realm.cage.mint("RC", "portfolio.name", DONORS["RC"])
    run = request_portfolio(
        name=f"Portfolio {name}", values=policy_values(), form_key=uuid4(), actor=coordinator.viewer
    )
    assert run.job is not None
    runner.run(str(run.job.uuid))
    run.refresh_from_db()
    assert run.result is not None, run.job
    suggested = Match.objects.filter(status="suggested", eligible=True).values_list("need_uuid", "offer__uuid")
    open_pairs = {f"{need}:{offer}" for need, offer in suggested}
    pairs = {f"{entry['need_id']}:{entry['offer_id']}" for entry in run.result["allocations"]}
    values = {"portfolio": run.uuid, "pair": min(pairs & open_pairs)}
    realm.cage.watch(str(run.uuid), "RC", "portfolio.uuid", DONORS["RC"])
    realm.records.add("portfolio", "RC", values, {"portfolio.name": name}, run)
    name = realm.cage.mint("D1", "portfolio.name", ())
    other = copy.copy(run)
    other.pk, other.uuid, other.party, other.name = None, uuid4(), realm.cast.parties["D1"], f"Portfolio {name}"
    other._state = copy.copy(run._state)
    other._state.adding = True
    other.save()
    realm.cage.watch(str(other.uuid), "D1", "portfolio.uuid", ())
    realm.records.add("portfolio", "", {**values, "portfolio": other.uuid}, {"portfolio.name": name}, other)


def _jobs(realm: Realm) -> None:
    """A job that the State's focal point asked for, and one of a donor."""
    for kind, side, hat in (
        ("job.state", "A", "editor"),
        ("job.state", "B", "other_state"),
        ("job.donor", "D1", "donor"),
    ):
        person = realm.cast.hats[hat]
        job = enqueue(
            kind="cooperation.match_offer", unique_key=hat, payload={}, party=person.party, actor=person.viewer
        )
        _add_job(realm, kind, side, frozenset({hat}), job)


def _add_job(realm: Realm, kind: str, side: str, readers: frozenset[str], job: Job) -> None:
    note = realm.cage.mint(side, "job.note", readers)
    Job.objects.filter(pk=job.pk).update(note=f"Note {note}")
    realm.cage.watch(str(job.uuid), side, "job.uuid", readers)
    realm.records.add(kind, side, {"job": job.uuid}, {"job.note": note}, job)
