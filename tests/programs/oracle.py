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

NONE = "(none)"
UNKNOWN = "(unknown)"
STATUS = ("sex", "born_on")  # never change: known whatever the day


def all_of(verdicts):
    verdicts = list(verdicts)
    if any(one is False for one in verdicts):
        return False
    return None if any(one is None for one in verdicts) else True


def any_of(verdicts):
    return opposite(all_of(opposite(one) for one in verdicts))


def opposite(verdict):
    return None if verdict is None else not verdict


def later(day, span):
    count = span.get("days", 0), span.get("months", 0) + 12 * span.get("years", 0)
    if "before" in span:
        count = -count[0], -count[1]
    months = day.year * 12 + day.month - 1 + count[1]
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)) + timedelta(days=count[0])


class Oracle:
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
        needs["in_force"] = self.in_force(day)
        yuan = self.amount(look, day)
        needs["amount"] = None if yuan is None else yuan > 0
        needs["apply"] = self.window(person, look)
        return {"needs": needs, "yuan": yuan, "verdict": all_of(needs.values()), "day": day}

    def day(self, person):
        on = self.policy["judged_on"]
        if isinstance(on, date):
            return on
        found = person.get("applied_on") if on == "applied_on" else person["facts"].get(on)
        return None if found in (None, NONE) else found

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
            return (not low or value >= int(low)) and (not high or value <= int(high))
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

    # --- money --------------------------------------------------------------------------------------------

    def amount(self, look, day):
        amount = self.policy["amount"]
        yuan = self.shape(amount, look)
        if yuan is None:
            return None
        unit = Fraction(1) if amount.get("round_to_yuan") else Fraction(1, 100)
        yuan = (yuan / unit + Fraction(1, 2)).__floor__() * unit
        least, most = amount.get("at_least_yuan"), amount.get("at_most_yuan")
        if least is not None and yuan > 0:
            yuan = max(yuan, Fraction(least))
        return yuan if most is None else min(yuan, Fraction(most))

    def shape(self, amount, look):
        if "table_by" in amount:
            return self.matrix(amount, look)
        if "yuan_per" in amount:
            count = look(amount["of"])
            if count == UNKNOWN:
                return None
            count = 0 if count == NONE else max(count, 0)
            return Fraction(amount["yuan_per"]) * min(count, amount.get("count_at_most", count))
        if "steps" in amount:
            count = look(amount["of"])
            if count == UNKNOWN:
                return None
            paid = (
                0 if count == NONE else sum(self.rate_of(amount["steps"], one) for one in range(1, count + 1))
            )
            return Fraction(paid)
        if "percent" in amount:
            base = look(amount["of_fact"])
            if base == UNKNOWN:
                return None
            return Fraction(0) if base == NONE else Fraction(amount["percent"]) / 100 * base
        return Fraction(amount["yuan"])

    @staticmethod
    def rate_of(steps, one):
        """What the first, second, third … unit is paid: the first step that reaches it."""
        return next((Fraction(step["yuan_per"]) for step in steps if one <= step["upto"]), 0)

    def matrix(self, amount, look):
        """Put in every value a fact not known could have; one amount only is an amount."""
        names = amount["table_by"] if isinstance(amount["table_by"], list) else [amount["table_by"]]
        choices = []
        for name in names:
            value = look(name)
            choices.append(self.every_value(name) if value == UNKNOWN else [value])
        found = set()
        for first in choices[0]:
            row = amount["yuan"].get(first, 0)
            if len(names) == 1:
                found.add(Fraction(row))
            else:
                found |= {Fraction(row.get(second, 0)) if row else Fraction(0) for second in choices[1]}
        return found.pop() if len(found) == 1 else None

    def every_value(self, name):
        if name in self.tables:
            return list(dict.fromkeys(row[-1] for row in self.tables[name]["rows"]))
        codes = self.catalogue.facts[name].codes
        every = list(self._words(name))
        return [*(codes or [*every, "(another)"]), NONE]

    def _words(self, name):
        amount = self.policy["amount"]
        names = amount["table_by"] if isinstance(amount["table_by"], list) else [amount["table_by"]]
        if names[0] == name:
            return list(amount["yuan"])
        return [word for row in amount["yuan"].values() for word in row]

    # --- the queue ----------------------------------------------------------------------------------------

    def judge_list(self, people):
        """Everybody in one list, each limit's queue walked one after the other."""
        judged = [self.judge(person) for person in people]
        limits = self.policy.get("limit", [])
        assert len(limits) <= 1, "the oracle walks one queue"
        for one in judged:
            one["limits"] = {}
        for limit in limits:
            self.walk(limit, people, judged)
        for one in judged:
            one["verdict"] = all_of([*one["needs"].values(), *one["limits"].values()])
        return judged

    def walk(self, limit, people, judged):
        places = [self.place(limit, person, one) for person, one in zip(people, judged, strict=False)]
        order = sorted(range(len(people)), key=lambda at: (judged[at]["day"] or date.min, at))
        waiting = {at for at in order if places[at] is None}
        verdicts = {}
        while True:  # those without a place see everybody, so go round until nothing changes
            before = dict(verdicts)
            for at in order:
                verdicts[at] = self.limited(limit, at, order, people, judged, places, waiting, verdicts)
            if before == verdicts:
                break
        for at in order:
            judged[at]["limits"][limit["name"]] = verdicts[at]

    def place(self, limit, person, one):
        """What rows must share to see each other; None where that is not known."""
        if one["day"] is None:
            return None

        def look(name):
            return self.fact(name, person["facts"], one["day"], own=True)

        same = [look(name) for name in limit.get("same", [])]
        if UNKNOWN in same:
            return None
        return (person["holder"], one["day"].year if limit["in"] == "year" else 0, *same)

    def limited(self, limit, at, order, people, judged, places, waiting, verdicts):
        held = people[at].get("claims", {}).get(limit["name"], 0)

        def final(other):
            return all_of([*judged[other]["needs"].values(), verdicts.get(other, True)])

        mine = [other for other in order if other != at and people[other]["holder"] == people[at]["holder"]]
        sure = maybe = held or 0
        if held is None:
            maybe = limit["times"]
        if places[at] is None:
            maybe += sum(final(other) is not False for other in mine)
        else:
            ahead = [o for o in mine if places[o] == places[at] and order.index(o) < order.index(at)]
            sure += sum(final(other) is True for other in ahead)
            maybe += sum(final(other) is not False for other in ahead)
            maybe += sum(final(other) is not False for other in mine if other in waiting)
        if sure >= limit["times"]:
            return False
        return None if maybe >= limit["times"] else True


COMPARE = {
    "is": lambda one, two: one == two,
    "at_least": lambda one, two: one >= two,
    "at_most": lambda one, two: one <= two,
    "less_than": lambda one, two: one < two,
    "on_or_before": lambda one, two: one <= two,
    "on_or_after": lambda one, two: one >= two,
}
