"""A policy file read into its typed form: every problem at once, each with line, key and the right word."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from facts.catalogue import Catalogue
from programs.language.facts_named import facts_of
from programs.language.forms import Accepted, Apply, Basis, Derived, Figure, Need, Notice, Period, Policy
from programs.language.lines import Lines, too_much
from programs.language.names import Names
from programs.language.not_toml import not_toml
from programs.language.problems import PolicyErrors, Problem
from programs.language.reading_amounts import read_amount
from programs.language.reading_examples import EXAMPLES_MAX, Frame, read_examples, read_totals
from programs.language.reading_money import (
    QUEUE,
    read_funds,
    read_instalments,
    read_limits,
    read_payees,
    read_queue,
    refuse_later,
)
from programs.language.reading_tables import read_derived
from programs.language.reading_tests import GROUPS, OPS, QUANTIFIERS, Scope, find_fact, read_span, read_test
from programs.language.sections import Notes, Section
from standards.words import Words

BYTES_MAX = 1_000_000  # a notice with its examples is a few kilobytes
NEEDS_MAX = 60
TABLES_MAX = 60
ACCEPTED_MAX = 200
TESTS_MAX = 400  # comparisons in all conditions together: every one is turned round to see who notices
CODE_MAX = 50  # with a word before it, it stands in a column of 60
TITLE_MAX = {"zh": 80, "en": 120}  # the widths of the columns
NOTICE_DAYS_MAX = 365
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
ON_SLIP_MAX = 4  # characters a bank prints on the passbook line
ROUTES = ("counter", "lists", "both")
DAYS_TO_DECIDE = 20  # working days: the limit of the Administrative Licensing practice in PRACTICE §2
RESERVED = ("in_force", "amount", "apply", "places", "ceiling")


def read(source: bytes, catalogue: Catalogue, figures: Mapping[str, Figure]) -> Policy:
    """The policy in ``source``. Raises PolicyErrors with every problem found."""
    text, data = _toml(source)
    notes = Notes(Lines(text))
    notes.look_at(data)
    if notes.problems:
        raise PolicyErrors(notes.problems)
    top = Section(data, (), notes)
    policy = _policy(top, Names(catalogue, figures), hashlib.sha256(source).hexdigest())
    if notes.problems or policy is None:
        raise PolicyErrors(notes.problems)
    return policy


def _toml(source: bytes) -> tuple[str, dict[str, Any]]:
    def refuse(line: int, zh: str, en: str) -> PolicyErrors:
        return PolicyErrors([Problem(line, "file", Words(zh, en))])

    if len(source) > BYTES_MAX:
        raise refuse(1, "文件太大：政策文件不超过 1 MB", "the file is too large: a policy has at most 1 MB")
    if not source.strip():
        raise refuse(1, "文件是空的", "the file is empty")
    try:
        text = source.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise refuse(
            line, "文件不是 UTF-8 编码，请另存为 UTF-8", "the file is not UTF-8: save it so"
        ) from error
    if much := too_much(text):
        raise refuse(much[0], much[1].zh, much[1].en)
    try:
        return text, tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        line, words = not_toml(text, str(error))
        raise PolicyErrors([Problem(line, "file", words)]) from error
    except RecursionError as error:
        raise refuse(1, "括号套得太深", "the brackets are nested too deeply") from error


def _policy(top: Section, names: Names, digest: str) -> Policy | None:
    code = _code(top)
    title = _title(top)
    on_slip = _on_slip(top)
    basis = _basis(top)
    in_force = _period(top, "in_force", needed=True)
    cohort = _period(top, "cohort", needed=False)
    kinds = {name: kind for name, kind in names.catalogue.kinds.items() if kind.stores == "facts"}
    for_each = top.text("for_each", choices=("person", "household", *kinds))
    about = kinds[for_each].about if for_each in kinds else (for_each or "person")
    scope = Scope(names, about)
    judged_on = _judged_on(top, scope)
    pay_to = read_payees(top, needed=True)
    accepted = _accepted(top)
    derived = _derived(top, scope)
    needs = _needs(top, scope)
    amount_section = top.section("amount", needed=True)
    amount = read_amount(amount_section, scope) if amount_section else None
    limits = read_limits(top.sections("limit"), scope)
    queue = read_queue(top, scope)
    instalments = read_instalments(top.sections("instalment"), scope)
    funds = read_funds(top.sections("fund"))
    apply = _apply(top, scope)
    frame = Frame(
        names,
        about,
        (*top.data.get("need", {}), *RESERVED, *(f"limit.{limit.name}" for limit in limits)),
        tuple(limit.name for limit in limits),
        tuple(each.name for each in instalments),
        tuple(fund.source for fund in funds),
    )
    sections = top.named("example")
    if len(sections) > EXAMPLES_MAX:
        top.wrong("example", f"例子太多，最多 {EXAMPLES_MAX} 个", f"at most {EXAMPLES_MAX} examples")
        return None
    examples = read_examples(sections, frame)
    totals = read_totals(top.sections("control_total"), frame)
    top.finish(
        (
            "figure",
            "derive",
            "need",
            "example",
            "cohort",
            "limit",
            "instalment",
            "fund",
            "control_total",
            "accepted",
            *QUEUE,
        )
    )
    _not_too_many(top, needs)
    if top.notes.problems or amount is None or apply is None or in_force is None or judged_on is None:
        return None
    return Policy(
        code, title, on_slip, basis, in_force, cohort, for_each or "", judged_on, pay_to,
        derived, needs, amount, limits, instalments, funds, apply, examples, totals, digest, names,
        accepted, queue=queue, lines=top.notes.lines,
    )  # fmt: skip


def _code(top: Section) -> str:
    code = top.text("code") or ""
    if code and not CODE.match(code):
        top.wrong("code", "只用小写字母、数字和连字符", "only small letters, digits and hyphens")
    elif len(code) > CODE_MAX:
        top.wrong("code", f"最多 {CODE_MAX} 个字符", f"at most {CODE_MAX} characters")
    return code


def _title(top: Section) -> Words:
    title = top.words("title")
    for language, most in TITLE_MAX.items():
        if len(title.say(language)) > most:
            top.wrong("title", f"{language} 最多 {most} 个字", f"{language} has at most {most} characters")
    return title


def _on_slip(top: Section) -> str:
    text = top.text("on_slip") or ""
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        top.wrong("on_slip", "银行打印不了其中的字（GBK）", "the bank cannot print a character of it (GBK)")
    if len(text) > ON_SLIP_MAX:
        top.wrong("on_slip", f"最多 {ON_SLIP_MAX} 个字", f"at most {ON_SLIP_MAX} characters")
    elif text and not text.isalnum():  # a comma or a bar would be the next field of a bank's file
        top.wrong("on_slip", "只用字、字母和数字", "only characters, letters and digits")
    return text


def _basis(top: Section) -> tuple[Basis, ...]:
    data = top.take("basis", needed=True)
    found = []
    for index, each in enumerate(data if isinstance(data, list) else []):
        section = Section(each, ("basis", index), top.notes)
        number = section.text("number") or ""
        clause = section.text("clause", needed=False) or ""
        figures_from = section.text("figures_from", needed=False) or ""
        section.finish(("number", "clause", "figures_from"))
        found.append(Basis(number, clause, figures_from))
    if data is not None and not found:
        top.wrong("basis", "至少写一个依据：[{ number = … }]", "name at least one basis: [{ number = … }]")
    return tuple(found)


def _accepted(top: Section) -> tuple[Accepted, ...]:
    found: list[Accepted] = []
    for section in top.sections("accepted", most=ACCEPTED_MAX):
        key = section.text("key") or ""
        reason = section.words("reason")
        section.finish(("key", "reason"))
        found.append(Accepted(key, reason, section.line))
    return tuple(found)


def _period(top: Section, key: str, *, needed: bool) -> Period | None:
    section = top.section(key, needed=needed)
    if section is None:
        return None
    start = section.day("from", needed=True)
    end = section.day("until", needed=True)
    section.finish(("from", "until"))
    if start is None or end is None:
        return None
    if end < start:
        section.wrong("until", "结束日早于开始日", "the end lies before the beginning")
    return Period(start, end)


def _judged_on(top: Section, scope: Scope) -> str | int | None:
    raw = top.data.get("judged_on")
    if not isinstance(raw, str):
        return top.day("judged_on", needed=True)
    top.take("judged_on")
    if raw == "applied_on":
        return raw
    meaning = find_fact(raw, ("judged_on",), scope, top.notes)
    if meaning is not None and meaning.type != "date":
        top.wrong("judged_on", f"“{raw}”不是日期", f"“{raw}” is not a day")
    return raw


def _derived(top: Section, scope: Scope) -> tuple[Derived, ...]:
    found: list[Derived] = []
    for heading in ("derive", "figure"):
        sections = top.named(heading)
        if len(sections) > TABLES_MAX:
            top.wrong(heading, f"最多 {TABLES_MAX} 张表", f"at most {TABLES_MAX} tables")
            return ()
        for name, section in sections.items():
            if not NAME.match(name):
                section.wrong("", "名字只用小写字母、数字和下划线", "only small letters, digits, underscores")
            table = read_derived(section, name, scope, gives=heading)
            if table is None:
                scope.names.broken.add(name)
            else:
                scope.names.add(table)
                found.append(table)
    return tuple(found)


def _needs(top: Section, scope: Scope) -> tuple[Need, ...]:
    found: list[Need] = []
    sections, so_far = top.named("need"), len(top.notes.problems)
    if not sections and so_far and "need" in top:
        return ()  # they are there, but not written as they should be
    if not sections or len(sections) > NEEDS_MAX:
        top.wrong("need", f"要有 1 到 {NEEDS_MAX} 个条件", f"1 to {NEEDS_MAX} needs are expected")
        return ()
    for name, section in sections.items():
        if not NAME.match(name) or name in RESERVED:
            section.wrong("", f"“{name}”不能作条件的名字", f"“{name}” cannot name a need")
        otherwise = section.words("otherwise")
        says = section.words("says", needed=False, instead=Words("", ""))
        paper = _paper(section, scope.names)
        test = read_test(section, scope)
        section.finish(("fact", *OPS, *GROUPS, "unless", *QUANTIFIERS, "where", "otherwise", "paper", "says"))
        if test is not None:
            found.append(Need(name, test, otherwise, paper, section.line, says))
    return tuple(found)


def _not_too_many(top: Section, needs: tuple[Need, ...]) -> None:
    found = 0

    def visit(_set_name: str, _fact: str) -> None:
        nonlocal found
        found += 1

    for need in needs:
        facts_of(need.test, visit)
    if found > TESTS_MAX:
        top.wrong("need", f"比较太多，最多 {TESTS_MAX} 个", f"at most {TESTS_MAX} comparisons")


def _paper(section: Section, names: Names) -> str | None:
    return section.text("paper", needed=False, choices=names.catalogue.papers)


def _apply(top: Section, scope: Scope) -> Apply | None:
    section = top.section("apply", needed=True)
    if section is None:
        return None
    refuse_later(section, ("village_review",))
    route = section.text("route", choices=ROUTES)
    from_day, until_day = section.day("from"), section.day("until")
    within_section = section.section("within")
    within = read_span(within_section, scope) if within_section else None
    papers = section.texts("papers", choices=scope.names.catalogue.papers)
    declare = section.texts("declare")
    for each in declare:
        meaning = find_fact(each, section.at("declare"), scope, section.notes)
        if meaning is not None and (meaning.field is None or meaning.field.when_absent != "declared"):
            section.wrong("declare", f"“{each}”不能凭声明", f"“{each}” cannot be declared")
    notice = _notice(section)
    decide = section.whole("days_to_decide", least=1, instead=DAYS_TO_DECIDE, most=NOTICE_DAYS_MAX)
    if from_day is not None and until_day is not None and until_day < from_day:
        section.wrong("until", "截止日早于开始日", "the last day lies before the first")
    section.finish(("route", "from", "until", "within", "papers", "declare", "notice", "days_to_decide"))
    if route is None:
        return None
    return Apply(route, from_day, until_day, within, papers, declare, notice, decide, section.line)


def _notice(section: Section) -> Notice:
    inner = section.section("notice", needed=True)
    if inner is None:
        return Notice(0, False)
    days = inner.whole("days", needed=True, most=NOTICE_DAYS_MAX)
    working = inner.truth("working")
    inner.finish(("days", "working"))
    return Notice(days, working)
