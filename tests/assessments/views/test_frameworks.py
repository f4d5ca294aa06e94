"""Reading a framework in the browser: for every member, in pages that stay small, searched on the server."""

from __future__ import annotations

import gzip
import re

import pytest
from pytest_django import DjangoAssertNumQueries

from assessments.models import FrameworkVersion
from assessments.selectors.frameworks import framework_tree
from assessments.services.frameworks import import_framework
from tests.assessments.api.test_frameworks import imported
from tests.assessments.frameworks.documents import as_yaml, small_document
from tests.personas import Persona
from wam_portal.access import SystemViewer

QUERIES = 4  # session, person, memberships, version; the tree is kept in the process
LATER_PAGE_BYTES = 15_000


def page(persona: Persona, version: FrameworkVersion, query: str = "") -> str:
    response = persona.client.get(persona.url("assessments:framework-detail", version.uuid) + query)
    assert response.status_code == 200
    return response.content.decode()


def shown_keys(html: str) -> list[str]:
    return re.findall(r'<article class="indicator" id="indicator-([\w-]+)"', html)


@pytest.mark.parametrize("persona", ["vera", "carl", "dana", "rita"])
def test_every_member_of_a_party_finds_the_published_frameworks(
    request: pytest.FixtureRequest, framework: FrameworkVersion, persona: str
) -> None:
    person: Persona = request.getfixturevalue(persona)
    client, url = person.client, person.url("assessments:framework-list")
    assert f'href="{url}"' in client.get(person.url("work-list")).content.decode()
    html = client.get(url).content.decode()
    assert person.url("assessments:framework-detail", framework.uuid) in html
    assert "Small test framework" in html


def test_a_draft_is_neither_listed_nor_read(dana: Persona) -> None:
    draft = imported(version="1", publish=False)
    client = dana.client
    assert draft.title not in client.get(dana.url("assessments:framework-list")).content.decode()
    assert client.get(dana.url("assessments:framework-detail", draft.uuid)).status_code == 404


def test_the_outline_leads_to_every_indicator(dana: Persona, wam: FrameworkVersion) -> None:
    html = page(dana, wam)
    tree = framework_tree(wam)
    for indicator in tree.indicators:
        assert f"?section={indicator.section}#indicator-{indicator.key}" in html
    assert shown_keys(html) == []


def test_a_section_shows_all_levels_of_its_own_indicators(dana: Persona, framework: FrameworkVersion) -> None:
    html = page(dana, framework, "?section=coo")
    assert shown_keys(html) == ["coo-01", "coo-02", "coo-03"]
    for level in range(1, 6):
        assert f"Coordination part 2 at level {level}." in html


def test_everything_is_on_one_page_to_print(dana: Persona, wam: FrameworkVersion) -> None:
    assert shown_keys(page(dana, wam, "?section=everything")) == [one.key for one in framework_tree(wam).indicators]


def test_a_heading_with_nothing_below_it_is_shown_where_it_stands(dana: Persona) -> None:
    document = small_document()
    reserved = {"kind": "heading", "key": "sto-res", "title": "Kept for later", "scope": "Of mobile stores."}
    empty = {"kind": "area", "key": "bor", "code": "BOR", "title": "Borders", "nodes": []}
    document["nodes"][0]["nodes"].append(reserved | {"nodes": []})
    document["nodes"] = [empty, *document["nodes"]]
    version = import_framework(document=as_yaml(document), actor=SystemViewer("framework"), publish=True).version
    assert version is not None
    for query in ("", "?section=everything"):
        html = page(dana, version, query)
        places = [html.index(f'id="section-{key}"') for key in ("bor", "sto", "sto-res")]
        assert places == sorted(places)
        assert html.count("Nothing stands below this heading.") == 2
        assert "Of mobile stores." in html
    section = page(dana, version, "?section=sto")
    assert 'id="section-sto-res"' in section
    assert 'id="section-bor"' not in section
    assert "Nothing stands below" not in page(dana, version, "?q=so")


def test_references_and_lenses_stand_beside_their_indicator(dana: Persona, wam: FrameworkVersion) -> None:
    html = page(dana, wam, "?section=coo&q=COO-01")
    assert shown_keys(html) == ["coo-01"]
    assert "PoA II.4 · MOSAIC 03.40" in html
    assert "Wider strategies" in html


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("?section=everything&q=02+PLACE", ["coo-02", "sto-02"]),
        ("?section=everything&q=02+COORDINATION", ["coo-02"]),
        ("?section=sto&q=02", ["sto-02"]),
        ("?section=sto&q=coordination", []),
    ],
)
def test_every_word_must_stand_somewhere_in_an_indicator(
    dana: Persona, framework: FrameworkVersion, query: str, keys: list[str]
) -> None:
    html = page(dana, framework, query)
    assert shown_keys(html) == keys
    assert ("Nothing here holds these words" in html) == (not keys)


def test_words_that_cannot_be_looked_for_are_kept_and_explained(dana: Persona, framework: FrameworkVersion) -> None:
    html = page(dana, framework, "?q=" + "x" * 101)
    assert "x" * 101 in html
    assert "at most 100 characters" in html


def test_typed_words_are_never_markup(dana: Persona, framework: FrameworkVersion) -> None:
    html = page(dana, framework, "?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_a_section_that_does_not_exist_is_not_there(dana: Persona, framework: FrameworkVersion) -> None:
    response = dana.client.get(dana.url("assessments:framework-detail", framework.uuid) + "?section=nowhere")
    assert response.status_code == 404


def test_outline_and_sections_are_light_on_the_line(dana: Persona, wam: FrameworkVersion) -> None:
    for query in ("", *(f"?section={section.key}" for section in framework_tree(wam).sections)):
        assert len(gzip.compress(page(dana, wam, query).encode())) <= LATER_PAGE_BYTES, query


def test_a_page_costs_the_same_whatever_the_framework(
    dana: Persona,
    framework: FrameworkVersion,
    wam: FrameworkVersion,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = dana.client
    for version in (framework, wam):
        url = dana.url("assessments:framework-detail", version.uuid) + "?section=everything"
        client.get(url)
        with django_assert_num_queries(QUERIES):
            client.get(url)
