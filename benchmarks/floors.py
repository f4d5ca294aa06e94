"""Floors: what a page of this kind costs at least on this machine, through the same server and middleware."""

from __future__ import annotations

from typing import Any
from unittest import mock
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from assessments.views import answers
from wam_portal.jobs.models import WorkerHeartbeat

_prepared: dict[str, tuple[Any, ...]] = {}
_statements: dict[str, list[str]] = {}


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """A view that does nothing."""
    return HttpResponse("ok")


@csrf_exempt
@login_not_required
def commit(request: HttpRequest) -> HttpResponse:
    """A view that changes one row and commits durably."""
    with transaction.atomic():
        WorkerHeartbeat.objects.filter(name="bench").update(seen_at=timezone.now())
    return HttpResponse("ok")


def prepared(request: HttpRequest, party: str, uuid: UUID, key: str) -> HttpResponse:
    """The section sheet's template with values that the real view gathered on the first call; no query after it."""
    if request.path not in _prepared:
        with mock.patch.object(answers, "render") as captured:
            answers.section_sheet(request, party=party, uuid=uuid, key=key)
        _request, template, context = captured.call_args.args
        _prepared[request.path] = (template, context, request.viewer, request.held_parties)  # type: ignore[attr-defined]
    template, context, viewer, held = _prepared[request.path]
    request.viewer, request.held_parties = viewer, held  # type: ignore[attr-defined]
    return render(request, template, context)


def rows(request: HttpRequest, party: str, uuid: UUID, key: str) -> HttpResponse:
    """The statements of the section sheet, sent as plain SQL and fetched; nothing is made of the rows."""
    if request.path not in _statements:
        answers.section_sheet(request, party=party, uuid=uuid, key=key)
        with CaptureQueriesContext(connection) as captured:
            answers.section_sheet(request, party=party, uuid=uuid, key=key)
        _statements[request.path] = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    count = 0
    with connection.cursor() as cursor:
        for statement in _statements[request.path]:
            cursor.execute(statement.replace("%", "%%") if connection.vendor == "postgresql" else statement)
            count += len(cursor.fetchall())
    return HttpResponse(str(count))
