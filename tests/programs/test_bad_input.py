"""What goes wrong in real files, one row each: a sentence in both languages, on its line, and nothing goes further."""

from time import process_time

import pytest

from facts.catalogue import load_catalogue
from programs import language
from tests import factories as make

CATALOGUE = load_catalogue()
COLLEGE = (make.POLICIES / "college-award.toml").read_text()
JUNIOR = '  ["*",      "*",        "专科", "junior"],\n'
AGAIN = """[example.dibao_again]
say   = { zh = "同样的事实", en = "The same facts" }
like  = "dibao"
gives = { yuan = 2000 }

"""

TWICE = "[example.twice]\n"
PAY_TO = 'pay_to    = ["self", "parents"]'
AMOUNT = 'table_by = "tier"\nyuan     = { tier1 = 3000, tier2 = 2000, junior = 1000 }'
PARTS = "[[amount.{0}]]\n{1}\n[[amount.{0}]] # two\n{2} # two"

SLIPS = {  # what happened: (what stands, what is written instead, where, on which text's line, what is said)
    "unknown key": ('fact      = "sex"', 'fakt      = "sex"', "need.girl.fakt", "fakt ", "did you mean “fact”"),
    "wrong unit": ("within = { months = 36", "within = { weeks = 36", "apply.within", "weeks", "months"),
    "fen for yuan": ('table_by = "tier"\n', 'fen = 300000\ntable_by = "tier"\n', "amount.fen", "fen = 3", "in yuan"),
    "yuan with a third decimal": ("junior = 1000 }", "junior = 10.005 }", "amount.yuan.junior", "10.005", "two decimals"),
    "a day that is none": ("from = 2024-06-01", "from = 2024-06-31", "file", "2024-06-31", "there is no day 2024-06-31"),
    "a day with a clock": ("from = 2024-06-01", "from = 2024-06-01T00:00:00", "in_force.from", "T00:00", "without a clock"),
    "it ends before it begins": ("until = 2026-12-31", "until = 2024-05-31", "in_force.until", "2024-05-31", "before the"),
    "which of two exclusions wins": ('in        = "life"', 'in        = "life"\nkeep      = "higher"', "limit.1.keep",
                                     "keep ", "cannot work with it yet"),
    "one limit twice": ("[[fund]]", '[[limit]]\nname = "college-award"\nholds = ["self"]\nin = "life"\n[[fund]]',
                        "limit.2.name", 'name = "coll', "written twice"),
    "a gap in the numbers": ('["2025..", "本科批",   "本科"', '["2026..", "本科批",   "*"', "derive.tier", "[derive.tier]",
                             "between 2024 and 2026"),
    "a row never reached": (JUNIOR, JUNIOR + '  ["2024..", "本科批",   "专科", "tier2"],\n', "derive.tier.rows.5",
                            '["2024..", "本科批",', "never reached"),
    "a row the rows above cover together": (
        '  ["*",      "*",        "专科", "junior"],\n',
        '  ["..2019", "*",        "专科", "junior"],\n  ["2019..", "*",        "专科", "junior"],\n'
        '  ["2018..2020", "*",    "专科", "tier2"],\n', "derive.tier.rows.6", '["2018..2020"', "cover it together"),
    "places without an order": (PAY_TO, 'pay_to = ["self"]\nplaces = 30\nties = "all"', "places", "places = 30",
                                "says who comes first"),
    "places and no word on ties": (PAY_TO, 'pay_to = ["self"]\nplaces = 30\norder_by = [{ earliest = "applied_on" }]',
                                   "places", "places = 30", "who shares the last place"),
    "a rank by a word": (PAY_TO,
                         'pay_to = ["self"]\nplaces = 30\nties = "all"\norder_by = [{ lowest = "admission.batch" }]',
                         "order_by.1.lowest", "order_by = [{ lowest", "numbers go by lowest or highest"),
    "a ceiling in fen": (PAY_TO, 'pay_to = ["self"]\nceiling_fen = 100', "ceiling_fen", "ceiling_fen", "use yuan"),
    "a ceiling under a heading": ("[amount]\n", "[amount]\nceiling_yuan = 50\n", "amount.ceiling_yuan", "ceiling_yuan = 50",
                                  "above the first [heading]"),
    "a band that begins at nothing": (AMOUNT, "band = { least = 0, most = 500 }", "amount.band.least", "band =", "above 0"),
    "a band upside down": (AMOUNT, "band = { least = 800, most = 500 }", "amount.band.most", "band =", "below the least"),
    "a band with one end": (AMOUNT, "band = { least = 800 }", "amount.band.most", "band =", "“most” is missing"),
    "two bands in a sum": (AMOUNT, PARTS.format("sum", "band = { least = 1, most = 5 }", "band = { least = 1, most = 5 }"),
                           "amount.sum.2.band", "band = { least = 1, most = 5 } # two", "only one part"),
    "a part nobody reaches": (AMOUNT, PARTS.format("first", "yuan = 5", "yuan = 6"), "amount.first.2",
                              "[[amount.first]] # two", "never reached"),
    "sum and first at once": (AMOUNT, "[[amount.sum]]\nyuan = 5\n[[amount.first]]\nyuan = 6", "amount.first",
                              "[[amount.first]]", "not both"),
    "rounding above a part's cap": (AMOUNT, "round_to_yuan = true\n[[amount.sum]]\nyuan = 5\nat_most_yuan = 4",
                                    "amount.round_to_yuan", "round_to_yuan = true", "rounding stands in the parts"),
    "a factor": (AMOUNT, 'yuan = 1000\nmultiply = { by = "1.2" }', "amount.multiply", "multiply", "has no multiply"),
    "exclusions that could go in a circle": ('in        = "life"', 'in        = "life"\nexcludes = ["housing-subsidy"]',
                                             "limit.1.excludes", "excludes", "the same limit name"),
    "nobody has fewer than no children": ("[need.girl]\n", '[need.few]\ncount = "children"\nat_least = 0\notherwise '
                                          '= { zh = "不", en = "no" }\n[need.girl]\n', "need.few", "[need.few]",
                                          "never be no"),
    "a need that can never be no": ('"junior"]\npaper', '"junior", "secondary"]\npaper', "need.admitted", "[need.admitted]",
                                    "can never be no"),
    "a key under the wrong heading": ("[amount]\n", '[amount]\non_slip = "助学"\n', "amount.on_slip", 'on_slip = "助学"',
                                      "above the first [heading]"),
    "an example against another": ("[example.second_batch]", AGAIN + "[example.second_batch]", "example.dibao_again",
                                   "[example.dibao_again]", "another result: one is wrong"),
    "an example that fails": ("gives = { yuan = 2000 }\n\n[example.merged", "gives = { yuan = 2500 }\n\n[example.merged",
                              "example.second_batch", "[example.second_batch]", "2,000.00 yuan"),
    "a total that is not paid": ("yuan  = 44000", "yuan  = 46000", "control_total", "[[control_total]]    # C02",
                                  "the cases give 44,000.00"),
    "text in the place of a list": ('pay_to    = ["self", "parents"]', 'pay_to    = "self"', "pay_to", "pay_to ", "list"),
    "one language only": (', en = "A boy, batch not on record" }', " }", "example.a_boy.say", 'zh = "批次未', "both"),
    "a number no column holds": ("times     = 1", "times     = 99999999999999999999", "limit.1.times",
                                "times ", "too large"),
    "a number no page prints": ("times     = 1", f"times     = {'9' * 5_000}", "file", "times ", "too long"),
    "a percentage that is none": (AMOUNT, 'percent = nan\nof_fact = "medical_refund.total"', "amount.percent", "percent",
                                  "a percentage is a number"),
    "a percentage with endless digits": (AMOUNT, 'percent = 1e-300000\nof_fact = "medical_refund.total"', "amount.percent",
                                         "percent", "a percentage is a number"),
    "less than nothing": (AMOUNT, "yuan = -5", "amount.yuan", "yuan = -5", "out of range"),
    "a share with endless digits": ('share       = "rest"', 'share = "1e-9999999"', "fund.1.share", "share = ",
                                    "is written"),
    "two halves of the money": ("[[fund]]\n", '[[fund]]\nsource = "city"\nshare = "1/2"\n[[fund]]\nsource = "city" # 2\n'
                                'share = "1/4"\n[[fund]]\n', "fund.2.source", 'source = "city" # 2', "written twice"),
    "one instalment twice": ("[[fund]]\n", '[[instalment]]\nname = "a"\nshare = "1/2"\n[[instalment]]\nname = "a" # 2\n'
                             'share = "1/2"\n[[fund]]\n', "instalment.2.name", 'name = "a" # 2', "written twice"),
    "shares that do not make the whole": ("[[fund]]\n", '[[instalment]]\nname = "a"\nshare = "1/3"\n[[instalment]]\n'
                                          'name = "b"\nshare = "1/3"\n[[fund]]\n', "instalment.1.share", 'share = "1/3"',
                                          "2/3 instead of 1"),
    "a day before everybody": ("from = 2024-06-01", "from = 0206-06-01", "in_force.from", "0206-06-01", "cannot be right"),
    "a day after everybody": ("until = 2026-12-31", "until = 9999-12-31", "in_force.until", "9999-12-31", "cannot be right"),
    "a window upside down": ("within = {", "from = 2025-02-01\nuntil = 2025-01-31\nwithin = {", "apply.until",
                             "until = 2025-01-31", "before the first"),
    "a notice of a thousand days": ("notice = { days = 7", "notice = { days = 1000", "apply.notice.days", "notice =",
                                    "at most 365"),
    "a key as long as a page": ("[need.girl]\n", f"[need.girl]\n{'k' * 5_000} = 1\n", f"need.girl.{'k' * 59}…", "kkkk",
                                "at most 60 characters"),
    "a sentence as long as a book": ('zh = "受益人不是女孩"', f'zh = "{"不" * 5_000}"', "need.girl.otherwise.zh", "不不",
                                     "at most 400 characters"),
    "a title wider than its column": ('title     = { zh = "', f'title     = {{ zh = "{"长" * 81}', "title", "title ",
                                      "at most 80 characters"),
    "a character nobody sees": ('zh = "受益人不是女孩"', 'zh = "受益人\\u202e不是女孩"', "need.girl.otherwise.zh",
                                "u202e", "nobody sees"),
    "a line break on the bank's slip": ('on_slip   = "', 'on_slip   = "a\\n', "on_slip", "on_slip", "nobody sees"),
    "a comma on the bank's slip": ('on_slip   = "女孩助学"', 'on_slip   = "女,孩"', "on_slip", "on_slip", "only characters"),
    "a code wider than its column": ('code      = "', f'code      = "{"a" * 50}', "code", "code ", "at most 50"),
    "a list with the same word twice": ('pay_to    = ["self", "parents"]', 'pay_to    = ["self", "self"]', "pay_to",
                                        "pay_to ", "written twice"),
    "a need in double brackets": ("[need.girl]\n", "[[need.girl]]\n", "need.girl", "[[need.girl]]", "single brackets"),
    "a condition nested for ever": ("[need.girl]\n", "[need.deep]\nnot = " + "{ not = " * 40
                                    + '{ fact = "sex", is = "male" }'
                                    + " }" * 40 + '\notherwise = { zh = "不", en = "no" }\n[need.girl]\n',
                                    "need.deep" + ".not" * 7, "not = {", "nested too deeply"),
    "names joined without end": ("[need.girl]\n", "[need.girl]\n" + ".".join("a" * 50_000) + " = 1\n", "file", "a.a.a",
                                 "joined by dots"),
    "a needed word misspelt": ('on_slip   = ', 'on_slipp  = ', "on_slipp", "on_slipp", "did you mean “on_slip”"),
    "a fact that nobody knows": ('fact      = "sex"', 'fact      = "gender"', "need.girl.fact", '"gender"',
                                 "What a policy can ask for"),
    "a fact beside claims": (TWICE, f'{TWICE}self = {{ sex = "male" }} # beside\n', "example.twice.self", "# beside",
                             "belongs in each of its situations"),
    "claims that are like another": (TWICE, f'{TWICE}like = "dibao" # beside\n', "example.twice.like", "# beside",
                                     "belongs in each of its situations"),
    "a list of villages without end": ("[need.girl]\n", '[need.place]\nfact = "residence"\nin = ['
                                       + ", ".join(f'"{at}"' for at in range(2_000)) + ']\notherwise = { zh = "不", '
                                       'en = "no" }\n[need.girl]\n', "need.place.in", "in = [", "at most 1000"),
}  # fmt: skip


def problems_of(text):
    try:
        return language.check(language.read(text.encode(), CATALOGUE, {}))
    except language.PolicyErrors as refused:
        return list(refused.problems)


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_a_sentence_on_its_line(slip):
    stands, instead, key, on_line, says = SLIPS[slip]
    text = COLLEGE
    if slip == "a gap in the numbers":  # the rows for every year hide a gap
        text = text.replace(JUNIOR, "").replace('  ["*",      "*",        "中专", "secondary"],\n', "")
        text = text.replace('junior    = { zh = "专科", en = "junior college" }\n', "")
        text = text.replace('secondary = { zh = "中专", en = "secondary vocational" }\n', "")
        text = text.replace(', "junior"]\npaper', "]\npaper").replace(", junior = 1000", "")
    assert stands in text
    text = text.replace(stands, instead, 1)
    found = [each for each in problems_of(text) if each.key == key and says in each.words.en]
    assert found, [each.say("en") for each in problems_of(text)]
    assert found[0].line == text[: text.index(on_line)].count("\n") + 1
    assert found[0].words.zh
    assert found[0].words.zh != found[0].words.en


def test_a_household_has_no_parents_of_its_own():
    text = (make.POLICIES / "housing-subsidy.toml").read_text()
    stands = 'none      = "members"'
    assert stands in text
    problem = problems_of(text.replace(stands, 'none      = "parents"'))[0]
    assert problem.key.endswith(".none")
    assert problem.line == text[: text.index(stands)].count("\n") + 1
    assert "use members or head" in problem.words.en


def test_a_household_is_not_counted_by_a_person_it_does_not_have():
    text = (make.POLICIES / "housing-subsidy.toml").read_text()
    stands = 'holds     = ["household"]'
    assert stands in text
    problem = problems_of(text.replace(stands, 'holds     = ["self"]'))[0]
    assert (problem.key, problem.line) == ("limit.1.holds", text[: text.index(stands)].count("\n") + 1)
    assert 'holds = ["household"]' in problem.words.en


ONE = '\n[example.more_{0}]\nsay = {{ zh = "一", en = "one" }}\nlike = "dibao"\ngives = {{ yuan = 3000 }}\n'
MANY = {  # files within a megabyte that would keep a checker busy: what is said instead
    "examples": (COLLEGE + "".join(map(ONE.format, range(5_000))), "at most 500 examples"),
    "limits": (COLLEGE + '\n[[limit]]\nname = "a"\nholds = ["self"]\nin = "life"\n' * 900, "too many: at most 50"),
    "unknown keys": (COLLEGE + "".join(f"\nk{at} = 1" for at in range(30_000)), "the first 100 are named"),
    "parts of a group": (
        COLLEGE + '\n[need.many]\nany_of = [' + '{ fact = "sex", is = "male" },' * 20_000 + "]",
        "too many: at most 1000",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", MANY)
def test_a_file_that_is_too_much_is_refused_in_a_moment(what):
    text, says = MANY[what]
    assert len(text.encode()) < 1_000_000
    began = process_time()
    found = problems_of(text)
    assert any(says in each.words.en for each in found), [each.say("en") for each in found[:5]]
    assert len(found) <= 101
    assert all(len(each.say("en")) < 600 for each in found)
    assert process_time() - began < 5  # a second or two; before, some never ended


def test_a_total_of_many_people_is_tried_in_a_moment():
    """Numbers of people were tried one by one: a total of millions kept the checker busy for hours."""
    cases = '{ like = "dibao" }, { like = "second_batch" }, { like = "junior_college" }'
    total = f"\n[[control_total]]\ncases = [{cases}]\ncount = 5000000\nfeasible = true\nyuan = "
    began = process_time()
    assert problems_of(f"{COLLEGE}{total}9999999000\n") == []
    (problem,) = problems_of(f"{COLLEGE}{total}9999999500\n")
    assert problem.words.en == "no numbers of people give this total"
    assert process_time() - began < 5


def test_ten_megabytes_are_refused_without_being_read():
    source = COLLEGE.encode() + b"# " + b"x" * 10_000_000
    with pytest.raises(language.PolicyErrors) as refused:
        language.read(source, CATALOGUE, {})
    assert refused.value.problems[0].words.zh == "文件太大：政策文件不超过 1 MB"
