"""Judging answers. Every function answers the problems it found, as sentences; nothing means that all is well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django.urls import reverse

from tests.access.cast import Hat
from tests.access.prober import Answer
from tests.access.realm import Realm
from tests.access.records import Record

# What a page may write although it only shows something: the session, failed sign-ins, and that somebody looked.
SESSION_TABLES: Final = frozenset({"django_session", "axes_accessattempt", "axes_accesslog", "axes_accessfailurelog"})
VIEW_TABLES: Final = frozenset({"audit_event", "audit_chain", "assessments_presence"})
POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
)
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# A method that an address does not take may be refused before anybody asks who sends it, and the other way round:
# 405 is the same for everybody and says nothing about an object.
REFUSALS: Final = {"401": {401}, "403": {403, 405}, "404": {404, 405}, "405": {403, 404, 405}}
HTTP_OK, HTTP_FOUND, HTTP_BAD, HTTP_FAILED = 200, 302, 400, 500
LOUD_HEADERS: Final = ("Server", "X-Powered-By")


def status_problems(code: str, answer: Answer, *, reading: bool) -> Iterator[str]:
    """Compare an answer with the code of a cell."""
    status, place = answer.status, answer.headers.get("Location", "")
    at_sign_in = status == HTTP_FOUND and place.startswith(reverse("account_login") + "?next=")
    fits = {
        "R": status == HTTP_OK,
        "E": status == HTTP_OK,
        "W": HTTP_OK <= status < HTTP_BAD and not at_sign_in,
        "login": at_sign_in,
        "302": status == HTTP_FOUND and not at_sign_in,
    }
    if status >= HTTP_FAILED:
        yield f"the server failed with {status}: {answer.failure}"
    elif not fits.get(code, status in REFUSALS.get(code, ())):
        yield f"answered {status} {place}, the table says {code} for {'reading' if reading else 'writing'}"


def leak_problems(realm: Realm, hat: Hat, answer: Answer) -> Iterator[str]:
    """Look for canaries that this hat may not read."""
    for canary in sorted(realm.cage.found_in(answer.text), key=str):
        # What somebody sends comes back to them; that says nothing about what is stored.
        if hat.name not in canary.readers and canary.text not in answer.sent:
            yield f"{hat} reads {canary} ({canary.text})"


def own_problems(record: Record, label: str, answer: Answer) -> Iterator[str]:
    """Look for the canary that the row promises."""
    if not label:
        return
    word = record.shows.get(label)
    if not word:
        yield f"the {record.kind} of this world has no canary {label!r}: it has {sorted(record.shows)}"
    elif word not in answer.text:
        yield f"does not show its own {label} ({word})"


def difference(foreign: Answer, missing: Answer, words: Iterable[str]) -> Iterator[str]:
    """Compare the answer about somebody else's object with that about none at all."""
    own = [str(word) for word in words]
    a, b = foreign.without(*own), missing.without(*own)
    if a[0] != b[0]:
        yield f"answers {a[0]} for what is foreign and {b[0]} for what does not exist"
    elif a[1] != b[1]:
        yield f"tells the foreign from the missing in its body: {_first_difference(a[1], b[1])}"
    elif a[2] != b[2]:
        yield f"tells the foreign from the missing by its headers: {sorted(a[2] ^ b[2])}"


def _first_difference(one: str, two: str) -> str:
    place = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    return f"{one[max(0, place - 40) : place + 60]!r} and {two[max(0, place - 40) : place + 60]!r}"


def write_problems(answer: Answer, *, viewed: bool) -> Iterator[str]:
    """Look for writes of a request that must not write; a page that was shown may note who looked at it."""
    allowed = SESSION_TABLES | (VIEW_TABLES if viewed else frozenset())
    strange = sorted(set(answer.writes) - allowed)
    if strange:
        yield f"wrote to {', '.join(strange)}"


def header_problems(answer: Answer) -> Iterator[str]:
    """Look for what every answer of the portal carries."""
    wrong = {name: answer.headers.get(name) for name, value in HEADERS.items() if answer.headers.get(name) != value}
    if "no-store" in (wrong.get("Cache-Control") or ""):
        del wrong["Cache-Control"]
    yield from (f"{name} is {value!r}" for name, value in wrong.items())
    if "geolocation=()" not in answer.headers.get("Permissions-Policy", ""):
        yield "has no Permissions-Policy"
    yield from _policy_problems(answer)
    yield from (f"tells what it runs on: {name}" for name in LOUD_HEADERS if name in answer.headers)


def _policy_problems(answer: Answer) -> Iterator[str]:
    policy = [part.strip() for part in answer.headers.get("Content-Security-Policy", "").split(";") if part.strip()]
    if answer.headers.get("Content-Disposition", "").startswith("attachment"):
        if "sandbox" not in policy:
            yield "is a download without a sandbox"
    elif sorted(policy) != sorted(POLICY):
        yield f"has another content policy: {policy}"
