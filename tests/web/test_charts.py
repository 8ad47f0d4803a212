"""Charts: shapes of the right size, a sentence for who cannot see them, and no way in for markup."""

import re
from xml.etree import ElementTree

import pytest

from web import charts

SVG = re.compile(r"<svg")


def parsed(drawn) -> ElementTree.Element:
    return ElementTree.fromstring(str(drawn))


def test_donut_slices_go_round_once_and_empty_parts_are_left_out():
    drawn = charts.donut(
        [charts.Part("到账", 3, "done"), charts.Part("失败", 1, "failed"), charts.Part("不明", 0, "unknown")],
        middle="75%", below="到账", sentence="四分之三到账",
    )  # fmt: skip
    root = parsed(drawn)
    assert (root.get("role"), root.get("aria-label")) == ("img", "四分之三到账")
    assert [path.get("fill") for path in root.iter("path")] == ["#0F566E", "url(#hatch-dense)"]


def test_donut_of_one_part_is_a_ring_and_of_none_is_grey():
    one = parsed(charts.donut([charts.Part("到账", 5, "done")], middle="100%", below="", sentence="s"))
    none = parsed(charts.donut([charts.Part("到账", 0, "done")], middle="—", below="", sentence="s"))
    assert [circle.get("stroke") for root in (one, none) for circle in root.iter("circle")] == [
        "#0F566E",
        "#DAD7CC",
    ]


def test_donut_refuses_a_fifth_part():
    with pytest.raises(ValueError, match="at most 4"):
        charts.donut([charts.Part("x", 1, "done")] * 5, middle="", below="", sentence="")


@pytest.mark.parametrize(("share", "width"), [(-1, 0), (0, 0), (0.5, 45), (1, 90), (7, 90)])
def test_progress_bar_stays_inside_its_track(share, width):
    filled = list(parsed(charts.bar(share, sentence="s")).iter("rect"))[1]
    assert float(filled.get("width")) == width


def test_budget_bars_share_one_scale_and_mark_the_shortfall():
    long = charts.Bar("a", [charts.Segment(100, "done")], 100, "n")
    short = charts.Bar("b", [charts.Segment(50, "done"), charts.Segment(150, "short")], 50, "n", "还差 150")
    root = parsed(charts.budget_bars([long, short], sentence="s"))
    widths = [float(rect.get("width")) for rect in root.iter("rect")]
    assert widths[0] == 2 * widths[1]
    assert widths[2] == 3 * widths[1]
    assert [rect.get("fill") for rect in root.iter("rect")][2] == "url(#hatch)"
    assert "还差 150" in "".join(root.itertext())


def test_notes_and_shortfall_are_one_line_of_text_that_cannot_lie_on_each_other():
    short = charts.Bar(
        "b", [charts.Segment(1, "done"), charts.Segment(99, "short")], 1, "已发 1 · 剩 <0>", "差 99"
    )
    row = {
        "".join(text.itertext()): [part.text for part in text]
        for text in parsed(charts.budget_bars([short], sentence="s")).iter("text")
    }
    assert row == {"b": [], "已发 1 · 剩 <0>差 99": ["差 99"]}


def test_budget_bars_for_a_phone_are_as_wide_as_it_shows_and_keep_their_text():
    short = charts.Bar("b", [charts.Segment(50, "done"), charts.Segment(150, "short")], 50, "n", "还差 150")
    root = parsed(charts.budget_bars([short], sentence="s", for_phone=True))
    assert float(root.get("width")) <= 375 - 2 * 28
    lines = [float(text.get("y")) for text in root.iter("text")]
    assert lines == sorted(set(lines)), "label, notes and shortfall each on a line of its own"
    assert min(float(text.get("font-size")) for text in root.iter("text")) >= 12


def test_empty_charts_are_drawn_without_dividing_by_nothing():
    empty = [
        charts.funnel([charts.Stage("应享", 0)], sentence="s"),
        charts.budget_bars([charts.Bar("a", [charts.Segment(0, "done")], 0, "")], sentence="s"),
        charts.tile_map([], limits=(0.2, 0.4, 0.6, 0.8), sentence="s"),
    ]
    assert all(SVG.match(str(drawn)) for drawn in empty)


def test_marks_with_links_are_a_group_and_tell_their_figure():
    root = parsed(
        charts.tile_map([charts.Tile("马召镇", 0, 0, 0.74, "/x/")], limits=(0.2, 0.4, 0.6, 0.8), sentence="s")
    )
    (link,) = root.iter("a")
    assert (root.get("role"), link.get("href"), link.get("aria-label")) == ("group", "/x/", "马召镇 74%")


def test_markup_in_a_name_stays_text():
    drawn = str(
        charts.tile_map([charts.Tile("<b>&", 0, 0, None)], limits=(0.2, 0.4, 0.6, 0.8), sentence='"><script>')
    )
    assert "<b>" not in drawn
    assert "<script>" not in drawn
    assert "<b>&" in "".join(parsed(drawn).itertext())


def test_count_bars_share_one_scale_and_lead_to_the_place():
    drawn = charts.count_bars(
        [charts.Count("马召镇", 200, "/q/?township=1"), charts.Count("<哑柏>", 50)], sentence="按镇街"
    )
    root = parsed(drawn)
    bars = [float(rect.get("width")) for rect in root.iter("rect") if rect.get("fill") != "none"]
    assert bars == [172, 43]
    assert [link.get("aria-label") for link in root.iter("a")] == ["马召镇 200"]
    assert "&lt;哑柏&gt;" in drawn
    assert parsed(charts.count_bars([], sentence="nothing")).get("aria-label") == "nothing"


def test_on_a_phone_the_map_stands_three_to_a_row_and_the_funnel_s_labels_above_its_bars():
    limits = (0.2, 0.4, 0.6, 0.8)
    towns = [charts.Tile(f"镇{n}", column=n % 5, row=n // 5, share=0.5) for n in range(7)]
    drawn = charts.tile_map(towns, limits=limits, sentence="s", for_phone=True)
    assert re.findall(r"镇\d", drawn) == [f"镇{n}" for n in range(7)], "in the map's reading order"
    assert re.search(r'viewBox="0 0 308 210"', drawn), "three rows, as wide as a phone"
    stages = [charts.Stage("应享", 1_000, "2,000.00", "3 件没人申请"), charts.Stage("已发", 990, "1,980.00")]
    wide, narrow = (charts.funnel(stages, sentence="s", for_phone=phone) for phone in (False, True))
    assert re.search(r'viewBox="0 0 564 ', wide)
    assert re.search(r'viewBox="0 0 304 ', narrow)
    texts = [float(x) for x in re.findall(r'<text x="([\d.]+)"', narrow)]
    assert max(texts) <= 304
    assert re.findall(r">([^<>]+)</text>", wide) == re.findall(r">([^<>]+)</text>", narrow), "the same words"
