"""The county that many tests begin with is built once: in a transaction around them, undone after the last.

Each of the tests has a transaction of its own inside, so none sees what another did, and a copy of the objects. A
fixture says what it is built by::

    @pytest.fixture
    @begins_with(build_desk, build_season)
    def season(desk, told):
        return told(build_season, desk)

Tests that commit (``transactional_db``, the browser's) build it for themselves.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction

Build = Callable[[Any], Any]


class Stage:
    """What stands in the database around the tests; at most one at a time."""

    def __init__(self) -> None:
        self.builds: tuple[Build, ...] = ()
        self.values: dict[Build, Any] = {}  # what each of them made
        self._atomic: Any = None

    def enter(self, builds: tuple[Build, ...]) -> None:
        """Stand as ``builds`` leave it; nothing at all for none."""
        if builds == self.builds:
            return
        self.leave()
        if not builds:
            return
        self._atomic = transaction.atomic()
        self._atomic._from_testcase = True  # as Django's own TestCase: a durable block may lie inside
        self._atomic.__enter__()
        self.builds = builds
        try:
            value = None
            for build in builds:
                value = self.values[build] = build(value)
        except BaseException:
            self.leave()
            raise

    def leave(self) -> None:
        """Undo it."""
        if self._atomic is None:
            return
        transaction.set_rollback(True)
        self._atomic.__exit__(None, None, None)
        self.builds, self.values, self._atomic = (), {}, None


STAGE = Stage()


def begins_with(*builds: Build) -> Callable[[Any], Any]:
    """Marks a fixture's function: these leave the database as its tests want it."""

    def marked(function: Any) -> Any:
        function.builds = builds
        return function

    return marked


def builds_of(item: pytest.Item) -> tuple[Build, ...]:
    """What the test begins with: of its fixtures, the one that is built by most."""
    database = item.get_closest_marker("django_db")
    commits = database is not None and database.kwargs.get("transaction", False)
    names = getattr(item, "fixturenames", ())
    if commits or "transactional_db" in names or "live_server" in names:
        return ()
    known = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    found = [getattr(known[name][-1].func, "builds", ()) for name in names if name in known]
    return max(found, key=len, default=())


class Told:
    """Hands a test its copy of what stands, or builds it where nothing does."""

    def __init__(self) -> None:
        self._copies = deepcopy(STAGE.values)

    def __call__(self, build: Build, upon: Any = None) -> Any:
        return self._copies[build] if build in self._copies else build(upon)
