"""What happens to somebody's second factor stands in the logs of their parties, and the person is told by mail.

Whoever has stolen a session must not be able to change the second factor unseen.
"""

from __future__ import annotations

import logging
from datetime import UTC
from enum import StrEnum
from functools import partial
from smtplib import SMTPException
from typing import Final

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wam_portal.access import PlatformViewer
from wam_portal.accounts.models import User
from wam_portal.accounts.selectors import parties_of
from wam_portal.audit.services import record
from wam_portal.formats import format_clock, format_day

logger = logging.getLogger(__name__)


class FactorEvent(StrEnum):
    """What happened; the value is the verb in the log."""

    SET_UP = "account.second_factor_set_up"
    TURNED_OFF = "account.second_factor_turned_off"
    REMOVED = "account.second_factor_removed"
    CODES_MADE = "account.recovery_codes_made"
    CODES_VIEWED = "account.recovery_codes_viewed"


SENTENCES: Final[dict[FactorEvent, str | Promise]] = {
    FactorEvent.SET_UP: _("A second factor was set up for your account."),
    FactorEvent.TURNED_OFF: _("The second factor of your account was turned off."),
    FactorEvent.REMOVED: _("The operator of the portal removed the second factor of your account, as was asked for."),
    FactorEvent.CODES_MADE: _("New recovery codes were made for your account. The old ones work no more."),
    FactorEvent.CODES_VIEWED: _("The recovery codes of your account were viewed."),
}


def note_second_factor(*, user: User, event: FactorEvent, by_operator: bool = False) -> None:
    """Record the event within the caller's `audited()`, and tell the person once it is committed."""
    parties = [held.party for held in parties_of(user)]
    actor = None if by_operator else PlatformViewer(user)
    record(verb=event.value, target=user, actor=actor, parties=parties)
    transaction.on_commit(partial(_mail, user, event))


def _mail(user: User, event: FactorEvent) -> None:
    """Tell the person in their language. The mail holds no secret and asks for nothing but a look."""
    now = timezone.now()
    with translation.override(user.language), timezone.override(UTC):
        words = {
            "name": user.full_name,
            "sentence": SENTENCES[event],
            "day": format_day(now.date()),
            "clock": format_clock(now),
            "link": f"{settings.PUBLIC_BASE_URL}{reverse('mfa_index')}",
        }
        body = render_to_string("accounts/mail/second_factor.txt", words)
        subject = str(_("Your account at the WAM portal: second factor"))
    try:
        send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [user.email])
    except (SMTPException, OSError):
        logger.exception("The mail about %s to account %s could not be sent", event.value, user.uuid)
