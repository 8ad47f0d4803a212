"""A second reading of the policy language: one person at a time, plain Python, straight from the TOML.

It shares nothing with the evaluator: no numpy, no reader, no verdict integers. True, False and None
(not known) go through Kleene's logic; money is a Fraction of yuan; days are dates.
A situation is ``{"facts": {...}, "sets": {name: {"complete": bool, "members": [{...}]}}, "applied_on": …,
"claims": {limit: n or None}, "holder": …}``; a fact left out is not known, ``NONE`` is a known absence,
and a ``codes`` fact is a dict of code to bool.
"""

import calendar
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.programs.oracle_lists import Lists
from tests.programs.oracle_money import Ask, Money
from tests.programs.oracle_words import NONE, UNKNOWN, all_of, any_of, opposite

STATUS = ("sex", "born_on")  # never change: known whatever the day


def later(day, span):
    count = span.get("days", 0), span.get("months", 0) + 12 * span.get("years", 0)
    if "before" in span:
        count = -count[0], -count[1]
    months = day.year * 12 + day.month - 1 + count[1]
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)) + timedelta(days=count[0])


class Oracle(Money, Lists):
    """One policy as the dictionary ``tomllib`` gives (with Decimals)."""

    def __init__(self, policy, catalogue, figures=None):
        self.policy, self.catalogue, self.figures = policy, catalogue, figures or {}
        self.tables = {**policy.get("derive", {}), **policy.get("figure", {})}

    # --- one person ---------------------------------------------------------------------------------------

    def judge(self, person):
        """Needs by name (True, False, None), the amount in yuan or None, and the whole verdict."""
        day = self.day(person)

        def look(name):
            return self.fact(name, person["facts"], day, own=True)

        needs = {name: self.test(need, look, person, day) for name, need in self.policy["need"].items()}
        needs["in_force"] = False if self.has_no_day(person) else self.in_force(day)
        yuan = self.amount(Ask(person, look, day))
        needs["amount"] = None if yuan is None else yuan > 0
        needs["apply"] = self.window(person, look)
        return {"needs": needs, "yuan": yuan, "verdict": all_of(needs.values()), "day": day,
                "most": yuan if yuan is not None else self.amount(Ask(person, look, day, "most"))}  # fmt: skip

    def day(self, person):
        on = self.policy["judged_on"]
        if isinstance(on, date):
            return on
        found = person.get("applied_on") if on == "applied_on" else person["facts"].get(on)
        return None if found in (None, NONE) else found

    def has_no_day(self, person):
        on = self.policy["judged_on"]
        return isinstance(on, str) and person["facts"].get(on) == NONE

    def in_force(self, day):
        if day is None:
            return None
        spans = [self.policy[key] for key in ("in_force", "cohort") if key in self.policy]
        return any(span["from"] <= day <= span.get("until", date.max) for span in spans)

    def window(self, person, look):
        apply, applied = self.policy["apply"], person.get("applied_on")
        if applied is None:
            return True
        parts = []
        if "from" in apply:
            parts.append(applied >= apply["from"])
        if "until" in apply:
            parts.append(applied <= apply["until"])
        if "within" in apply:
            anchor = look(apply["within"].get("after") or apply["within"].get("before"))
            if anchor == UNKNOWN:
                parts.append(None)
            elif anchor == NONE:
                parts.append(False)
            else:
                ends = sorted([anchor, later(anchor, apply["within"])])
                parts.append(ends[0] <= applied <= ends[1])
        return all_of(parts)

    # --- facts --------------------------------------------------------------------------------------------

    def fact(self, name, facts, day, *, own):
        """The value, NONE or UNKNOWN. ``own`` is False for relatives, who have no record of their own."""
        if name in self.tables:
            return self.table(self.tables[name], lambda each: self.fact(each, facts, day, own=own))
        if name == "age":
            return self.age(facts, day)
        if name == "alive":
            died = facts.get("death.died_on", UNKNOWN)
            if died == NONE:
                return True
            return UNKNOWN if died == UNKNOWN or day is None else died > day
        field = self.catalogue.facts[name]
        found = facts.get(name, {}) if field.type == "codes" else facts.get(name, UNKNOWN)
        own_record = own and field.kind == self.policy["for_each"]
        if day is None and field.dated in ("status", "yearly") and not own_record:
            return {} if field.type == "codes" else UNKNOWN
        return found

    @staticmethod
    def age(facts, day):
        born = facts.get("born_on", UNKNOWN)
        if born == UNKNOWN or day is None:
            return UNKNOWN
        if born == NONE:
            return NONE
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def table(self, table, look):
        """Try every row: what comes out if it is the first that matches."""
        results, sure = [], False
        for *cells, result in table["rows"]:
            here = all_of(
                self.cell(cell, name, look) for cell, name in zip(cells, table["from"], strict=False)
            )
            if here is False:
                continue
            results.append(result)
            if here:
                sure = True
                break
        return results[0] if sure and len(set(results)) == 1 else UNKNOWN

    def cell(self, cell, name, look):
        if cell == "*":
            return True
        value = look(name)
        if isinstance(value, dict):
            return value.get(cell)
        if value == UNKNOWN:
            return None
        if value == NONE:
            return False
        if isinstance(cell, str) and ".." in cell and isinstance(value, int | Fraction):
            low, high = cell.split("..")
            return (not low or value >= Fraction(low)) and (not high or value <= Fraction(high))
        return value == cell

    # --- conditions ---------------------------------------------------------------------------------------

    def test(self, need, look, person, day):
        if "unless" in need:
            rest = {key: value for key, value in need.items() if key != "unless"}
            return any_of([self.test(need["unless"], look, person, day), self.test(rest, look, person, day)])
        if "any_of" in need and not self.quantifier(need):
            return any_of(self.test(part, look, person, day) for part in need["any_of"])
        if "all_of" in need and not self.quantifier(need):
            return all_of(self.test(part, look, person, day) for part in need["all_of"])
        if "not" in need and not self.quantifier(need):
            return opposite(self.test(need["not"], look, person, day))
        if self.quantifier(need):
            return self.relatives(need, person, day)
        return self.compare(need, look)

    @staticmethod
    def quantifier(need):
        return next((word for word in ("every", "any", "none", "count") if word in need), None)

    def relatives(self, need, person, day):
        word = self.quantifier(need)
        found = person["sets"].get(need[word], {"complete": False, "members": []})
        inner = {key: need[key] for key in need if key not in (word, "where", "otherwise", "paper", "unless")}
        answers = []
        for member in found["members"]:

            def look(name, member=member):
                return self.fact(name, member, day, own=False)

            belongs = [self.test(need["where"], look, None, day)] if "where" in need else []
            if need[word] == "parents":
                alive = look("alive")
                belongs.append(None if alive == UNKNOWN else alive)
            answers.append((all_of(belongs), None if word == "count" else self.test(inner, look, None, day)))
        if not found["complete"]:
            answers.append((None, None))
        if word == "count":
            return self.count(need, [belongs for belongs, _ in answers])
        if word == "every":
            return all_of(any_of([opposite(belongs), holds]) for belongs, holds in answers)
        some = any_of(all_of([belongs, holds]) for belongs, holds in answers)
        return some if word == "any" else opposite(some)

    def count(self, need, answers):
        """Try every number it could be."""
        least = sum(one is True for one in answers)
        most = least + sum(one is None for one in answers)
        held = set()
        for number in range(least, most + 1):
            held.add(
                ("is" in need and number == need["is"])
                or ("at_least" in need and number >= need["at_least"])
                or ("at_most" in need and number <= need["at_most"])
                or ("less_than" in need and number < need["less_than"])
            )
        return held.pop() if len(held) == 1 else None

    def compare(self, need, look):
        value = look(need["fact"])
        if "has_any" in need:
            return any_of(value.get(code) for code in need["has_any"])
        if "within" in need:
            anchor = look(need["within"].get("after") or need["within"].get("before"))
            return self.both(value, anchor, lambda: self.between(value, anchor, need["within"]))
        word = next(key for key in need if key in COMPARE or key == "in")
        if word == "in":
            return self.both(value, 0, lambda: value in [self.plain(each) for each in need["in"]])
        other = need[word]
        if isinstance(other, dict):
            other = look(other.get("fact") or other.get("figure"))
        else:
            other = self.plain(other)
            if self.is_money(need["fact"]):
                other = Fraction(other)
        return self.both(value, other, lambda: COMPARE[word](value, other))

    def is_money(self, name):
        return name in self.catalogue.facts and self.catalogue.facts[name].type == "money"

    @staticmethod
    def plain(value):
        return Fraction(value) if isinstance(value, Decimal) else value

    @staticmethod
    def between(value, anchor, span):
        first, last = sorted([anchor, later(anchor, span)])
        return first <= value <= last

    @staticmethod
    def both(one, two, answer):
        if NONE in (one, two):
            return False
        return None if UNKNOWN in (one, two) else answer()


COMPARE = {
    "is": lambda one, two: one == two,
    "at_least": lambda one, two: one >= two,
    "at_most": lambda one, two: one <= two,
    "less_than": lambda one, two: one < two,
    "on_or_before": lambda one, two: one <= two,
    "on_or_after": lambda one, two: one >= two,
}
