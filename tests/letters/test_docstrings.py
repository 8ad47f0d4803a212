"""The examples in this room's docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import letters.engine
import letters.queries

MODULES = [
    found.name
    for package in (letters.engine, letters.queries)
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
