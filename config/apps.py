"""Loads the Celery application, so that a web process can ring the workers."""

from django.apps import AppConfig


class ConfigApp(AppConfig):
    """The top floor as a Django application, for its commands."""

    name = "config"

    def ready(self) -> None:
        """Make ours the current Celery application."""
        from config import celery  # noqa: PLC0415 - it needs the settings, which are ready only now

        celery.app.set_default()
