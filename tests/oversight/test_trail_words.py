"""Whatever the trail says, the page says it in words."""

import ast
from pathlib import Path

from django.apps import apps

from audit.stateful import Stateful
from oversight.words import DETAILS, TABLES, VERBS

PROJECT = Path(__file__).parents[2]
ROOMS = [
    path.parent
    for path in PROJECT.glob("*/__init__.py")
    if path.parent.name not in ("tests", "benchmarks", "sample")
]
UNSHOWN = {"keep"}  # the key of a membership or fact: the row's own page shows it


def calls():
    for room in ROOMS:
        for path in room.rglob("*.py"):
            yield from (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def test_every_verb_has_words():
    written = {
        call.args[0].value
        for call in calls()
        if isinstance(call.func, ast.Name)
        and call.func.id in ("record", "record_all")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    assert len(written) > 20
    assert written - set(VERBS) == set()


def test_every_machine_has_words():
    machines = {model._meta.db_table for model in apps.get_models() if issubclass(model, Stateful)}
    assert machines - set(TABLES) == set()


def test_every_detail_has_words_or_is_said_to_be_for_queries():
    written = {
        key.value
        for call in calls()
        for keyword in call.keywords
        if keyword.arg == "detail" and isinstance(keyword.value, ast.Dict)
        for key in keyword.value.keys
        if isinstance(key, ast.Constant)
    }
    assert len(written) > 15
    assert written - set(DETAILS) - UNSHOWN == set()
