#!/usr/bin/env python
"""Django's command line. Every command starts the embedded database where none runs."""

import os
import sys


def main() -> None:
    """Run one management command; a refusal is one sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - settings must be named first

    from standards.words import Refusal  # noqa: PLC0415 - as above

    try:
        execute_from_command_line(sys.argv)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal.words.zh}\n{refusal.words.en}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
