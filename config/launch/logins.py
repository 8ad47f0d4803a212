"""Who may sign in to the sample county."""

from pathlib import Path

from django.conf import settings

LOGINS = "sample_logins.txt"  # written by `load_sample`, for its invented staff alone


def sample_logins() -> list[str]:
    """The lines to print; none where the county is not the sample."""
    written = Path(settings.VAR) / LOGINS
    return written.read_text().splitlines() if written.is_file() else []
