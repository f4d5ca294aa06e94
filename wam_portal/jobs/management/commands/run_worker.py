"""The job worker: django-tasks' database worker; beside it a heartbeat, recovery of dropped jobs, periodic ones."""

from __future__ import annotations

import logging
import os
import socket
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections, connection
from django_tasks_db.management.commands.db_worker import Worker

from wam_portal.jobs.periodic import enqueue_due_jobs
from wam_portal.jobs.services import beat, recover_jobs

log = logging.getLogger(__name__)


def _look_after(name: str, interval: float, stop: threading.Event, *, periodic: bool) -> None:
    while not stop.is_set():
        try:
            beat(name)
            recover_jobs()
            if periodic:
                enqueue_due_jobs()
        except DatabaseError:
            log.warning("worker %s cannot reach the database", name)
        finally:
            close_old_connections()
        stop.wait(interval)
    connection.close()


class Command(BaseCommand):
    help = "Do background jobs until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks for work")
        parser.add_argument("--batch", action="store_true", help="stop when nothing is waiting")

    def handle(self, *args: Any, **options: Any) -> None:
        name = f"{socket.gethostname()}-{os.getpid()}"
        worker = Worker(
            queue_names=["default"],
            interval=options["interval"],
            batch=options["batch"],
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=name[:64],
            excluded_queue_names=[],
        )
        worker.configure_signals()
        stop = threading.Event()
        # One that stops when nothing is waiting would otherwise make its own work.
        periodic = {"periodic": not options["batch"]}
        keeper = threading.Thread(target=_look_after, args=(name, 10.0, stop), kwargs=periodic, daemon=True)
        keeper.start()
        try:
            worker.run()
        finally:
            stop.set()
            keeper.join(timeout=5)
