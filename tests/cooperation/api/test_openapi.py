"""The OpenAPI document: complete, as committed, and true to what the endpoints answer to generated requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.urls import get_resolver
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from assessments.models import FrameworkVersion
from cooperation.models import Match, Offer
from tests.campaigns import report
from tests.cooperation.factories import make_offer, make_request, share
from tests.personas import Persona
from wam_portal.accounts.models import Territory

DOCUMENT = Path(__file__).parents[3] / "docs" / "openapi.yaml"
CANARY = "CANARY-WHAT-EXISTS"
FOREIGN = "CANARY-OF-STATE-B"
EXPECTED = {200, 400, 404}
KNOWN = (True, True, True, False)
"""How often the person asks for their own party and for something that is there."""
Answer = tuple[str, int]
"""Path of an operation and status."""


def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text("utf-8"))
    return loaded


def test_the_committed_document_is_the_one_that_the_code_makes(tmp_path: Path) -> None:
    made = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(made))
    assert DOCUMENT.read_text("utf-8") == made.read_text("utf-8")


def test_every_route_of_the_api_is_described() -> None:
    [api] = [entry for entry in get_resolver().url_patterns if str(entry.pattern) == "api/v1/"]
    routes = [str(area.pattern) + str(route.pattern) for area in api.url_patterns for route in area.url_patterns]
    described = document()["paths"]
    plain = {"<slug:party>": "{party}", "<uuid:uuid>": "{uuid}"}
    expected = set()
    for route in routes:
        text = "/api/v1/" + route
        for converter, name in plain.items():
            text = text.replace(converter, name)
        expected.add(text)
    assert set(described) == expected
    for path, methods in described.items():
        assert set(methods) == {"get"}, path
        assert methods["get"]["summary"]
        assert methods["get"]["description"]
        assert set(methods["get"]["responses"]) >= {"200", "401", "403", "404"}


@pytest.fixture
def populated(
    request: pytest.FixtureRequest, framework: FrameworkVersion, world: dict[str, Territory]
) -> dict[str, list[str]]:
    """A granted request with a match, an offer and a framework; identifiers by the route that takes them."""
    persona = request.getfixturevalue
    amina, aldo, boris, bela = (persona(name) for name in ("amina", "aldo", "boris", "bela"))
    dana, dirk = persona("dana"), persona("dirk")
    make_offer(dana, world["XA"])
    make_offer(dana, world["XA"], assistance_types=("EQUIP",))
    theirs = make_offer(dirk, world["XB"], title=FOREIGN)
    grant = share(aldo, make_request(amina, aldo, framework, what_exists=CANARY), dana.party, level="gaps")
    share(bela, make_request(boris, bela, framework, title=FOREIGN), dirk.party)
    matches = [str(uuid) for uuid in Match.objects.filter(donor=dana.party).values_list("uuid", flat=True)]
    offers = [str(uuid) for uuid in Offer.objects.exclude(pk=theirs.pk).values_list("uuid", flat=True)]
    return {
        "granted-requests": [str(grant.uuid)],
        "matches": matches,
        "offers": offers,
        "frameworks": [str(framework.uuid)],
    }


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests through the WSGI application keep the test's connection and transaction, as the test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def generated(persona: Persona, populated: dict[str, list[str]], forbidden: set[str], examples: int) -> Counter[Answer]:
    """Send generated requests of every operation as a person; answers how often which path gave which status.

    Every answer must be described in the document and hold none of the `forbidden` words.
    """
    cookie = persona.client.cookies[settings.SESSION_COOKIE_NAME].value
    slug = persona.viewer.party.slug
    schema = schemathesis.openapi.from_dict(document())
    schema.app = get_wsgi_application()
    answered: Counter[Answer] = Counter()

    def check(case: Any, known: bool, uuid: str) -> None:
        case.path_parameters["party"] = slug if known else case.path_parameters["party"]
        if "uuid" in case.path_parameters and known:
            case.path_parameters["uuid"] = uuid
        cache.clear()  # throttles count what a person does in a minute
        response = case.call(cookies={settings.SESSION_COOKIE_NAME: cookie})
        case.validate_response(
            response, checks=[not_a_server_error, content_type_conformance, response_schema_conformance]
        )
        assert response.status_code in EXPECTED
        assert [word for word in forbidden if word in response.text] == []
        answered[case.operation.path, response.status_code] += 1

    for result in schema.get_all_operations():
        operation = result.ok()
        kind = operation.path.removeprefix("/api/v1/p/{party}/").split("/")[0]
        run = given(case=operation.as_strategy(), known=st.sampled_from(KNOWN), uuid=st.sampled_from(populated[kind]))(
            check
        )
        effort(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(run)()
    return answered


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("examples", [12, pytest.param(100, marks=pytest.mark.long)])
@pytest.mark.parametrize(("name", "share_found"), [("dana", 1.0), ("amina", 0.6), ("dirk", 0.5)])
def test_generated_requests_get_described_answers_and_no_foreign_word(
    request: pytest.FixtureRequest, populated: dict[str, list[str]], name: str, share_found: float, examples: int
) -> None:
    forbidden = {CANARY} | ({FOREIGN} if name != "dirk" else set())
    answered = generated(request.getfixturevalue(name), populated, forbidden, examples)
    paths = {path for path, _ in answered}
    found = {path for path, status in answered if status == 200}
    assert len(paths) == 10
    assert len(found) / len(paths) >= share_found
    effective = sum(count for (_, status), count in answered.items() if status == 200)
    # Hypothesis derives the examples from the test itself, so the same ones come each time: there is no seed to choose.
    report(f"API as {name}", seed=0, attempts=answered.total(), effective=effective, failures=0)


@pytest.mark.usefixtures("one_connection")
def test_the_campaign_sees_a_word_that_must_not_be_told(populated: dict[str, list[str]], dana: Persona) -> None:
    """The control."""
    with pytest.raises(AssertionError, match="Aldoria"):
        generated(dana, populated, {"Aldoria"}, 12)
