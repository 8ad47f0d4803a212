"""The other people that a row names: a parent, a spouse, a guardian. By ID number alone, like the row's own person."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from beneficiaries.models import Person
from beneficiaries.services.elsewhere import Elsewhere, nameable, put_on_record
from beneficiaries.services.outcome import Taking
from beneficiaries.services.subjects import find_people
from facts.catalogue import Field, Kind
from standards.words import Refusal, Words


def match_named(taking: Taking, kind: Kind) -> dict[int, dict[str, int]]:
    """Row → field → person for the people that the rows name beside their own; refuses who is unknown or impossible."""
    fields = [field for field in kind.people if field.key in taking.values]
    rows = taking.good_rows() if fields else []
    numbers = (taking.values[field.key][row] for field in fields for row in rows)
    known = find_people((number for number in numbers if number), also_elsewhere=True)
    named: dict[int, dict[str, int]] = {row: {} for row in rows}
    for field in fields:
        for row in rows:
            number = taking.values[field.key][row]
            if number is None:
                continue
            problem = _problem(field, number, taking.values["subject"][row], is_known=number in known)
            if problem is not None:
                taking.refuse(row, field.key, *problem)
            else:
                named[row][field.key] = known[number].id
    return named


def with_named(
    kind: Kind, about: Person, values: Mapping[str, Any], elsewhere: Mapping[str, Elsewhere], on: date
) -> dict[str, Any]:
    """The values of an entry with the keys of the people whom they name by ID number. Refusal where one cannot be.

    ``elsewhere``: by field, what the paper says of somebody of another county, who is put on record with the entry.
    """
    found = dict(values)
    known = find_people(values[field.key] for field in kind.people if field.key in values)
    away = find_people((values[key] for key in values.keys() & nameable(kind)), also_elsewhere=True)
    for field in kind.people:
        if field.key not in values:
            continue
        number, told = values[field.key], elsewhere.get(field.key)
        is_known = number in known or number in away or (told is not None and field.key in nameable(kind))
        problem = _problem(field, number, about.citizen_id, is_known=is_known)
        if problem is not None:
            words, code = problem
            raise Refusal(words.zh, words.en, code=code)
        if told is None:
            found[field.key] = (known.get(number) or away[number]).id
        elif number in known:
            raise Refusal(
                f"{field.words.zh}就在本县户籍人口里，姓名和县不用填",
                f"{field.words.en}: on this county's register; leave name and county empty",
                code="registered_here",
            )
        else:
            found[field.key] = put_on_record(number, told, on=on)
    return found


def of_the_other(kind: Kind, subject: int, values: Mapping[str, Any]) -> tuple[int, dict[str, Any]] | None:
    """Of whom the same holds the other way round, and how it reads there; None for a kind about one person."""
    if kind.mutual not in values:
        return None
    return values[kind.mutual], {**values, kind.mutual: subject}


def _problem(field: Field, number: str, subject: str, *, is_known: bool) -> tuple[Words, str] | None:
    """What is wrong with the person whom a cell names; None where nothing is."""
    name = field.words
    if not is_known:
        words = Words(
            f"{name.zh}不在本县户籍人口里，请核对；确是外县户口，名单上这一格留空，在窗口凭材料登记",
            f"{name.en}: no registered person has this ID number. Compare it; for somebody of another county leave the"
            " cell of a list empty and enter the paper at the counter",
        )
        return words, "person_unknown"
    if number == subject:
        words = Words(f"{name.zh}和这一行的人是同一个人", f"{name.en}: the same person as the row is about")
        return words, "same_as_subject"
    sex = "male" if number[16] in "13579" else "female"
    if field.sex and field.sex != sex:
        words = Words(
            f"{name.zh}一格的身份证号性别不对，是不是填反了",
            f"{name.en}: the ID number is of the other sex. Were the two columns exchanged?",
        )
        return words, "wrong_sex"
    return None
