"""What goes wrong in real files, one row each: a sentence in both languages, on its line, and nothing goes further."""

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


def test_ten_megabytes_are_refused_without_being_read():
    source = COLLEGE.encode() + b"# " + b"x" * 10_000_000
    with pytest.raises(language.PolicyErrors) as refused:
        language.read(source, CATALOGUE, {})
    assert refused.value.problems[0].words.zh == "文件太大：政策文件不超过 1 MB"
