"""The lease: who works on a row, until when, and how far."""

from django.db import models

TRIES_MAX = 5  # then the row is left for a person: what fails five times fails the sixth time too


class Leased(models.Model):
    """Fields of a row that a worker takes, keeps and gives back; see `jobs.leases`.

    ``lease_number`` only grows. A worker that was thought dead and wakes up writes with its old number,
    and meets no row.
    """

    lease_until = models.DateTimeField(null=True, editable=False)
    leased_by = models.CharField(max_length=120, blank=True, default="", editable=False)
    lease_number = models.BigIntegerField(default=0, editable=False)
    tries = models.PositiveIntegerField(default=0, editable=False)
    progress_done = models.PositiveBigIntegerField(default=0, editable=False)
    progress_total = models.PositiveBigIntegerField(default=0, editable=False)
    stopped_at = models.DateTimeField(null=True, editable=False)
    error_zh = models.TextField(blank=True, default="", editable=False)
    error_en = models.TextField(blank=True, default="", editable=False)

    class Meta:
        abstract = True

    @property
    def progress_percent(self) -> int:
        """0 to 100, rounded down; 0 while the total is not known."""
        return min(100, 100 * self.progress_done // self.progress_total) if self.progress_total else 0

    @property
    def is_stopped(self) -> bool:
        """Whether no worker will take it up again by itself; ``error_zh`` and ``error_en`` say why."""
        return self.stopped_at is not None
