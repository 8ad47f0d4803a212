"""The Celery application: a doorbell. Work is found in the database (see the `jobs` room).

Embedded, the broker is a folder; ``GUANAI_BROKER`` names Redis or RabbitMQ for workers on other machines.
"""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import import_modules

from jobs.bell import schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

POLL_SECONDS = 0.2  # a ring is heard after this long; idle, it costs 0.1 s of processor time a minute


def configuration() -> dict[str, Any]:
    """Celery's settings; read when the first task is sent or the worker starts."""
    from django.conf import settings  # noqa: PLC0415 - this module is imported while they are made

    broker: str = settings.CELERY["broker_url"]
    is_folder = broker == "filesystem://"
    folders = _folders(Path(settings.CELERY["broker_folder"])) if is_folder else {}
    return {
        "broker_url": "filesystem://localhost//" if is_folder else broker,  # without a host kombu warns
        "broker_transport_options": folders,
        "broker_connection_retry_on_startup": True,
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "timezone": settings.TIME_ZONE,
        "beat_scheduler": "celery.beat:Scheduler",  # keeps its state in memory, leaves no files
        "worker_enable_remote_control": False,
        "worker_hijack_root_logger": False,
        "worker_prefetch_multiplier": 1,
    }


def _folders(folder: Path) -> dict[str, Any]:
    """The folder broker's places; made here, because the transport does not make them."""
    queue, control = folder / "queue", folder / "control"
    for each in (queue, control):
        each.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "data_folder_in": str(queue),
        "data_folder_out": str(queue),
        "control_folder": str(control),
        "store_processed": False,
        "polling_interval": POLL_SECONDS,
    }


app = Celery("guanai")
app.add_defaults(configuration)
app.autodiscover_tasks()


def _set_the_clock(**_signal: Any) -> None:
    """Runs after the rooms' tasks were imported by `autodiscover_tasks`, which listens to the same signal."""
    app.conf.beat_schedule = schedule()


import_modules.connect(_set_the_clock, sender=app, weak=False)
