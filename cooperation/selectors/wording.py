"""The engine's values and sentences in the reader's language; the engine itself speaks none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from babel.lists import format_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import public
from cooperation import matching
from cooperation.enums import ApplicantKind, MatchStatus
from cooperation.models import Match
from wam_portal.formats import active_locale, format_day, format_money, format_number, format_percent
from wam_portal.languages import is_mirrored
from wam_portal.wording import TIER_LABELS

POINTS_PER_SCORE: Final = 100
"""Scores are shown out of a hundred."""
OPEN_ENDED_FROM: Final = 10**13
"""A band that ends beyond this (minor units) has no upper end: the last band of amounts is open."""
NOTHING: Final = "–"

LABELS: Final[dict[str, Mapping[str, Any]]] = {
    "area": dict(public.FunctionalArea.choices),
    "areas": dict(public.FunctionalArea.choices),
    "types": dict(public.AssistanceType.choices),
    "technologies": dict(public.Technology.choices),
    "lenses": dict(public.Lens.choices),
    "applicant_kind": dict(ApplicantKind.choices),
    "applicant_kinds": dict(ApplicantKind.choices),
    "rules": matching.RULE_LABELS,
    "criterion": matching.CRITERION_LABELS,
}
"""Codes whose names are the same for every match."""


@dataclass(frozen=True)
class Presenter:
    """Writes the engine's values in the active language. `names`: of parties by UUID and of territories by code."""

    names: Mapping[str, str] = field(default_factory=dict)

    def show(self, shown: matching.Shown) -> str:
        """One value. Raises `KeyError` for a kind that this version of the engine does not have."""
        kind, value = shown.kind, shown.value
        if kind in _FIXED:
            return _fixed(kind)
        if kind in LABELS:
            return self._coded(LABELS[kind], value)
        if kind in {"party", "territory", "text"}:
            return self.names.get(str(value), str(value))
        if kind in {"languages", "language"}:
            return listed(language_name(code) for code in _many(value))
        if kind in {"strategies", "texts", "priorities", "readiness", "territories"}:
            return self._composed(kind, value)
        return _WRITERS[kind](value)

    def sentence(self, sentence: matching.Sentence) -> str:
        """One sentence of the engine."""
        return matching.render(sentence, show=self.show, translate=_)

    def _coded(self, labels: Mapping[str, Any], value: Any) -> str:
        return listed(translated(labels.get(code, code)) for code in _many(value))

    def _composed(self, kind: str, value: Any) -> str:
        if kind in {"strategies", "texts"}:
            return listed(_many(value))
        if kind == "territories":
            return self._places(*value)
        if kind == "readiness":
            said = _("%(part)s: %(degree)s")
            return listed(said % {"part": _readiness_part(name), "degree": _degree(part)} for name, part in value)
        return listed(self._preference(name, codes) for name, codes in value if codes)

    def _places(self, included: tuple[str, ...], excluded: tuple[str, ...]) -> str:
        where = listed(self.names.get(code, code) for code in included) if included else _("everywhere")
        if not excluded:
            return where
        without = listed(self.names.get(code, code) for code in excluded)
        return _("%(places)s, but not %(others)s") % {"places": where, "others": without}

    def _preference(self, name: str, codes: Any) -> str:
        if codes == ("not_disclosed",):
            return _("not disclosed")
        if name == "territories":
            return listed(self.names.get(code, code) for code in codes)
        return self._coded(LABELS[name], codes)


def area_label(code: str) -> str:
    """A functional area by its code."""
    return str(LABELS["area"].get(code, code))


def status_label(match: Match) -> str:
    """Where a match stands, as its pages say it."""
    if match.status == MatchStatus.SUGGESTED and not match.eligible:
        return _("Not eligible")
    return str(MatchStatus(match.status).label)


def language_name(code: str) -> str:
    """A language by its name in the active language."""
    names = active_locale().languages
    return str(names.get(code.replace("-", "_"), names.get(code.partition("-")[0], code)))


def apart(text: str) -> str:
    """Text that keeps its own direction among others, in languages that run from right to left."""
    return f"\u2068{text}\u2069" if is_mirrored() else text


def listed(words: Iterable[str]) -> str:
    """Words as a list in the active language ("a, b and c"), a dash for none."""
    given = [apart(str(word)) for word in words]
    return str(format_list(given, style="standard", locale=active_locale())) if given else NOTHING


_FIXED: Final = frozenset({"none", "not_disclosed", "no_limit"})


def _fixed(kind: str) -> str:
    return {"none": NOTHING, "not_disclosed": _("not disclosed"), "no_limit": _("no limit")}[kind]


def translated(label: object) -> str:
    # Labels of the engine are plain text marked for translation; those of our choices are lazy and come as they are.
    return _(label) if isinstance(label, str) and label else str(label)


def _many(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _day(text: str) -> str:
    return apart(format_day(date.fromisoformat(text)))


def _money(value: Any) -> str:
    return NOTHING if value is None else format_money(*value)


def amount_text(value: matching.Amount | None) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, matching.Money):
        return format_money(value.minor, value.currency)
    return _band((value.low, value.high, value.currency))


def _band(value: Any) -> str:
    low, high, currency = value
    if high >= OPEN_ENDED_FROM:
        return _("%(low)s or more") % {"low": format_money(low, currency)}
    return _("%(low)s to %(high)s") % {"low": format_money(low, currency), "high": format_money(high, currency)}


def period_text(value: Any) -> str:
    return _("%(start)s to %(end)s") % {"start": _day(value[0]), "end": _day(value[1])}


def _open_period(value: Any) -> str:
    start, end = value
    if start and end:
        return period_text(value)
    if end:
        return _("until %(end)s") % {"end": _day(end)}
    return _("from %(start)s") % {"start": _day(start)} if start else _("no limit")


def _limits(value: Any) -> str:
    floor, ceiling, left = value
    parts = [_("%(amount)s left") % {"amount": _money(left)}]
    if floor is not None:
        parts.append(_("at least %(amount)s a request") % {"amount": _money(floor)})
    if ceiling is not None:
        parts.append(_("at most %(amount)s a request") % {"amount": _money(ceiling)})
    return listed(parts)


def _count(value: Any) -> str:
    return format_number(value)


def _days(value: Any) -> str:
    return ngettext("%(count)s day", "%(count)s days", value) % {"count": format_number(value)}


def _in_kind(value: Any) -> str:
    if value is None:
        return _("any number of requests")
    return ngettext("%(count)s request", "%(count)s requests", value) % {"count": format_number(value)}


def _level(value: Any) -> str:
    return NOTHING if value is None else _("level %(level)s") % {"level": format_number(value)}


def _gender(value: Any) -> str:
    return _("not screened") if value is None else str(dict(public.GenderMarker.choices)[str(value)])


def _percent(micro: int) -> str:
    percent = micro * POINTS_PER_SCORE / matching.UNIT
    return format_percent(round(percent, 1))


def _degree(part: Any) -> str:
    return _("not disclosed") if part == ("not_disclosed",) else _percent(part)


def _readiness_part(name: str) -> str:
    return {
        "baseline": _("endorsed baseline"),
        "completeness": _("coverage of the baseline"),
        "co_funding": _("national contribution"),
        "sustainment": _("maintenance and training"),
    }[name]


_WRITERS: Final[dict[str, Callable[[Any], str]]] = {
    "yes_no": lambda value: _("yes") if value else _("no"),
    "count": _count,
    "days": _days,
    "level": _level,
    "gender_marker": _gender,
    "share": _percent,
    "date": _day,
    "period": period_text,
    "open_period": _open_period,
    "money": _money,
    "money_band": _band,
    "limits": _limits,
    "in_kind": _in_kind,
    "tier": lambda value: str(TIER_LABELS.get(value, value)),
}
