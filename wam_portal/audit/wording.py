"""What the log says in words: a label for every verb, and what changed as a reader would say it.

The platform has the words for people and parties; each app brings its own through the setting `AUDIT_WORDS`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db.models import Choices, Field
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wam_portal.accounts.enums import Role
from wam_portal.audit.names import Names
from wam_portal.formats import format_day, format_labelled

Words = Mapping[str, str | Promise]


@dataclass(frozen=True, slots=True)
class LogWords:
    """The words of one app: labels of verbs, names of what changed, and readable values of codes."""

    verbs: Words
    names: Words
    values: Words


def labels_of(*choices: type[Choices]) -> dict[str, str | Promise]:
    """The labels of these enumerations by value."""
    return {str(member.value): member.label for kind in choices for member in kind}


PLATFORM: Final = LogWords(
    verbs={
        "account.recovery_codes_made": gettext_lazy("New recovery codes made"),
        "account.recovery_codes_viewed": gettext_lazy("Recovery codes viewed"),
        "account.second_factor_removed": gettext_lazy("Second factor removed by the operator"),
        "account.second_factor_set_up": gettext_lazy("Second factor set up"),
        "account.second_factor_turned_off": gettext_lazy("Second factor turned off"),
        "invitation.accepted": gettext_lazy("Invitation accepted"),
        "invitation.lapsed": gettext_lazy("Invitation lapsed"),
        "invitation.made": gettext_lazy("Person invited"),
        "invitation.resent": gettext_lazy("Invitation sent again"),
        "invitation.revoked": gettext_lazy("Invitation revoked"),
        "membership.added": gettext_lazy("Role given"),
        "membership.changed": gettext_lazy("Membership changed"),
        "membership.ended": gettext_lazy("Role ended"),
        "party.created": gettext_lazy("Party entered in the portal"),
    },
    names={
        "agency": gettext_lazy("agency"),
        "bytes": gettext_lazy("size in bytes"),
        "content_hash": gettext_lazy("fingerprint"),
        "count": gettext_lazy("count"),
        "fields": gettext_lazy("fields changed"),
        "invitation": gettext_lazy("person invited"),
        "language": gettext_lazy("language"),
        "number": gettext_lazy("number"),
        "reason": gettext_lazy("reason"),
        "role": gettext_lazy("role"),
        "roles": gettext_lazy("roles"),
        "rows": gettext_lazy("rows"),
        "sha256": gettext_lazy("fingerprint"),
        "status": gettext_lazy("status"),
        "system": gettext_lazy("done by the portal"),
        "title": gettext_lazy("title"),
        "version": gettext_lazy("version"),
    },
    values=labels_of(Role),
)

_LISTS = frozenset({"deleted", "fields", "indicators", "matches", "roles"})
"""What is a list also where it has two members; anything else with two is before and after."""
_FINGERPRINT = re.compile(r"[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHOWN_OF_FINGERPRINT = 8


@cache
def _words() -> LogWords:
    known: list[LogWords] = [PLATFORM, *(import_string(path) for path in settings.AUDIT_WORDS)]
    return LogWords(
        verbs=ChainMap(*(dict(words.verbs) for words in known)),
        names=ChainMap(*(dict(words.names) for words in known), _names_of_fields()),
        values=ChainMap(*(dict(words.values) for words in known)),
    )


def _names_of_fields() -> dict[str, str | Promise]:
    """What the models call their fields, for what an app's own words leave out."""
    own = {path.split(".")[0] for path in settings.AUDIT_WORDS}
    fields = (
        field for model in apps.get_models() if model._meta.app_label in own for field in model._meta.get_fields()
    )
    return {field.name: field.verbose_name for field in fields if isinstance(field, Field)}


def verb_label(verb: str) -> str:
    """What was done, in words; a verb that nothing in the code records any more is shown as it stands."""
    return str(_words().verbs.get(verb, _spaced(verb.replace(".", ": "))))


def change_lines(changes: Mapping[str, Any], names: Names) -> list[str]:
    """Each change as "status: in review → endorsed"; identifiers by the names that the reader may see."""
    return [format_labelled(_name(name), _value(name, value, names)) for name, value in changes.items()]


def _name(name: str) -> str:
    return str(_words().names.get(name, _spaced(name)))


def _value(name: str, value: Any, names: Names) -> str:
    if name == "language":
        return str(dict(settings.LANGUAGES).get(value, value))
    if isinstance(value, Mapping):
        return _listed(f"{_one(key)} ({_one(count)})" for key, count in value.items())
    if not isinstance(value, list):
        return names.of_detail(name, value) or _one(value, name)
    if name == "fields":
        return _listed(_name(str(item)) for item in value)
    if len(value) == 2 and name not in _LISTS:  # noqa: PLR2004
        return " → ".join(_one(item, name) for item in value)
    return _listed(names.of_detail(name, item) or _one(item, name) for item in value)


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items) or "–"


def _one(value: Any, name: str = "") -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = str(value)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return format_day(dt.date.fromisoformat(text))
    # The same code can stand for a recipient and for a classification: what is said of the name goes first.
    for known in (f"{name}:{text}", text):
        if known in _words().values:
            return str(_words().values[known])
    if _FINGERPRINT.fullmatch(text):
        return f"{text[:_SHOWN_OF_FINGERPRINT]}…"
    return _spaced(text) if re.fullmatch(r"[a-z_]+", text) else text


def _spaced(text: str) -> str:
    return text.replace("_", " ")
