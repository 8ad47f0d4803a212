"""Who is registered in another county and is named by a paper beside a family of this one: a parent, a guardian, a spouse.

Such a person is a row of the register without a village: in nobody's scope, found by no search, beneficiary of no program.
When the register's list or a move brings the same ID number, that row becomes the resident.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from beneficiaries.models import Fact, Household, Person
from beneficiaries.models.people import NOWHERE
from facts.catalogue import Kind, load_catalogue
from officials.models import Division
from standards import citizen_id, names
from standards.characters import clean
from standards.words import Refusal
from vault import blind

COUNTY_CODE = "000000"  # how the code of a county, a prefecture or a province ends


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What a paper says of somebody of another county beside the ID number: the name, and the county as it is printed."""

    name: str
    county: str


def put_on_record(number: str, told: Elsewhere, *, on: date) -> int:
    """The key of the person with this ID number, registered in another county. Needs the line, and who says so and why.

    Raises Refusal for a county of this installation, whose register brings its people, and for another name or county
    than is on record while something that counts or waits names that person.
    """
    name, county = names.read(told.name), clean(told.county)
    ours = Division.objects.filter(code__endswith=COUNTY_CODE).values_list("name", flat=True)
    if any(one and one in county for one in ours):
        raise Refusal(
            f"“{county}”的户籍由户籍名单带来：请核对身份证号，或等名单到了再登记",
            f"The register's list brings the people of “{county}”: compare the ID number, or wait for the list",
            code="county_of_ours",
        )
    index = blind.index(number, purpose="citizen_id")
    known: Person | None = Person.objects.select_for_update().filter(citizen_id_index=index).first()
    if known is None:
        return _new(number, index, name, county, on).pk
    if (known.name, known.elsewhere) != (name, county):
        if known.elsewhere and _is_named(known.pk):
            raise Refusal(
                f"这个身份证号已登记为“{known.name}”（{known.elsewhere}），和这里写的不同：请核对材料；原来登记错的，先撤回",
                f"This ID number is on record as “{known.name}” ({known.elsewhere}), not as written here: compare the paper;"
                " what was entered wrongly is withdrawn first",
                code="named_otherwise",
            )
        known.name, known.elsewhere = name, county
        known.save(update_fields=["name", "elsewhere"])
    return known.pk


def nameable(kind: Kind) -> set[str]:
    """The fields whose person may be of another county. The other of two stands on record too, and so the same of both."""
    return {field.key for field in kind.people}


def ask_elsewhere(kind: Kind, about: Person | Household, values: Mapping[str, Any]) -> None:
    """Refusal where a paper on somebody of another county is about a resident, or two papers cannot both be true: one saw
    alive whom the other says died before. Needs the line."""
    if not isinstance(about, Person):
        return
    if kind.is_only_elsewhere and not about.is_elsewhere:
        raise Refusal(
            f"“{kind.words.zh}”只登记外县户籍的人；本县的人看户籍和死亡名单",
            f"“{kind.words.en}” is entered of somebody of another county; of residents the lists say it",
            code="registered_here",
        )
    for seen, gone in _pairs(kind):
        own, other = (seen, gone) if kind == seen else (gone, seen)
        days = Fact.objects.filter(person=about, kind=other.name, superseded_by=None).values_list(
            "valid_from", flat=True
        )
        day = date.fromisoformat(values[own.day])
        if against := [one for one in days if (one <= day if own == seen else day <= one)]:
            raise Refusal(
                f"和已登记的“{other.words.zh}”（{against[0].isoformat()}）不能都对：请核对材料；原来登记错的，先撤回",
                f"It cannot be true beside “{other.words.en}” ({against[0].isoformat()}), which is on record: compare the"
                " papers; what was entered wrongly is withdrawn first",
                code="ruled_out",
            )


def _pairs(kind: Kind) -> list[tuple[Kind, Kind]]:
    """Of the kinds where a record of one rules out another: those that ``kind`` is one of, the first that which does."""
    kinds = load_catalogue().kinds
    ruled = [(one, kinds[one.rules_out]) for one in kinds.values() if one.rules_out]
    return [pair for pair in ruled if kind in pair]


def desk_of(person: Person) -> str:
    """The village whose officials settle what is doubtful about a person: of another county, that of a child here."""
    if person.division != NOWHERE:
        return person.division
    child = _naming(person.pk).exclude(person__division=NOWHERE).order_by("-pk").first()
    return child.person.division if child and child.person else NOWHERE


def _new(number: str, index: bytes, name: str, county: str, on: date) -> Person:
    read = citizen_id.read(number, on)
    return Person.objects.create(
        name=name,
        sex=read.sex,
        born_on=read.born_on,
        division=NOWHERE,
        elsewhere=county,
        citizen_id=number,
        citizen_id_index=index,
        citizen_id_last4=blind.index(number[-4:], purpose="citizen_id_last4"),
    )


def _is_named(person: int) -> bool:
    return _naming(person).exists()


def _naming(person: int) -> "QuerySet[Fact]":
    """The live facts of other people that name this one."""
    named = Q()
    for kind in load_catalogue().kinds.values():
        for key in nameable(kind):
            named |= Q(kind=kind.name, **{f"values__{key}": person})
    found: QuerySet[Fact] = Fact.objects.filter(named, superseded_by=None).select_related("person")
    return found
