"""The process that reads a workbook: a line of JSON and the file on standard input, the cells as JSON out.

Run as ``python -m wam_portal.spreadsheet_child`` by `wam_portal.workbooks.read_workbook`; it knows neither settings
nor database.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict

from wam_portal.confinement import Limits, confine
from wam_portal.spreadsheets import SheetLimits, read_here
from wam_portal.workbook_check import WorkbookRefused


def main() -> int:
    """Read one workbook; 0 on success and for a refusal, which goes out as its code; 1 for everything else."""
    order = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    confine(Limits(**order["limits"]))
    # The reader's optional companions: slow to import, and another parser to trust.
    os.environ["OPENPYXL_LXML"] = "False"
    sys.modules["numpy"] = None  # type: ignore[assignment]  # the documented way to make an import fail
    try:
        answer = asdict(read_here(content, SheetLimits(**order["sheets"])))
    except WorkbookRefused as refused:
        answer = {"refused": refused.code}
    except Exception as error:  # noqa: BLE001 (whatever the reader raises, the parent needs one word and a code)
        print(type(error).__name__, file=sys.stderr)  # noqa: T201 (this program's way to answer)
        return 1
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
