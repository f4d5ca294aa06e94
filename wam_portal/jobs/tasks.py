"""The one task of the queue: it carries a job's id, the `Job` row holds everything else."""

from __future__ import annotations

from django_tasks import task


@task()
def run_job(job_uuid: str) -> None:
    """Do the job if it still waits for somebody."""
    from wam_portal.jobs.runner import run  # noqa: PLC0415 (runner loads the handlers, which enqueue jobs)

    run(job_uuid)
