"""Corrections by a person: the row keeps what it held, or a new row names the one whose place it takes.

Each says why, and stands on the trail under the name of who did it. An ID number is never corrected: another number is
another person, perhaps a double; sex and birth date are in it.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

from django.db import transaction

from audit.actor import Actor
from audit.door import record
from beneficiaries.models import Fact, Household, Membership, Parentage, Person
from beneficiaries.models.people import NEVER
from beneficiaries.services.because import because
from beneficiaries.services.elsewhere import Elsewhere
from beneficiaries.services.entering import enter_instead, standing_entry
from beneficiaries.services.line import in_line
from beneficiaries.services.moving import ask_born, left_by
from beneficiaries.services.people import set_phone
from beneficiaries.terms import terms_of
from officials.roles import Role
from standards import names
from standards import phone as phones
from standards.code_lists import RELATION
from standards.words import Refusal

R = TypeVar("R", Membership, Parentage)
CORRECTORS = (Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER)
NAMERS = (Role.COUNTY_CHECKER,)  # lists of the whole county are compared by it
PHONERS = (Role.CLERK, *CORRECTORS)  # the family says it at the counter


def correct_name(person: Person, name: str, *, by: Actor, on: date, reason: str) -> Person:
    """The name as the booklet or card has it. Raises Refusal for what cannot be a name."""
    _ask(by, NAMERS)
    right = names.read(name)
    _ask_difference(person.name, right)
    with transaction.atomic(), because(by, reason):
        fresh: Person = Person.objects.select_for_update().get(pk=person.pk)
        fresh.name, fresh.terms = right, terms_of(right)
        fresh.save(update_fields=["name", "terms"])
        record("correct", fresh, by=by, on=on, detail={"column": "name", "reason": reason})
    return fresh


def correct_phone(person: Person, phone: str, *, by: Actor, on: date, reason: str) -> Person:
    """A telephone number the family gave, or none (""). Raises Refusal for what cannot be a number."""
    _ask(by, PHONERS)
    right = phones.read(phone) if phone else None
    _ask_difference(person.phone, right)
    with transaction.atomic(), because(by, reason):
        fresh: Person = Person.objects.select_for_update().get(pk=person.pk)
        set_phone(fresh, right)
        fresh.save(update_fields=["phone", "phone_index", "phone_last4"])
        record("correct", fresh, by=by, on=on, detail={"column": "phone", "reason": reason})
    return fresh


def correct_head(household: Household, head: Person, *, by: Actor, on: date, reason: str) -> Household:
    """Another member is head. Raises Refusal for somebody who does not stand in the household now."""
    _ask(by, CORRECTORS)
    _ask_difference(household.head_id, head.pk)
    with transaction.atomic(), because(by, reason):
        in_line()
        fresh: Household = Household.objects.select_for_update().get(pk=household.pk)
        if not fresh.memberships.filter(person=head, valid_until=None, is_disputed=False).exists():
            raise Refusal(
                "户主要是现在在这一户的人",
                "The head must be a member of this household now",
                code="no_member",
            )
        fresh.head = head
        fresh.save(update_fields=["head"])
        record("correct", fresh, by=by, on=on, detail={"column": "head", "reason": reason})
    return fresh


def correct_membership(
    wrong: Membership, *, relation: str, valid_from: date, by: Actor, on: date, reason: str
) -> Membership:
    """A new row with the right relation and first day takes the place of the wrong one, which holds on no day any more.

    Where the wrong one is a move that a person entered, the household before lasts until the day before the right day.
    Raises Refusal for days on which the person stood in another household, was not born yet, or that have not come.
    """
    _ask(by, CORRECTORS)
    _ask_difference((wrong.relation, wrong.valid_from), (relation, valid_from))
    if relation not in RELATION.names:
        raise Refusal("请选与户主关系", "Choose the relation to the head", code="no_relation")
    if valid_from > min(on, wrong.valid_until or on):
        raise Refusal(
            "起始日要在今天和迁出以前",
            "The first day lies before today and before the last one",
            code="impossible_day",
        )
    if valid_from != wrong.valid_from:  # a list may name the day on which the household was opened
        ask_born(wrong.person, valid_from)
    right = Membership(
        household_id=wrong.household_id, person_id=wrong.person_id, relation=relation, valid_from=valid_from,
        valid_until=wrong.valid_until, is_disputed=wrong.is_disputed, entered_by=by.number, corrects=wrong,
    )  # fmt: skip
    with transaction.atomic(), because(by, reason):
        in_line()
        left = left_by(wrong) if wrong.is_move and not wrong.is_disputed else []
        follow = [one for one in left if one.valid_from < valid_from]
        before = wrong.person.memberships.filter(is_disputed=False, valid_until__gte=valid_from)
        before = before.filter(valid_from__lt=wrong.valid_from)
        stood = (
            before.exclude(pk__in=[wrong.pk, *(one.pk for one in follow)]).order_by("-valid_until").first()
        )
        if stood is not None and not wrong.is_disputed:
            raise Refusal(
                f"这个人到 {stood.valid_until} 还在另一户",
                f"Until {stood.valid_until} this person stood in another household",
                code="stood_elsewhere",
            )
        _put_aside(wrong, wrong.valid_from - timedelta(days=1))
        for one in follow:
            one.valid_until = valid_from - timedelta(days=1)
            one.save(update_fields=["valid_until"])
        return _take_the_place(right, wrong, by=by, on=on, reason=reason)


def correct_parentage(
    wrong: Parentage, parent: Person, *, kind: str, by: Actor, on: date, reason: str
) -> Parentage:
    """A new row with the right parent or kind takes the place of the wrong one, which holds on no day any more.

    Raises Refusal for somebody who cannot be the parent, or is it on record already.
    """
    _ask(by, CORRECTORS)
    _ask_difference((wrong.parent_id, wrong.kind), (parent.pk, kind))
    if parent.born_on >= wrong.child.born_on:
        raise Refusal("父母要比孩子年长", "A parent is older than the child", code="no_parent")
    if Parentage.objects.filter(child=wrong.child_id, parent=parent, kind=kind).exists():
        raise Refusal(
            "这位父母已经登记在这个孩子名下",
            "This parent is on record for the child already",
            code="on_record_already",
        )
    right = Parentage(
        child_id=wrong.child_id, parent=parent, kind=kind, valid_from=wrong.valid_from, entered_by=by.number,
        corrects=wrong,
    )  # fmt: skip
    return _instead(right, wrong, NEVER, by=by, on=on, reason=reason)


def correct_fact(
    wrong: Fact,
    values: dict[str, object],
    *,
    paper: str,
    by: Actor,
    on: date,
    reason: str,
    elsewhere: Mapping[str, Elsewhere] | None = None,
) -> Fact:
    """A new fact takes the place of an entry, which names it as its successor. Another person than who entered it.

    Where lists or other entries say otherwise it is disputed like any entry. Raises Refusal for a fact of a list (its
    department corrects it), one that counts no more, or one's own.
    """
    _ask(by, CORRECTORS)
    with transaction.atomic(), because(by, reason):
        in_line()
        fresh = standing_entry(wrong)
        if fresh.entered_by == by.number:
            raise Refusal(
                "自己登记的要由另一位更正", "Another person must correct one's own entry", code="own_entry"
            )
        _ask_difference((fresh.values, fresh.paper), (values, paper))
        return enter_instead(fresh, values, paper=paper, by=by, on=on, elsewhere=elsewhere)


def _instead(right: R, wrong: R, last: date, *, by: Actor, on: date, reason: str) -> R:
    with transaction.atomic(), because(by, reason):
        in_line()
        _put_aside(wrong, last)
        return _take_the_place(right, wrong, by=by, on=on, reason=reason)


def _put_aside(wrong: Membership | Parentage, last: date) -> None:
    fresh = type(wrong).objects.select_for_update().filter(pk=wrong.pk).first()
    if fresh is None:
        raise Refusal(
            "已经更正过，请刷新页面", "It was corrected already: reload the page", code="state_moved_on"
        )
    fresh.valid_until = last
    fresh.save(update_fields=["valid_until"])


def _take_the_place(right: R, wrong: R, *, by: Actor, on: date, reason: str) -> R:
    right.save(force_insert=True)
    record("correct", right, by=by, on=on, detail={"instead_of": wrong.pk, "reason": reason})
    return right


def _ask_difference(before: object, after: object) -> None:
    if before == after:
        raise Refusal(
            "和现在登记的一样，没有要更正的",
            "It stands so already: there is nothing to correct",
            code="nothing_changes",
        )


def _ask(by: Actor, roles: tuple[str, ...]) -> None:
    if by.role not in roles:
        raise Refusal("这一步不归你的岗位", "This step is not your role's", code="not_your_role")
