"""The world of the access proof, built once a module and rolled back after it."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.access.plain_pdf import render_plainly, render_source_plainly
from tests.access.realm import Realm, make_realm


@pytest.fixture(scope="module")
def realm(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Realm]:
    """Everything that the probes look for. What a test writes is rolled back after the test."""
    plainly = mock.patch("cooperation.services.dossiers.render_dossier", render_plainly)
    reports = mock.patch("assessments.services.documents.render_pdf", render_source_plainly)
    with django_db_blocker.unblock(), transaction.atomic(), plainly, reports:
        yield make_realm()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def rendered_realm(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Realm]:
    """The same world with dossiers as the real renderer makes them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_realm()
        transaction.set_rollback(True)
