"""Tags and filters that every page uses; the file of each component says what it shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wam_portal import charts, formats, languages
from wam_portal.access import Decision
from wam_portal.wording import STATUS_SHAPES, TIER_LABELS, TIER_MARKS

register = template.Library()

_DIRECTIONAL = frozenset({"back", "forward"})


@register.simple_tag
def page_language() -> languages.PageLanguage:
    """The language asked for, that of the words, and the direction: {% page_language as page_language %}."""
    return languages.page_language()


@register.simple_tag
def page_languages() -> list[tuple[str, str, bool]]:
    """The languages to choose from: {% page_languages as choices %}."""
    return languages.page_languages()


@register.simple_tag
def document_languages() -> list[tuple[str, str]]:
    """The languages to ask for a document in: {% document_languages as choices %}."""
    return languages.document_languages()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one symbol of static/icons.svg; always put a word beside it."""
    flip = " icon-flip" if name in _DIRECTIONAL else ""
    return format_html(
        '<svg class="icon{}" width="16" height="16" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        flip,
        static("icons.svg"),
        name,
    )


@register.filter
def code(value: object) -> SafeString:
    """Keep a code, reference or hash in one piece, read from left to right in every language."""
    return format_html('<bdi class="code" dir="ltr">{}</bdi>', value)


@register.filter
def lang_attr(text: object) -> SafeString | str:
    """The attribute ` lang="fr"` for a text that knows its language, where that is not the language of the page."""
    language = str(getattr(text, "language", ""))
    if not language or language.lower() == (get_language() or "").lower():
        return ""
    return format_html(' lang="{}"', language)


@register.filter
def money(minor: int | None, currency: str) -> SafeString | str:
    """Write minor units with their ISO 4217 code: {{ need.amount|money:need.currency }}; None becomes a dash."""
    if minor is None:
        return "–"
    return format_html('<bdi class="amount">{}</bdi>', formats.format_money(minor, currency))


@register.filter
def number(value: float | int | Decimal | str | None, places: int | None = None) -> SafeString | str:
    """Write a number in the active language: {{ score|number:1 }}; None becomes a dash, text stays as it is."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    return format_html("<bdi>{}</bdi>", formats.format_number(value, places))


@register.filter
def percent(value: int | float | Decimal | None) -> SafeString | str:
    """Write a number of hundredths with its sign: {{ score.percent|percent }}; None becomes a dash."""
    return "–" if value is None else format_html("<bdi>{}</bdi>", formats.format_percent(value))


@register.filter
def share(part: float | int, whole: float | int) -> SafeString:
    """Write a part of a whole in percent: {{ rated|share:total }}."""
    return format_html("<bdi>{}</bdi>", formats.format_share(part, whole))


@register.filter
def clock(moment: dt.datetime) -> str:
    """Write hours and minutes."""
    return formats.format_clock(moment)


@register.filter
def day(value: dt.date | None) -> str:
    """Write a date; None becomes a dash."""
    return "–" if value is None else formats.format_day(value)


@register.filter
def ago(moment: dt.datetime) -> str:
    """Write how long ago something was, where the time itself does not matter."""
    return formats.format_distance(moment)


@register.simple_tag
def when(moment: dt.datetime | dt.date | None) -> SafeString | str:
    """Write a time relative and absolute: "3 hours ago (24 Nov 2026 14:02)"."""
    if moment is None:
        return "–"
    absolute = formats.format_moment(moment) if isinstance(moment, dt.datetime) else formats.format_day(moment)
    return format_html(
        '<time datetime="{}">{} <span class="absolute">(<bdi>{}</bdi>)</span></time>',
        moment.isoformat(),
        formats.format_distance(moment),
        absolute,
    )


@register.simple_tag
def until(moment: dt.datetime | dt.date) -> SafeString:
    """Write a time after "until", where only the absolute one reads on: "24 Nov 2026 14:02 (in 3 hours)"."""
    absolute = formats.format_moment(moment) if isinstance(moment, dt.datetime) else formats.format_day(moment)
    return format_html(
        '<time datetime="{}"><bdi>{}</bdi> <span class="absolute">({})</span></time>',
        moment.isoformat(),
        absolute,
        formats.format_distance(moment),
    )


@register.filter
def error_target(field: BoundField) -> str:
    """The id of the control that an error of this field should lead to; groups lead to their first choice."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.inclusion_tag("components/status_badge.html")
def status_badge(status: str, label: str = "") -> dict[str, str]:
    """Show a state of work in a word with a shape: {% status_badge request.status request.get_status_display %}."""
    text = label or str(getattr(status, "label", status))
    return {"label": text, "icon": STATUS_SHAPES.get(str(status), "ring")}


@register.inclusion_tag("components/tier_badge.html")
def tier_badge(tier: str, label: str = "") -> dict[str, str]:
    """Show a severity tier in a word with filled marks."""
    known = TIER_LABELS.get(str(tier))
    return {"tier": str(tier), "label": label or str(known or tier), "marks": TIER_MARKS.get(str(tier), "")}


@register.simple_tag
def level_badge(position: int, count: int = 5, label: str = "", number: int | None = None) -> SafeString:
    """Show a level by its number on a shade; `count` is the number of options of the scale.

    `number` is what the scale calls it, its place from 1 where that is left out. Written without a template of its
    own because a section sheet shows dozens.
    """
    badge = format_html(
        '<span class="level level-{}"><span class="visually-hidden">{} </span><bdi>{}</bdi></span>',
        charts.level_step(position, count),
        _("level"),
        position if number is None else number,
    )
    return format_html('{} <span class="level-label">{}</span>', badge, label) if label else badge


@register.simple_tag
def level_scale(
    position: int | None, count: int = 5, target: int | None = None, numbers: Sequence[int] = ()
) -> SafeString:
    """Show where a level stands on its scale, and the target; position None means not rated.

    `numbers` are what the scale calls its levels, 1 to `count` where they are left out. Written without a template of
    its own because lists of gaps show one a row.
    """
    named = list(numbers) or list(range(1, count + 1))
    if position is None:
        words = _("not rated")
    elif named == list(range(1, count + 1)):
        words = _("level %(position)s of %(count)s") % {"position": position, "count": count}
    else:
        # "Level 0 of 3" would be a riddle where the lowest of four levels is 0.
        ends = {"level": named[position - 1], "lowest": named[0], "highest": named[-1]}
        words = _("level %(level)s on a scale from %(lowest)s to %(highest)s") % ends
    if target is not None:
        words += ", " + _("target %(target)s") % {"target": named[target - 1]}
    steps = format_html_join(
        "",
        '<span class="level-step{}{}">{}</span>',
        (
            (
                f" level-{charts.level_step(step, count)}" if position is not None and step <= position else "",
                " is-target" if step == target else "",
                named[step - 1] if step == position else "",
            )
            for step in range(1, count + 1)
        ),
    )
    return format_html(
        '<span class="level-scale"><span class="visually-hidden">{}</span>'
        '<span class="level-steps" aria-hidden="true">{}</span></span>',
        words,
        steps,
    )


@register.inclusion_tag("charts/points.html")
def points_bar(points: float, maximum: float) -> dict[str, object]:
    """Show points as a bar with the number beside it."""
    return {"bar": charts.points_bar(points, maximum, mirrored=languages.is_mirrored())}


@register.inclusion_tag("components/action_button.html", takes_context=True)
def action_button(
    context: Context,
    label: str,
    url: str,
    decision: Decision | bool | str | None = None,
    method: str = "get",
    kind: str = "secondary",
    name: str = "",
    value: str = "",
) -> dict[str, object]:
    """Show an action; a refused one stays visible, disabled, with the reason and who can.

    `decision` is what the permission predicate answered (None, or a variable that the page has not: allowed);
    `method` "get" makes a link, "post" a form; `kind` is
    "primary" (one a page), "secondary" or "danger".
    """
    return {
        "label": label,
        "url": url,
        "allowed": True if decision is None or decision == "" else bool(decision),
        "reason": getattr(decision, "reason", ""),
        "who": getattr(decision, "who", ""),
        "method": method,
        "kind": kind,
        "name": name,
        "value": value,
        "id": "action-" + slugify(str(url).replace("/", "-")),
        "csrf_token": context.get("csrf_token", ""),
    }


@register.inclusion_tag("components/trace_strip.html")
def trace_strip(steps: object) -> dict[str, object]:
    """Show where an object stands in the thread from answer to lesson."""
    return {"steps": steps}


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(
    context: Context, label: str, field: str | None = "", numeric: bool | str = False, param: str = "ordering"
) -> dict[str, object]:
    """A column's head; with a `field` it sorts by it, and by its reverse when pressed again."""
    param = param or "ordering"
    current = context["request"].GET.get(param, "") if field else ""
    direction = {field: "ascending", f"-{field}": "descending"}.get(current, "none")
    target = f"-{field}" if direction == "ascending" else field
    url = query_with(context, **{param: target, "page": None}) if field else ""
    return {"label": label, "numeric": bool(numeric), "url": url, "direction": direction}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page_obj: Page[Any], param: str = "page") -> dict[str, object]:
    """Links to the other pages of a list; filters and order stay."""

    def url(page: int) -> str:
        return query_with(context, **{param: page})

    paginator = page_obj.paginator
    numbers = paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    links = [
        {"number": n, "url": url(n), "current": n == page_obj.number} if isinstance(n, int) else {"number": None}
        for n in numbers
    ]
    return {
        "page_obj": page_obj,
        "links": links,
        "previous_url": url(page_obj.previous_page_number()) if page_obj.has_previous() else "",
        "next_url": url(page_obj.next_page_number()) if page_obj.has_next() else "",
    }


@register.simple_tag(takes_context=True)
def active_filters(context: Context, filterset: Any) -> list[dict[str, str]]:
    """The filters in use, as chips that take them away: {% active_filters filterset as chips %}."""
    form = filterset.form
    if not form.is_bound or not form.is_valid():
        return []
    chips = []
    for name, value in form.cleaned_data.items():
        text = _shown_value(form.fields[name], value)
        if text:
            label = str(form.fields[name].label or name)
            chips.append({"label": label, "value": text, "url": query_with(context, **{name: None, "page": None})})
    return chips


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: object) -> str:
    """The present address's query with some keys changed; None takes a key away."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"


def _shown_value(field: Any, value: Any) -> str:
    """What a person chose in a filter's field, in words; empty when nothing was chosen."""
    if value is None or value == "" or value is False:
        return ""
    if value is True:
        return _("yes")
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return ", ".join(_shown_value(field, item) for item in value)
    if isinstance(value, dt.date):
        return formats.format_day(value)
    choices: dict[str, str] = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    return choices.get(str(value), str(value))
