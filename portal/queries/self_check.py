"""A family's self-check of one program: the next question that still matters, or what comes out.

The same evaluator as everywhere, over one row made of the answers. Nothing is looked up and nothing is kept: the answers
travel in the form. Whether somebody has died is not asked; a family that asks is taken to be alive.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from portal.queries.application import paper_words
from programs.language import Condition, Program, day_number
from programs.language.explaining import papers_elsewhere
from programs.language.forms import Situation
from programs.language.names import SETS, Meaning
from programs.language.situations import table_of
from standards.words import Words

NO, UNKNOWN, YES = 0, 1, 2
DOES_NOT_KNOW, NONE = "?", "-"
ANOTHER = "…"  # a text that no notice prints
BOTH, ONE, NEITHER = "both", "one", "neither"
NOT_ASKED = "death."
SAID = {
    DOES_NOT_KNOW: Words("不知道", "I do not know"),
    NONE: Words("没有", "there is none"),
    ANOTHER: Words("都不是，写的是别的", "something else is printed"),
    "yes": Words("是", "yes"),
    "no": Words("不是", "no"),
    BOTH: Words("两位都是", "both"),
    ONE: Words("只有一位是", "only one"),
    NEITHER: Words("都不是", "neither"),
    "some": Words("有", "yes, somebody"),
    "nobody": Words("没有", "nobody"),
}
TRUTHS: dict[str, bool] = {"yes": True, "no": False}
OF_PARENTS: dict[str, tuple[bool, bool]] = {BOTH: (True, True), ONE: (True, False), NEITHER: (False, False)}
OF_OTHERS: dict[str, tuple[bool, ...]] = {"some": (True,), "nobody": (False,)}
ANSWER_MAX = 60  # characters
SEVERAL = ","  # between several codes of one answer


@dataclass(frozen=True, slots=True)
class Question:
    """One fact to be told. ``choices`` are value and words; none of them: ``kind`` is date, number or text.

    ``kind`` "several": of ``choices`` any number may hold at once, and who names some says that the others do not.
    """

    name: str
    words: Words
    kind: str
    choices: list[tuple[str, Words]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Step:
    """The next question, or (``question`` None) the result with what fails, what is open and what to bring."""

    question: Question | None
    verdict: int
    amount_fen: int
    failing: list[Condition] = field(default_factory=list)
    open: list[Condition] = field(default_factory=list)
    bring: list[Words] = field(default_factory=list)


def next_step(program: Program, answers: Mapping[str, str], *, on: date) -> Step:
    """Judge the answers given so far as an application of ``on``; ``answers`` by the question's name."""
    table = table_of(program.policy, [_situation(program, answers, on)], ["family"])
    verdicts = program.judge(table)
    verdict = int(verdicts.verdict[0])
    if verdict == UNKNOWN:
        names = [name for name, rows in verdicts.unknown.items() if rows[0]]
        question = next(
            (
                question
                for name in _asked_for(program, names)
                if name not in answers and (question := question_of(program, name))
            ),
            None,
        )
        if question is not None:
            return Step(question, verdict, -1)
    conditions = program.explain(verdicts, table, 0).conditions
    return Step(
        None,
        verdict,
        int(verdicts.amount_fen[0]) if verdict == YES else -1,
        [one for one in conditions if one.verdict == NO],
        [one for one in conditions if one.verdict == UNKNOWN],
        [*(paper_words(kind) for kind in program.policy.apply.papers), *_of_another_county(program)],
    )


def _of_another_county(program: Program) -> Iterator[Words]:
    """What a family brings of a parent whom no list of this county knows, where the program looks at that."""
    for fact in program.needed.sets.get("parents", ()):
        if papers := papers_elsewhere(fact, program.names):
            yield Words(
                f"父亲或母亲是外县户籍的：{papers.zh}",
                f"for a father or mother of another county: {papers.en}",
            )


def _asked_for(program: Program, names: list[str]) -> Iterator[str]:
    """The facts behind ``names``, the policy's day first: before it is known, nothing that holds on a day is.

    A set that is not whole is asked for by what the policy looks at in it.
    """
    if program.policy.judged_on in names:
        yield str(program.policy.judged_on)
    for name in names:
        if name in SETS:
            yield from (f"{name}.{fact}" for fact in program.needed.sets.get(name, ()))
        else:
            yield name


def _split(name: str) -> tuple[str, str]:
    """``parents.rural`` is the parents' fact rural; ``sex`` the person's own."""
    whose, _, fact = name.partition(".")
    return (whose, fact) if whose in SETS else ("", name)


def question_of(program: Program, name: str) -> Question | None:
    """How a fact is asked for; None for what a family cannot be asked."""
    whose, fact = _split(name)
    meaning = program.names.fact(fact)
    if meaning is None or meaning.field is None or fact.startswith(NOT_ASKED):
        return None
    ask = meaning.field.ask
    if whose:
        if meaning.type != "bool":
            return None
        of = OF_PARENTS if whose == "parents" else OF_OTHERS
        who = SETS[whose]
        words = Words(f"{who.zh}：{ask.zh}", f"{who.en[:1].upper()}{who.en[1:]}: {ask.en}")
        return Question(name, words, "choice", [(key, SAID[key]) for key in (*of, DOES_NOT_KNOW)])
    if meaning.type == "bool":
        return Question(name, ask, "choice", [(key, SAID[key]) for key in (*TRUTHS, DOES_NOT_KNOW)])
    if meaning.type in ("code", "codes"):
        values = [(code, meaning.say(code)) for code in meaning.codes]
        if meaning.type == "codes":
            return Question(name, ask, "several", values)
        none = [] if meaning.dated == "never" else [NONE]  # everybody has a sex
        return Question(name, ask, "choice", [*values, *((key, SAID[key]) for key in (*none, DOES_NOT_KNOW))])
    if printed := _printed(program, fact):
        values = [(word, Words(word, word)) for word in printed]
        others = [(key, SAID[key]) for key in (ANOTHER, DOES_NOT_KNOW)]
        return Question(name, ask, "choice", [*values, *others])
    kind = {"date": "date", "text": "text"}.get(meaning.type, "number")
    return Question(name, ask, kind)


def _printed(program: Program, fact: str) -> list[str]:
    """The texts that the policy's own tables know of a fact, such as the batches of its notice: to choose, not to spell."""
    if program.names[fact].type != "text":
        return []
    cells = [
        row.cells[table.inputs.index(fact)].value
        for table in program.policy.derived
        if fact in table.inputs
        for row in table.rows
    ]
    return list(dict.fromkeys(str(cell) for cell in cells if cell is not None))


def is_readable(program: Program, name: str, answer: str) -> bool:
    """Whether an answer to a question can be read; "not known" always can."""
    question = question_of(program, name)
    if question is None or len(answer) > ANSWER_MAX * max(1, len(question.choices)):
        return False
    if question.kind == "choice":
        return answer in dict(question.choices)
    if answer in (DOES_NOT_KNOW, NONE):
        return True
    _whose, fact = _split(name)
    return _read(program.names[fact], answer) is not None


def _situation(program: Program, answers: Mapping[str, str], on: date) -> Situation:
    needed = program.needed
    facts: dict[str, object] = {
        name: None for name in (*needed.subject, *needed.household) if name.startswith(NOT_ASKED)
    }
    sets: dict[str, list[dict[str, object]]] = {}
    for name, answer in answers.items():
        whose, fact = _split(name)
        if answer == DOES_NOT_KNOW or not is_readable(program, name, answer):
            continue
        if whose:
            told = (OF_PARENTS if whose == "parents" else OF_OTHERS)[answer]
            members = sets.setdefault(whose, [{} for _ in told])
            for member, value in zip(members, told, strict=True):
                member[fact] = value
        elif answer == NONE:
            facts[fact] = frozenset() if program.names[fact].type == "codes" else None
        else:
            facts[fact] = _read(program.names[fact], answer)
    sets.setdefault("parents", [{}, {}])
    for whose, members in sets.items():
        for member in members:
            member |= {name: None for name in needed.sets.get(whose, ()) if name.startswith(NOT_ASKED)}
    told_sets = {whose: tuple(members) for whose, members in sets.items()}
    return Situation(facts, told_sets, (), day_number(on), {})


def _read(meaning: Meaning, answer: str) -> object:
    """The value as the evaluator takes it; None where the answer is none."""
    if meaning.type == "bool":
        return TRUTHS.get(answer)
    if meaning.type == "code":
        return answer if answer in meaning.codes else None
    if meaning.type == "codes":
        held = answer.split(SEVERAL)
        return frozenset(held) if set(held) <= set(meaning.codes) else None
    if meaning.type == "text":
        return answer.strip() or None
    try:
        if meaning.type == "date":
            return day_number(date.fromisoformat(answer))
        number = Decimal(answer) * (100 if meaning.type == "money" else 1)
        return int(number) if number.is_finite() and 0 <= number < 10**12 else None
    except (ValueError, InvalidOperation):
        return None
