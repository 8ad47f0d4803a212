"""Worked examples and control totals: the proof that stands in the policy itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from programs.language.columns import day_number
from programs.language.forms import ControlTotal, Example, Gives, Situation, TotalCase
from programs.language.names import SETS, Names
from programs.language.problems import did_you_mean
from programs.language.reading_tests import Scope, as_value, find_fact
from programs.language.sections import Section

EXAMPLES_MAX = 500
CLAIMS_MAX = 20
LONG_AGO = day_number(date(1900, 1, 1))  # the day of death of one who is only said to be dead
EMPTY = Situation({}, {}, (), None, {})
SITUATION = ("unknown", "applied_on", "set_yuan", "given")
WORDS = ("say", "like", "self", "family", "claims", "gives", *SITUATION)
ONE_ALONE = frozenset({"like", "self", "family", *SITUATION, *SETS}) - {"given"}  # about one situation
CASE_WORDS = frozenset({"like", "holder", "home", "count", *SITUATION, *SETS})


@dataclass
class Frame:
    """What reading an example needs to know about its policy."""

    names: Names
    about: str
    gives: tuple[str, ...]  # every name a verdict can carry
    limits: tuple[str, ...]
    instalments: tuple[str, ...]
    sources: tuple[str, ...]
    found: dict[str, Situation] = field(default_factory=dict)


def read_examples(sections: Mapping[str, Section], frame: Frame) -> tuple[Example, ...]:
    """``[example.NAME]``, each after those it is ``like``."""
    return tuple(example for name, each in sections.items() if (example := _example(name, each, frame)))


def _example(name: str, section: Section, frame: Frame) -> Example | None:
    say = section.words("say")
    situation = _situation(section, frame)
    claims = section.take("claims")
    frame.found[name] = situation
    situations: tuple[Situation, ...] = (situation,)
    if claims is not None:
        _refuse_beside_claims(section)
        before = replace(
            EMPTY, places_given=situation.places_given, fen_given=situation.fen_given
        )  # one year, the same for all of them
        situations = _claims(claims, section, frame, before)
    gives_data = section.take("gives", needed=True)
    gives = _gives_list(gives_data, section, frame)
    section.finish((*WORDS, *SETS))
    if gives_data is not None and len(gives) != len(situations):
        section.wrong(
            "gives",
            f"有 {len(situations)} 个情况，gives 也要 {len(situations)} 个",
            f"{len(situations)} situation(s) need as many results in gives",
        )
    return Example(name, say, situations, gives, section.line) if len(gives) == len(situations) else None


def _refuse_beside_claims(section: Section) -> None:
    """What is told beside ``claims`` would be about none of them."""
    for key in section.data:
        if key in ONE_ALONE:
            section.wrong(
                key,
                f"有 claims 时，“{key}”要写进每个情况里",
                f"beside claims, “{key}” belongs in each of its situations",
            )


def _situation(section: Section, frame: Frame) -> Situation:
    base = _like(section, frame)
    facts = dict(base.facts)
    for key, about in (("self", "person"), ("family", "household")):
        inner = section.take(key)
        if inner is not None:
            facts |= _facts(inner, Section(inner, section.at(key), section.notes), frame, about)
    return _finish(section, frame, base, facts)


def _finish(section: Section, frame: Frame, base: Situation, facts: dict[str, object]) -> Situation:
    """Sets, facts taken away and the day of applying: the same words in an example, a claim, a total."""
    sets = dict(base.sets)
    for name in SETS:
        members = section.take(name)
        if members is None:
            continue
        if not isinstance(members, list):
            section.wrong(name, "写成 [{ … }, { … }]", "write [{ … }, { … }]")
            continue
        sets[name] = tuple(
            _facts(each, Section(each, (*section.at(name), index), section.notes), frame, "person")
            for index, each in enumerate(members)
        )
    held = dict(base.claims_held)
    unknown = [each for each in base.unknown if each not in facts]
    for each in section.texts("unknown"):
        if each.removeprefix("limit.") in frame.limits and each.startswith("limit."):
            held[each.removeprefix("limit.")] = -1
        elif (
            each in SETS
            or _is_code_of(each, frame)
            or find_fact(each, section.at("unknown"), Scope(frame.names, "person"), section.notes)
        ):
            for behind in _behind(each, frame):
                facts.pop(behind, None)
            unknown.append(each)
    applied, fen = section.day("applied_on"), section.fen("set_yuan")
    places, given_fen = _given(section, base)
    return replace(
        base,
        facts=facts,
        sets=sets,
        unknown=tuple(unknown),
        applied_on=base.applied_on if applied is None else applied,
        claims_held=held,
        set_fen=base.set_fen if fen is None else fen,
        places_given=places,
        fen_given=given_fen,
    )


def _given(section: Section, base: Situation) -> tuple[int, int]:
    """``given = { places = 119, yuan = 238000 }``: what the year had given before this list."""
    inner = section.section("given")
    if inner is None:
        return base.places_given, base.fen_given
    places = inner.whole("places", instead=base.places_given)
    fen = inner.fen("yuan")
    inner.finish(("places", "yuan"))
    return places, base.fen_given if fen is None else fen


def _behind(name: str, frame: Frame) -> tuple[str, ...]:
    meaning = frame.names.fact(name)
    return meaning.behind if meaning else ()


def _is_code_of(name: str, frame: Frame) -> bool:
    """Whether ``name`` is one code of a codes fact: "hardship.kinds.dibao"."""
    fact, _, code = name.rpartition(".")
    meaning = frame.names.fact(fact)
    return meaning is not None and meaning.type == "codes" and code in meaning.codes


def _like(section: Section, frame: Frame) -> Situation:
    like = section.text("like", needed=False)
    if like is None:
        return EMPTY
    if like not in frame.found:
        hint = did_you_mean(like, frame.found)
        section.wrong(
            "like",
            f"前面没有叫“{like}”的例子，{hint.zh}",
            f"no example above is named “{like}”; {hint.en}",
        )
        return EMPTY
    return frame.found[like]


def _facts(data: object, section: Section, frame: Frame, about: str) -> dict[str, object]:
    """``{ sex = "female", admission = { year = 2024 } }`` by full names."""
    found: dict[str, object] = {}
    for name, raw in _flat(data if isinstance(data, dict) else {}).items():
        section.take(name.partition(".")[0])
        path = (*section.path, *name.split("."))
        meaning = find_fact(name, path, Scope(frame.names, "person"), section.notes)
        if meaning is None:
            continue
        if name == "alive" and isinstance(raw, bool):
            found["death.died_on"] = None if raw else LONG_AGO
        elif meaning.about not in (about, "any") and about != "any":
            zh = {"person": "self", "household": "family"}.get(meaning.about)
            if zh is None:
                section.notes.add(path, "算出来的事实不能直接给", "a derived fact cannot be given")
            else:
                section.notes.add(path, f"“{name}”要写在 {zh} 里", f"“{name}” belongs in {zh}")
        elif raw == "none" and "none" not in meaning.codes and meaning.type not in ("codes", "bool"):
            found[name] = None  # known that there is none: a cancelled certificate, no day of death
        elif meaning.type == "codes":
            if not isinstance(raw, list):
                section.notes.add(path, "这里要一列值", "a list of values is expected")
                continue
            held = [as_value(each, meaning, path, section.notes) for each in raw]
            found[name] = frozenset(each for each in held if each is not None)
        elif meaning.behind != (name,):
            section.notes.add(path, "算出来的事实不能直接给", "a fact that is worked out cannot be given")
        else:
            value = as_value(raw, meaning, path, section.notes)
            if value is not None:
                found[name] = value
    section.finish()
    return found


def _flat(data: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{before}{key}.")
        else:
            flat[before + key] = value
    return flat


def _variation(section: Section, frame: Frame, before: Situation = EMPTY) -> Situation:
    """``{ like = "dibao", admission.batch = "本科二批" }``: an example with facts changed in place.

    ``before``: what the year had given where neither this nor what it is like says so.
    """
    base = _like(section, frame)
    if (base.places_given, base.fen_given) == (EMPTY.places_given, EMPTY.fen_given):
        base = replace(base, places_given=before.places_given, fen_given=before.fen_given)
    own = {key: value for key, value in section.data.items() if key not in CASE_WORDS}
    for key in own:
        section.take(key)
    facts = {**base.facts, **_facts(own, Section(own, section.path, section.notes), frame, "any")}
    return _finish(section, frame, base, facts)


def _claims(data: object, section: Section, frame: Frame, before: Situation) -> tuple[Situation, ...]:
    if not isinstance(data, list) or not 1 <= len(data) <= CLAIMS_MAX:
        section.wrong("claims", f"写 1 到 {CLAIMS_MAX} 个情况", f"write 1 to {CLAIMS_MAX} situations")
        return ()
    found: list[Situation] = []
    for index, each in enumerate(data):
        inner = Section(each, (*section.at("claims"), index), section.notes)
        situation = _variation(inner, frame, before)
        holder, home = inner.text("holder"), inner.text("home", needed=False)
        inner.finish(CASE_WORDS)
        found.append(replace(situation, holder=holder or "", home=home or ""))
    return tuple(found)


def _gives_list(data: object, section: Section, frame: Frame) -> tuple[Gives, ...]:
    many = data if isinstance(data, list) else [data] if data is not None else []
    read = [_gives(Section(each, section.at("gives"), section.notes), frame) for each in many]
    return tuple(each for each in read if each is not None)


def _gives(section: Section, frame: Frame) -> Gives | None:
    fen, band = section.fen("yuan"), _ends(section)
    no = section.texts("no", choices=frame.gives)
    not_known = section.texts("not_known", choices=frame.gives)
    parts: dict[str, int | str] = {}
    inner = section.section("parts")
    if inner:
        for name in frame.instalments:
            if inner.data.get(name) in ("no", "not_known"):
                parts[name] = str(inner.take(name))
            elif (part := inner.fen(name)) is not None:
                parts[name] = part
        inner.finish(frame.instalments)
    funds: dict[str, int] = {}
    inner = section.section("funds")
    if inner:
        given = {name: inner.fen(name) for name in frame.sources}
        funds = {name: each for name, each in given.items() if each is not None}
        inner.finish(frame.sources)
    section.finish(("yuan", "least", "most", "no", "not_known", "parts", "funds"))
    if (fen is not None) + (band is not None) + bool(no) + bool(not_known) != 1:
        section.wrong(
            "",
            "写 yuan、least 和 most、no、not_known 中的一种",
            "exactly one of yuan, least and most, no, not_known is expected",
        )
        return None
    return Gives(fen, no, not_known if band is None else ("amount",), parts, funds, band)


def _ends(section: Section) -> tuple[int, int] | None:
    """``{ least = 500, most = 3000 }``: the sum is still to be set."""
    if "least" not in section and "most" not in section:
        return None
    least, most = section.fen("least", needed=True), section.fen("most", needed=True)
    return None if least is None or most is None else (least, most)


def read_totals(sections: list[Section], frame: Frame) -> tuple[ControlTotal, ...]:
    """``[[control_total]]``: real money that was paid under this rule."""
    totals: list[ControlTotal] = []
    for section in sections:
        data = section.take("cases", needed=True)
        cases: list[TotalCase] = []
        for index, each in enumerate(data if isinstance(data, list) else []):
            inner = Section(each, (*section.at("cases"), index), section.notes)
            situation = _variation(inner, frame)
            count = inner.whole("count", least=0) if "count" in inner else None
            inner.finish(CASE_WORDS)
            cases.append(TotalCase(situation, count))
        fen = section.fen("yuan")
        count = section.whole("count") if "count" in section else None
        feasible = section.truth("feasible")
        section.finish(("cases", "yuan", "count", "feasible"))
        if not cases or (fen is None and count is None):
            section.wrong("cases", "要有 cases，和 yuan 或 count", "cases and yuan or count are needed")
            continue
        if not feasible and any(each.count is None for each in cases):
            section.wrong(
                "cases",
                "每种情况要写人数 count；通知只给总数时写 feasible = true",
                "each case needs its count; where the notice gives only sums write feasible = true",
            )
            continue
        totals.append(ControlTotal(tuple(cases), fen, count, feasible, section.line))
    return tuple(totals)
