"""Where the browser of the tests is. One is started for all of them: two at once in a process cannot be driven."""

from __future__ import annotations

import os
import shutil

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

# Playwright's synchronous interface runs an event loop in this thread, which Django takes for an asynchronous context.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
