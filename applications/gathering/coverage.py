"""Where absence from a list means no: a complete list of that division covers the judged day."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from beneficiaries.models import Coverage
from facts.catalogue import load_catalogue
from programs.language.columns import day_number

Bools = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Covered:
    """Complete lists by (kind, code): division prefix and first and last day (numbers)."""

    lists: dict[tuple[str, str], list[tuple[str, int, int]]]

    def holds(self, kind: str, code: str, divisions: Longs, days: Longs) -> Bools:
        """For each row whether a complete list of its division covers its day (12-digit codes, day numbers)."""
        found = np.zeros(len(days), bool)
        for scope, first, last in self.lists.get((kind, code), ()):
            here = divisions // 10 ** (12 - len(scope)) == int(scope)
            found |= here & (days >= first) & (days <= last)
        return found


def complete_lists(kinds: set[str] | None = None) -> Covered:
    """The complete, taken and not withdrawn lists of these kinds, of every kind where none is named; touching months of one
    division are joined."""
    named = load_catalogue().kinds if kinds is None else kinds
    rows = (
        Coverage.objects.filter(kind__in=named, is_complete=True, list__state="taken")
        .order_by("kind", "code", "scope", "valid_from")
        .values_list("kind", "code", "scope", "valid_from", "valid_until")
    )
    lists: dict[tuple[str, str], list[tuple[str, int, int]]] = defaultdict(list)
    for kind, code, scope, first_day, last_day in rows:
        first, last = day_number(first_day), day_number(last_day)
        known = lists[(kind, code)]
        if known and known[-1][0] == scope and first <= known[-1][2] + 1:
            known[-1] = (scope, known[-1][1], max(last, known[-1][2]))
        else:
            known.append((scope, first, last))
    return Covered(dict(lists))
