"""The need's side of an acceptance: nobody promises a need more than its State asks for, however many donors agree.

The offer's row is always taken before the need's, so two acceptances never wait for each other in a circle.
"""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import public
from cooperation import matching
from cooperation.enums import MatchStatus, Side
from cooperation.models import Match, NeedBalance
from cooperation.selectors.rates import engine_rates, newest_rate_set
from wam_portal.access import SystemViewer
from wam_portal.errors import Invalid
from wam_portal.formats import format_money

SYSTEM = SystemViewer("matching")


def check_asked(*, match: Match, amount_minor: int) -> None:
    """Refuse an amount beyond what the grant says that the need asks for. Raises `Invalid`."""
    asked = matching.from_json(matching.Need, match.need).amount
    if asked is None:
        return
    if _converted(_converter(), amount_minor, match.offer.currency, asked.currency) > asked.high:
        most = format_money(asked.high, asked.currency)
        raise Invalid({"amount": [_("This need asks for %(most)s at most.") % {"most": most}]})


def commit_to_need(*, match: Match, amount_minor: int, side: Side) -> None:
    """Take the amount from what the need still asks for, within the caller's transaction, or take nothing.

    Amounts are compared in the request's currency, at the newest rates. Raises `Invalid`: with figures for the State;
    a donor is told no sum that others give, nor an amount that its grant does not show.
    """
    sought = public.amount_sought(SYSTEM, match.grant_uuid, match.need_uuid)
    if sought is None:
        return
    converter = _converter()
    worth = _converted(converter, amount_minor, match.offer.currency, sought.currency)
    _prepare_balance(match, sought, converter)
    if reserve_need(match=match, sought=sought, worth_minor=worth):
        return
    if side == Side.DONOR:
        raise Invalid({"amount": [_("More would be agreed than this need asks for. Give less, or ask the State.")]})
    raise Invalid({"amount": [_too_much(match, sought, worth)]})


def reserve_need(*, match: Match, sought: public.Sought, worth_minor: int) -> bool:
    """Take `worth_minor` from what a need still asks for; False when it is not there.

    One UPDATE both looks and takes, so two donors at the same moment never promise more than is asked for.
    """
    room = NeedBalance.objects.filter(need_uuid=match.need_uuid, currency=sought.currency)
    if worth_minor > sought.minor:
        return False
    taken = room.filter(committed_minor__lte=sought.minor - worth_minor)
    return bool(taken.update(sought_minor=sought.minor, committed_minor=F("committed_minor") + worth_minor))


def _prepare_balance(match: Match, sought: public.Sought, converter: matching.Converter) -> None:
    """A row for the need in the request's currency, with all that was agreed before there was one."""
    held = NeedBalance.objects.filter(need_uuid=match.need_uuid)
    if held.filter(currency=sought.currency).exists():
        return
    # The State released the request anew in another currency: hold the row, so that nothing is agreed meanwhile.
    other = held.update(committed_minor=F("committed_minor"))
    agreed = _agreed_minor(match, sought.currency, converter)
    # What is agreed stands, also where the State asks for less now; it holds no room then.
    fields = {
        "currency": sought.currency,
        "committed_minor": agreed,
        "sought_minor": max(sought.minor, agreed),
    }
    if other:
        held.update(**fields)
    else:
        NeedBalance.objects.get_or_create(need_uuid=match.need_uuid, defaults={**fields, "state": match.state})


def _agreed_minor(match: Match, currency: str, converter: matching.Converter) -> int:
    agreed = Match.objects.visible_to(SYSTEM).filter(
        need_uuid=match.need_uuid, status=MatchStatus.ACCEPTED, amount_minor__isnull=False
    )
    amounts = agreed.values_list("amount_minor", "offer__currency")
    return sum(_converted(converter, minor or 0, source, currency) for minor, source in amounts)


def _converter() -> matching.Converter:
    return matching.Converter(engine_rates(newest_rate_set(), timezone.localdate()))


def _converted(converter: matching.Converter, minor: int, source: str, target: str) -> int:
    worth = converter.convert(minor, source, target)
    if worth is None:
        text = _("There is no exchange rate between %(source)s and %(target)s, so the amounts cannot be compared.")
        raise Invalid({"amount": [text % {"source": source, "target": target}]})
    return worth


def _too_much(match: Match, sought: public.Sought, worth: int) -> str:
    committed = NeedBalance.objects.visible_to(SYSTEM).get(need_uuid=match.need_uuid).committed_minor
    text = _("This need asks for %(sought)s, of which %(agreed)s are agreed: %(amount)s more would be too much.")
    return text % {
        "sought": format_money(sought.minor, sought.currency),
        "agreed": format_money(committed, sought.currency),
        "amount": format_money(worth, sought.currency),
    }
