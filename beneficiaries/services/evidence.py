"""The rows of an evidence list as facts about people and households."""

from dataclasses import replace
from datetime import date
from typing import Any

from beneficiaries.lists.periods import Period, year
from beneficiaries.services.births import doubt_births
from beneficiaries.services.facts import Stated, plan_facts, write_facts
from beneficiaries.services.named import match_named, of_the_other
from beneficiaries.services.outcome import Taking
from beneficiaries.services.subjects import Known, find_people, households_of
from facts.catalogue import Kind
from standards.divisions import COUNTY_DIGITS
from standards.names import is_variant, same_person_name
from standards.words import Words

UNKNOWN = Words(
    "户籍人口里没有这个身份证号，请核对；确是本县的人，请先登记户籍",
    "No registered person has this ID number: compare it; someone of this county must be registered first",
)
NO_HOUSEHOLD = Words(
    "这个人还没有确定在哪一户（未登记，或在两户），请先核实户籍",
    "This person's household is not settled (none, or two): settle the register first",
)


def take_evidence(taking: Taking, kind: Kind) -> int:
    """Compare and write the facts of a list; gives how many are new."""
    match_people(taking, kind)
    stated = _stated(taking, kind)
    new = write_facts(taking, kind, plan_facts(taking, kind, stated))
    doubt_births(taking, kind)
    return new


def match_people(taking: Taking, kind: Kind) -> None:
    """Find each row's person; refuse the unknown, and whom another county has as its own (unnamed); doubt another name."""
    rows = taking.good_rows()
    numbers = taking.values["subject"]
    known = find_people(numbers[row] for row in rows)
    names = taking.values.get("subject_name")
    for row in rows:
        person = known.get(numbers[row])
        if person is None or not is_of_county(person, taking):
            taking.refuse(row, "subject", UNKNOWN, "person_unknown")
            continue
        taking.people[row] = person.id
        if names and names[row]:
            compare_name(taking, row, names[row], person)


def is_of_county(person: Known, taking: Taking) -> bool:
    """Whether a registered person belongs to the county whose list it is: of another county's nobody says anything here."""
    return person.division[:COUNTY_DIGITS] == taking.evidence.division[:COUNTY_DIGITS]


def compare_name(taking: Taking, row: int, name: str, person: Known) -> bool:
    """The same ID number with another name is for a person: an alias, or the wrong number. A confirmed alias is neither.

    Gives whether it is another name.
    """
    if name == person.name or same_person_name(name, person.name) or name in taking.aliases_of(person.id):
        return False
    if is_variant(name, person.name):
        words = Words(
            f"名单写“{name}”，户籍登记的是“{person.name}”，身份证号相同：像是生僻字的另一种写法",
            f"The list says “{name}”, the register “{person.name}”, with the same ID number: a rare character, it seems",
        )
        taking.doubt(row, "subject_name", words, "other_name")
    else:
        words = Words(
            f"名单写“{name}”，户籍登记的是“{person.name}”，身份证号相同",
            f"The list says “{name}”, the register “{person.name}”, with the same ID number",
        )
        taking.doubt(row, "subject_name", words, "other_name")
    return True


def _stated(taking: Taking, kind: Kind) -> list[Stated]:
    named = match_named(taking, kind)
    rows = taking.good_rows()
    spans = {row: _days(taking, kind, row) for row in rows}
    subjects: dict[int, int] = taking.people
    if kind.about == "household":
        homes = households_of([(taking.people[row], spans[row][0]) for row in rows], taking.on)
        for row, home in zip(rows, homes, strict=True):
            if home is None:
                taking.refuse(row, "subject", NO_HOUSEHOLD, "no_household")
        subjects = {row: home for row, home in zip(rows, homes, strict=True) if home is not None}
    stated = [
        Stated(row, subjects[row], *spans[row], values_of(taking.values, kind, row) | named.get(row, {}))
        for row in rows
        if row in subjects
    ]
    others = [(fact, of_the_other(kind, fact.subject, fact.values)) for fact in stated] if kind.mutual else []
    return stated + [replace(fact, subject=other[0], values=other[1]) for fact, other in others if other]


def values_of(values: dict[str, list[Any]], kind: Kind, row: int) -> dict[str, Any]:
    """The fields a row states; what it leaves open is left out, and so are other people: see ``match_named``."""
    found = {
        key: values[key][row] for key, one in kind.fields.items() if key in values and one.type != "person"
    }
    return {key: value for key, value in found.items() if value is not None}


def _days(taking: Taking, kind: Kind, row: int) -> tuple[date, date | None]:
    """From which day until which a row's fact holds."""
    values = taking.values
    period = period_of_list(taking)
    if kind.day and values.get(kind.day) and values[kind.day][row]:
        last = values[kind.until][row] if kind.until in values else None
        return date.fromisoformat(values[kind.day][row]), date.fromisoformat(last) if last else None
    if kind.dated == "yearly":
        named = next((key for key, field in kind.fields.items() if field.from_period), "")
        if named and values[named][row] is not None:
            span = year(values[named][row])
            return span.first, span.last
    if period:
        return period.first, period.last
    return taking.evidence.uploaded_on, None


def period_of_list(taking: Taking) -> Period | None:
    """The days the list covers, as stated with it or in its title."""
    covers = taking.evidence
    if covers.covers_from and covers.covers_until:
        return Period(covers.covers_from, covers.covers_until)
    return taking.whole.period
