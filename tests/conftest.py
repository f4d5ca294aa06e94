"""Fixtures that every test may use: the fictional world, its parties, and the people who act for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest import runner
from django.db import connection
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from assessments.models import FrameworkVersion
from assessments.services.frameworks import import_framework
from scripts.run import compile_messages
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.databases import migrated, sqlite_copy
from tests.lots import AGAIN, LOT, WHOLE, depends_on_database, is_drawn, is_page
from tests.personas import (
    Persona,
    make_coordinator,
    make_donor,
    make_partner,
    make_person,
    make_persona,
    make_state,
    make_world,
)
from wam_portal.access import SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party, Territory
from wam_portal.call_room import with_room

# Speed belongs to the benchmarks: on a busy machine a deadline fails examples that are right.
settings.register_profile("sample", deadline=None, max_examples=40)
settings.register_profile("whole", deadline=None, max_examples=200)
settings.load_profile("whole" if WHOLE else "sample")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the translations that changed, once for all processes: pages are tested in every language we have."""
    if not hasattr(config, "workerinput"):
        compile_messages()


def pytest_report_header() -> str:
    """What is left to the lot, so that a run can be repeated."""
    return "Nothing is left to the lot" if WHOLE else f"Lot {LOT} (set WAM_TEST_LOT to repeat it, or use --whole)"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a second database, leave out what it cannot change, and of the pages take a part by lot."""
    if not AGAIN:
        return
    kept = [item for item in items if depends_on_database(item) and (WHOLE or not is_page(item) or is_drawn(item))]
    chosen = {id(item) for item in kept}
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in chosen])
    items[:] = kept


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    """Run a test as pytest does, with the room in which the portal is served."""
    return with_room(runner.pytest_runtest_protocol)(item, nextitem)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, django_db_modify_db_settings: None
) -> Iterator[None]:
    """In place of the plugin's own, which migrates again in every process."""
    database = sqlite_copy() if connection.vendor == "sqlite" else migrated()
    with django_db_blocker.unblock():
        database.__enter__()
    yield
    with django_db_blocker.unblock():
        database.__exit__(None, None, None)


WAM_FILE = Path(__file__).parent.parent / "assessments" / "frameworks" / "wam-baseline-1.0.yaml"
SMALL_FILE = Path(__file__).parent / "data" / "small-framework.yaml"


@pytest.fixture
def world(db: None) -> dict[str, Territory]:
    """World, two fictional regions, four fictional countries."""
    return make_world()


@pytest.fixture
def state_a(world: dict[str, Territory]) -> Party:
    """State A, where most tests happen."""
    return make_state("aldoria", "Aldoria", world["XA"])


@pytest.fixture
def state_b(world: dict[str, Territory]) -> Party:
    """State B, whose members are outsiders to State A."""
    return make_state("borvenia", "Borvenia", world["XB"])


@pytest.fixture
def donor_one(db: None) -> Party:
    """The donor to whom State A releases."""
    return make_donor("amber-fund", "Amber Fund")


@pytest.fixture
def donor_two(db: None) -> Party:
    """A donor to whom nothing is released by name."""
    return make_donor("basalt-fund", "Basalt Fund")


@pytest.fixture
def regional(db: None) -> Party:
    """A regional organisation that coordinates."""
    return make_coordinator("eastern-forum", "Eastern Forum")


@pytest.fixture
def amina(state_a: Party) -> Persona:
    """Focal point (editor) of State A."""
    return make_persona("Amina", state_a, Role.EDITOR)


@pytest.fixture
def aldo(state_a: Party) -> Persona:
    """Approver of State A."""
    return make_persona("Aldo", state_a, Role.APPROVER)


@pytest.fixture
def nadia(state_a: Party) -> Persona:
    """National administrator of State A."""
    return make_persona("Nadia", state_a, Role.NATIONAL_ADMIN)


@pytest.fixture
def vera(state_a: Party) -> Persona:
    """Viewer in State A."""
    return make_persona("Vera", state_a, Role.VIEWER)


@pytest.fixture
def carl(state_a: Party) -> Persona:
    """Contributor in an agency of State A."""
    return make_persona("Carl", state_a, Role.CONTRIBUTOR)


@pytest.fixture
def boris(state_b: Party) -> Persona:
    """Focal point of State B: the outsider."""
    return make_persona("Boris", state_b, Role.EDITOR)


@pytest.fixture
def bela(state_b: Party) -> Persona:
    """Approver of State B."""
    return make_persona("Bela", state_b, Role.APPROVER)


@pytest.fixture
def dana(donor_one: Party) -> Persona:
    """Offering member of the first donor."""
    return make_persona("Dana", donor_one, Role.OFFERING_MEMBER)


@pytest.fixture
def dirk(donor_two: Party) -> Persona:
    """Offering member of the second donor."""
    return make_persona("Dirk", donor_two, Role.OFFERING_MEMBER)


@pytest.fixture
def rita(regional: Party) -> Persona:
    """Regional coordinator."""
    return make_persona("Rita", regional, Role.COORDINATOR)


@pytest.fixture
def ines(db: None) -> Persona:
    """Implementing member of an operational partner."""
    return make_persona("Ines", make_partner("cedar-relief", "Cedar Relief"), Role.IMPLEMENTING_MEMBER)


@pytest.fixture
def pat(db: None) -> Persona:
    """Platform administrator, member of no party."""
    return Persona(user=make_person("Pat", platform_admin=True), party=None, roles=frozenset())


def _imported(path: Path) -> FrameworkVersion:
    result = import_framework(document=path.read_bytes(), actor=SystemViewer("framework"), publish=True)
    assert result.version is not None
    return result.version


@pytest.fixture
def framework(db: None) -> FrameworkVersion:
    """A published framework of two areas with three indicators each."""
    return _imported(SMALL_FILE)


@pytest.fixture
def wam(db: None) -> FrameworkVersion:
    """The published WAM baseline framework with its 84 indicators."""
    return _imported(WAM_FILE)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
