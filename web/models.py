"""Wrong tries at a door, counted so that nobody can guess."""

from django.db import models
from django.db.models.functions import Now


class WrongTry(models.Model):
    """One wrong try. ``key`` is a keyed digest of what was tried; nothing personal stands here."""

    door = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["door", "key", "at"], name="wrong_tries")]

    def __str__(self) -> str:
        return f"{self.door} {self.at}"
