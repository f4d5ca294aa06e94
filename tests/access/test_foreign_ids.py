"""Identifiers of others inside what is sent, and fields that nobody may set: refused, and nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.db import models, transaction

from assessments.models import (
    Answer,
    Assessment,
    Assignment,
    AssistanceRequest,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    Gap,
    Grant,
    IndependentRating,
    Need,
)
from cooperation.models import (
    AssistanceActivity,
    ConflictDeclaration,
    Dossier,
    Match,
    MatchMark,
    MatchMessage,
    Offer,
    PortfolioRun,
)
from tests.access.cast import Hat
from tests.access.checks import leak_problems, write_problems
from tests.access.forms import form_for
from tests.access.matrix import Matrix
from tests.access.prober import Prober
from tests.access.realm import Realm
from tests.access.records import Record
from wam_portal.accounts.models import Party

pytestmark = pytest.mark.django_db
REVOKE: Final = "assessments:grant-revoke"
WATCHED: Final[tuple[type[models.Model], ...]] = (
    Answer,
    Assessment,
    Assignment,
    AssistanceActivity,
    AssistanceRequest,
    ConflictDeclaration,
    Dossier,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    Gap,
    Grant,
    IndependentRating,
    Match,
    MatchMark,
    MatchMessage,
    Need,
    Offer,
    Party,
    PortfolioRun,
)


@dataclass(frozen=True)
class Smuggled:
    """A form of `hat` in which `fields` names something that belongs to somebody else."""

    route: str
    hat: str
    kind: str
    fields: Callable[[Realm], dict[str, Any]]
    at: Callable[[Realm], dict[str, Any]] = lambda _realm: {}


def _one(realm: Realm, kind: str, side: str) -> Record:
    return realm.records.own(kind, side)[0]


def _foreign_gap(realm: Realm) -> str:
    return str(_one(realm, "assessment.endorsed", "B").values["gap"])


def _foreign_need(realm: Realm) -> str:
    return str(_one(realm, "request.endorsed", "B").values["need"])


SMUGGLED: Final = (
    Smuggled("assessments:request-draft", "editor", "assessment.endorsed", lambda r: {"gaps": [_foreign_gap(r)]}),
    Smuggled("assessments:need-add", "editor", "request.draft", lambda r: {"gaps": [_foreign_gap(r)]}),
    Smuggled("assessments:need-edit", "editor", "request.draft", lambda r: {"gaps": [_foreign_gap(r)]}),
    Smuggled(
        "assessments:assignment-list",
        "editor",
        "assessment.draft",
        lambda r: {"membership": _one(r, "assessment.draft", "B").values["membership"]},
    ),
    Smuggled(
        "assessments:request-release",
        "approver",
        "request.endorsed",
        lambda r: {"recipients": [str(r.cast.parties["B"].uuid)]},
    ),
    Smuggled(
        "cooperation:dossier-create",
        "editor",
        "request.endorsed",
        lambda r: {"request": str(_one(r, "request.endorsed", "B").values["request"])},
    ),
    Smuggled(
        "cooperation:dossier-create",
        "other_donor",
        "request.endorsed",
        lambda r: {"request": "", "grant": str(_one(r, "grant.received", "D1").values["grant"])},
    ),
    Smuggled(
        "cooperation:activity-add",
        "donor",
        "party",
        lambda r: {"provider": str(r.cast.parties["B"].uuid), "provider_name": ""},
    ),
    Smuggled(
        "cooperation:portfolio-send",
        "coordinator",
        "portfolio",
        lambda r: {"pair": f"{_foreign_need(r)}:{_one(r, 'offer.published', 'D2').values['offer']}"},
    ),
    # Parts of an address that belong to different owners: one's own parent, somebody else's child.
    Smuggled(
        "assessments:need-edit",
        "editor",
        "request.draft",
        lambda _r: {},
        lambda r: {"need": _one(r, "request.draft", "B").values["need"]},
    ),
    Smuggled(
        "assessments:need-delete",
        "editor",
        "request.draft",
        lambda _r: {},
        lambda r: {"need": _one(r, "request.draft", "B").values["need"]},
    ),
    Smuggled(
        "assessments:need-edit",
        "editor",
        "request.draft",
        lambda _r: {},
        lambda r: {"need": _one(r, "request.endorsed", "A").values["need"]},
    ),
    Smuggled(
        "assessments:assignment-remove",
        "editor",
        "assessment.draft",
        lambda _r: {},
        lambda r: {"assignment": _one(r, "assessment.draft", "B").values["assignment"]},
    ),
    Smuggled(
        "assessments:evidence-link-add",
        "editor",
        "evidence.unlinked",
        lambda r: {"assessment": str(_one(r, "assessment.draft", "B").values["assessment"])},
    ),
    Smuggled(
        "assessments:answer-evidence",
        "editor",
        "assessment.draft",
        lambda r: {"upload": [], "evidence": str(_one(r, "evidence.unlinked", "B").values["evidence"])},
    ),
    Smuggled(
        "assessments:evidence-link-remove",
        "editor",
        "evidence.shared",
        lambda _r: {},
        lambda r: {"link": _one(r, "evidence.confidential", "A").values["link"]},
    ),
    Smuggled(
        "assessments:evidence-link-remove",
        "editor",
        "evidence.shared",
        lambda _r: {},
        lambda r: {"link": _one(r, "evidence.shared", "B").values["link"]},
    ),
    Smuggled(
        REVOKE,
        "approver",
        "grant.given",
        lambda _r: {},
        lambda r: {"grant": _one(r, "grant.given", "B").values["grant"]},
    ),
    Smuggled(
        REVOKE,
        "approver",
        "request.draft",
        lambda _r: {},
        lambda r: {"grant": _one(r, "grant.given", "A").values["grant"]},
    ),
)


def _snapshot() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables that hold what people decided."""
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in WATCHED}


@pytest.mark.parametrize("case", SMUGGLED, ids=lambda case: f"{case.route}-{case.hat}-{case.kind}")
def test_what_belongs_to_others_is_not_taken_from_a_form(realm: Realm, case: Smuggled) -> None:
    matrix, hat = Matrix(realm), realm.cast.hats[case.hat]
    own = (realm.records.own(case.kind, hat.side) or realm.records.of_kind(case.kind))[0]
    sent = {**(form_for(case.route, realm, hat, own) or {}), **case.fields(realm)}
    url = matrix.routes[case.route].url({**own.values, **case.at(realm), "party": hat.slug})
    answer = Prober().send(hat, "POST", url, sent)
    assert answer.status in {403, 404, 422}, answer.status
    assert list(write_problems(answer, viewed=False)) == []
    assert list(leak_problems(realm, hat, answer)) == []


def test_the_same_forms_are_taken_with_ones_own_identifiers(realm: Realm) -> None:
    """The control: without it, a form that refuses everything would pass the test above."""
    matrix = Matrix(realm)
    for case in SMUGGLED:
        hat = realm.cast.hats[case.hat]
        if not realm.records.own(case.kind, hat.side) or (case.kind, case.route) == ("request.draft", REVOKE):
            continue
        own = _one(realm, case.kind, hat.side)
        url = matrix.routes[case.route].url({**own.values, "party": hat.slug})
        answer = Prober().send(hat, "POST", url, form_for(case.route, realm, hat, own))
        assert 200 <= answer.status < 400, (case.route, answer.status, answer.failure)
        assert list(write_problems(answer, viewed=True)) != [], case.route


# Field names that a form might take over by accident, with a value that would show.
FORBIDDEN: Final[dict[str, Any]] = {
    "status": "endorsed",
    "state": "1",
    "state_id": "1",
    "party": "borvenia",
    "donor": "1",
    "donor_id": "1",
    "version": "99",
    "reference": "XX-0000-000",
    "uuid": "c0ffee00-0000-4000-8000-000000000001",
    "id": "1",
    "pk": "1",
    "assessment": "1",
    "assessment_id": "1",
    "request_id": "1",
    "created_by": "1",
    "last_edited_by": "1",
    "submitted_by": "1",
    "updated_by": "1",
    "decided_by": "1",
    "granted_by": "1",
    "content_hash": "0" * 64,
    "severity_micro": "1",
    "tier": "low",
    "committed_minor": "77",
    "committed_requests": "7",
    "score_micro": "1000000",
    "eligible": "on",
    "signed": "{}",
    "state_agreed_at": "2026-01-01T00:00:00Z",
    "donor_agreed_at": "2026-01-01T00:00:00Z",
    "revoked_at": "",
    "is_platform_admin": "on",
    "role": "national_admin",
}
MASS: Final = (
    ("assessments:answer-edit", "editor", "assessment.draft"),
    ("assessments:assessment-edit", "editor", "assessment.draft"),
    ("assessments:assessment-submit", "editor", "assessment.full_draft"),
    ("assessments:assessment-return", "approver", "assessment.in_review"),
    ("assessments:gap-confirm", "editor", "gap.open"),
    ("assessments:gap-dismiss", "editor", "gap.open"),
    ("assessments:gap-describe", "editor", "gap.open"),
    ("assessments:request-edit", "editor", "request.draft"),
    ("assessments:need-add", "editor", "request.draft"),
    ("assessments:need-edit", "editor", "request.draft"),
    ("assessments:request-endorse", "approver", "request.ready"),
    ("assessments:request-reopen", "approver", "request.endorsed"),
    ("cooperation:offer-edit", "donor", "offer.draft"),
    ("cooperation:offer-publish", "donor", "offer.draft"),
    ("cooperation:activity-edit", "donor", "activity.own"),
    ("cooperation:match-messages", "donor", "match.thread"),
    ("cooperation:match-declare", "donor", "match.thread"),
    ("cooperation:match-propose", "donor", "match.suggested"),
    ("cooperation:match-decline", "approver", "match.suggested"),
    ("cooperation:match-accept", "approver", "match.awaiting_state"),
)
# Times of writing and the identifiers of what a form makes anew differ from one run to the next.
MOVING: Final = ("_at", "uuid", "signed", "review_on")


def _after(realm: Realm, hat: Hat, url: str, sent: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    """What the watched tables hold after a form was taken; it is taken back afterwards."""
    with transaction.atomic():
        client = Prober().client_for(hat)
        response = client.post(url, sent)
        assert 300 <= response.status_code < 400, (url, response.status_code)
        rows = [(model.__name__, _still(model)) for model in WATCHED]
        transaction.set_rollback(True)
    return rows


def _still(model: type[models.Model]) -> list[Any]:
    names = [field.attname for field in model._meta.concrete_fields if not field.attname.endswith(MOVING)]
    return sorted(map(str, model.objects.values_list(*[name for name in names if name not in {"id", "at"}])))


@pytest.mark.parametrize(("route", "name", "kind"), MASS)
def test_fields_that_are_not_on_the_form_change_nothing(realm: Realm, route: str, name: str, kind: str) -> None:
    hat = realm.cast.hats[name]
    own = _one(realm, kind, hat.side)
    url = Matrix(realm).routes[route].url({**own.values, "party": hat.slug})
    plain = form_for(route, realm, hat, own) or {}
    extra = {field: value for field, value in FORBIDDEN.items() if field not in plain}
    assert _after(realm, hat, url, {**extra, **plain}) == _after(realm, hat, url, plain)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_api_takes_nothing(realm: Realm, method: str) -> None:
    """The API of this release only reads; whoever writes to it is refused and nothing is stored."""
    matrix, before = Matrix(realm), _snapshot()
    for row in [row for row in matrix.rows if row.route.startswith("api:")]:
        hat = realm.cast.hats["donor"]
        record = matrix.own(row, hat)[0]
        url = matrix.routes[row.route].url({**record.values, "party": hat.slug})
        answer = Prober().send(hat, method, url, dict(FORBIDDEN), json=True)
        assert answer.status in {403, 404, 405}, (row.route, answer.status)
        assert list(write_problems(answer, viewed=False)) == []
    assert _snapshot() == before
