"""Nothing reaches up: neither by import nor by what an import linter cannot see."""

import ast
import re
import subprocess
import sys
from functools import cache

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.template import engines
from django.template.exceptions import TemplateDoesNotExist
from django.urls import get_resolver

from tests.architecture.house import PROJECT, floors, may_see, python_files, room_of, shown, templates, tree


def test_imports_go_down_only():
    linter = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linter.returncode == 0, linter.stdout[-3000:] + linter.stderr[-2000:]


def test_models_point_down_only():
    """Foreign keys as models state them, by class or by string."""
    up = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if room(model) in floors()
        for field in model._meta.get_fields()
        if getattr(field, "related_model", None) and field.concrete and room(field.related_model) in floors()
        if not may_see(room(model), room(field.related_model))
    ]
    assert up == []


def room(model):
    return model.__module__.split(".")[0]


def reverse_names():
    """Reverse accessors that belong to a higher floor than the model they hang on: name → owners."""
    names = {}
    for model in apps.get_models():
        for relation in model._meta.related_objects:
            owner = room(relation.related_model)
            if owner in floors() and room(model) in floors() and owner != room(model):
                names.setdefault(relation.get_accessor_name(), set()).add(owner)
    return names


def test_reverse_relations_are_used_from_their_own_floor_up():
    """``application.letters`` belongs to letters: a lower room that follows it reaches up.

    A name that also stands for something of the lower room itself cannot be told apart and is passed.
    """
    up = []
    foreign = reverse_names()
    for file in python_files():
        own = own_names(room_of(file))
        for node in ast.walk(tree(file)):
            for name in followed(node):
                owners = foreign.get(name, set())
                if owners and name not in own and not any(may_see(room_of(file), owner) for owner in owners):
                    up.append(f"{shown(file)}:{node.lineno}: {name} belongs to {', '.join(sorted(owners))}")
    for file in templates():
        own = own_names(room_of(file))
        for name, owners in foreign.items():
            used = re.search(rf"[{{%][^}}]*\w\.{name}\b[^}}]*[%}}]", file.read_text())
            if used and name not in own and not any(may_see(room_of(file), owner) for owner in owners):
                up.append(f"{shown(file)}: {name} belongs to {', '.join(sorted(owners))}")
    assert up == []


def followed(node):
    """Names that this piece of code follows from a row: attributes and look-ups."""
    if isinstance(node, ast.Attribute):
        yield node.attr
    if isinstance(node, ast.keyword) and node.arg and "__" in node.arg:
        yield from node.arg.split("__")


@cache
def own_names(name):
    """Attributes and names the room's own models and classes have."""
    below = [model for model in apps.get_models() if room(model) in floors() and may_see(name, room(model))]
    fields = {field.name for model in below for field in model._meta.get_fields() if field.concrete}
    own_reverse = {
        relation.get_accessor_name()
        for model in below
        for relation in model._meta.related_objects
        if may_see(name, room(relation.related_model))
    }
    modules = {
        part
        for file in python_files()
        if may_see(name, room_of(file))
        for part in (*file.with_suffix("").relative_to(PROJECT).parts, *defined(file))
    }
    return fields | own_reverse | modules


@cache
def defined(file):
    """Names that a file defines: functions, classes, annotated attributes, parameters."""
    names = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


def room_of_template(name):
    """The room that owns a template, None where it is a library's."""
    try:
        origin = engines["django"].get_template(name).origin.name
    except TemplateDoesNotExist:
        return "(missing)"
    return next((one for one in floors() if origin.startswith(f"{PROJECT / one}/")), None)


def room_of_url(name):
    """The room whose view answers a named address, None where it is a library's."""
    *namespaces, last = name.split(":")
    resolver = get_resolver()
    for namespace in namespaces:
        if namespace not in resolver.namespace_dict:
            return "(missing)"
        resolver = resolver.namespace_dict[namespace][1]
    for pattern in walk(resolver.url_patterns):
        if pattern.name == last:
            module = getattr(pattern.callback, "view_class", pattern.callback).__module__
            return module.split(".")[0] if module.split(".")[0] in floors() else None
    return "(missing)"


def walk(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from walk(pattern.url_patterns)
        else:
            yield pattern


TAGS = [
    (re.compile(r"""{%\s*(?:extends|include)\s+["']([^"']+)["']"""), room_of_template),
    (re.compile(r"""{%\s*url\s+["']([^"']+)["']"""), room_of_url),
]


@pytest.mark.parametrize("file", templates(), ids=shown)
def test_templates_point_down_only(file):
    up = []
    for tag, owner_of in TAGS:
        for name in tag.findall(file.read_text()):
            owner = owner_of(name)
            if owner is not None and (owner not in floors() or not may_see(room_of(file), owner)):
                up.append(f"{name} belongs to {owner}")
    assert up == []


def test_rings_name_tasks_that_exist():
    """A bell that nobody hears would only be answered by the clock."""
    current_app.loader.import_default_modules()
    silent = [
        f"{shown(file)}:{node.lineno}: {node.args[0].value}"
        for file in python_files()
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "ring"
        if node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value not in current_app.tasks
    ]
    assert silent == []


def test_every_room_is_installed():
    plain = {"standards", "facts"}
    assert set(settings.ROOMS) == set(floors()) - plain
