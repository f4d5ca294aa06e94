"""Settings of a worker process that a test starts: the test's own database and store of files."""

import os
from pathlib import Path

from wam_portal.settings.test import *  # noqa: F403  (settings modules are flat by design)

MEDIA_ROOT = Path(os.environ["WAM_TEST_MEDIA"])
