"""Divisions from a file: a second county needs no change of code, a merged village names its successor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.db.models import Q

from audit.actor import SYSTEM, Actor
from audit.door import record
from officials.models import Division
from standards import divisions
from standards.words import Refusal

COLUMNS = ("code", "name", "from", "until", "successor")
ROWS_MAX = 20_000  # the largest prefecture has fewer villages


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many divisions are new, ended now, and as they were."""

    new: int
    ended: int
    same: int


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    code: str
    name: str
    valid_from: date | None
    valid_until: date | None
    successor: str | None


def load_divisions(rows: Sequence[Mapping[str, str | None]], *, on: date) -> Loaded:
    """Add divisions and end those that were merged; all or nothing. What is on record is never renamed or removed.

    Refusal: a column is missing, a code or a day cannot be, another name for a code, a successor nobody knows.
    """
    if not rows or set(COLUMNS) - set(rows[0]):
        raise _wrong(1, f"表头要有 {'、'.join(COLUMNS)}", f"the header needs {', '.join(COLUMNS)}")
    if len(rows) > ROWS_MAX:
        raise _wrong(ROWS_MAX, f"最多 {ROWS_MAX} 行", f"at most {ROWS_MAX} rows")
    read = sorted((_read(line, row) for line, row in enumerate(rows, 2)), key=lambda one: one.code)
    new = ended = same = 0
    with transaction.atomic():
        known = {one.code: one for one in Division.objects.select_for_update()}
        for one in read:
            stands = known.get(one.code)
            if stands is None:
                parent = divisions.parent(one.code)
                known[one.code] = made = Division.objects.create(
                    code=one.code, name=one.name, kind=divisions.level(one.code), valid_from=one.valid_from,
                    parent=known.get(parent or ""),
                )  # fmt: skip
                record("add_division", made, by=_by(one.code), on=on, detail={"name": one.name})
                new += 1
            elif stands.name != one.name:
                raise _wrong(
                    one.line,
                    f"{one.code} 已登记为“{stands.name}”",
                    f"{one.code} is on record as {stands.name}",
                )
        for one in read:
            if _end(known[one.code], one, known, on=on):
                ended += 1
    same = len(read) - new - ended
    return Loaded(new, ended, max(same, 0))


def _end(stands: Division, one: _Row, known: Mapping[str, Division], *, on: date) -> bool:
    """Write the last day and the successor of a division that was merged; False where nothing is new."""
    if one.successor is not None and (one.successor not in known or one.successor == one.code):
        raise _wrong(
            one.line,
            f"没有并入的区划 {one.successor}",
            f"there is no division {one.successor} to be merged into",
        )
    if (stands.valid_until, stands.successor_id) == (
        one.valid_until,
        one.successor,
    ) or one.valid_until is None:
        return False
    stands.valid_until, stands.successor_id = one.valid_until, one.successor
    stands.save(update_fields=["valid_until", "successor"])
    record("end_division", stands, by=_by(one.code), on=on, detail={"division": one.successor or ""})
    return True


def _by(code: str) -> Actor:
    """The program itself, in the place it is about: another county's trail does not show it."""
    return replace(SYSTEM, division=code)


def _read(line: int, row: Mapping[str, str | None]) -> _Row:
    values = {name: (row.get(name) or "").strip() for name in COLUMNS}
    try:
        code = divisions.read(values["code"])
        successor = divisions.read(values["successor"]) if values["successor"] else None
        first, last = (
            date.fromisoformat(values[name]) if values[name] else None for name in ("from", "until")
        )
    except Refusal as refusal:
        raise _wrong(line, refusal.words.zh, refusal.words.en) from None
    except ValueError:
        raise _wrong(line, "日期要写成 2026-01-01", "days are written 2026-01-01") from None
    if not values["name"] or (successor and not last) or (first and last and first > last):
        raise _wrong(
            line, "要有名称；并入别处的要有最后一天；起日不晚于止日",
            "a name, a last day for what is merged, and a first day not after the last are needed",
        )  # fmt: skip
    return _Row(line, code, values["name"], first, last, successor)


def _wrong(line: int, zh: str, en: str) -> Refusal:
    return Refusal(
        f"第 {line} 行：{zh}。一行也没有收", f"Line {line}: {en}. Nothing was taken", code="divisions.file"
    )


def standing(on: date) -> Q:
    """The divisions that are there on a day: what a form may offer."""
    return (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_until=None) | Q(valid_until__gte=on))


def successors(on: date) -> dict[str, str]:
    """Each division that is over on a day, with the one that took its place and stands; mergers of mergers followed.

    One that ended without a successor is left out, and so is a chain that leads nowhere. One query.
    """
    over = dict(Division.objects.filter(valid_until__lt=on).values_list("code", "successor"))
    found = {}
    for code in over:
        at: str | None = code
        for _step in range(len(over) + 1):  # as long as a chain can be
            if at is None or at not in over:
                break
            at = over[at]
        if at is not None and at not in over:
            found[code] = at
    return found
