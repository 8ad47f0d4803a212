"""Known defects, planted in known numbers: what real lists hold and a program must find.

Each kind says what must become of its row: ``refused`` (it comes back marked), ``warned`` (it is taken and
named) or ``person`` (taken, and a person has to settle it). The victims are people whom the defect costs
nothing, but for a few girls with a right: those are held by it, and the truth says so.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sample.identity import Numbers, wrong_check_character
from sample.lists import Row, SampleList
from sample.names import pen_slip
from sample.people import Household, Person
from sample.plans import Plan

REFUSED, WARNED, PERSON = "refused", "warned", "person"


@dataclass(frozen=True, slots=True)
class DefectKind:
    name: str
    zh: str
    expected: str
    per_10000: int  # planted in a county of 10,000 people; one at least


KINDS = {
    kind.name: kind
    for kind in (
        DefectKind("id_check_digit", "身份证号校验位不对", REFUSED, 4),
        DefectKind("id_numeric", "身份证号存成了数字,末几位已丢", REFUSED, 4),
        DefectKind("id_short", "身份证号少一位", REFUSED, 2),
        DefectKind("id_missing", "没有身份证号", REFUSED, 2),
        DefectKind("date_impossible", "日期不存在", REFUSED, 2),
        DefectKind("code_unknown", "等级不认识", REFUSED, 2),
        DefectKind("person_unknown", "本县户籍里没有这个人", REFUSED, 2),
        DefectKind("village_unknown", "村代码不存在", REFUSED, 2),
        DefectKind("duplicate_row", "同一行写了两次", WARNED, 4),
        DefectKind("two_households", "一个女孩在两户", PERSON, 2),
        DefectKind("moved", "已迁走,两镇都有", PERSON, 2),
        DefectKind("other_name", "同一身份证号,名字差一个字", PERSON, 3),
        DefectKind("second_id", "同名同生日同村,另一个身份证号", PERSON, 2),
        DefectKind("sex_differs", "填的性别与身份证号不符", PERSON, 2),
        DefectKind("account_other_name", "账户是别人的名字", PERSON, 3),
    )
}


@dataclass(slots=True)
class Planted:
    """One defect in one row; where the row stands is known once the workbook is written."""

    kind: str
    list: SampleList
    row: Row
    holds: bool = False  # a girl with a right waits for it


class Saboteur:
    """Plants the defects. ``plans`` tells whom a defect would cost something."""

    def __init__(
        self, dice: random.Random, numbers: Numbers, lists: Sequence[SampleList], plans: dict[Household, Plan]
    ) -> None:
        self.dice = dice
        self.numbers = numbers
        self.lists = lists
        self.plans = plans
        self.planted: list[Planted] = []
        self.people = sum(len(made.rows) for made in lists if made.kind == "register")

    def plant_all(self) -> list[Planted]:
        self._in_registers()
        self._in_evidence()
        self._girls_with_a_right()
        self._unknown_because_refused()
        return self.planted

    def _times(self, kind: str) -> int:
        return max(1, KINDS[kind].per_10000 * self.people // 10_000)

    def _some(self, rows: list[tuple[SampleList, Row]], times: int) -> list[tuple[SampleList, Row]]:
        """As many rows as asked for, or all there are: a handful of people has no room for every defect."""
        return self.dice.sample(rows, min(times, len(rows)))

    def _of(self, kind: str) -> list[SampleList]:
        return [made for made in self.lists if made.kind == kind]

    def _is_free(self, person: Person | None) -> bool:
        """A defect in this person's row costs nobody a right, and the row has none yet."""
        if person is None or person.held_by:
            return False
        plan = self.plans[person.household]
        mixed = plan.story or plan.certificate or plan.house or plan.admission or plan.trade or plan.hardship
        return not mixed and person is not person.household.head

    def _spoil(
        self,
        kind: str,
        rows: list[tuple[SampleList, Row]],
        change: Callable[[SampleList, Row], None],
        *,
        times: int,
    ) -> None:
        free = [pair for pair in rows if not pair[1].defects]
        for made, row in self._some(free, times):
            change(made, row)
            self._note(kind, made, row)

    def _note(self, kind: str, made: SampleList, row: Row, *, holds: bool = False) -> None:
        row.defects.append(kind)
        self.planted.append(Planted(kind, made, row, holds))

    def _in_registers(self) -> None:
        def rows() -> list[tuple[SampleList, Row]]:
            pairs = [(made, row) for made in self._of("register") for row in made.rows]
            return [(made, row) for made, row in pairs if self._is_free(row.person) and not row.defects]

        for kind, change in REGISTER_CHANGES.items():
            self._spoil(kind, rows(), change, times=self._times(kind))
        for made, row in self._some(rows(), self._times("duplicate_row")):
            self._repeat(made, row)
        for made, row in self._some(rows(), self._times("second_id")):
            self._second_id(made, row)
        for made, row in self._some(rows(), self._times("moved")):
            self._again_elsewhere("moved", made, row)

    def _in_evidence(self) -> None:
        plain = [
            (m, r)
            for m in self._of("medical")
            for r in m.rows
            if r.person is not None and not r.person.female and self._is_free(r.person)
        ]
        for kind in ("id_check_digit", "id_numeric", "id_missing", "other_name"):
            self._spoil(kind, plain, EVIDENCE_CHANGES[kind], times=self._times(kind))
        for made, row in self._some(plain, self._times("duplicate_row")):
            self._repeat(made, row)
        for kind, of in (("date_impossible", "housing"), ("code_unknown", "housing")):
            rows = [(made, row) for made in self._of(of) for row in made.rows if self._is_harmless_house(row)]
            self._spoil(kind, rows, EVIDENCE_CHANGES[kind], times=self._times(kind))
        for made in self._of("medical"):
            for _ in range(self._times("person_unknown")):
                self._stranger(made)

    def _is_harmless_house(self, row: Row) -> bool:
        """A graded house of a family that could not have the subsidy anyway."""
        assert row.person is not None
        plan = self.plans[row.person.household]
        return not plan.certificate and not plan.story and not row.defects

    def _repeat(self, made: SampleList, row: Row) -> None:
        if row.defects:
            return
        copy = Row(dict(row.cells), row.person)
        made.rows.insert(made.rows.index(row) + self.dice.randint(1, 3), copy)
        row.defects.append("duplicate_row")
        self._note("duplicate_row", made, copy)

    def _second_id(self, made: SampleList, row: Row) -> None:
        person = row.person
        assert person is not None
        other = self.numbers.citizen_id(born=person.born, female=person.female)
        copy = Row({**row.cells, "id": other, "relation": "其他亲属", "phone": ""}, None)
        made.rows.insert(made.rows.index(row) + 1, copy)
        row.defects.append("second_id")
        self._note("second_id", made, copy)

    def _again_elsewhere(self, kind: str, made: SampleList, row: Row, *, holds: bool = False) -> None:
        """The same person in the register of another township, as a relative in the booklet that stands there."""
        registers = self._of("register")
        others = registers[registers.index(made) + 1 :]  # the doubt falls on the list that is taken later
        if not others or row.defects or row.person is None:
            return
        target = self.dice.choice(others)
        place = self.dice.randrange(len(target.rows))
        host = next(r for r in target.rows[place:] + target.rows[:place] if r.person and not r.defects)
        assert host.person is not None
        shared = ("household_number", "head_citizen_id", "residence", "village_name")
        copy = Row(
            {**row.cells, **{key: host.cells[key] for key in shared}, "relation": "其他亲属"}, row.person
        )
        copy.cells["remark"] = "由外镇迁入" if kind == "moved" else "随外祖父母生活"
        if kind == "moved":
            row.cells["remark"] = "已迁出"
        target.rows.insert(target.rows.index(host) + 1, copy)
        row.defects.append(kind)
        row.person.held_by.append(kind)
        self._note(kind, target, copy, holds=holds)

    def _stranger(self, made: SampleList) -> None:
        """Somebody who is registered in another county."""
        host = self.dice.choice(made.rows)
        assert host.person is not None
        born = host.person.born
        number = self.numbers.citizen_id(born=born, female=host.person.female)
        row = Row({**host.cells, "id": number, "name": pen_slip(host.person.name)}, None)
        made.rows.insert(self.dice.randrange(len(made.rows)), row)
        self._note("person_unknown", made, row)

    def _girls_with_a_right(self) -> None:
        """A few girls whose only row is refused or disputed: they are held, not missed."""
        if self.people < 400:
            return
        register = [(m, r) for m in self._of("register") for r in m.rows if self._is_quiet_girl(r.person)]
        for kind in ("id_check_digit", "id_numeric", "two_households"):
            pairs = [(made, row) for made, row in register if not row.defects]
            for made, row in self._some(pairs, self._times(kind)):
                assert row.person is not None
                if kind == "two_households":
                    self._again_elsewhere(kind, made, row, holds=True)
                    continue
                REGISTER_CHANGES[kind](made, row)
                row.person.held_by.append(kind)
                self._note(kind, made, row, holds=True)
        accounts = [
            (m, r) for m in self._of("account") for r in m.rows if self._is_quiet(r.person) and not r.defects
        ]
        for made, row in self._some(accounts, self._times("account_other_name")):
            assert row.person is not None
            row.cells["account_name"] = self._other_holder(row.person)
            for member in row.person.household.members:
                member.held_by.append("account_other_name")
            self._note("account_other_name", made, row, holds=True)
        papers = [
            (m, r)
            for m in self._of("certificate")
            for r in m.rows
            if self._is_quiet(r.person) and not r.defects
        ]
        for made, row in self._some(papers, self._times("id_short")):
            assert row.person is not None
            EVIDENCE_CHANGES["id_short"](made, row)
            for member in row.person.household.members:
                member.held_by.append("id_short")
            self._note("id_short", made, row, holds=True)

    def _other_holder(self, person: Person) -> str:
        """The name of somebody else in the family, else of nobody we know."""
        others = [member.name for member in person.household.members if member is not person]
        return others[0] if others else pen_slip(person.name)

    def _is_quiet(self, person: Person | None) -> bool:
        """Of a certified family of the crowd that never comes to the counter."""
        if person is None or any(member.held_by for member in person.household.members):
            return False
        plan = self.plans[person.household]
        return plan.certificate == "listed" and not plan.story and not plan.comes and plan.account == "good"

    def _is_quiet_girl(self, person: Person | None) -> bool:
        return self._is_quiet(person) and person is not None and person.female and bool(person.father)

    def _unknown_because_refused(self) -> None:
        """Whoever was refused by the register is unknown to every other list."""
        gone = {
            planted.row.person
            for planted in self.planted
            if planted.list.kind == "register" and KINDS[planted.kind].expected == REFUSED
        }
        for made in self.lists:
            if made.kind != "register":
                for row in made.rows:
                    if row.person in gone and not row.defects:
                        self._note("person_unknown", made, row)


def _check_digit(_: SampleList, row: Row) -> None:
    row.cells["id"] = wrong_check_character(row.cells["id"])


def _numeric(_: SampleList, row: Row) -> None:
    row.numeric = "id"


def _short(_: SampleList, row: Row) -> None:
    row.cells["id"] = row.cells["id"][:-1]


def _missing(_: SampleList, row: Row) -> None:
    row.cells["id"] = ""


def _impossible_day(made: SampleList, row: Row) -> None:
    key = "born_on" if made.kind == "register" else "surveyed_on"
    row.cells[key] = "2026-02-30" if made.kind != "register" else f"{row.cells[key][:4]}-02-30"


def _unknown_code(_: SampleList, row: Row) -> None:
    row.cells["grade"] = "E级"


def _unknown_village(_: SampleList, row: Row) -> None:
    row.cells["residence"] = row.cells["residence"][:9] + "999"


def _other_name(_: SampleList, row: Row) -> None:
    row.cells["name"] = pen_slip(row.cells["name"])


def _other_sex(_: SampleList, row: Row) -> None:
    row.cells["sex"] = "男" if row.cells["sex"] == "女" else "女"


REGISTER_CHANGES: dict[str, Callable[[SampleList, Row], None]] = {
    "id_check_digit": _check_digit,
    "id_numeric": _numeric,
    "id_short": _short,
    "village_unknown": _unknown_village,
    "sex_differs": _other_sex,
}
EVIDENCE_CHANGES: dict[str, Callable[[SampleList, Row], None]] = {
    "id_check_digit": _check_digit,
    "id_numeric": _numeric,
    "id_short": _short,
    "id_missing": _missing,
    "date_impossible": _impossible_day,
    "code_unknown": _unknown_code,
    "other_name": _other_name,
}
