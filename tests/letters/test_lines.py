"""Line breaking: what may begin and end a line, what stays together, and where each stretch stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.engine.font import ADVANCE, DIGIT
from letters.engine.lines import CLOSING, NEVER_FIRST, NEVER_LAST, figures, lines_of


def texts(text, width, **options):
    lines = lines_of(((text, False),), width, **options)
    return ["".join(stretch.text for stretch in line.stretches).replace("\u00a0", " ") for line in lines]


def test_closing_punctuation_never_begins_a_line():
    assert texts("一二三四五，六七八九十。", 5.5) == ["一二三四五，", "六七八九十。"]
    assert texts("一二三四五六，七", 6.4) == ["一二三四五", "六，七"]


def test_opening_punctuation_never_ends_a_line():
    assert texts("一二三四（五六）七", 5.0) == ["一二三四", "（五六）七"]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("合计金额 239,000.00 元发给", "239,000.00 元"),
        ("请在公示期内 8 月 21 日以前", "8 月"),
        ("网址是 https://guanai.example 好", "https://guanai.example"),
    ],
)
def test_figures_and_words_stay_whole_with_their_measure(text, whole):
    for width in (4.0, 6.0, 7.0, 8.0, 9.0, 12.0):
        if sum(ADVANCE[c] for c in whole) <= width:
            assert any(whole in line for line in texts(text, width)), width


def test_word_longer_than_the_line_is_cut_and_nothing_is_lost():
    digest = "0123456789abcdef" * 4
    lines = texts("摘要 " + digest, 8.0)
    assert "".join(lines).replace(" ", "") == "摘要" + digest
    assert len(lines) > 3


def test_two_marks_share_one_blank():
    (line,) = lines_of((("（人民币叁仟元整）。", False),), 40.0)
    assert line.width == pytest.approx(9.0)
    assert line.copied == "（人民币叁仟元整）。"


def test_line_break_in_data_ends_a_line():
    assert texts("一\n二", 10.0) == ["一", "二"]


def test_bold_keeps_its_own_stretches():
    (line,) = lines_of((("您的", False), ("升学奖励", True), ("已批", False)), 40.0)
    assert [(s.text, s.bold) for s in line.stretches] == [
        ("您的", False),
        ("升学奖励", True),
        ("已批", False),
    ]
    assert [s.x for s in line.stretches] == pytest.approx([0.0, 2.0, 6.0])


def test_justified_line_ends_at_the_edge():
    first, last = lines_of((("一二三四五六七八九十一二三", False),), 10.4, justify=True)
    assert first.width + 0 == pytest.approx(10.4)
    assert first.space == pytest.approx(0.4 / 9)
    assert last.space == 0.0


def test_figures_take_equal_cells():
    assert figures("1,111.11").width == pytest.approx(figures("9,888.88").width)
    one = figures("31")
    assert one.width == pytest.approx(2 * DIGIT)
    assert [stretch.text for stretch in one.stretches] == ["3", "1"]


UNITS = [
    "一",
    "二，",
    "（三",
    "（四）。",
    "“五”",
    "六……",
    "七：“八",
    " 88 元",
    " https ",
    "十 ",
    " 100%",
    "九！",
]
LETTERS = st.lists(st.sampled_from(UNITS), max_size=40).map("".join)


@given(LETTERS, st.integers(6, 20))
def test_nothing_is_lost_and_no_mark_stands_on_the_wrong_side(text, width):
    lines = texts(text, float(width), justify=True)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines[1:]:
        assert line[0] not in NEVER_FIRST
    for line in lines[:-1]:
        assert line[-1] not in NEVER_LAST


@given(LETTERS, st.integers(6, 20))
def test_no_line_is_wider_than_the_measure(text, width):
    for line in lines_of(((text, False),), float(width)):
        last = line.stretches[-1].text[-1] if line.stretches else ""
        assert line.width <= width + (0.5 if last in CLOSING else 0.0) + 1e-6
