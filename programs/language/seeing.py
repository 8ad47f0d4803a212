"""What one row shows: every fact that a condition names, with its value, in plain words."""

from programs.language.columns import ABSENT, Column
from programs.language.evaluating import fact_column
from programs.language.facts_named import facts_of
from programs.language.forms import Test
from programs.language.names import SETS, Names
from programs.language.views import View
from programs.language.wording import joined
from standards.words import Words

NOT_KNOWN = Words("还不清楚", "not known yet")
NONE = Words("没有", "none")


def seen_in_words(test: Test, view: View) -> Words:
    """Every fact the condition names, with its value for the one row of ``view``."""
    parts: dict[tuple[str, str], Words] = {}

    def visit(set_name: str, fact: str) -> None:
        if fact.startswith("figure.") or (set_name, fact) in parts:
            return
        if set_name:
            parts[set_name, fact] = _seen_members(set_name, fact, view)
        elif fact:
            parts[set_name, fact] = seen_fact(fact, view, 0)

    facts_of(test, visit)
    return joined(parts.values(), "；", "; ")


def seen_fact(name: str, view: View, at: int) -> Words:
    """ "性别：女" """
    what = view.names[name].words
    value = value_in_words(name, fact_column(name, view), at, view.names)
    return Words(f"{what.zh}：{value.zh}", f"{what.en}: {value.en}")


def _seen_members(set_name: str, fact: str, view: View) -> Words:
    members, who = view.members(set_name), SETS[set_name]
    if not fact:
        if view.sets[set_name].complete[0]:
            return Words(f"{who.zh} {members.n} 人", f"{who.en}: {members.n}")
        return Words(
            f"{who.zh}登记了 {members.n} 人，可能不全", f"{who.en}: {members.n} on record, perhaps more"
        )
    column = fact_column(fact, members)
    values = [value_in_words(fact, column, at, view.names) for at in range(members.n)]
    said, what = _said_together(values), view.names[fact].words
    return Words(f"{what.zh}：{said.zh or '—'}", f"{what.en}: {said.en or '—'}")


def _said_together(values: list[Words]) -> Words:
    """What each member has; where all have the same, once and for how many: never "none, none, none"."""
    if len(values) > 1 and len(set(values)) == 1:
        return Words(f"{values[0].zh}（{len(values)} 人都是）", f"{values[0].en} (all {len(values)})")
    return joined(values, "、", ", ")


def value_in_words(name: str, column: Column, at: int, names: Names) -> Words:
    """One value of a column in plain words: not known, none, or what it is."""
    meaning = names[name]
    value, known = column.values[at], column.known[at]
    if meaning.type == "codes":
        return _codes_in_words(name, column, at, names)
    if not known:
        return NOT_KNOWN
    if value == ABSENT[meaning.type]:
        return meaning.say(False) if meaning.type == "bool" else NONE
    if meaning.type in ("text", "code"):
        return meaning.say(column.words[int(value)])
    return meaning.say(bool(value) if meaning.type == "bool" else int(value))


def _codes_in_words(name: str, column: Column, at: int, names: Names) -> Words:
    value, known = int(column.values[at]), int(column.known[at])
    held = [names[name].say(word) for bit, word in enumerate(column.words) if value & known & (1 << bit)]
    everything = (1 << len(column.words)) - 1
    if held:
        return joined(held, "、", ", ")
    return NONE if known & everything == everything else NOT_KNOWN
