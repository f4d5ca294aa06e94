"""The health answer for load balancers and containers: is the database there, is the worker alive."""

from datetime import timedelta
from typing import Literal

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.models import Max
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from wam_portal.jobs.models import WorkerHeartbeat

WorkerState = Literal["up", "down", "unknown"]


def database_is_up() -> bool:
    """Tell whether the database answers a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        return False


def worker_state() -> WorkerState:
    """Return "up" when any worker reported lately, "down" when the last report is old or there was none."""
    last = WorkerHeartbeat.objects.aggregate(last=Max("seen_at"))["last"]
    if last is None:
        return "down"
    return "up" if timezone.now() - last <= timedelta(seconds=settings.WORKER_SILENCE_SECONDS) else "down"


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 with the state of database and worker, 503 when the database is down. Names nothing else.

    A silent worker alone does not make the web server unhealthy: pages still serve, jobs wait.
    """
    if not database_is_up():
        return JsonResponse({"status": "down", "database": "down", "worker": "unknown"}, status=503)
    worker = worker_state()
    return JsonResponse({"status": "ok" if worker == "up" else "degraded", "database": "up", "worker": worker})
