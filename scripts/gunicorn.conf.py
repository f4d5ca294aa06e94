"""Web server settings, for one's own machine and for the container alike."""

import os

import gunicorn.http.wsgi

# Do not tell callers what serves them.
gunicorn.http.wsgi.SERVER = "web"

wsgi_app = "wam_portal.wsgi"
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 8
max_requests = 5000
max_requests_jitter = 500
limit_request_line = 4094
# Heartbeat files in memory, so that a slow disk never looks like a hung worker.
# (every Linux has this folder; gunicorn unlinks its files at once)
worker_tmp_dir = "/dev/shm"  # noqa: S108  # nosec B108
# The scheme comes from Django's own proxy setting.
secure_scheme_headers: dict[str, str] = {}
errorlog = "-"
accesslog = None
# No remote control: the process is started and stopped by its supervisor alone.
control_socket_disable = True
loglevel = "warning"
