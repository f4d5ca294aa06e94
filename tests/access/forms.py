"""Valid input for every route that takes any: a W in the table means that this is taken.

An entry takes the world, the hat and the object, and answers what is sent. A route that writes and has no entry
fails the matrix with its name.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assessments.models import Assessment
from assessments.selectors.successions import upgrade_plan
from cooperation.forms.assistance_import import assistance_labels
from cooperation.forms.offer_import import labels
from cooperation.forms.portfolios import usual_initial
from cooperation.models import Match
from cooperation.models.assistance import ACTIVITY_RECORDERS
from cooperation.reports.assistance_workbook import assistance_workbook
from cooperation.reports.offer_workbook import offer_workbook
from cooperation.selectors.assistance import own_activities_by_uuid, providers_for
from cooperation.selectors.offers import own_offers_by_uuid
from cooperation.selectors.overlaps import grave, overlaps_of_match
from cooperation.selectors.territories import places_by_code
from tests.access.cast import PASSWORD, Hat
from tests.access.realm import Realm
from tests.access.records import Record
from tests.assessments.working_copies import take
from tests.conftest import SMALL_FILE
from wam_portal.spreadsheets import write_workbook

Sent = Callable[[Realm, Hat, Record], dict[str, Any]]


def _nothing(_realm: Realm, _hat: Hat, _record: Record) -> dict[str, Any]:
    return {}


def _version(record: Record, **fields: Any) -> dict[str, Any]:
    """Fields of a form that was opened on the object as it stands."""
    return {"base_version": getattr(record.obj, "version", 1), **fields}


def _answer(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    version = record.values["answer_version"]
    return {"base_version": version, "rating": "level:3", "basis": "document", "narrative": "Something else."}


def _assignment(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    return {"nodes": ["sto-02"], "mode": "for_state", "membership": record.values["membership"]}


def _choice(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    weighed = record.values["seen"]
    return {"base_version": 1, "seen": weighed, "rating": "level:3", "basis": "law", "why": "For a reason."}


def _start(realm: Realm, _hat: Hat, _record: Record) -> dict[str, Any]:
    version = str(realm.framework.uuid)
    return {"framework_version": version, "cycle": "2031", "title": "Next baseline", "started_on": "2031-01-05"}


def _baseline(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    return _version(record, title="Another title", started_on="2026-01-05")


def _request(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    return _version(record, title="Another title", currency="USD", language="en")


def _need(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    return _version(record, functional_area="STO", assistance_types=["TRAIN"], description="More training.")


def _release(realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    last_day = timezone.now().date() + timedelta(days=30)
    donor = realm.cast.parties["D2"]
    return _version(
        record,
        recipients=[str(donor.uuid)],
        level="summary",
        purpose="To decide.",
        expires_on=last_day.isoformat(),
        share="1",
    )


def _reason(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    return _version(record, reason="For a reason.")


def _offer(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    return _version(
        record,
        title="Another title",
        modality="grant",
        currency="USD",
        capacity="500000",
        period_start="2026-01-01",
        period_end="2030-12-31",
        valid_until="2030-12-31",
        included=["XB"],
    )


def _offers(_realm: Realm, hat: Hat, _record: Record) -> dict[str, Any]:
    """The workbook of the hat's own offers, untouched; others send what only looks like one."""
    content = b"PK"
    if hat.column in {"donor", "other_donor"}:
        offers = list(own_offers_by_uuid(hat.viewer).values())
        content = write_workbook(offer_workbook(offers, places_by_code(), labels()))
    return {"file": SimpleUploadedFile("offers.xlsx", content)}


def _portfolio(_realm: Realm, _hat: Hat, _record: Record) -> dict[str, Any]:
    usual = {name: "" if value is None else value for name, value in usual_initial().items()}
    return {**usual, "name": "Another portfolio", "seconds": 5}


def _match(_realm: Realm, hat: Hat, record: Record) -> dict[str, Any]:
    amount = {"amount": "1000.00"} if hat.column in {"donor", "other_donor"} else {}
    return _version(record, reason="For a reason.", kind="timing", **amount)


def _agreed(realm: Realm, hat: Hat, record: Record) -> dict[str, Any]:
    """A proposal or an acceptance by somebody who has declared and looked at what overlaps."""
    beside: dict[str, Any] = {"conflict": "none"}
    if hat.party is not None and isinstance(record.obj, Match):
        keys = [line.key for line in grave(overlaps_of_match(hat.viewer, record.obj))]
        beside |= {"overlaps_seen": " ".join(keys), "acknowledged": "on", "overlap_reason": "They are agreed."}
    return {**_match(realm, hat, record), **beside}


def _activity(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    return _version(
        record,
        title="Another title",
        kind="project",
        status="running",
        provider_name="Somebody",
        included=["XD"],
        functional_areas=["STO"],
        currency="USD",
    )


def _activities(_realm: Realm, hat: Hat, _record: Record) -> dict[str, Any]:
    """The workbook of the hat's own entries, untouched; others send what only looks like one."""
    content = b"PK"
    if hat.party is not None and hat.viewer.has_role(*ACTIVITY_RECORDERS):
        own = own_activities_by_uuid(hat.viewer).values()
        plan = assistance_workbook(own, places_by_code(), providers_for(hat.viewer), assistance_labels())
        content = write_workbook(plan)
    return {"file": SimpleUploadedFile("assistance.xlsx", content)}


def _upgrade(realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    newer = realm.framework.framework.versions.get(uuid=record.values["newer_framework"])
    seen = upgrade_plan(Assessment.objects.get(pk=record.obj.pk), newer).seen if record.obj else ""
    return _version(record, seen=seen)


def _file(name: str = "new.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"Nobody has sent this before.")


def _upload(_realm: Realm, _hat: Hat, _record: Record) -> dict[str, Any]:
    return {"documents": [_file()], "title": "New", "classification": "official"}


def _attach(_realm: Realm, _hat: Hat, _record: Record) -> dict[str, Any]:
    return {"upload": "1", "documents": [_file()], "classification": "official"}


def _link(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    return {"assessment": str(record.values["assessment"]), "indicators": ["coo-02"]}


def _only_version(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    return _version(record)


def _consultation(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    return _version(record, title="Another round", starts_on="2026-03-01", community_women="4")


def _summary(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    return _version(record, said="Something else.", indicators=["coo-01"])


def _contributor(_realm: Realm, _hat: Hat, _record: Record) -> dict[str, Any]:
    person = {"full_name": "New Guest", "email": "new-guest@example.test", "organisation": "Weavers", "language": "en"}
    return {**person, "indicators": ["coo-03"]}


def _invitee(_realm: Realm, hat: Hat, _record: Record) -> dict[str, Any]:
    role = {"donor": "offering_member", "other_donor": "offering_member"}
    role |= {"coordinator": "coordinator", "partner": "implementing_member"}
    roles = [role.get(hat.column, "viewer")]
    return {"full_name": "New Person", "email": "new@example.test", "roles": roles, "language": "fr"}


def _partner(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    chosen = {"functional_areas": ["COO"], "assistance_types": ["EXPERT"], "languages": ["en"], "included": ["XA"]}
    return _version(record, summary="Something else.", consents="on", **chosen)


def _project(_realm: Realm, _hat: Hat, _record: Record) -> dict[str, Any]:
    return {"title": "Another project", "functional_areas": ["COO"], "included": ["XA"], "ended_on": "2025-05-01"}


def _conflict(_realm: Realm, _hat: Hat, _record: Record) -> dict[str, Any]:
    return {"country": "XD", "reason": "For a reason."}


def _acceptance(_realm: Realm, _hat: Hat, _record: Record) -> dict[str, Any]:
    return {"full_name": "New Person", "password1": PASSWORD, "password2": PASSWORD}


def _workbook(_realm: Realm, hat: Hat, record: Record) -> dict[str, Any]:
    """An untouched working copy, as the hat downloads it; others send what only looks like one."""
    content = b"PK"
    if isinstance(record.obj, Assessment) and hat.column in {"editor", "contributor"}:
        content = take(hat.viewer, record.obj)
    return {"file": SimpleUploadedFile("copy.xlsx", content)}


def _decided(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    return _version(record, **{"decide-coo-02": "mine", "seen-coo-02": "1"})


def _finding(_realm: Realm, _hat: Hat, record: Record) -> dict[str, Any]:
    return {"base_version": record.values["fingerprint"], "reason": "For a reason."}


FORMS: Final[dict[str, Sent]] = {
    "assessments:finding-dismiss": _finding,
    "assessments:dismissal-undo": _finding,
    "assessments:answer-edit": _answer,
    "assessments:rating-edit": _answer,
    "assessments:working-copy-upload": _workbook,
    "assessments:working-copy-review": _decided,
    "assessments:working-copy-discard": _nothing,
    "assessments:assessment-start": _start,
    "assessments:assessment-edit": _baseline,
    "assessments:assessment-consult": _only_version,
    "assessments:assessment-discard": _only_version,
    "assessments:assessment-resume": _only_version,
    "assessments:assessment-submit": _only_version,
    "assessments:assessment-return": _reason,
    "assessments:assessment-endorse": lambda _r, _h, record: _version(record, authority="commission"),
    "assessments:assessment-reopen": _reason,
    "assessments:assignment-list": _assignment,
    "assessments:comment-add": lambda *_: {"body": "Something to say."},
    "assessments:comment-resolve": _nothing,
    "assessments:comment-reopen": _nothing,
    "assessments:mentions-read": _nothing,
    "assessments:flag-add": lambda *_: {"note": "Look again."},
    "assessments:flag-remove": _nothing,
    "assessments:section-presence": _nothing,
    "assessments:reconcile-indicator": _choice,
    "assessments:assignment-edit": lambda *_: {"base_version": 1, "due_on": "2027-05-01"},
    "assessments:meeting-add": lambda *_: {"title": "Session", "starts_at": "2027-01-05T10:00"},
    "assessments:meeting-edit": lambda _r, _h, record: _version(
        record, title="Session", starts_at="2027-01-05T10:00", participants="Ann, Police"
    ),
    "assessments:meeting-close": _only_version,
    "assessments:agenda-add": lambda _r, _h, record: _version(record, title="Something else"),
    "assessments:item-move": lambda _r, _h, record: _version(record, up="1"),
    "assessments:item-remove": _only_version,
    "assessments:item-decide": lambda _r, _h, record: _version(record, decision="Agreed."),
    "assessments:item-dissent": lambda _r, _h, record: _version(record, who="Police", why="Too early."),
    "assessments:meeting-minutes": lambda *_: {"language": "fr"},
    "assessments:return-address": lambda *_: {"note": "Looked at again."},
    "assessments:endorsement-policy": lambda *_: {"base_version": 0, "quorum": 1, "reason": "Few people."},
    "assessments:assignment-remove": _nothing,
    "assessments:assessment-scope": lambda *_: {"keys": ["sto"], "reason": "Not this year.", "confirmed": "1"},
    "assessments:scope-put-back": lambda *_: {"keys": ["sto"]},
    "assessments:assessment-upgrade": _upgrade,
    "assessments:answer-evidence": _attach,
    "assessments:evidence-upload": _upload,
    "assessments:evidence-edit": lambda _r, _h, record: _version(record, title="Else", classification="public"),
    "assessments:evidence-version-add": lambda _r, _h, record: _version(record, file=_file()),
    "assessments:evidence-withdraw": _reason,
    "assessments:evidence-link-add": _link,
    "assessments:evidence-link-remove": _nothing,
    "assessments:gap-confirm": _only_version,
    "assessments:gap-dismiss": _reason,
    "assessments:gap-reopen": _only_version,
    "assessments:gap-describe": lambda _r, _h, record: _version(record, root_cause="Too few people."),
    "assessments:request-draft": lambda _r, _h, record: {"gaps": [str(record.values["gap"])]},
    "assessments:request-edit": _request,
    "assessments:request-endorse": _only_version,
    "assessments:request-reopen": _only_version,
    "assessments:request-withdraw": _only_version,
    "assessments:request-release": _release,
    "assessments:need-add": _need,
    "assessments:need-edit": _need,
    "assessments:need-delete": _only_version,
    "assessments:grant-revoke": _nothing,
    "assessments:report-list": lambda _r, _h, _record: {
        "kind": "baseline_report",
        "source": "endorsed",
        "language": "fr",
    },
    "cooperation:dossier-create": lambda _r, _h, record: {"request": str(record.values["request"]), "language": "fr"},
    "cooperation:partner-edit": _partner,
    "cooperation:partner-project-add": _project,
    "cooperation:partner-project-edit": _project,
    "cooperation:partner-project-remove": _nothing,
    "cooperation:partner-conflict-add": _conflict,
    "cooperation:partner-conflict-withdraw": _nothing,
    "cooperation:offer-add": _offer,
    "cooperation:offer-import": _offers,
    "cooperation:offer-import-apply": _nothing,
    "cooperation:offer-import-discard": _nothing,
    "cooperation:offer-edit": _offer,
    "cooperation:offer-publish": _only_version,
    "cooperation:offer-close": _reason,
    "cooperation:offer-confirm": _nothing,
    "cooperation:offer-copy": _nothing,
    "cooperation:offer-reopen": _only_version,
    "cooperation:offer-run": _only_version,
    "cooperation:portfolio-add": _portfolio,
    "cooperation:portfolio-send": lambda _r, _h, record: {"pair": record.values["pair"], "confirmed": "1"},
    "cooperation:portfolio-discard": _nothing,
    "cooperation:activity-add": _activity,
    "cooperation:activity-edit": _activity,
    "cooperation:activity-remove": _only_version,
    "cooperation:activity-import": _activities,
    "cooperation:activity-import-apply": _nothing,
    "cooperation:activity-import-discard": _nothing,
    "cooperation:match-propose": _agreed,
    "cooperation:match-accept": _agreed,
    "cooperation:match-declare": lambda *_: {"conflict": "none"},
    "cooperation:objection-rule": lambda *_: {"base_version": 0, "days": 5, "weekend": "fri_sat"},
    "cooperation:match-object": _reason,
    "cooperation:objection-lift": lambda *_: {"reason": "For a reason."},
    "cooperation:match-mark": lambda *_: {"kind": "shortlisted"},
    "cooperation:match-messages": lambda *_: {"text": "A few words."},
    "cooperation:match-messages-read": _nothing,
    "cooperation:match-decline": _match,
    "cooperation:match-withdraw": _match,
    "assessments:consultation-add": _consultation,
    "assessments:consultation-edit": _consultation,
    "assessments:consultation-status": lambda _r, _h, record: _version(record, status="closed"),
    "assessments:consultation-delete": _only_version,
    "assessments:summary-add": _summary,
    "assessments:summary-edit": _summary,
    "assessments:summary-delete": _only_version,
    "assessments:contributor-invite": _contributor,
    "assessments:contributor-invitation": lambda *_: {"action": "withdraw"},
    "member-invite": _invitee,
    "member-end": _nothing,
    "member-agency": lambda *_: {"agency": "Coast guard"},
    "invitation-resend": _nothing,
    "invitation-revoke": _nothing,
    "invitation": _acceptance,
    "platform:framework-import": lambda *_: {"file": SimpleUploadedFile("small.yaml", SMALL_FILE.read_bytes())},
    "platform:framework-publish": _nothing,
    "platform:framework-discard": _nothing,
    "set_language": lambda *_: {"language": "fr", "next": "/"},
    "account_login": lambda *_: {"login": "nobody@example.test", "password": PASSWORD},
    "account_logout": _nothing,
    "account_reauthenticate": lambda *_: {"password": PASSWORD},
    "account_change_password": lambda *_: {
        "oldpassword": PASSWORD,
        "password1": "another long passphrase",
        "password2": "another long passphrase",
    },
    "account_reset_password": lambda *_: {"email": "nobody@example.test"},
    "account_reset_password_from_key": lambda *_: {"password1": "another long passphrase", "password2": "no match"},
}


def form_for(route: str, realm: Realm, hat: Hat, record: Record) -> dict[str, Any] | None:
    """What to send to a route, or None where nothing is known."""
    made = FORMS.get(route)
    return None if made is None else made(realm, hat, record)
