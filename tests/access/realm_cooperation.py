"""The register of assistance, and what both sides write around a match: with canaries in every text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from cooperation.enums import MarkKind
from cooperation.models import AssistanceActivity, Match
from cooperation.services.assistance import record_activity
from cooperation.services.match_reviews import declare_conflict, mark_match, send_message
from cooperation.validators import ActivityValues
from tests.access.canaries import Cage
from tests.access.cast import Cast, Hat
from tests.access.records import Records
from wam_portal.accounts.models import Territory

RECORDERS = {
    "A": ("editor", "XA"),
    "B": ("other_state", "XB"),
    "D1": ("donor", "XC"),
    "D2": ("other_donor", "XC"),
    "RC": ("coordinator", "XC"),
    "P1": ("partner", "XC"),
}


def add_assistance(
    cage: Cage, cast: Cast, records: Records, world: Mapping[str, Territory], readers: Mapping[str, frozenset[str]]
) -> None:
    """One entry of everybody's own; one that a donor tells State A of; one that State A shares.

    `readers`: by side, who reads what belongs to it.
    """
    register = _Register(cage, cast, records, world)
    for side, (hat, where) in RECORDERS.items():
        register.enter("activity.own", side, cast.hats[hat], where, readers[side])
    both = readers["D1"] | readers["A"]
    register.enter("activity.told", "A D1", cast.hats["donor"], "XA", both)
    # Those to whom State A has granted a request read what it shares; the second donor holds none of it.
    holders = readers["A"] | readers["D1"] | readers["RC"]
    register.enter("activity.shared", "A D1 RC", cast.hats["editor"], "XA", holders, shared=True)


class _Register:
    def __init__(self, cage: Cage, cast: Cast, records: Records, world: Mapping[str, Territory]) -> None:
        self.cage, self.cast, self.records, self.world = cage, cast, records, world

    def enter(
        self, kind: str, sides: str, hat: Hat, where: str, readers: frozenset[str], *, shared: bool = False
    ) -> AssistanceActivity:
        """An entry with a word in each of its texts."""
        owner = sides.split(maxsplit=1)[0]
        fields = ("title", "provider_name", "places", "beneficiaries", "description")
        words = {field: self.cage.mint(owner, f"activity.{field}", readers) for field in fields}
        texts = {field: f"Word {word}" for field, word in words.items()}
        values = ActivityValues(
            included=[self.world[where]],
            functional_areas=("COO",),
            assistance_types=("TRAIN",),
            period_start=dt.date(2026, 1, 1),
            period_end=dt.date(2030, 12, 31),
            shared=shared,
            **texts,
        )
        activity = record_activity(values=values, actor=hat.viewer)
        self.cage.watch(str(activity.uuid), owner, "activity.uuid", readers)
        shows = {f"activity.{field}": word for field, word in words.items()}
        self.records.add(kind, sides, {"activity": activity.uuid}, shows, activity)
        return activity


def add_around(
    cage: Cage, match: Match, state: Hat, approver: Hat, donor: Hat, readers: Mapping[str, frozenset[str]]
) -> dict[str, str]:
    """Messages and declarations that both sides of a match read, and a mark that only the donor does; what it shows."""
    both = readers["A"] | readers["D1"]
    asked, answered, declared = (cage.mint("A D1", f"message.{name}", both) for name in ("text", "answer", "interests"))
    send_message(match=match, text=f"Question {asked}", actor=donor.viewer)
    send_message(match=match, text=f"Answer {answered}", actor=state.viewer)
    declare_conflict(match=match, text=f"Interests {declared}", actor=approver.viewer)
    why = cage.mint("D1", "mark.reason", readers["D1"])
    later = dt.date.today() + dt.timedelta(days=60)  # noqa: DTZ011 (any day that lies ahead)
    mark_match(match=match, kind=MarkKind.DEFERRED, until=later, reason=f"Later {why}", actor=donor.viewer)
    return {"message.text": asked, "message.answer": answered}
