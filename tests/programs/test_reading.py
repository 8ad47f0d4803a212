"""Every slip in a policy file is a sentence with its line and the nearest right word; nothing is ignored."""

import re
from pathlib import Path

import pytest

from facts.catalogue import load_catalogue
from programs import language
from programs.language.lines import Lines

CATALOGUE = load_catalogue()
POLICIES = Path(language.__file__).parents[1] / "policies"
COLLEGE = (POLICIES / "college-award.toml").read_text()
TRAINING = (POLICIES / "training-subsidy.toml").read_text()


def read(text):
    return language.read(text.encode() if isinstance(text, str) else text, CATALOGUE, {})


def problems_of(text):
    with pytest.raises(language.PolicyErrors) as refused:
        read(text)
    return refused.value.problems


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


SLIPS = [  # (what stands, what is written instead, where it is said, what the sentence must hold)
    ('fact      = "sex"', 'fact      = "sexx"', "need.girl.fact", "sex"),
    ('fact      = "sex"', 'fakt      = "sex"', "need.girl.fakt", "fact"),
    ('is        = "female"', 'is        = "femal"', "need.girl.is", "female"),
    ('is        = "female"', 'at_least  = "female"', "need.girl.at_least", "in"),
    ('is        = "female"', "", "need.girl.fact", "is"),
    ('"dibao", "extreme_poverty", "monitored"]\noth', '"dibaoo"]\noth', "need.poor.has_any", "dibao"),
    ('every     = "parents"', 'every     = "parent"', "need.parents_rural.every", "parents"),
    ('paper     = "certificate"', 'paper     = "certifcate"', "need.girl_family.paper", "certificate"),
    ("[need.girl]", "[nead.girl]", "nead", "need"),
    ("junior = 1000 }", "junior = 1000.005 }", "amount.yuan.junior", "1000.005"),
    ("junior = 1000 }", 'junior = "1000" }', "amount.yuan.junior", "yuan"),
    ("junior = 1000 }", "juniur = 1000 }", "amount.yuan.juniur", "junior"),
    ('table_by = "tier"', 'table_by = "teir"', "amount.table_by", "tier"),
    ('table_by = "tier"', 'multiply = 2\ntable_by = "tier"', "amount.multiply", "multiply"),
    ("from = 2024-06-01, until = 2026-12-31", "from = 2024-06-01T08:00:00", "in_force.from", "clock"),
    ("from = 2024-06-01, until = 2026-12-31", 'from = "2024-06-01"', "in_force.from", "unquoted"),
    ("until = 2026-12-31", "until = 2023-12-31", "in_force.until", "before"),
    ('on_slip   = "女孩助学"', 'on_slip   = "女孩助学金"', "on_slip", "4"),
    ('on_slip   = "女孩助学"', 'on_slip   = "女孩𬭎"', "on_slip", "GBK"),
    ('for_each  = "admission"', 'for_each  = "admision"', "for_each", "admission"),
    ('judged_on = "admission.admitted_on"', 'judged_on = "admission.year"', "judged_on", "day"),
    ('pay_to    = ["self", "parents"]', 'pay_to    = ["mother"]', "pay_to", "parents"),
    ('pay_to    = ["self", "parents"]', "", "pay_to", "missing"),
    ('times     = 1', 'times     = 0', "limit.1.times", "1"),
    ('in        = "life"', 'in        = "decade"', "limit.1.in", "life"),
    ('share       = "rest"', 'share       = "1/2"', "fund.1.share", "rest"),
    ('route  = "both"', 'route  = "bth"', "apply.route", "both"),
    ("within = { months = 36, after", "within = { month = 36, after", "apply.within", "months"),
    ('after = "admission.admitted_on" }    # ', 'after = "admission.year" }    # ', "apply.within.after", "day"),
    ('["..2024", "本科一批", "本科", "tier1"]', '["..2024", "本科一批", "tier1"]', "derive.tier.rows.1", "3"),
    ('["..2024", "本科一批", "本科", "tier1"]',
     '["2024-", "本科一批", "本科", "tier1"]', "derive.tier.rows.1", ".."),
    ('["2025..", "本科批",   "本科", "tier2"]',
     '["2025..", "本科批",   "本硕", "tier2"]', "derive.tier.rows.3", "本科"),
    ('otherwise = { zh = "受益人不是女孩", en = "The beneficiary is not a girl" }',
     'otherwise = { zh = "不是女孩" }', "need.girl.otherwise", "both"),
    ('like  = "dibao"\nself  = { admission = { batch',
     'like  = "dibo"\nself  = { admission = { batch', "example.second_batch.like", "dibao"),
    ('gives  = { no = ["girl_family"] }',
     'gives  = { no = ["girlfamily"] }', "example.certificate_cancelled.gives.no", "girl_family"),
    ('family = { hardship.kinds = ["monitored"] }',
     'self = { hardship.kinds = ["monitored"] }', "example.monitored.self.hardship.kinds", "family"),
    ("feasible = true", "", "control_total.1.cases", "count"),
    ("[apply]\n", "places = 3\n[apply]\n", "fund.1.places", "places"),
]  # fmt: skip


@pytest.mark.parametrize(("stands", "instead", "key", "says"), SLIPS)
def test_a_slip_is_named_with_its_key_and_the_right_word(stands, instead, key, says):
    assert stands in COLLEGE
    problems = problems_of(COLLEGE.replace(stands, instead, 1))
    found = [each for each in problems if each.key == key]
    assert found, [(each.key, each.words.en) for each in problems]
    assert any(says in each.words.en for each in found), found
    assert all(each.words.zh and each.line >= 1 for each in problems)


def test_a_problem_stands_on_its_line():
    text = COLLEGE.replace('is        = "female"', 'is        = "femal"', 1)
    (problem,) = problems_of(text)
    assert problem.line == line_of(text, '"femal"')
    assert problem.say("zh-hans").startswith(f"第 {problem.line} 行，need.girl.is：")
    assert problem.say("en").startswith(f"line {problem.line}, need.girl.is: ")


def test_a_row_of_a_table_has_a_line_of_its_own():
    text = COLLEGE.replace('"本科二批", "本科", "tier2"', '"本科二批", "本硕", "tier2"', 1)
    (problem,) = problems_of(text)
    assert problem.line == line_of(text, "本硕")


def test_a_key_under_the_wrong_heading_is_sent_to_the_top():
    text = COLLEGE.replace('pay_to    = ["self", "parents"]\n', "", 1)
    text = text.replace("[amount]\n", '[amount]\npay_to = ["self"]\n', 1)
    keys = {each.key: each.words.en for each in problems_of(text)}
    assert "above the first [heading]" in keys["amount.pay_to"]


def test_every_problem_of_a_file_is_told_at_once():
    text = (
        COLLEGE.replace('"female"', '"femal"', 1)
        .replace('"both"', '"bth"', 1)
        .replace("times     = 1", "times = 0")
    )
    assert {each.key for each in problems_of(text)} == {"need.girl.is", "apply.route", "limit.1.times"}


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"", "empty"),
        (b"  \n\n", "empty"),
        (b"x = 1\n" * 200_000, "1 MB"),
        ('title = "女孩升学奖励"'.encode("gbk"), "UTF-8"),
        (b"code = ", "what follows “=” cannot be read"),
        (b'code = "a"\ncode = "b"', "written twice"),
        (b"day = 2026-02-30", "there is no day 2026-02-30"),
        (b"a = " + b"[" * 5_000, "nested"),
        (b"PK\x03\x04\xff\xfe", "UTF-8"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_in_words(source, says):
    assert says in " ".join(each.words.en for each in problems_of(source))


NOT_TOML = {  # the text: the line that is named, and what is said of it in both languages
    'a = 1\ncode = “x”': (2, "“ 要换成英文的 \"", 'write " instead of “'),
    'pay_to = ["self"，"parents"]': (1, "， 要换成英文的 ,", "write , instead of ，"),
    'a ＝ 1': (1, "＝ 要换成英文的 =", "write = instead of ＝"),
    'a = "x\nb = 1': (1, "少了英文引号", "quote after the words on this line"),
    'a = """x\nb = 1\n\n': (2, "少了英文引号", "quote after the words"),
    'title = "升学”': (1, "少了英文引号", "quote after the words"),
    'a = 升学\n': (1, "等号右边读不懂", "cannot be read"),
    'a = ["x" "y"]': (1, "方括号", "a comma between"),
    'a = ["x",\nb = 1': (2, "上面的 [", "“[” above"),
    "a = 3,000": (1, "3,000 写成 3000", "write 3000 for 3,000"),
    'a = { zh = "x" en = "y" }': (1, "花括号", "a comma between"),
    'a = { zh = "x", zh = "y" }': (1, "同一个名称", "written twice"),
    "a 1": (1, "少了等号", "“=” is missing"),
    "a = 1 b = 2": (1, "另起一行", "one entry"),
    "[need\na = 1": (1, "末尾少了 ]", "ends with “]”"),
    "[[limit]\na = 1": (1, "末尾少了 ]]", "ends with “]]”"),
    "[need]\n[need]": (2, "标题上面已经写过", "heading was written above"),
    'a = "C:\\data"': (1, "反斜杠", "backslash"),
    'a = "\\uZZ"': (1, "十六进制", "hexadecimal"),
    "a = 1\n= 2": (2, "读不懂", "cannot be read"),
    "x = 1\ny = \"a\x07\"": (2, "控制字符", "invisible"),
}  # fmt: skip


@pytest.mark.parametrize("text", NOT_TOML)
def test_text_that_is_no_toml_is_explained_in_both_languages_on_its_line(text):
    line, zh, en = NOT_TOML[text]
    (problem,) = problems_of(text)
    assert (problem.line, zh in problem.words.zh, en in problem.words.en) == (line, True, True), problem
    assert not re.search("[A-Za-z]{6,}", problem.words.zh), "no English in the Chinese sentence"
    assert not re.search("[\u4e00-\u9fff]", problem.words.en.replace(text, "")), (
        "no Chinese in the English one"
    )


def test_cut_in_the_middle_it_is_refused_at_any_place():
    source = COLLEGE.encode()
    for end in range(0, len(source), 611):
        try:
            problems = language.check(read(source[:end]))
        except language.PolicyErrors as refused:
            problems = list(refused.problems)
        assert problems, end


def test_a_household_program_cannot_ask_about_one_person():
    housing = (POLICIES / "housing-subsidy.toml").read_text()
    text = housing.replace('none      = "members"\n', "", 1)
    assert "nobody_on_the_payroll" in problems_of(text)[0].key


def test_shares_of_instalments_must_make_the_whole():
    problems = problems_of(TRAINING.replace('share     = "rest"\nneed', 'share     = "1/3"\nneed'))
    assert "5/6" in problems[0].words.en


def test_the_whole_policy_of_the_description_can_be_read_and_checked():
    text = (Path(__file__).parent / "whole.toml").read_bytes()
    assert language.check(read(text)) == []


def test_lines_are_found_below_every_heading():
    lines = Lines(
        'a = 1\n[b]\nc = """\nd = 2\n"""\n[[e]]\nf = [\n  [1],\n  [2], # ]\n]\n[[e]]\nf = "#["\ng.h = 3\n'
    )
    assert lines.of(("a",)) == 1
    assert lines.of(("b", "c")) == 3
    assert lines.of(("b", "d")) == 2  # no such key: the heading
    assert lines.of(("e", 0, "f", 1)) == 9
    assert lines.of(("e", 1, "f")) == 12
    assert lines.of(("e", 1, "g", "h")) == 13
