"""The gate cannot be talked round: what nobody would notice is named with its line, and accepted only in writing."""

import re

import pytest

from facts.catalogue import load_catalogue
from programs import language
from programs.language.gate import survivors
from programs.language.mutations import mutations
from tests import factories as make

CATALOGUE = load_catalogue()
FILES = sorted([*make.POLICIES.glob("*.toml"), *(make.POLICIES.parent / "library").glob("*.toml")])
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
    ("day_before", "in_force.from", "in_force  =", "moved one step down, no example would notice"),
    ("first_day", "in_force.from", "in_force  =", "moved one step up, no example would notice"),
    ("monitored", "need.poor.has_any", "has_any   =", "“monitored” left out, no example would notice"),
    ("last_day_to_apply", "apply.within", "within = {", "moved one step down, no example would notice"),
    ("a_day_late", "apply.within", "within = {", "left out, no example would notice"),
    ("merged_batch_before_the_merger", "derive.tier.rows.3", '["2025..",', "“2025..” made “2024..”, no example"),
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
    assert problem.line == line_of(COLLEGE + ACCEPTED, "[[accepted]]")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_single_mutation_is_noticed_or_accepted(path):
    policy = language.read(path.read_bytes(), CATALOGUE, {})
    accepted = {each.key for each in policy.accepted}
    for each in survivors(policy):
        assert each.is_step, each.path
        assert ".".join(str(part + 1 if isinstance(part, int) else part) for part in each.path) in accepted


def test_there_are_enough_mutations():
    found = [each for path in FILES for each in mutations(language.read(path.read_bytes(), CATALOGUE, {}))]
    assert len(found) >= MUTATIONS_LEAST


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
    assert (found, count >= 400) == ([], True)
