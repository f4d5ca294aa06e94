"""The cast of the tests: the same people in every test file."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import translation

from wam_portal.access import Viewer
from wam_portal.accounts.enums import PartyKind, Role, TerritoryKind, TerritorySource
from wam_portal.accounts.models import Party, Territory, User
from wam_portal.accounts.services import add_membership, create_party, ensure_territory

PASSWORD = "a long enough passphrase"


@dataclass(frozen=True)
class Persona:
    """A person, the party they act for, and a signed-in test client."""

    user: User
    party: Party | None
    roles: frozenset[str]

    @property
    def viewer(self) -> Viewer:
        """The person acting for the party."""
        assert self.party is not None
        return Viewer(user=self.user, party=self.party, roles=self.roles)

    @property
    def client(self) -> Client:
        """A fresh client that is signed in as this person."""
        client = Client()
        client.force_login(self.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def url(self, name: str, *args: Any) -> str:
        """The address of a page of the persona's own party."""
        assert self.party is not None
        return reverse(name, args=[self.party.slug, *args])


def make_person(name: str, *, platform_admin: bool = False, password: str | None = None) -> User:
    """An account `<name>@example.test`."""
    return User.objects.create_user(
        f"{name.lower()}@example.test", password, full_name=name, is_platform_admin=platform_admin
    )


def make_persona(name: str, party: Party, *roles: Role) -> Persona:
    """An account with roles at a party."""
    user = make_person(name)
    for role in roles:
        add_membership(user=user, party=party, role=role, actor=None)
    return Persona(user=user, party=party, roles=frozenset(roles))


def make_world() -> dict[str, Territory]:
    """The world with two fictional regions of two countries each, by code."""
    made: dict[str, Territory] = {}

    def add(code: str, name: str, kind: TerritoryKind, parent: str | None) -> None:
        source = TerritorySource.ISO if parent is None else TerritorySource.DEMO
        made[code] = ensure_territory(
            code=code, name=name, kind=kind, parent=made[parent] if parent else None, source=source
        )

    add("001", "World", TerritoryKind.WORLD, None)
    add("XR1", "Eastern Demo Region", TerritoryKind.REGION, "001")
    add("XR2", "Western Demo Region", TerritoryKind.REGION, "001")
    for code, name, region in (
        ("XA", "Aldoria", "XR1"),
        ("XB", "Borvenia", "XR1"),
        ("XC", "Caldessa", "XR2"),
        ("XD", "Dravonia", "XR2"),
    ):
        add(code, name, TerritoryKind.COUNTRY, region)
    return made


def make_state(slug: str, name: str, territory: Territory) -> Party:
    """A State that runs baseline assessments."""
    return create_party(
        slug=slug, name=name, kind=PartyKind.STATE, territory=territory, capabilities=["assesses"], actor=None
    )


def make_donor(slug: str, name: str) -> Party:
    """A fund that offers assistance."""
    return create_party(slug=slug, name=name, kind=PartyKind.UN_ENTITY, capabilities=["offers"], actor=None)


def make_coordinator(slug: str, name: str) -> Party:
    """A regional organisation that coordinates."""
    return create_party(slug=slug, name=name, kind=PartyKind.REGIONAL, capabilities=["coordinates"], actor=None)


def make_partner(slug: str, name: str) -> Party:
    """An organisation that carries projects out."""
    return create_party(slug=slug, name=name, kind=PartyKind.NGO, capabilities=["implements"], actor=None)


def comparable(response: HttpResponseBase, *own_words: str) -> str:
    """The body without the random CSRF token and without the words that came in with the address."""
    text = response.content.decode()  # type: ignore[attr-defined]  # no page of the portal streams
    text = re.sub(r"(csrfmiddlewaretoken\" value=\"|X-CSRFToken&quot;: &quot;|\"X-CSRFToken\": \")\w+", r"\1", text)
    for word in own_words:
        text = text.replace(word, "")
    return text


def in_french(person: Persona, address: str) -> str:
    """The words of a page as the person reads it in French; the language is put back for the next test."""
    client = person.client
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    with translation.override("en"):
        return html.unescape(client.get(address).content.decode())
