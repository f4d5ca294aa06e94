#!/usr/bin/env python
"""Command line of the portal. Uses the development settings unless DJANGO_SETTINGS_MODULE names others."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one management command from the arguments of the process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wam_portal.settings.development")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
