"""Reading frameworks: who sees which version, and what the tree costs."""

from __future__ import annotations

import uuid

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments.models import FrameworkVersion
from assessments.selectors.frameworks import (
    framework_tree,
    framework_version_for,
    framework_versions_for,
    published_versions_for,
)
from assessments.services.frameworks import import_framework
from tests.assessments.frameworks.documents import as_yaml, foreign_document, small_document
from wam_portal.access import SystemViewer, Viewer
from wam_portal.accounts.models import Party, User
from wam_portal.errors import NotVisible

pytestmark = pytest.mark.django_db
MEMBER = Viewer(User(email="amina@example.org"), Party(slug="a", name="A"), frozenset({"editor"}))
ADMINISTRATOR = Viewer(User(email="pat@example.org", is_platform_admin=True), Party(slug="a", name="A"), frozenset())


def take_over(document: dict[str, object], *, publish: bool) -> FrameworkVersion:
    version = import_framework(document=as_yaml(document), actor=SystemViewer("framework"), publish=publish).version
    assert version is not None
    return version


def test_drafts_are_seen_by_platform_administrators_only() -> None:
    published = take_over(small_document(), publish=True)
    draft = take_over(foreign_document(1, 1, 3), publish=False)
    assert [version.uuid for version in framework_versions_for(MEMBER)] == [published.uuid]
    assert {version.uuid for version in framework_versions_for(ADMINISTRATOR)} == {published.uuid, draft.uuid}
    assert [version.uuid for version in published_versions_for(ADMINISTRATOR)] == [published.uuid]
    assert framework_version_for(MEMBER, published.uuid) == published
    assert framework_version_for(ADMINISTRATOR, draft.uuid) == draft
    for hidden in (draft.uuid, uuid.uuid4()):
        with pytest.raises(NotVisible):
            framework_version_for(MEMBER, hidden)


def test_versions_are_listed_newest_first_with_their_number_of_indicators(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in ("1.0", "1.1", "1.2"):
        take_over(small_document() | {"version": number}, publish=True)
    take_over(foreign_document(1, 1, 3), publish=True)
    with django_assert_num_queries(1):
        found = [(version.framework.key, version.version, version.indicator_count)
                 for version in framework_versions_for(MEMBER)]  # fmt: skip
    assert found == [
        ("foreign-capability", "2024-b", 3),
        ("small", "1.2", 2),
        ("small", "1.1", 2),
        ("small", "1.0", 2),
    ]


@pytest.mark.parametrize("items", [1, 25])
def test_tree_of_a_published_version_is_read_once_in_four_statements(
    items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    version = take_over(foreign_document(2, 2, items), publish=True)
    with django_assert_num_queries(4):
        tree = framework_tree(version)
    with django_assert_num_queries(0):
        assert framework_tree(FrameworkVersion(pk=version.pk, uuid=version.uuid, status=version.status)) is tree
    assert tree.indicator_count == 4 * items
    assert tree.version.content_hash == version.content_hash


def test_tree_of_a_draft_is_read_anew_because_it_may_change() -> None:
    document = small_document()
    before = framework_tree(take_over(document, publish=False))
    document["nodes"][0]["nodes"][0]["question"] = "Is it really so?"
    after = framework_tree(take_over(document, publish=False))
    assert [tree.indicators[0].question for tree in (before, after)] == ["Is it so?", "Is it really so?"]


def test_row_id_that_comes_back_in_another_database_does_not_bring_the_old_tree_back() -> None:
    version = take_over(small_document(), publish=True)
    framework_tree(version)
    stranger = FrameworkVersion(pk=version.pk, uuid=uuid.uuid4(), status=version.status)
    with pytest.raises(FrameworkVersion.DoesNotExist):
        framework_tree(stranger)
