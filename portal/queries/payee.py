"""Who would be paid for an open application and on which account, as the clerk should know before submitting."""

from dataclasses import dataclass

from applications.models import Application
from beneficiaries.models import Account, Person
from beneficiaries.queries.family import Family, Member
from programs.language.wording import PAYEES
from programs.queries import loaded
from standards.words import Words

SPOUSES = ("配偶", "夫", "妻")


@dataclass(frozen=True, slots=True)
class Payee:
    """The person in the policy's order who has an account, else the first of them with none.

    ``waits`` holds the people of that order for whom an account may be entered.
    """

    order: Words
    name: str
    account: Account | None
    last4: str
    waits: tuple[Person, ...]

    @property
    def is_verified(self) -> bool:
        return self.account is not None and self.account.state == "verified"


def payee_of(application: Application, family: Family) -> Payee:
    """A verified account before one that waits for a second person; no query beside the family's own."""
    order = loaded(application.version).program.policy.pay_to
    people = _people(order, application, family)
    person_of = {row: member.person.pk for member in family.members for row in member.rows}
    held = {person_of.get(line.account.owner_id): line for line in reversed(family.accounts)}
    found = [(one, held[one.pk]) for one in people if one.pk in held]
    found.sort(key=lambda pair: pair[1].account.state != "verified")
    words = Words("、".join(PAYEES[who].zh for who in order), ", else ".join(PAYEES[who].en for who in order))
    if found:
        person, line = found[0]
        return Payee(words, person.name, line.account, line.masked[-4:], tuple(people))
    return Payee(words, people[0].name if people else "", None, "", tuple(people))


def _people(order: tuple[str, ...], application: Application, family: Family) -> list[Person]:
    """Living people of the household, in the order in which the policy would pay them."""
    living = {row: one for one in family.members if one.died_on is None for row in one.rows}
    subject = living.get(application.person_id or 0)
    head = living.get(family.household.head_id or 0)
    parents = [living[one.pk] for one in subject.parents if one.pk in living] if subject else []
    custody = subject.custody if subject else None
    guardians = [*parents, *([head] if head else [])]
    if custody is not None:
        parents = [member for member in parents if set(member.rows) & set(custody)]
        guardians = [living[key] for key in custody if key in living]
    spouses = [member for member in living.values() if member.relation in SPOUSES]
    by_word: dict[str, list[Member]] = {
        "self": [subject or head] if subject or head else [],  # type: ignore[list-item]  # one of them is there
        "parents": parents,
        "guardians": guardians,
        "head": [head] if head else [],
        "spouse": spouses,
    }
    found = [member.person for who in order for member in by_word.get(who, [])]
    return list({one.pk: one for one in found}.values())
