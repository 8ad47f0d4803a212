"""Managers whose rows an official sees by division."""

from django.db import models

from officials.models import ScopedQuerySet

Scoped = models.Manager.from_queryset(ScopedQuerySet)
