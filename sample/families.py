"""People made from plans: names, ages, relations and where everybody is registered."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from sample.identity import Numbers
from sample.names import family_name, given_name
from sample.people import Household, Person
from sample.places import Township, Village, has_parent_columns
from sample.plans import Plan, plans

GIRLS_BORN = ("长女", "次女", "三女")
BOYS_BORN = ("长子", "次子", "三子")


class Settlers:
    """Fills the townships with households until ``people`` live there."""

    def __init__(self, dice: random.Random, townships: list[Township]) -> None:
        self.dice = dice
        self.numbers = Numbers(dice)
        self.villages = [village for township in townships for village in township.villages]
        self.serials: dict[str, int] = {}

    def settle(self, people: int) -> Iterator[tuple[Household, Plan]]:
        """Households with their plans; the last ones are singles, so that exactly ``people`` are there."""
        left = people
        for plan in plans(self.dice):
            if left <= 0:
                return
            size = _size(plan)
            if size > left:
                if plan.story:
                    continue
                plan, size = Plan(family="single"), 1  # noqa: PLW2901  the rest of the county is filled up
            left -= size
            yield from self._household(plan)

    def _household(self, plan: Plan) -> Iterator[tuple[Household, Plan]]:
        household = self._booklet(self._village(plan), plan.story)
        surname = family_name(self.dice)
        if plan.family == "grandparents":
            self._three_generations(household, plan, surname)
        elif plan.family in ("single", "elders", "childless"):
            self._without_children(household, plan, surname)
        else:
            self._parents_and_children(household, plan, surname)
        yield household, plan
        if plan.mother_elsewhere:
            yield self._move_mother(household), Plan(story=plan.story)

    def _village(self, plan: Plan) -> Village:
        """Any village; a story about parents goes where the register tells them, or does not."""
        villages = self.villages
        if plan.story and (plan.mother_elsewhere or plan.family == "grandparents"):
            villages = [v for v in villages if has_parent_columns(v.township) == plan.mother_elsewhere]
        return self.dice.choice(villages)

    def _booklet(self, village: Village, story: str) -> Household:
        serial = self.serials[village.township] = self.serials.get(village.township, 0) + 1
        return Household(f"{village.township}{serial:06d}", village, story=story)

    def _person(self, household: Household, born: date, *, female: bool, name: str, relation: str) -> Person:
        phone = self.numbers.phone() if date(2026, 7, 15).year - born.year >= 16 else ""
        number = self.numbers.citizen_id(born=born, female=female)
        town = household.village.name.endswith("社区居委会") and self.dice.random() < 0.5
        person = Person(number, name, female, born, not town, relation, household, phone)
        household.members.append(person)
        return person

    def _adult(
        self, household: Household, year: int, *, female: bool, relation: str, surname: str = ""
    ) -> Person:
        name = (surname or family_name(self.dice)) + given_name(self.dice, female=female)
        return self._person(household, self._day_in(year), female=female, name=name, relation=relation)

    def _day_in(self, year: int) -> date:
        return date(year, 1, 1) + timedelta(days=self.dice.randrange(365))

    def _parents_and_children(self, household: Household, plan: Plan, surname: str) -> None:
        year = plan.births[0][1] - self.dice.randint(22, 30)
        father = self._adult(household, year, female=False, relation="户主", surname=surname)
        mother = None
        if plan.family == "couple":
            mother = self._adult(household, year + self.dice.randint(-1, 3), female=True, relation="妻")
        self._children(household, plan, (father, mother), of_head=True)
        self._towns(plan, father, mother)

    def _three_generations(self, household: Household, plan: Plan, surname: str) -> None:
        year = plan.births[0][1] - self.dice.randint(22, 28)
        old = year - self.dice.randint(22, 28)
        self._adult(household, old, female=False, relation="户主", surname=surname)
        self._adult(household, old + 1, female=True, relation="妻")
        father = self._adult(household, year, female=False, relation="长子", surname=surname)
        mother = self._adult(household, year + 1, female=True, relation="儿媳")
        father.father, father.mother = household.members[0], household.members[1]
        self._children(household, plan, (father, mother), of_head=False)
        self._towns(plan, father, mother)

    def _children(
        self, household: Household, plan: Plan, parents: tuple[Person, Person | None], *, of_head: bool
    ) -> None:
        father, mother = parents
        born_first = self._day_in(plan.births[0][1])
        girls = boys = 0
        for place, (girl, year) in enumerate(plan.births):
            name = father.name[: 2 if father.name[:2] in _DOUBLE else 1] + given_name(self.dice, female=girl)
            if plan.name_ends and place == 0:
                name = name[:-1] + plan.name_ends if len(name) > 2 else name + plan.name_ends
            relation = (
                ("孙女" if girl else "孙子")
                if not of_head
                else (GIRLS_BORN[girls] if girl else BOYS_BORN[boys])
            )
            girls, boys = girls + girl, boys + (not girl)
            born = born_first if plan.twins else self._day_in(year)
            child = self._person(household, born, female=girl, name=name, relation=relation)
            child.father, child.mother, child.rural = father, mother, True

    def _without_children(self, household: Household, plan: Plan, surname: str) -> None:
        years = {"single": (1945, 2004), "elders": (1938, 1960), "childless": (1980, 2002)}[plan.family]
        year = self.dice.randint(*years)
        female = plan.family == "single" and self.dice.random() < 0.4
        self._adult(household, year, female=female, relation="户主", surname=surname)
        if plan.family != "single":
            self._adult(household, year + self.dice.randint(-1, 3), female=True, relation="妻")

    @staticmethod
    def _towns(plan: Plan, father: Person, mother: Person | None) -> None:
        """Girl families in the sample are rural, but for the mothers that a plan puts in town."""
        father.rural = True
        if mother:
            mother.rural = not plan.town

    def _move_mother(self, household: Household) -> Household:
        """The mother leaves for a booklet of her own in another township (parents in two townships)."""
        mother = next(member for member in household.members if member.relation == "妻")
        elsewhere = [v for v in self.villages if v.township != household.village.township]
        own = self._booklet(self.dice.choice(elsewhere), household.story)
        household.members.remove(mother)
        mother.household, mother.relation = own, "户主"
        own.members.append(mother)
        return own


_DOUBLE = frozenset({"尉迟", "令狐", "长孙", "澹台", "上官", "夏侯"})


def _size(plan: Plan) -> int:
    adults = {"couple": 2, "father_alone": 1, "grandparents": 4, "childless": 2, "elders": 2, "single": 1}
    return adults[plan.family] + len(plan.births)
