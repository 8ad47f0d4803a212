"""What only a whole row, or two rows together, can show: a sex against the ID number, one person listed twice.

Impossible refuses the row; odd is a doubt for a person, and the row is taken.
"""

from collections import defaultdict
from collections.abc import Callable

from beneficiaries.lists.columns import Checked
from standards.names import same_person_name
from standards.words import Words

HEAD = "02"
SELF = "01"


def check_rows(checked: Checked) -> None:
    """The checks of the list's kind over its rows; adds to ``problems``, ``changes`` and ``left_out``."""
    if "cancelled_on" in checked.values or checked.table.kind.until:
        _days_in_order(checked)
    rules: dict[str, Callable[[Checked], None]] = {
        "register": _register,
        "accounts": _accounts,
        "facts": _facts,
    }
    rules[checked.table.kind.stores](checked)


def _days_in_order(checked: Checked) -> None:
    kind = checked.table.kind
    first, last = checked.values.get(kind.day, []), checked.values.get(kind.until, [])
    for row, (begins, ends) in enumerate(zip(first, last, strict=False)):
        if begins and ends and ends < begins:
            words = Words(
                f"{kind.fields[kind.until].words.zh} {ends} 早于{kind.fields[kind.day].words.zh} {begins}",
                f"{kind.fields[kind.until].words.en} {ends} lies before {kind.fields[kind.day].words.en} {begins}",
            )
            checked.refuse(row, kind.until, words, "days_in_order")


def _register(checked: Checked) -> None:
    """Sex and birth date against the ID number, each person once, one head to a household."""
    values = checked.values
    ids = values["subject"]
    _against_id(checked, ids)
    seen: dict[str, int] = {}
    for row, number in enumerate(ids):
        if number is None:
            continue
        if number in seen:
            _twice(checked, seen[number], row)
        else:
            seen[number] = row
    _heads(checked)


def _against_id(checked: Checked, ids: list[str | None]) -> None:
    sexes = checked.values.get("sex") or [None] * len(ids)
    born = checked.values.get("born_on")
    filled: dict[str, list[int]] = defaultdict(list)
    birth_days: list[str | None] = []
    for row, number in enumerate(ids):
        if number is None:
            birth_days.append(born[row] if born else None)
            continue
        sex = "male" if number[16] in "13579" else "female"
        day = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
        if sexes[row] is None:
            sexes[row] = sex
            filled["sex"].append(row)
        elif sexes[row] != sex:
            words = Words(
                "性别与身份证号不一致，请对照证件",
                "The sex differs from the ID number: compare with the card",
            )
            checked.doubt(row, "sex", words, "sex_differs")
        if born and born[row] is not None and born[row] != day:
            words = Words(
                f"出生日期 {born[row]} 与身份证号（{day}）不一致，请对照证件",
                f"The birth date {born[row]} differs from the ID number ({day}): compare with the card",
            )
            checked.doubt(row, "born_on", words, "born_differs")
        birth_days.append(day)
    checked.values["sex"], checked.values["born_on"] = sexes, birth_days
    for key, rows in filled.items():
        if key in checked.table.texts:
            checked.change(key, "from_id", rows)


def _twice(checked: Checked, first: int, row: int) -> None:
    """The same person on two rows: the same row goes once; two households are for a person; else refused."""
    values, at = checked.values, checked.table.cell(first, "subject")
    same_household = values["household_number"][first] == values["household_number"][row]
    if same_household and all(column[first] == column[row] for column in values.values()):
        checked.left_out.add(row)
        checked.change("subject", "twice", [row])
    elif same_household:
        words = Words(f"与 {at} 是同一个人，内容却不同", f"The same person as in {at}, with other values")
        checked.refuse(row, "subject", words, "twice")
    else:
        words = Words(
            f"同一个人在 {at} 已登记在另一户", f"The same person stands in another household in {at}"
        )
        checked.doubt(row, "subject", words, "two_households")


def _heads(checked: Checked) -> None:
    """One head to a household; the head's ID number on every row names that person."""
    values = checked.values
    heads: dict[str, int] = {}
    for row, (number, relation) in enumerate(
        zip(values["household_number"], values["relation"], strict=True)
    ):
        if relation not in (HEAD, SELF) or number is None or row in checked.left_out:
            continue
        if number in heads:
            at = checked.table.cell(heads[number], "relation")
            words = Words(f"这一户在 {at} 已有户主", f"The household already has a head in {at}")
            checked.refuse(row, "relation", words, "two_heads")
        else:
            heads[number] = row
    stated = values.get("head_citizen_id")
    if not stated:
        return
    for row, (number, head) in enumerate(zip(values["household_number"], stated, strict=True)):
        at_row = heads.get(number)
        if head is None or at_row is None or values["subject"][at_row] in (None, head):
            continue
        words = Words(
            f"户主身份证号与本户户主一行（{checked.table.cell(at_row, 'subject')}）不一致",
            f"The head's ID number differs from the household's head in {checked.table.cell(at_row, 'subject')}",
        )
        checked.refuse(row, "head_citizen_id", words, "head_differs")


def _accounts(checked: Checked) -> None:
    """One account of two owners, and an account under another name, are for a person."""
    values = checked.values
    owners: dict[str, int] = {}
    names = values.get("subject_name")
    for row, number in enumerate(values["number"]):
        if number is None:
            continue
        first = owners.setdefault(number, row)
        if first != row and values["subject"][first] == values["subject"][row]:
            checked.left_out.add(row)
            checked.change("number", "twice", [row])
        elif first != row:
            at = checked.table.cell(first, "number")
            words = Words(
                f"这个账号在 {at} 已属于另一个人", f"This account belongs to another person in {at}"
            )
            checked.doubt(row, "number", words, "account_shared")
        name = values["account_name"][row]
        if names and names[row] and name and not same_person_name(name, names[row]):
            words = Words("户名与姓名不一致", "The account name differs from the person's name")
            checked.doubt(row, "account_name", words, "account_name")


def _facts(checked: Checked) -> None:
    """One subject's record once: the same again is left out, another one for the same day is refused on both rows."""
    kind, values = checked.table.kind, checked.values
    keys = [key for key in kind.fields if key in values]
    same_when = [
        key for key in keys if key in (kind.day, kind.list_of, *kind.apart) or kind.fields[key].from_period
    ]
    if kind.name == "earlier_payment":  # one person may be paid under two programs on one day
        same_when = keys
    seen: dict[tuple[object, ...], int] = {}
    for row, number in enumerate(values["subject"]):
        if number is None:
            continue
        first = seen.setdefault((number, *(repr(values[key][row]) for key in same_when)), row)
        if first == row:
            continue
        if all(values[key][first] == values[key][row] for key in keys):
            checked.left_out.add(row)
            checked.change("subject", "twice", [row])
        else:
            for one, other in ((row, first), (first, row)):
                at = checked.table.cell(other, "subject")
                words = Words(
                    f"与 {at} 是同一个人、同一天，内容却不同",
                    f"The same person and day as {at}, with other values",
                )
                checked.refuse(one, "subject", words, "twice")
