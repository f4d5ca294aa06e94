"""Releases and grants: what leaves a State's record, to whom, until when."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import GrantLevel, RecipientKind
from assessments.models import AssistanceRequest, Grant, Release, RequestVersion
from assessments.permissions import can_release_request, can_revoke_grant
from assessments.release_keys import ALL_KEYS, ALWAYS, LEVEL_KEYS
from wam_portal.access import Viewer, require
from wam_portal.accounts.models import Party
from wam_portal.audit.services import audited, record
from wam_portal.canonical import content_hash
from wam_portal.errors import Invalid
from wam_portal.jobs.services import enqueue

HASH_TAG = "release"
SALT_BYTES = 16
DEFAULT_DAYS = 90
MAX_DAYS = 365
PURPOSE_MAX = 400


def release_request(
    *,
    request: AssistanceRequest,
    actor: Viewer,
    level: str,
    purpose: str,
    recipients: Sequence[Party] = (),
    all_donors: bool = False,
    expires_on: date | None = None,
    keys: Collection[str] | None = None,
) -> list[Grant]:
    """Share the newest endorsed version of a request: one grant for each recipient, and one for all donors if asked.

    The release is made once for a version and serves all its grants. `keys` are read at the level "custom" only; what
    every level holds is added. `expires_on` is the last day (UTC) on which the grants hold, at most `MAX_DAYS` ahead,
    by default `DEFAULT_DAYS`. Matching is asked to run again. Raises `Refused`, and `Invalid` with every problem (a
    recipient that neither offers nor coordinates among them): then nothing is shared.
    """
    require(can_release_request(actor, request))
    last_day = expires_on or timezone.now().date() + timedelta(days=DEFAULT_DAYS)
    allowed = checked_grant(
        actor=actor,
        level=level,
        purpose=purpose,
        recipients=recipients,
        all_donors=all_donors,
        expires_on=last_day,
        keys=keys,
    )
    with audited():
        release = _release_of(request, actor)
        to: list[Party | None] = [*recipients, *([None] if all_donors else [])]
        grants = [
            grant_release(
                release=release,
                recipient=recipient,
                level=level,
                keys=allowed,
                purpose=purpose,
                expires_on=last_day,
                actor=actor,
            )
            for recipient in to
        ]
        _ask_for_matching(request)
    return grants


def checked_grant(
    *,
    actor: Viewer,
    level: str,
    purpose: str,
    recipients: Sequence[Party],
    all_donors: bool,
    expires_on: date,
    keys: Collection[str] | None = None,
) -> frozenset[str]:
    """The keys that such grants would disclose. Raises `Invalid` with every problem; writes nothing."""
    errors: dict[str, list[str]] = {}
    if not recipients and not all_donors:
        errors["recipients"] = [_("Choose who may see this.")]
    elif not all(_may_receive(party, actor) for party in recipients):
        errors["recipients"] = [_("Choose donors and coordinators from those shown.")]
    if not purpose.strip():
        errors["purpose"] = [_("Say for what purpose you share this.")]
    elif len(purpose.strip()) > PURPOSE_MAX:
        errors["purpose"] = [_("Use at most %(limit)d characters.") % {"limit": PURPOSE_MAX}]
    today = timezone.now().date()
    if not today < expires_on <= today + timedelta(days=MAX_DAYS):
        errors["expires_on"] = [_("Choose a day from tomorrow to %(days)d days ahead.") % {"days": MAX_DAYS}]
    if level not in GrantLevel.values:
        errors["level"] = [_("Choose what they may see.")]
    elif level == GrantLevel.CUSTOM and not ALL_KEYS.issuperset(keys or ()):
        errors["keys"] = [_("Choose parts from those shown.")]
    if errors:
        raise Invalid(errors)
    return frozenset(keys or ()) | ALWAYS if level == GrantLevel.CUSTOM else LEVEL_KEYS[GrantLevel(level)]


def grant_release(
    *,
    release: Release,
    recipient: Party | None,
    level: str,
    keys: Collection[str],
    purpose: str,
    expires_on: date,
    actor: Viewer,
) -> Grant:
    """Let one party (None: all donors) see `keys` of a release, within the caller's `audited()`.

    A named party reads in its own chain that it received something. Earlier grants stand until they are revoked.
    """
    kind = RecipientKind.ALL_DONORS if recipient is None else RecipientKind.PARTY
    grant = Grant.objects.create(
        release=release,
        recipient_kind=kind,
        recipient=recipient,
        level=level,
        keys=sorted(keys),
        purpose=purpose.strip(),
        granted_by=actor.user,
        granted_at=timezone.now(),
        expires_at=_end_of(expires_on),
    )
    _record_grant("grant.made", grant, actor, {"level": str(level), "keys": len(keys), "until": expires_on.isoformat()})
    return grant


def revoke_grant(*, grant: Grant, actor: Viewer) -> Grant:
    """End a grant at once; the recipient's next request finds nothing. Matching is asked to run again.

    Raises `Refused`, also for a grant that is revoked already.
    """
    require(can_revoke_grant(actor, grant))
    with audited():
        if not _revoke(grant, actor):
            grant.refresh_from_db()
            require(can_revoke_grant(actor, grant))
        _ask_for_matching(grant.release.request_version.request)
    return grant


def revoke_all_grants(*, request: AssistanceRequest, actor: Viewer) -> int:
    """Revoke every grant of a request that is still in force, within the caller's `audited()`; answers how many.

    Asks no permission of its own: withdrawing a request does.
    """
    held = Grant.objects.active().filter(release__request_version__request=request)
    revoked = sum(_revoke(grant, actor) for grant in held.select_related("release__state", "recipient"))
    _ask_for_matching(request)
    return revoked


def _may_receive(party: Party, actor: Viewer) -> bool:
    return (party.offers or party.coordinates) and party.pk != actor.party.pk


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)


def _release_of(request: AssistanceRequest, actor: Viewer) -> Release:
    """The release of the newest endorsed version, made when there is none; two at once get the same."""
    version = request.versions.order_by("-number")[0]
    existing = version.releases.order_by("number").first()
    if existing is not None:
        return existing
    now = timezone.now()
    salt = secrets.token_hex(SALT_BYTES)
    content = {**version.content, "released_on": now.date().isoformat()}
    try:
        with transaction.atomic():
            release = Release.objects.create(
                request_version=version,
                state=request.state,
                number=1,
                schema_version=content["schema"],
                content=content,
                salt=salt,
                content_hash=content_hash(HASH_TAG, {"content": content, "salt": salt}),
                released_by=actor.user,
                released_at=now,
            )
    except IntegrityError:
        return version.releases.get(number=1)
    _record_release(release, version, actor)
    return release


def _revoke(grant: Grant, actor: Viewer) -> bool:
    now = timezone.now()
    if not Grant.objects.filter(pk=grant.pk, revoked_at__isnull=True).update(revoked_at=now, revoked_by=actor.user):
        return False
    grant.revoked_at, grant.revoked_by = now, actor.user
    _record_grant("grant.revoked", grant, actor, {"level": grant.level})
    return True


def _ask_for_matching(request: AssistanceRequest) -> None:
    for kind in settings.GRANT_CHANGED_JOBS:
        enqueue(kind=kind, unique_key=str(request.uuid), payload={"request": str(request.uuid)})


def _record_release(release: Release, version: RequestVersion, actor: Viewer) -> None:
    changes = {"number": version.number, "content_hash": release.content_hash}
    record(verb="request.released", target=release, actor=actor, parties=[actor.party], changes=changes)


def _record_grant(verb: str, grant: Grant, actor: Viewer, changes: dict[str, Any]) -> None:
    parties = [grant.release.state, *([grant.recipient] if grant.recipient else [])]
    record(verb=verb, target=grant, actor=actor, parties=parties, changes={"to": grant.recipient_kind, **changes})
