"""What is paid, in the second reading: one person, Fractions of yuan, None where not known."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.programs.oracle_words import NONE, UNKNOWN


@dataclass
class Ask:
    """Whose amount it is: the person, how a fact is looked up, and the policy's day."""

    person: dict[str, Any]
    look: Any
    day: Any
    end: str = ""  # "most": what a band could be set to at most


class Money:
    """The part of the oracle that works out sums."""

    def amount(self, ask):
        return self.whole(self.policy["amount"], ask)

    def whole(self, amount, ask):
        yuan = self.shape(amount, ask)
        if yuan is None:
            return None
        unit = Fraction(1) if amount.get("round_to_yuan") else Fraction(1, 100)
        return self.within((yuan / unit + Fraction(1, 2)).__floor__() * unit, amount, ask)

    def within(self, yuan, amount, ask):
        """Between floor and cap, whole fen that no rounding passes; nothing needs neither, whatever they are."""
        for word, pick in (("at_least_yuan", max), ("at_most_yuan", min)):
            if word not in amount or yuan == 0:
                continue
            bound = self.bound(amount[word], ask)
            if bound is None:
                return None
            fen = -(-bound * 100).__floor__() if pick is max else (bound * 100).__floor__()
            yuan = pick(yuan, Fraction(fen, 100))
        return yuan

    def bound(self, bound, ask):
        if not isinstance(bound, dict):
            return Fraction(bound)
        if "figure" not in bound:
            return self.shape(bound, ask)
        value = ask.look(bound["figure"])
        return None if value == UNKNOWN else Fraction(0 if value == NONE else value)

    def part(self, part, ask):
        """Whether it is for this person, and its worth: rounded on its own only where it says so."""
        when = self.test(part["when"], ask.look, ask.person, ask.day) if "when" in part else True
        if part.get("round_to_yuan"):
            return when, self.whole(part, ask)
        exact = self.shape(part, ask)
        return when, None if exact is None else self.within(exact, part, ask)

    def added(self, parts, ask):
        total = Fraction(0)
        for when, worth in (self.part(part, ask) for part in parts):
            if when is False or worth == 0:
                continue
            if when is None or worth is None:
                return None
            total += worth
        return total

    def first(self, parts, ask):
        """Every sum it could come to."""
        could = set()
        for when, worth in (self.part(part, ask) for part in parts):
            if when is not False:
                could.add(worth)
            if when:
                break
        else:
            could.add(Fraction(0))
        return could.pop() if len(could) == 1 else None

    def band(self, band, ask):
        """What the official has set, where it lies in the band."""
        ends = [self.end_of_band(band[word], ask) for word in ("least", "most")]
        if ask.end:
            return None if None in ends else Fraction(ends[1] // Fraction(1, 100), 100)
        yuan = ask.person.get("set_yuan")
        if yuan is None or None in ends or not ends[0] <= yuan <= ends[1]:
            return None
        return Fraction(yuan)

    def end_of_band(self, end, ask):
        return self.shape(end, ask) if isinstance(end, dict) else Fraction(end)

    def shape(self, amount, ask):
        """One shape of an amount, exact."""
        for word, worth in (("sum", self.added), ("first", self.first), ("band", self.band)):
            if word in amount:
                return worth(amount[word], ask)
        if "table_by" in amount:
            return self.matrix(amount, ask.look)
        name = amount.get("of") or amount.get("of_fact") or amount.get("of_figure")
        if name is None:
            return Fraction(amount["yuan"])
        value = ask.look(name)
        return None if value == UNKNOWN else self.times(amount, 0 if value == NONE else value)

    def times(self, amount, value):
        """A rate, a rate by steps, or a share of a known quantity or sum."""
        if "percent" in amount:
            return Fraction(amount["percent"]) / 100 * value
        if "steps" in amount:
            return Fraction(sum(self.rate_of(amount["steps"], one) for one in range(1, value + 1)))
        count = max(value, 0)
        return Fraction(amount["yuan_per"]) * min(count, amount.get("count_at_most", count))

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
            choices.append(self.every_value(name, amount) if value == UNKNOWN else [value])
        found = set()
        for first in choices[0]:
            row = amount["yuan"].get(first, 0)
            if len(names) == 1:
                found.add(Fraction(row))
            else:
                found |= {Fraction(row.get(second, 0)) if row else Fraction(0) for second in choices[1]}
        return found.pop() if len(found) == 1 else None

    def every_value(self, name, amount):
        if name in self.tables:
            return list(dict.fromkeys(row[-1] for row in self.tables[name]["rows"]))
        codes = self.catalogue.facts[name].codes
        every = list(self._words(name, amount))
        return [*(codes or [*every, "(another)"]), NONE]

    def _words(self, name, amount):
        names = amount["table_by"] if isinstance(amount["table_by"], list) else [amount["table_by"]]
        if names[0] == name:
            return list(amount["yuan"])
        return [word for row in amount["yuan"].values() for word in row]
