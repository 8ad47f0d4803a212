"""The gate cannot be talked round: what nobody would notice is named with its line, and accepted only in writing."""

import re
import sys

import pytest

from facts.catalogue import load_catalogue
from programs import language
from programs.language.gate import is_noticed, survivors
from programs.language.mutations import mutations
from programs.language.sections import key_of
from tests import factories as make

CATALOGUE = load_catalogue()
gate_module = sys.modules["programs.language.gate"]  # the package gives its function the same name
FILES = sorted([*make.POLICIES.glob("*.toml"), *(make.POLICIES.parent / "library").glob("**/*.toml")])
COLLEGE = (make.POLICIES / "college-award.toml").read_text()
MUTATIONS_LEAST = 500


def read(text):
    return language.read(text.encode(), CATALOGUE, {})


def without(text, name):
    """The text without one example."""
    return re.sub(rf"(?s)\[example\.{name}\]\n.*?\n\n", "", text, count=1)


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


TAKEN = [  # an example taken out of the college award: what may then be changed unnoticed, on which line
    ("a_boy", "need.girl", "[need.girl]", "left out, no example would notice: add one"),
    ("day_before", "in_force.from", "in_force  =", "moved one step down (to 2024-05-31), no example would notice"),
    ("first_day", "in_force.from", "in_force  =", "moved one step up (to 2024-06-02), no example would notice"),
    ("monitored", "need.poor.has_any", "has_any   =", "“monitored” left out, no example would notice"),
    ("last_day_to_apply", "apply.within", "within = {", "moved one step down (to 35), no example would notice"),
    ("a_day_late", "apply.within", "within = {", "left out, no example would notice"),
    ("merged_batch_before_the_merger", "derive.tier.rows.3.1", '["2025..",', "“2025..” made “2024..”, no example"),
]  # fmt: skip


@pytest.mark.parametrize(("example", "key", "stands", "says"), TAKEN)
def test_what_no_example_would_notice_is_named_with_its_line(example, key, stands, says):
    text = without(COLLEGE, example)
    assert text != COLLEGE
    named = [each for each in language.gate(read(text)) if each.key == key]
    assert any(says in each.words.en for each in named), [
        each.say("en") for each in language.gate(read(text))
    ]
    assert {each.line for each in named} == {line_of(text, stands)}


def test_a_word_that_no_family_could_read_is_named():
    """Its code would stand in the public guide and in every letter."""
    text = re.sub(r"(?s)\[derive\.tier\.value\].*?\n\n", "\n", COLLEGE)
    said = [each for each in language.prove(read(text)) if each.key == "derive.tier.value"]
    assert {each.line for each in said} == {line_of(text, "[derive.tier]")}
    assert said[0].words.en == "“junior” has no words for families yet: write them under [derive.tier.value]"
    assert len(said) == len({each.words.en for each in said}) == 4


def read_file(name):
    return next(path for path in FILES if path.stem == name).read_text()


UNNOTICED = [  # a policy without one of its examples: the slip that then goes by, and where it stands
    ("college-award", "two_of_one_household", "limit.1.holds", "“self” made “household”"),
    ("h08-anhui-housing", "grade_a", "need.dangerous.in", "“A” added"),
    ("c16-nanan-college", "only_on_other_lists", "need.poor.has_any", "“expenditure” added"),
    (
        "c11-dangshan-college",
        "illness_on_other_lists",
        "need.in_hardship.any_of.3.all_of.1.has_any",
        "“monitored” added",
    ),
    ("places-by-rank", "last_place", "order_by.2", "swapped with the one above"),
    ("v01-jiangshan-training", "thirteen", "limit.1.holds", "“self” made “household”"),
]


@pytest.mark.parametrize(("policy", "example", "key", "says"), UNNOTICED)
def test_a_slip_that_only_one_example_notices(policy, example, key, says):
    whole = read_file(policy)
    text = without(whole, example)
    assert text != whole
    named = [each.words.en for each in language.gate(read(text)) if each.key == key]
    assert any(says in each for each in named), [each.say("en") for each in language.gate(read(text))]


def test_who_reads_not_all_of_them_for_nobody_is_found_out():
    """One of two on the public payroll keeps the subsidy out; an example with both of them would not say so."""
    text = read_file("housing-subsidy")
    one = "members = [{ payroll.listed = false }, { payroll.listed = true }]"
    assert one in text
    both = without(text, "members_not_complete").replace(one, one.replace("false", "true"))
    assert is_noticed(mutant(text, "not every"))
    assert not is_noticed(mutant(both, "not every"))


def mutant(text, says):
    return next(each.policy for each in mutations(read(text)) if says in each.words.en)


HALVES = """
code      = "halves"
title     = { zh = "两期", en = "In two parts" }
on_slip   = "两期"
basis     = [{ number = "示例〔2026〕8号" }]
in_force  = { from = 2026-01-01, until = 2026-12-31 }
for_each  = "training"
judged_on = "training.certified_on"
pay_to    = ["self"]
[derive.class]
from = ["training.trade", "sex"]
rows = [["cook", "female", "a"], ["*", "female", "b"]]
[need.class]
fact      = "class"
is        = "a"
otherwise = { zh = "不是厨师", en = "Not a cook" }
[amount]
percent = 50
of_fact = "medical_refund.total"
[[instalment]]
name  = "now"
share = "1/2"
[[instalment]]
name  = "later"
share = "rest"
need  = { fact = "age", at_least = 18 }
[[fund]]
source = "city"
share  = "1/2"
[[fund]]
source = "county"
share  = "rest"
[apply]
route  = "both"
within = { months = 6, after = "training.certified_on" }
notice = { days = 7 }
[example.first]
say   = { zh = "厨师", en = "A cook" }
self  = { sex = "female", training = { trade = "cook", certified_on = 2026-05-01 }, medical_refund.total = 400 }
gives = { yuan = 200 }
"""
BLIND = {  # what one example alone would not notice: what is changed, and whether it may be accepted in writing
    ("amount.round_to_yuan", "rounded to the yuan", True),
    ("derive.class.rows.1.2", "“female” made “*”", True),
    ("derive.class.rows.1.1", "“cook” made “*”", True),
    ("instalment.1.share", "moved one step up", True),
    ("instalment.2.need.at_least", "turned round", False),
    ("instalment.2.need.at_least", "moved one step up (to 19)", True),
    ("fund.1", "left out", False),
    ("fund.1.share", "moved one step up", True),
    ("apply.within", "before and after exchanged", False),
}


def test_what_one_example_alone_would_not_notice():
    left = {(key_of(each.path), each.words.en, each.is_step) for each in survivors(read(HALVES))}
    assert left >= BLIND, BLIND - left


TOLD = """gives = { yuan = 200.01, parts = { now = 100, later = "not_known" }, funds = { city = 100, county = 100.01 } }
[example.grown]
say   = { zh = "满十八岁", en = "Eighteen" }
like  = "first"
self  = { born_on = 2008-05-01 }
applied_on = 2026-05-01
gives = { yuan = 200.01, parts = { now = 100, later = 100.01 } }
[example.a_day_too_young]
say   = { zh = "差一天", en = "A day too young" }
like  = "first"
self  = { born_on = 2008-05-02 }
gives = { yuan = 200.01, parts = { now = 100, later = "no" } }
"""


def test_the_examples_that_tell_them_are_what_it_wanted():
    text = HALVES.replace("total = 400", "total = 400.01").replace("gives = { yuan = 200 }\n", TOLD)
    policy = read(text)
    assert [each.agrees for each in language.run_examples(language.compile(policy))] == [True] * 3
    left = {(key_of(each.path), each.words.en, each.is_step) for each in survivors(policy)}
    told = {each for each in BLIND if each[0].startswith(("amount", "instalment", "fund"))}
    assert not left & told


def test_a_cell_of_the_last_row_says_nothing_where_all_others_have_a_row():
    closed = HALVES.replace(
        'rows = [["cook", "female", "a"], ["*", "female", "b"]]',
        'rows = [["cook", "male", "b"], ["cook", "female", "a"], ["*", "*", "b"]]',
    )
    assert ("derive.class.rows.2.2", "“female” made “*”") not in {
        (key_of(each.path), each.words.en) for each in mutations(read(closed))
    }


ACCEPTED = '\n[[accepted]]\nkey    = "in_force.from"\nreason = { zh = "示例", en = "An example" }\n'


def test_a_step_that_may_be_is_accepted_in_writing():
    text = without(without(COLLEGE, "day_before"), "first_day")
    assert {each.key for each in language.gate(read(text))} == {"in_force.from"}
    assert language.gate(read(text + ACCEPTED)) == []


def test_a_need_left_out_cannot_be_accepted():
    text = without(COLLEGE, "a_boy") + ACCEPTED.replace("in_force.from", "need.girl")
    said = {each.key: each.words.en for each in language.gate(read(text))}
    assert "left out" in said["need.girl"]
    assert "take the entry out" in said["accepted"]


def test_an_acceptance_of_nothing_is_refused():
    (problem,) = language.gate(read(COLLEGE + ACCEPTED))
    assert problem.key == "accepted"
    assert problem.line == COLLEGE.count("\n") + 2


CAPPED = """
code      = "capped"
title     = { zh = "封顶", en = "Capped" }
on_slip   = "封顶"
basis     = [{ number = "示例〔2026〕9号" }]
in_force  = { from = 2026-01-01, until = 2026-12-31 }
for_each  = "training"
judged_on = 2026-07-01
pay_to    = ["self"]
[need.hours]
fact      = "training.hours"
at_least  = 1
otherwise = { zh = "没有课时", en = "No hours" }
[amount]
yuan_per       = 10
of             = "training.hours"
count_at_most  = 30
at_least_yuan  = 20
at_most_yuan   = 250
[apply]
route  = "both"
notice = { days = 7 }
[example.below]
say   = { zh = "封顶以下", en = "Below the cap" }
self  = { training.hours = 24 }
gives = { yuan = 240 }
[example.above]
say   = { zh = "封顶以上", en = "Above the cap" }
like  = "below"
self  = { training.hours = 26 }
gives = { yuan = 250 }
[example.one]
say   = { zh = "一个课时，按保底", en = "One hour: the floor" }
like  = "below"
self  = { training.hours = 1 }
gives = { yuan = 20 }
[example.no_hours]
say   = { zh = "没有课时", en = "No hours" }
like  = "below"
self  = { training.hours = 0 }
gives = { no = ["hours", "amount"] }
"""


def test_a_cap_that_never_binds_is_named_and_one_that_does_is_not():
    assert language.check(read(CAPPED)) == []
    named = {(each.key, each.words.en.partition(",")[0]) for each in language.gate(read(CAPPED))}
    assert ("amount.count_at_most", "left out") in named
    assert {key for key, _ in named} == {"amount.count_at_most", "judged_on"}
    without_above = re.sub(r"(?s)\[example\.above\].*?(?=\[example\.one)", "", CAPPED)
    assert ("amount.at_most_yuan", "left out") in {
        (each.key, each.words.en.partition(",")[0]) for each in language.gate(read(without_above))
    }


def test_what_is_named_at_once_has_an_end(monkeypatch):
    text = COLLEGE[: COLLEGE.index("[example.second_batch]")]
    monkeypatch.setattr(gate_module, "NAMED_MAX", 5)
    assert len(language.gate(read(text))) <= 5
    monkeypatch.setattr(gate_module, "MUTATIONS_MAX", 20)
    (problem,) = language.gate(read(text))
    assert "several policies" in problem.words.en


def test_every_single_mutation_of_every_policy_is_noticed_or_accepted_in_writing(capsys):
    made, left, missed = 0, 0, []
    for path in FILES:
        policy = language.read(path.read_bytes(), CATALOGUE, {})
        accepted = {each.key for each in policy.accepted}
        made += sum(1 for _ in mutations(policy))
        for each in survivors(policy):
            left += 1
            if not each.is_step or key_of(each.path) not in accepted:
                missed.append((path.stem, key_of(each.path), each.words.en))
    noticed, accepted_in_writing = made - left, left - len(missed)
    said = f"{noticed} noticed by an example, {accepted_in_writing} accepted in writing, {len(missed)} missed"
    with capsys.disabled():
        sys.stdout.write(f"\n{len(FILES)} policies, {made} single mutations: {said}\n")
    assert missed == []
    assert made >= MUTATIONS_LEAST


# --- the same slips in the text itself, made without looking at the policy as read --------------------------------

NUMBER = re.compile(r"(?<![\w〔\-.\"])\d+(?![\w\-])")
DAY = re.compile(r"\b(\d{4}-\d{2}-)(\d{2})\b")
TURNED = {
    "at_least": "at_most",
    "at_most": "less_than",
    "less_than": "at_most",
    "every": "any",
    "any": "every",
}
NOT_JUDGED = (
    "notice",
    "days_to_decide",
    "basis",
    "budget_line",
    "title",
    "says",
    "otherwise",
    "#",
    "words",
    "zh =",
)


def slips_of(text):
    """Every text with one slip in the rules: examples, totals and acceptances stay as they are."""
    end = text.index("[example.")
    rules, proofs = text[:end], text[end:]
    lines = rules.split("\n")
    for at, line in enumerate(lines):
        for changed in _changed(line):
            yield line, "\n".join([*lines[:at], *changed, *lines[at + 1 :]]) + proofs
    for heading in re.findall(r"(?m)^\[need\.\w+\]|^\[\[limit\]\]", rules):
        start = rules.index(heading)
        stop = re.compile(r"(?m)^\[\[?(?!need\.\w+\.)").search(rules, start + 1).start()
        yield heading, rules[:start] + rules[stop:] + proofs


def _changed(line):
    bare = line.strip()
    if not bare or bare.startswith(NOT_JUDGED) or "zh =" in bare:
        return
    if bare.startswith("["):
        if re.match(r'\["', bare):
            yield []  # a row of a table
        elif bare.startswith(("[figure", "[derive")) or not bare.endswith("],"):
            return
    code = line.split("#")[0]
    for found in NUMBER.finditer(code):
        for step in (-1, 1):
            if int(found[0]) + step >= 0:
                yield [code[: found.start()] + str(int(found[0]) + step) + code[found.end() :]]
    for found in DAY.finditer(code):
        other = int(found[2]) + (1 if int(found[2]) < 28 else -1)
        yield [code[: found.start()] + f"{found[1]}{other:02d}" + code[found.end() :]]
    word = bare.split()[0]
    if word in TURNED:
        yield [line.replace(word, TURNED[word], 1)]
    if word in ("round_to_yuan", "at_most_yuan", "at_least_yuan", "count_at_most", "same", "within"):
        yield []


def is_caught(text):
    try:
        policy = read(text)
    except language.PolicyErrors:
        return True
    return bool(language.check(policy) or language.gate(policy))


def missed(paths):
    """The slips nothing caught (but for what the policy accepts in writing), and how many were made."""
    found, count = [], 0
    for path in paths:
        text = path.read_text()
        policy = read(text)
        accepted = {each.key.split(".")[0] for each in policy.accepted}
        if isinstance(policy.judged_on, int):
            accepted.add("in_force")  # of a fixed day that lies well inside
        for line, changed in slips_of(text):
            count += 1
            if not is_caught(changed) and re.split(r"[\s=]", line.strip())[0] not in accepted:
                found.append((path.stem, line))
    return found, count


def test_slips_in_the_text_of_the_housing_subsidy_are_caught():
    found, count = missed([make.POLICIES / "housing-subsidy.toml"])
    assert (found, count > 15) == ([], True)


@pytest.mark.long
def test_slips_in_the_text_of_every_policy_are_caught():
    found, count = missed(FILES)
    assert (found, count >= MUTATIONS_LEAST) == ([], True)
