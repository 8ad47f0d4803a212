"""The policy language: read a file, check it, compile it, judge columns, explain a row.

    policy = language.read(source, catalogue, figures)   # PolicyErrors with every problem
    problems = language.check(policy)                    # examples, tables, totals
    problems = language.prove(policy)                    # … and what no example would notice: the gate
    program = language.compile(policy)
    verdicts = program.judge(table)
    program.explain(verdicts, table, row)

Plain Python and numpy: no Django, no database. ``docs/policies.md`` describes the language.
"""

from programs.language.checking import check
from programs.language.columns import (
    EPOCH,
    MAYBE,
    NO,
    NO_DAY,
    NO_NUMBER,
    NO_TRUTH,
    NO_WORD,
    YES,
    Column,
    InstalmentColumns,
    Members,
    Needed,
    Table,
    Verdicts,
    day_number,
    day_of,
)
from programs.language.compiling import Program, compile
from programs.language.explaining import Condition, Explanation, settle_fact
from programs.language.facts_named import facts_behind, needs_for_life
from programs.language.forms import Figure, FigureValue, Policy
from programs.language.gate import gate, prove
from programs.language.problems import PolicyErrors, Problem
from programs.language.reading import read
from programs.language.schema import policy_schema
from programs.language.sentences import InWords
from programs.language.situations import Outcome, gives_in_words, run_examples, spoken_of

__all__ = [
    "EPOCH",
    "MAYBE",
    "NO",
    "NO_DAY",
    "NO_NUMBER",
    "NO_TRUTH",
    "NO_WORD",
    "YES",
    "Column",
    "Condition",
    "Explanation",
    "Figure",
    "FigureValue",
    "InWords",
    "InstalmentColumns",
    "Members",
    "Needed",
    "Outcome",
    "Policy",
    "PolicyErrors",
    "Problem",
    "Program",
    "Table",
    "Verdicts",
    "check",
    "compile",
    "day_number",
    "day_of",
    "facts_behind",
    "gate",
    "gives_in_words",
    "needs_for_life",
    "policy_schema",
    "prove",
    "read",
    "run_examples",
    "settle_fact",
    "spoken_of",
]
