"""A stepped daily rate with a day cap: 40 yuan for each of the first 5, then 20 up to 30, nothing beyond."""

import pytest

from facts.catalogue import load_catalogue
from programs import language

CATALOGUE = load_catalogue()
TEXT = """
code      = "stepped"
title     = { zh = "分段补贴", en = "Stepped" }
on_slip   = "分段补贴"
basis     = [{ number = "示例〔2026〕8号" }]
in_force  = { from = 2026-01-01, until = 2026-12-31 }
for_each  = "training"
judged_on = 2026-07-01
pay_to    = ["self"]

[need.girl]
fact      = "sex"
is        = "female"
otherwise = { zh = "不是女孩", en = "Not a girl" }

[amount]
of    = "training.hours"
steps = [
  { upto = 5,  yuan_per = 40 },
  { upto = 30, yuan_per = 20 },
]

[apply]
route  = "both"
notice = { days = 7 }

[example.five]
say   = { zh = "第一段的最后一个", en = "The last of the first step" }
self  = { sex = "female", training.hours = 5 }
gives = { yuan = 200 }

[example.a_boy]
say   = { zh = "男孩", en = "A boy" }
like  = "five"
self  = { sex = "male" }
gives = { no = ["girl"] }

[example.six]
say   = { zh = "第二段的第一个", en = "The first of the second step" }
like  = "five"
self  = { training.hours = 6 }
gives = { yuan = 220 }

[example.thirty]
say   = { zh = "封顶", en = "The cap" }
like  = "five"
self  = { training.hours = 30 }
gives = { yuan = 700 }

[example.thirty_one]
say   = { zh = "超过的不计", en = "Nothing beyond" }
like  = "five"
self  = { training.hours = 31 }
gives = { yuan = 700 }

[example.none]
say   = { zh = "没有课时", en = "No hours" }
like  = "five"
self  = { training.hours = 0 }
gives = { no = ["amount"] }

[example.not_known]
say     = { zh = "课时还不清楚", en = "Hours not known" }
like    = "five"
unknown = ["training.hours"]
gives   = { not_known = ["amount"] }
"""


def read(text):
    return language.read(text.encode(), CATALOGUE, {})


def test_each_step_pays_its_rate_and_nothing_lies_beyond_the_last():
    policy = read(TEXT)
    assert [each.say("en") for each in language.check(policy)] == []
    words = language.compile(policy).sentences().amount
    assert words.zh == "第 1 到 5 每 1 培训课时 40.00 元，第 6 到 30 每 1 培训课时 20.00 元，30 以上不再计"


def test_the_gate_names_a_step_that_no_example_holds():
    """Without the example beyond the cap the cap may rise, and nobody would notice."""
    assert {each.key for each in language.gate(read(TEXT))} <= {"judged_on"}
    start = TEXT.index("[example.thirty_one]")
    text = TEXT[:start] + TEXT[TEXT.index("[example.none]") :]
    assert "amount.steps.2" in {each.key for each in language.gate(read(text))}


@pytest.mark.parametrize(
    ("stands", "instead", "key", "says"),
    [
        ("upto = 30", "upto = 5", "amount.steps.2.upto", "above the 5"),
        ("upto = 30", "up_to = 30", "amount.steps.2.up_to", "upto"),
        ("yuan_per = 20", "yuan_per = 20.005", "amount.steps.2.yuan_per", "two decimals"),
        ('of    = "training.hours"', 'of    = "training.trade"', "amount.of", "not a quantity"),
    ],
)  # fmt: skip
def test_a_slip_in_a_step_is_named(stands, instead, key, says):
    with pytest.raises(language.PolicyErrors) as refused:
        read(TEXT.replace(stands, instead, 1))
    assert any(each.key == key and says in each.words.en for each in refused.value.problems), refused.value
