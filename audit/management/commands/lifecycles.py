"""``manage.py lifecycles``: the diagram of every state machine, drawn from its table."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import override

from audit.stateful import Stateful

INTRODUCTION = """# Lifecycles

Drawn by `manage.py lifecycles` from the tables in each room's `lifecycle.py`; a test compares them. The database guard
is made from the same tables.
"""


class Command(BaseCommand):
    """Write docs/lifecycles.md."""

    help = "Draw every state machine into docs/lifecycles.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether the file is up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        file = Path(settings.BASE_DIR) / "docs" / "lifecycles.md"
        text = drawn()
        if options["check"]:
            if not file.is_file() or file.read_text() != text:
                raise SystemExit("docs/lifecycles.md is behind the tables: run manage.py lifecycles")
            return
        file.write_text(text)


def drawn() -> str:
    """All machines as Mermaid diagrams with their moves as tables, by room and model."""
    models = [model for model in apps.get_models() if issubclass(model, Stateful)]
    with override("en"):
        return "\n".join([INTRODUCTION, *(_one(model) for model in models)])


def _one(model: type[Stateful]) -> str:
    arrows = [
        f"    {source} --> {move.target}: {move.name}" for move in model.MOVES for source in move.source
    ]
    rows = [
        f"| `{move.name}` | {', '.join(move.source)} | {move.target} | {', '.join(move.roles)} | {move.label} |"
        for move in model.MOVES
    ]
    return "\n".join(
        [
            f"## {model._meta.app_label}: {model._meta.object_name}",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *arrows,
            "```",
            "",
            "| move | from | to | who | on the button |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )
