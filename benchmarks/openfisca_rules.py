"""The four sample policies written for OpenFisca, as somebody who models for it would write them.

OpenFisca knows yes and no; here a condition is 2 (met), 1 (not known yet) or 0 (not met), AND is the minimum, and the
facts are given for the month in which everything of the benchmark's county happens. Households, parents and
children are OpenFisca's own entities and roles.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from openfisca_core import entities, periods, taxbenefitsystems, variables

MONTH = "2026-07"
CHILD_BORN_AFTER = 2922  # 2008-01-01 in days after 2000-01-01: under 18 on the first day of 2026
HOURS_MIN = 300

PERSON = entities.Entity("person", "persons", "A person of the register", "")
HOUSEHOLD = entities.GroupEntity(
    "household",
    "households",
    "Those who share a booklet",
    "",
    roles=[{"key": "parent", "plural": "parents"}, {"key": "child", "plural": "children"}],
)
PARENT = HOUSEHOLD.PARENT
Answer = Any  # an array of one answer per person or household

PERSON_FACTS = (
    "female", "born", "rural", "on_payroll", "admitted", "bachelor", "trained", "hours", "listed_unadmitted",
    "medical_year", "enrolled",
)  # fmt: skip
HOUSEHOLD_FACTS = ("certificate", "poor_kind", "hardship_kind", "hardship_rate", "surveyed", "dangerous")


def _met(condition: Answer) -> Answer:
    return np.where(condition, 2, 0)


def _least(*conditions: Answer) -> Answer:
    return np.minimum.reduce(conditions)


def girl(person: Any, period: Any) -> Answer:
    return _met(person("female", period))


def girl_family(household: Any, period: Any) -> Answer:
    return np.where(household("certificate", period), 2, 1)


def poor(household: Any, period: Any) -> Answer:
    return _met(household("poor_kind", period))


def parents_rural(household: Any, period: Any) -> Answer:
    return household.min(household.members("rural", period), role=PARENT)


def unadmitted(person: Any, period: Any) -> Answer:
    return _met(person("listed_unadmitted", period))


def enough_hours(person: Any, period: Any) -> Answer:
    return _met(person("hours", period) >= HOURS_MIN)


def this_year(person: Any, period: Any) -> Answer:
    return _met(person("medical_year", period) == 2026)


def is_enrolled(person: Any, period: Any) -> Answer:
    return _met(person("enrolled", period))


def child(person: Any, period: Any) -> Answer:
    return _met(person("born", period) > CHILD_BORN_AFTER)


def is_dangerous(household: Any, period: Any) -> Answer:
    return _met(household("dangerous", period))


def hardship(household: Any, period: Any) -> Answer:
    return _met(household("hardship_kind", period))


def nobody_on_the_payroll(household: Any, period: Any) -> Answer:
    return _met(~household.any(household.members("on_payroll", period) > 0))


def college(person: Any, period: Any) -> Answer:
    of = person.household
    return _least(
        person("girl", period), of("girl_family", period), of("poor", period), of("parents_rural", period)
    )


def college_fen(person: Any, period: Any) -> Answer:
    return _fen(person("college", period), np.where(person("bachelor", period), 200_000, 100_000))


def training(person: Any, period: Any) -> Answer:
    family = person.household("girl_family", period)
    return _least(
        person("girl", period), family, person("unadmitted", period), person("enough_hours", period)
    )


def training_fen(person: Any, period: Any) -> Answer:
    return _fen(person("training", period), 120_000)


def medical(person: Any, period: Any) -> Answer:
    needs = [person(name, period) for name in ("this_year", "is_enrolled", "girl", "child", "rural")]
    return _least(*needs, person.household("girl_family", period))


def medical_fen(person: Any, period: Any) -> Answer:
    return _fen(person("medical", period), 3_000)


def housing(household: Any, period: Any) -> Answer:
    needs = ("girl_family", "is_dangerous", "hardship", "nobody_on_the_payroll")
    return _least(*(household(name, period) for name in needs))


def housing_fen(household: Any, period: Any) -> Answer:
    return _fen(household("housing", period), household("hardship_rate", period))


def _fen(verdict: Answer, fen: Answer) -> Answer:
    return np.where(verdict == 0, 0, fen)


OF_PERSON = (
    girl, unadmitted, enough_hours, this_year, is_enrolled, child, college, college_fen, training, training_fen,
    medical, medical_fen,
)  # fmt: skip
OF_HOUSEHOLD = (
    girl_family, poor, parents_rural, is_dangerous, hardship, nobody_on_the_payroll, housing, housing_fen,
)  # fmt: skip


def system() -> Any:
    """The rules as a tax and benefit system; its answers are read as ``simulation.calculate(name, MONTH)``."""
    made = taxbenefitsystems.TaxBenefitSystem([PERSON, HOUSEHOLD])
    for entity, names, formulas in (
        (PERSON, PERSON_FACTS, OF_PERSON),
        (HOUSEHOLD, HOUSEHOLD_FACTS, OF_HOUSEHOLD),
    ):
        for name in names:
            made.add_variable(_variable(name, entity, None))
        for formula in formulas:
            made.add_variable(_variable(formula.__name__, entity, formula))
    return made


def _variable(name: str, entity: Any, formula: Callable[..., Answer] | None) -> Any:
    body: dict[str, Any] = {
        "value_type": int,
        "entity": entity,
        "definition_period": periods.DateUnit.MONTH,
        "label": name,
    }
    if formula is not None:
        body["formula"] = formula
    return type(name, (variables.Variable,), body)
