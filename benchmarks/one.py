"""One row at one size: makes and fills the database where it is empty, measures, prints JSON."""

import importlib
import json
import sys
from dataclasses import asdict
from types import ModuleType

import django

from benchmarks.rows import peak_mb


def main(row: str, size: int) -> None:
    """Print what ``benchmarks.rows.<row>.measure(size)`` gives, with the memory it took."""
    django.setup()
    module = importlib.import_module(f"benchmarks.rows.{row}")
    _ready(size, module)
    before = peak_mb()
    measured = asdict(module.measure(size))
    measured["peak_mb"] = measured["peak_mb"] or max(peak_mb() - before, 0.0)
    print(json.dumps(measured))


def _ready(size: int, module: ModuleType) -> None:
    """Keys, tables and people: the row's own where it has a ``populate``, else the benchmark's county.

    Its policies come into force before anybody lives there: each is simulated on the whole register first.
    """
    from django.core.management import call_command  # noqa: PLC0415 - Django must be set up first

    from benchmarks.offices import active_policies  # noqa: PLC0415 - Django must be set up first
    from benchmarks.population import populate  # noqa: PLC0415 - Django must be set up first
    from beneficiaries.models import Person  # noqa: PLC0415 - Django must be set up first

    call_command("make_keys", verbosity=0, stdout=sys.stderr)
    call_command("migrate", verbosity=0, stdout=sys.stderr)
    if not Person.objects.exists():
        if hasattr(module, "populate"):
            module.populate(size)
        else:
            active_policies()
            populate(size)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
