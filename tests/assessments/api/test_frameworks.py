"""Frameworks over the API: published ones only, as a tree, at a fixed cost."""

from __future__ import annotations

from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from assessments.models import FrameworkVersion
from assessments.selectors.frameworks import framework_tree
from assessments.services.frameworks import import_framework
from tests.assessments.factories import make_foreign_framework
from tests.assessments.frameworks.documents import as_yaml, foreign_document
from tests.personas import Persona
from wam_portal.access import SystemViewer

LIST_QUERIES = 5  # session, person, memberships, count, page
DETAIL_QUERIES = 4  # session, person, memberships, version; the tree is kept in the process


def imported(*, version: str, publish: bool = True) -> FrameworkVersion:
    document = as_yaml({**foreign_document(1, 1, 2), "version": version})
    made = import_framework(document=document, actor=SystemViewer("framework"), publish=publish).version
    assert made is not None
    return made


def test_every_indicator_comes_with_the_text_of_each_level(dana: Persona, wam: FrameworkVersion) -> None:
    shown = dana.client.get(dana.url("api:framework-detail", wam.uuid)).json()
    given = {
        one["code"]: one for section in shown["sections"] for group in section["groups"] for one in group["indicators"]
    }
    expected = {one.code: one for one in framework_tree(wam).indicators}
    assert given.keys() == expected.keys()
    assert len(given) == shown["indicator_count"] == 84
    for code, one in given.items():
        assert [level["text"] for level in one["levels"]] == [level.text for level in expected[code].levels]
        assert one["references"] == list(expected[code].references)
        assert one["target"] == expected[code].target.key
    assert [scale["key"] for scale in shown["scales"]] == ["maturity"]
    assert shown["content_hash"] == wam.content_hash


def test_headings_stand_above_their_indicators(dana: Persona) -> None:
    version = make_foreign_framework(2, 2, 2)
    sections = dana.client.get(dana.url("api:framework-detail", version.uuid)).json()["sections"]
    tree = framework_tree(version)
    assert [section["key"] for section in sections] == [section.key for section in tree.sections]
    above = [
        (heading["key"], one["key"])
        for section in sections
        for group in section["groups"]
        for heading in group["headings"]
        for one in group["indicators"]
    ]
    assert above == [(heading.key, one.key) for one in tree.indicators for heading in one.headings]
    assert above


@pytest.mark.parametrize("persona", ["amina", "carl", "dana", "rita"])
def test_every_member_of_a_party_reads_published_frameworks(
    request: pytest.FixtureRequest, framework: FrameworkVersion, persona: str
) -> None:
    person: Persona = request.getfixturevalue(persona)
    rows = person.client.get(person.url("api:framework-list")).json()["results"]
    assert [(row["uuid"], row["key"], row["indicator_count"]) for row in rows] == [(str(framework.uuid), "small", 6)]


def test_a_draft_is_neither_listed_nor_read(dana: Persona, framework: FrameworkVersion) -> None:
    draft = imported(version="2", publish=False)
    client = dana.client
    assert client.get(dana.url("api:framework-list")).json()["count"] == 1
    hidden = client.get(dana.url("api:framework-detail", draft.uuid))
    missing = client.get(dana.url("api:framework-detail", uuid4()))
    assert hidden.status_code == 404
    assert hidden.content == missing.content


def test_lists_are_narrowed_by_key_and_title(dana: Persona, framework: FrameworkVersion, wam: FrameworkVersion) -> None:
    client, url = dana.client, dana.url("api:framework-list")
    for query, keys in [("?key=small", ["small"]), ("?search=AMMUNITION", ["wam-baseline"]), ("?key=none", [])]:
        assert [row["key"] for row in client.get(url + query).json()["results"]] == keys


def test_a_list_costs_the_same_whatever_its_length(
    dana: Persona, framework: FrameworkVersion, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, url = dana.client, dana.url("api:framework-list")
    client.get(url)
    with django_assert_num_queries(LIST_QUERIES):
        assert client.get(url).json()["count"] == 1
    imported(version="2")
    imported(version="3")
    with django_assert_num_queries(LIST_QUERIES):
        assert client.get(url).json()["count"] == 3


def test_a_tree_costs_the_same_whatever_its_size(
    dana: Persona,
    framework: FrameworkVersion,
    wam: FrameworkVersion,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = dana.client
    for version in (framework, wam):
        url = dana.url("api:framework-detail", version.uuid)
        client.get(url)
        with django_assert_num_queries(DETAIL_QUERIES):
            client.get(url)
