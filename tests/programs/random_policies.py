"""Small policies at random, as TOML: every comparison, group, quantifier, table and shape of an amount."""

import json
from datetime import date

CODES = {
    "sex": ["female", "male"],
    "certificate.kind": ["only_daughter", "two_daughter"],
    "admission.level": ["本科", "专科", "中专"],
}
BATCHES = ["本科一批", "本科二批", "本科批"]
HARDSHIP = ["dibao", "extreme_poverty", "monitored", "dibao_margin", "expenditure", "poor_disabled"]
DATES = ["certificate.issued_on", "admission.admitted_on", "born_on"]
INTEGERS = ["admission.year", "age", "training.hours"]
DAYS = [date(2024, 6, 1), date(2024, 7, 20), date(2025, 2, 28), date(2026, 5, 8), date(2008, 2, 29)]
SETS = ["parents", "children", "members", "spouse"]
OTHERWISE = {"zh": "不符合", "en": "not met"}


def toml(value):
    """One value as TOML; tables inline."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return (
            "{ "
            + ", ".join(f"{json.dumps(k, ensure_ascii=False)} = {toml(v)}" for k, v in value.items())
            + " }"
        )
    if isinstance(value, list):
        return "[" + ", ".join(toml(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


class Author:
    """Writes one policy from one seed."""

    def __init__(self, rng):
        self.rng = rng
        self.derived = []
        self.has_cap = False  # whether a figure of the file may bound a sum

    def policy(self):
        """The text of a whole policy."""
        rng = self.rng
        top = {
            "code": "random", "title": {"zh": "随机", "en": "Random"}, "on_slip": "随机",
            "basis": [{"number": "示例"}],
            "in_force": {"from": date(2024, 6, 1), "until": date(2026, 12, 31)},
            "for_each": "admission", "pay_to": ["self"],
            "judged_on": rng.choice(["admission.admitted_on", "applied_on", date(2026, 1, 1)]),
        }  # fmt: skip
        top |= self.queue()
        if rng.random() < 0.3:
            top["cohort"] = {"from": date(2008, 1, 1), "until": date(2024, 5, 31)}
        text = "".join(f"{key} = {toml(value)}\n" for key, value in top.items())
        tables = {f"t{at}": self.table() for at in range(rng.choice([0, 1, 1, 2]))}
        figures = {"hours": self.hours()} if rng.random() < 0.5 else {}
        self.has_cap = rng.random() < 0.4
        caps = {"cap": self.cap()} if self.has_cap else {}
        for heading, found in (("derive", tables), ("figure", figures | caps)):
            for name, table in found.items():
                text += f"[{heading}.{name}]\n" + "".join(f"{k} = {toml(v)}\n" for k, v in table.items())
        self.derived = [(name, [row[-1] for row in table["rows"]]) for name, table in tables.items()]
        for at in range(rng.randint(1, 4)):
            need = {**self.need(figures), "otherwise": OTHERWISE}
            text += f"[need.n{at}]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in need.items())
        text += "[amount]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in self.amount().items())
        if rng.random() < 0.7:
            limit = {"name": "once", "holds": ["self"], "times": rng.choice([1, 1, 2])}
            limit |= {"in": rng.choice(["life", "year"])}
            if rng.random() < 0.4:
                limit["same"] = ["admission.level"]
            text += "[[limit]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in limit.items())
        apply = {"route": "both", "notice": {"days": 7}}
        if rng.random() < 0.5:
            apply["within"] = self.span()
        if rng.random() < 0.3:
            apply["until"] = date(2026, 12, 31)
        return text + "[apply]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in apply.items())

    def queue(self):
        """Places, a ceiling, both or (mostly) neither, in the order of one or two keys."""
        rng, found = self.rng, {}
        if rng.random() < 0.3:
            found = {"places": rng.choice([1, 3, 8, 20]), "ties": rng.choice(["all", "none"])}
        if rng.random() < 0.25:
            found["ceiling_yuan"] = rng.choice([300, 1000, 2500.5])
        if not found:
            return {}
        keys = [{"earliest": "applied_on"}, {"earliest": "admission.admitted_on"}, {"lowest": "training.hours"},
                {"highest": "earlier_payment.amount"}]  # fmt: skip
        return {**found, "order_by": rng.sample(keys, rng.choice([1, 1, 2]))}

    def table(self):
        rng = self.rng
        inputs = rng.sample(["admission.year", "admission.batch", "admission.level", "hardship.kinds"], 2)
        rows = [[*(self.cell(name) for name in inputs), rng.choice("abc")] for _ in range(rng.randint(1, 5))]
        return {"from": inputs, "rows": rows}

    def hours(self):
        rows = [[level, self.rng.choice([100, 200, 240])] for level in CODES["admission.level"]]
        return {"unit": "number", "from": ["admission.level"], "rows": rows[: self.rng.randint(2, 3)]}

    def cap(self):
        rows = [[level, self.rng.choice([0, 45.5, 90, 240])] for level in CODES["admission.level"]]
        return {"unit": "yuan", "from": ["admission.level"], "rows": rows[: self.rng.randint(2, 3)]}

    def bound(self, flat):
        """A cap or a floor: a sum, a figure of the file, or a share of a fact."""
        others = [{"percent": 33.3, "of_fact": "earlier_payment.amount"}]
        others += [{"figure": "cap"}] * 2 if self.has_cap else []
        return self.rng.choice([flat, flat, *others])

    def cell(self, name):
        rng = self.rng
        if rng.random() < 0.35:
            return "*"
        if name == "admission.year":
            return rng.choice(["..2024", "2025..", "2024..2025", 2026])
        if name == "admission.batch":
            return rng.choice(BATCHES)
        return rng.choice(HARDSHIP if name == "hardship.kinds" else CODES[name])

    def span(self, *, inside=False):
        unit, count = self.rng.choice([("days", 60), ("months", 6), ("months", 36), ("years", 1)])
        return {
            unit: count,
            self.rng.choice(["after", "after", "before"]): self.rng.choice(DATES[1:] if inside else DATES),
        }

    def need(self, figures=(), *, inside=False, depth=0):
        rng = self.rng
        roll = rng.random()
        if depth < 2 and roll < 0.12:
            return {"any_of": [self.need(figures, inside=inside, depth=depth + 1) for _ in range(2)]}
        if depth < 2 and roll < 0.22:
            return {"all_of": [self.need(figures, inside=inside, depth=depth + 1) for _ in range(2)]}
        if depth < 2 and roll < 0.3:
            return {"not": self.need(figures, inside=inside, depth=depth + 1)}
        if depth < 2 and roll < 0.38:
            rest = self.need(figures, inside=inside, depth=2)
            return {**rest, "unless": self.need(figures, inside=inside, depth=2)}
        if not inside and roll < 0.65:
            return self.relatives()
        return self.compare(figures, inside=inside)

    def relatives(self):
        rng = self.rng
        word = rng.choice(["every", "any", "none", "count"])
        need = {word: rng.choice(SETS)}
        if word == "count":
            need |= {rng.choice(["is", "at_least", "at_most", "less_than"]): rng.randint(0, 3)}
        else:
            need |= self.need(inside=True, depth=1)
        if "unless" in need:
            del need["unless"]
        if rng.random() < 0.4 or (word == "count" and rng.random() < 0.8):
            need["where"] = self.compare((), inside=True)
        return need

    def compare(self, figures, *, inside):
        rng = self.rng
        choices = [
            {"fact": "sex", "is": "female"},
            {"fact": "rural", "is": rng.random() < 0.8},
            {"fact": "alive", "is": True},
            {"fact": "payroll.listed", "is": False},
            {"fact": "age", rng.choice(["at_least", "at_most", "less_than"]): rng.choice([16, 18, 45])},
            {"fact": "born_on", rng.choice(["on_or_before", "on_or_after", "is"]): rng.choice(DAYS)},
            {"fact": "admission.batch", "in": rng.sample(BATCHES, 2)},
            {"fact": "admission.year", "in": [2024, 2026]},
            {"fact": "admission.admitted_on", "within": self.span(inside=inside)},
            {"fact": "earlier_payment.amount", "at_least": rng.choice([1, 500])},
            {"fact": "medical.enrolled", "is": True},
            {"fact": "admission.admitted_on", "on_or_after": {"fact": "employment.started_on"}},
        ]
        if not inside:
            choices += [
                {"fact": "certificate.kind", "in": CODES["certificate.kind"]},
                {"fact": "certificate.issued_on", "on_or_before": {"fact": "admission.admitted_on"}},
                {"fact": "hardship.kinds", "has_any": rng.sample(HARDSHIP, rng.randint(1, 3))},
            ]
            choices += [{"fact": name, "in": sorted(set(words[:2]))} for name, words in self.derived] * 3
            if figures:
                choices += [{"fact": "training.hours", "at_least": {"figure": "hours"}}] * 3
        return rng.choice(choices)

    def amount(self):
        """One shape for the whole, or parts that add up, or of which the first that applies counts."""
        rng = self.rng
        if rng.random() < 0.7:
            return self.shape()
        kind = rng.choice(["sum", "first"])
        parts = [{**self.shape(), "when": self.need(depth=1)} for _ in range(rng.randint(1, 3))]
        if kind == "sum":
            for part in parts[1:]:
                if "band" in part:
                    del part["band"]
                    part["yuan"] = 40
        if rng.random() < 0.6:
            del parts[-1]["when"]
        whole = {kind: parts}
        if rng.random() < 0.3:
            whole |= rng.choice([{"at_most_yuan": 240}, {"round_to_yuan": True}, {"at_least_yuan": 60}])
            if "round_to_yuan" in whole:  # then no part has bounds: rounding would pass them
                bare = [{k: v for k, v in part.items() if not k.startswith("at_")} for part in parts]
                whole[kind] = bare
        return whole

    def shape(self):
        rng = self.rng
        roll = rng.random()
        if rng.random() < 0.1:
            most = rng.choice([120, {"percent": 33.3, "of_fact": "earlier_payment.amount"}])
            return {"band": {"least": rng.choice([10, 50]), "most": most}}
        if roll < 0.3 and self.derived:
            name, words = self.derived[0]
            amount = {
                "table_by": name,
                "yuan": {word: rng.choice([0, 100, 250]) for word in sorted(set(words))[:2]},
            }
        elif roll < 0.5:
            yuan = {kind: {level: rng.choice([100, 100, 300]) for level in CODES["admission.level"][:2]}
                    for kind in CODES["certificate.kind"]}  # fmt: skip
            amount = {"table_by": ["certificate.kind", "admission.level"], "yuan": yuan}
        elif roll < 0.65:
            amount = {"yuan_per": rng.choice([3, 0.35]), "of": "training.hours", "count_at_most": 200}
        elif roll < 0.72:
            first = rng.choice([1, 99, 200])
            steps = [{"upto": first, "yuan_per": rng.choice([3, 0.35])}, {"upto": first + 40, "yuan_per": 2}]
            amount = {"steps": steps[: rng.randint(1, 2)], "of": "training.hours"}
        elif roll < 0.85:
            amount = {"percent": rng.choice([70, 33.3]), "of_fact": "earlier_payment.amount"}
        else:
            return {"yuan": 30}
        if rng.random() < 0.4:
            amount["round_to_yuan"] = True
        if rng.random() < 0.3:
            amount["at_most_yuan"] = self.bound(240)
        if rng.random() < 0.3:
            amount["at_least_yuan"] = self.bound(5)
        return amount
