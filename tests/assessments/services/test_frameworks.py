"""Importing and publishing frameworks."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from assessments.enums import FrameworkStatus, NodeKind
from assessments.frameworks import FrameworkErrors
from assessments.models import Framework, FrameworkVersion, Node, Scale, ScaleOption
from assessments.selectors.frameworks import framework_tree
from assessments.services.frameworks import ImportOutcome, ImportResult, import_framework, publish_framework
from tests.assessments.frameworks.documents import as_yaml, foreign_document, small_document
from wam_portal.access import SystemViewer, Viewer
from wam_portal.accounts.models import Party, User
from wam_portal.audit.models import Event
from wam_portal.errors import Refused

pytestmark = pytest.mark.django_db
OPERATOR = SystemViewer("framework")


def take_over(document: dict[str, Any], **options: bool) -> ImportResult:
    return import_framework(document=as_yaml(document), actor=OPERATOR, **options)


def rows() -> Iterator[int]:
    return (model.objects.count() for model in (Framework, FrameworkVersion, Node, Scale, ScaleOption))


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def test_import_stores_a_draft_with_its_whole_tree() -> None:
    document = small_document()
    document["nodes"][0]["nodes"][1] |= {"weight": 2.25, "target": "3", "lenses": ["gender"], "stage": "storage"}
    result = take_over(document)
    assert result.version is not None
    assert (result.outcome, result.version.status) == (ImportOutcome.CREATED, FrameworkStatus.DRAFT)
    node = Node.objects.select_related("parent", "section", "target", "scale").get(key="sto-02")
    assert (node.code, node.kind, node.position, node.weight) == ("STO-02", NodeKind.INDICATOR, 3, Decimal("2.25"))
    assert (node.parent, node.section) == (Node.objects.get(key="sto"), Node.objects.get(key="sto"))
    assert node.target is not None
    assert (node.target.key, node.target.value, node.functional_area) == ("3", 3, "STO")
    assert (node.lenses, node.stage) == (["gender"], "storage")
    assert node.level_texts == {"1": "Not at all.", "2": "In part.", "3": "In full."}
    assert verbs() == ["framework.imported"]


def test_foreign_framework_of_headings_is_rated_by_its_top_headings() -> None:
    result = take_over(foreign_document(), publish=True)
    assert result.version is not None
    tree = framework_tree(result.version)
    assert (tree.indicator_count, [section.key for section in tree.sections]) == (120, ["p1", "p2", "p3", "p4"])
    assert [len(page.indicators) for page in tree.sections[0].pages] == [15, 15]
    item = tree.find_indicator("p2-3-4")
    assert item is not None
    assert [heading.code for heading in item.headings] == ["2.3"]
    assert [level.text for level in item.levels] == ["Absent", "Incomplet", "En place"]
    assert (item.target.key, item.weight) == ("partly", Decimal("0.5"))


def test_areas_below_headings_are_sections_and_hand_their_functional_area_down() -> None:
    document = small_document()
    area = document["nodes"][0]
    area["nodes"] = [{"kind": "heading", "key": "inner", "title": "Inner", "nodes": area["nodes"]}]
    document["nodes"] = [{"kind": "heading", "key": "outer", "title": "Outer", "nodes": [area]}]
    take_over(document)
    node = Node.objects.select_related("parent", "section").get(key="sto-01")
    assert node.parent is not None
    assert node.section is not None
    assert (node.parent.key, node.section.key, node.functional_area) == ("inner", "sto", "STO")


def test_same_content_again_changes_nothing_and_leaves_no_trace() -> None:
    first = take_over(small_document(), publish=True)
    before = list(rows())
    again = take_over(small_document(), publish=True)
    assert (again.outcome, again.version) == (ImportOutcome.UNCHANGED, first.version)
    assert list(rows()) == before
    assert verbs() == ["framework.imported", "framework.published"]


def test_same_content_said_otherwise_is_the_same() -> None:
    take_over(small_document())
    longer = small_document()
    longer["nodes"][0]["nodes"][0] |= {"scale": "three", "target": "2", "weight": 1}
    assert take_over(longer).outcome == ImportOutcome.UNCHANGED


def test_draft_is_replaced_by_a_changed_file() -> None:
    first = take_over(foreign_document(2, 2, 2))
    changed = foreign_document(2, 2, 3)
    second = take_over(changed)
    assert (second.outcome, second.content_hash != first.content_hash) == (ImportOutcome.REPLACED, True)
    assert FrameworkVersion.objects.count() == 1
    assert Node.objects.filter(kind=NodeKind.INDICATOR).count() == 12
    assert verbs() == ["framework.imported", "framework.imported"]


def test_published_version_refuses_other_content_and_says_to_raise_the_version() -> None:
    first = take_over(small_document(), publish=True)
    changed = small_document()
    changed["nodes"][0]["title"] = "Stores"
    with pytest.raises(FrameworkErrors) as caught:
        take_over(changed)
    (error,) = caught.value.errors
    assert error.path == "version"
    assert "Raise the version" in error.message
    assert Node.objects.get(key="sto").title == "Storage"
    changed["version"] = "1.1"
    second = take_over(changed)
    assert second.outcome == ImportOutcome.CREATED
    assert second.version is not None
    assert first.version is not None
    assert second.version.framework_id == first.version.framework_id


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (FrameworkVersion, {"content_hash": "0" * 64}),
        (FrameworkVersion, {"title": "Other"}),
        (Node, {"weight": 5}),
        (Node, {"level_texts": {}}),
        (Scale, {"title": "Other"}),
        (ScaleOption, {"value": 40}),
    ],
)
def test_database_itself_refuses_to_change_what_a_framework_asks(model: type[Model], change: dict[str, Any]) -> None:
    take_over(small_document(), publish=True)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model._default_manager.filter(pk=model._default_manager.values("pk")[:1]).update(**change)


def test_publishing_sets_the_time_once_and_names_the_framework_after_its_newest() -> None:
    take_over(small_document(), publish=True)
    newer = small_document() | {"version": "2.0", "title": "Small, revised"}
    draft = take_over(newer).version
    assert draft is not None
    assert Framework.objects.get().title == "Small"
    published = publish_framework(version=draft, actor=OPERATOR)
    assert (published.status, published.published_at is not None) == (FrameworkStatus.PUBLISHED, True)
    assert Framework.objects.get().title == "Small, revised"
    assert publish_framework(version=draft, actor=OPERATOR).published_at == published.published_at
    assert verbs().count("framework.published") == 2


def test_unchanged_draft_is_published_when_asked() -> None:
    take_over(small_document())
    result = take_over(small_document(), publish=True)
    assert result.version is not None
    assert (result.outcome, result.version.status) == (ImportOutcome.UNCHANGED, FrameworkStatus.PUBLISHED)


def test_dry_run_tells_the_same_and_writes_nothing() -> None:
    result = take_over(small_document(), dry_run=True, publish=True)
    assert (result.outcome, result.version) == (ImportOutcome.CREATED, None)
    assert list(rows()) == [0, 0, 0, 0, 0]
    assert verbs() == []
    published = take_over(small_document(), publish=True)
    assert take_over(small_document(), dry_run=True).outcome == ImportOutcome.UNCHANGED
    assert published.content_hash == result.content_hash


def test_faulty_file_writes_nothing() -> None:
    document = small_document()
    document["nodes"][0]["functional_area"] = "XYZ"
    with pytest.raises(FrameworkErrors):
        take_over(document)
    assert list(rows()) == [0, 0, 0, 0, 0]
    assert verbs() == []


@pytest.mark.parametrize("purpose", ["matching", "dossier"])
def test_other_jobs_may_not_import(purpose: str) -> None:
    with pytest.raises(Refused, match="Only platform administrators"):
        import_framework(document=as_yaml(small_document()), actor=SystemViewer(purpose))


def test_only_platform_administrators_import_and_publish() -> None:
    party = Party(slug="a", name="A")
    everybody = Viewer(User(email="amina@example.org"), party, frozenset({"editor", "approver", "national_admin"}))
    with pytest.raises(Refused):
        import_framework(document=as_yaml(small_document()), actor=everybody, dry_run=True)
    version = take_over(small_document()).version
    assert version is not None
    with pytest.raises(Refused):
        publish_framework(version=version, actor=everybody)
    version.refresh_from_db()
    assert version.status == FrameworkStatus.DRAFT
    administrator = Viewer(User(email="pat@example.org", is_platform_admin=True), party, frozenset())
    assert (
        import_framework(document=as_yaml(small_document()), actor=administrator, dry_run=True).outcome == "unchanged"
    )


def test_nodes_are_written_in_bulk() -> None:
    with CaptureQueriesContext(connection) as captured:
        take_over(foreign_document(4, 2, 25))
    sent = [query["sql"] for query in captured.captured_queries]
    # Three levels at most 500 rows a statement on PostgreSQL; SQLite takes some forty rows in each.
    assert 3 <= len([sql for sql in sent if sql.startswith('INSERT INTO "assessments_node"')]) <= 8
