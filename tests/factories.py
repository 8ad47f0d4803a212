"""People, offices and facts for the tests' stories. No surprises: what is not said is not there."""

import hashlib
from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from applications.services.simulations import simulate_now
from audit.actor import SYSTEM, Actor
from audit.door import create, perform, perform_all, record, record_all
from beneficiaries.models import (
    Account,
    Coverage,
    EvidenceList,
    Fact,
    Household,
    Membership,
    Parentage,
    Person,
)
from beneficiaries.queries.facts import digests_of
from beneficiaries.terms import terms_of
from facts.catalogue import load_catalogue
from officials.models import Division, Official
from programs.models import PolicyVersion
from programs.queries import compiled
from programs.services import look_through
from standards import citizen_id
from vault import blind

COUNTY, MAZHAO, YABAI = "610124000000", "610124103000", "610124101000"
JIAOLOU, HUAIHUA = "610124103201", "610124101205"
POLICIES = Path(__file__).parent.parent / "programs" / "policies"
SEASON = date(2026, 8, 18)
_serial = count(1)

STAFF = {
    "clerk": ("chen", MAZHAO), "township_reviewer": ("gao", MAZHAO), "county_checker": ("zhou", COUNTY),
    "county_approver": ("guo", COUNTY), "policy_officer": ("pang", COUNTY), "batch_preparer": ("wang", COUNTY),
    "batch_checker": ("liu", COUNTY), "batch_approver": ("sun", COUNTY), "auditor": ("shen", COUNTY),
    "administrator": ("guan", COUNTY),
}  # fmt: skip
YABAI_STAFF = {"clerk": ("next-clerk", YABAI), "township_reviewer": ("next-reviewer", YABAI)}


def actor(role: str, number: str = "") -> Actor:
    """The person who holds ``role`` in the tests' county."""
    staff_number, division = STAFF.get(role, ("somebody", COUNTY))
    return Actor(number or staff_number, number or staff_number, role, division)


def divisions() -> None:
    """One county, two townships, a village in each."""
    for code, name, parent in (
        (COUNTY, "周至县", None), (MAZHAO, "马召镇", COUNTY), (YABAI, "哑柏镇", COUNTY),
        (JIAOLOU, "焦楼村", MAZHAO), (HUAIHUA, "槐花村", YABAI),
    ):  # fmt: skip
        Division.objects.get_or_create(
            code=code, defaults={"name": name, "kind": "division", "parent_id": parent}
        )


def officials() -> dict[str, Official]:
    """One official per role, and a clerk and reviewer of the next township (``next_clerk``, ``next_reviewer``)."""
    divisions()
    made = {}
    for role, (number, division) in STAFF.items():
        made[role] = _official(number, role, division)
    for role, (number, division) in YABAI_STAFF.items():
        made[f"next_{role}"] = _official(number, role, division)
    return made


def _official(number: str, role: str, division: str) -> Official:
    made = Official.objects.create_official(
        number=number,
        name=number,
        division=Division.objects.get(code=division),
        roles=[role],
        password="a-long-password",
    )
    record("appoint_first", made, by=SYSTEM, on=SEASON, detail={"roles": [role], "division": division})
    return made


def id_number(born_on: date, *, female: bool) -> str:
    """A valid, invented identity number."""
    hundreds, serial = divmod(next(_serial), 500)  # a region gives five hundred numbers a day and sex
    first = f"{610124 + hundreds}{born_on:%Y%m%d}{serial * 2 + (0 if female else 1):03d}"
    return first + citizen_id.check_digit(first)


def person(
    name: str,
    born_on: date,
    *,
    female: bool = True,
    division: str = JIAOLOU,
    phone: str = "",
    number: str = "",
) -> Person:
    """A person on the register, found by every kind of search."""
    number = number or id_number(born_on, female=female)
    terms = terms_of(name)
    return Person.objects.create(
        name=name, sex="female" if female else "male", born_on=born_on, division=division, citizen_id=number,
        citizen_id_index=blind.index(number, purpose="citizen_id"),
        citizen_id_last4=blind.index(number, purpose="citizen_id_last4"), terms=terms, phone=phone or None,
        phone_index=blind.index(phone, purpose="phone") if phone else None,
        phone_last4=blind.index(phone, purpose="phone_last4") if phone else None,
    )  # fmt: skip


def household(
    number: str, *members: tuple[Person, str], division: str = JIAOLOU, since: date = date(2010, 1, 1)
) -> Household:
    """A household of (person, GB/T 4761 relation); the first is the head. Children get both parents of the pair."""
    made = Household.objects.create(number=number, division=division, head=members[0][0], opened_on=since)
    Membership.objects.bulk_create(
        Membership(household=made, person=one, relation=relation, valid_from=since)
        for one, relation in members
    )
    parents = [one for one, relation in members if relation in ("02", "10", "12")]
    children = [one for one, relation in members if relation.startswith(("2", "3"))]
    Parentage.objects.bulk_create(
        Parentage(child=one, parent=parent) for one in children for parent in parents
    )
    return made


def evidence_list(
    kind: str,
    *,
    title: str = "",
    complete: bool = True,
    code: str = "",
    scope: str = "610124",
    first: date = date(2024, 1, 1),
    last: date = date(2026, 12, 31),
) -> EvidenceList:
    """A list that has been taken, with its coverage."""
    made = create(
        EvidenceList(kind=kind, title=title or kind, file_name=f"{kind}.xlsx", sha256=f"{next(_serial):064d}",
                     division=COUNTY, covers_from=first, covers_until=last, code=code, is_complete=complete,
                     uploaded_by="upload", uploaded_on=first, state="uploaded"),
        by=actor("county_checker", "upload"), on=first,
    )  # fmt: skip
    made = perform(made, "examine", by=actor("county_checker", "upload"), on=first)
    made = perform(made, "take", by=actor("county_checker"), on=first)
    Coverage.objects.create(
        list=made, kind=kind, code=code, scope=scope, valid_from=first, valid_until=last, is_complete=complete
    )
    return made


def complete_lists(*more: str) -> None:
    """Complete lists of what keeps people out by its absence, of every hardship, and of the kinds ``more``."""
    kinds = ("register", "death", "payroll", "earlier_payment", *more)
    hardships = load_catalogue().facts["hardship.kinds"].codes
    taken_lists([*((kind, "") for kind in kinds), *(("hardship", code) for code in hardships)])


def taken_lists(kinds: Sequence[tuple[str, str]]) -> None:
    """A complete list for each (kind, code), as :func:`evidence_list` makes one, by the door's moves for many rows."""
    first, last = date(2024, 1, 1), date(2026, 12, 31)
    made = EvidenceList.objects.bulk_create(
        EvidenceList(kind=kind, title=kind, file_name=f"{kind}.xlsx", sha256=f"{next(_serial):064d}", division=COUNTY,
                     covers_from=first, covers_until=last, code=code, is_complete=True,
                     uploaded_by="upload", uploaded_on=first, state="uploaded")
        for kind, code in kinds
    )  # fmt: skip
    rows = EvidenceList.objects.filter(pk__in=[one.pk for one in made])
    uploader, checker = actor("county_checker", "upload"), actor("county_checker")
    record_all("create", rows, by=uploader, on=first, target="uploaded")
    perform_all(rows, "examine", by=uploader, on=first, expected=len(made))
    perform_all(rows, "take", by=checker, on=first, expected=len(made))
    Coverage.objects.bulk_create(
        Coverage(list=one, kind=one.kind, code=one.code, scope="610124",
                 valid_from=first, valid_until=last, is_complete=True)
        for one in made
    )  # fmt: skip


def fact(
    about: Person | Household,
    kind: str,
    valid_from: date,
    valid_until: date | None = None,
    /,
    *,
    source: EvidenceList | None = None,
    **values: Any,
) -> Fact:
    """One fact about a person or a household."""
    (made,) = facts([unsaved_fact(about, kind, valid_from, valid_until, source=source, **values)])
    return made


def unsaved_fact(
    about: Person | Household,
    kind: str,
    valid_from: date,
    valid_until: date | None = None,
    /,
    *,
    source: EvidenceList | None = None,
    **values: Any,
) -> Fact:
    """The same, for :func:`facts`."""
    whom = {"person": about} if isinstance(about, Person) else {"household": about}
    return Fact(
        kind=kind,
        valid_from=valid_from,
        valid_until=valid_until,
        values=values,
        list=source,
        row=1 if source else None,
        **whom,
    )


def facts(rows: Sequence[Fact]) -> list[Fact]:
    """Facts of :func:`unsaved_fact`, written at once."""
    told = [
        (one.person_id, one.household_id, one.kind, one.valid_from, one.valid_until, one.values, one.list_id, one.row)
        for one in rows
    ]  # fmt: skip
    for one, digest in zip(rows, digests_of(told), strict=True):
        one.digest = digest
    return Fact.objects.bulk_create(rows)


def account(owner: Person, number: str = "6217000012345678", *, bank: str = "陕西信合") -> Account:
    """A verified account in the owner's own name."""
    made = create(
        Account(owner=owner, number=number, number_index=blind.index(number, purpose="account"), account_name=owner.name,
                bank=bank, entered_by="chen", entered_on=SEASON, state="entered"),
        by=actor("clerk"), on=SEASON,
    )  # fmt: skip
    return perform(made, "verify", by=actor("township_reviewer"), on=SEASON)


ANSWER = (
    "名册还没有导入，例题已经证明了这份文件"  # to whatever a simulation of a test's few families alarms about
)


def looked_through(version: PolicyVersion, *, by: Actor | None = None, on: date = SEASON) -> PolicyVersion:
    """The version, once it was simulated and whoever is to activate it has looked the simulation through."""
    simulation = simulate_now(version, by=actor("policy_officer"), on=on)
    look_through(simulation, by=by or actor("county_approver"), on=on, answer=ANSWER)
    return version


@cache
def policy_bytes(code: str) -> bytes:
    """The sample policy's file."""
    return (POLICIES / f"{code}.toml").read_bytes()


def active_policy(code: str, source: bytes | None = None) -> PolicyVersion:
    """A sample policy, or it with other bytes (``source``), proposed by one person and activated by another."""
    source = source or policy_bytes(code)
    policy = compiled(source).policy
    version = create(
        PolicyVersion(
            code=code,
            number=1,
            title_zh=policy.title.zh,
            title_en=policy.title.en,
            file_name=f"{code}.toml",
            source=source,
            sha256=hashlib.sha256(source).hexdigest(),
            state="draft",
            in_force_from=date(2024, 6, 1),
            in_force_until=date(2026, 12, 31),
            written_by="pang",
            written_on=date(2026, 7, 1),
        ),
        by=actor("policy_officer"),
        on=date(2026, 7, 1),
    )
    version = perform(version, "propose", by=actor("policy_officer"), on=date(2026, 7, 1))
    looked_through(version, on=date(2026, 7, 2))
    return perform(version, "activate", by=actor("county_approver"), on=date(2026, 7, 2))
