#!/usr/bin/env python
"""Django's command line for 共商. `manage.py serve` runs the whole product on one machine."""

import os
import sys


def main() -> None:
    """Run one management command with the settings named in the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.settings.base")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
