"""The letters as a reader of paper and of PDF meets them."""

import hashlib
import io
import re
import shutil
import subprocess
import sys
from datetime import date

import pytest

from letters import engine
from letters.engine.document import Letter, lay_out
from letters.engine.pages import BOTTOM, LEFT, RIGHT
from letters.engine.template import FOLDER, LANGUAGES
from standards.words import Words

KINDS = sorted(engine.load_all())
RARE = "𬭎䶮㛃𣲗·〇"
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


def read_text(pdf, tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def receipt():
    return engine.load("receipt")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_renders_its_own_sample_on_paper(kind, language):
    template = engine.load(kind)
    pages = lay_out(Letter(template, template.sample, language))
    for page in pages:
        for piece, top in page[:-2]:
            assert top + piece.height <= BOTTOM + 0.1
            for text in piece.texts:
                assert text.x >= LEFT - 0.1
                assert text.x + text.line.width * text.size <= RIGHT + text.size * 0.5 + 0.1
    assert engine.render(template, template.sample, language=language).startswith(b"%PDF-")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_a_letter_needs_is_named_and_its_absence_is_loud(kind, language):
    template = engine.load(kind)
    needs = template.sheet(language).needs()
    assert needs <= set(template.sample)
    for name in needs:
        data = {key: value for key, value in template.sample.items() if key != name}
        with pytest.raises(engine.TemplateError, match=name):
            engine.render(template, data, language=language)


@pytest.mark.parametrize("kind", KINDS)
def test_chinese_letter_holds_no_value_the_sample_does_not_print(kind):
    template = engine.load(kind)
    assert set(template.sample) == template.sheet("zh-hans").needs() | template.sheet("en").needs()


def test_same_data_gives_the_same_bytes(receipt):
    digests = {hashlib.sha256(engine.render(receipt, receipt.sample)).hexdigest() for _ in range(3)}
    assert len(digests) == 1


def test_same_data_gives_the_same_bytes_in_another_process(receipt):
    here = hashlib.sha256(engine.render(receipt, receipt.sample)).hexdigest()
    code = (
        "import hashlib; from letters import engine; t = engine.load('receipt');"
        "print(hashlib.sha256(engine.render(t, t.sample)).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert there.strip() == here


@needs_poppler
def test_rare_characters_copy_as_themselves(receipt, tmp_path):
    pdf = engine.render(receipt, {**receipt.sample, "name": f"赵{RARE}"})
    assert f"赵{RARE}：您申请的高考升学奖励" in read_text(pdf, tmp_path)


@needs_poppler
def test_squeezed_punctuation_copies_in_its_place(receipt, tmp_path):
    text = read_text(engine.render(receipt, receipt.sample), tmp_path)
    assert "3,000.00 元（人民币叁仟元整）。" in text
    assert "1012 6081 1074" in text


@needs_poppler
def test_every_font_is_embedded(receipt, tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(engine.render(receipt, receipt.sample))
    fonts = subprocess.run(["pdffonts", path], check=True, capture_output=True, text=True).stdout
    assert "Helvetica" not in fonts
    rows = fonts.splitlines()[2:]
    assert rows
    assert all("NotoSerifSC" in row and re.search(r"yes +yes +yes", row) for row in rows)


def test_letter_with_a_character_the_font_lacks_is_held_by_name(receipt):
    with pytest.raises(engine.HeldLetter) as held:
        engine.render(receipt, {**receipt.sample, "name": "李𠮷𰻝"})
    assert held.value.characters == "𠮷𰻝"
    assert "U+20BB7" in held.value.words.zh
    assert "U+30EDD" in held.value.words.en


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\t", "\ue81e", "\U000e0101"])
def test_invisible_and_private_characters_hold_a_letter(receipt, hidden):
    with pytest.raises(engine.HeldLetter):
        engine.render(receipt, {**receipt.sample, "name": f"李{hidden}明"})


def test_character_that_is_not_printed_holds_nothing(receipt):
    assert engine.render(receipt, {**receipt.sample, "unused": "𠮷"})


@needs_poppler
def test_data_is_never_read_as_markup(receipt, tmp_path):
    evil = "<b>{phone}</b> **粗** &lt; <img src='file:///etc/passwd'> (a) \\n"
    text = read_text(engine.render(receipt, {**receipt.sample, "name": evil}), tmp_path).replace("\n", "")
    assert evil.replace(" ", "") in text.replace(" ", "")


def test_dates_and_both_languages(receipt, tmp_path):
    data = {**receipt.sample, "program": Words("住房补助", "Housing"), "decide_by": date(2026, 10, 1)}
    zh = lay_out(Letter(receipt, data))
    en = lay_out(Letter(receipt, data, "en"))

    def words(pages):
        return "".join(s.text for p in pages for piece, _ in p for t in piece.texts for s in t.line.stretches)

    assert "2026\u00a0年 10\u00a0月 1\u00a0日（星期四）" in words(zh)
    assert "住房补助" in words(zh)
    assert "1\u00a0October 2026 (Thu)" in words(en)
    assert "Housing" in words(en)


def roster(lines):
    template = engine.load("batch_roster")
    row = template.sample["lines"][0]
    rows = [{**row, "number": n, "amount_fen": 100 * n} for n in range(1, lines + 1)]
    return template, {**template.sample, "lines": rows, "total_fen": sum(r["amount_fen"] for r in rows)}


@needs_poppler
def test_roster_repeats_its_head_and_its_page_sums_make_the_whole(tmp_path):
    template, data = roster(130)
    pages = read_text(engine.render(template, data), tmp_path).split("\f")[:-1]
    assert len(pages) > 3
    subtotals = 0
    for number, page in enumerate(pages, 1):
        assert f"第 {number} 页，共 {len(pages)} 页" in page
        if "本页" in page:
            assert "收款人" in page
            lines = int(re.search(r"本页 (\d+) 笔", page).group(1))
            subtotals += lines
    assert subtotals == 130
    assert "全册 130 笔" in pages[-1]


@pytest.mark.parametrize("lines", [0, 1, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38])
def test_a_page_is_never_overfull_whatever_the_number_of_rows(lines):
    template, data = roster(lines)
    for page in lay_out(Letter(template, data)):
        for piece, top in page:
            if piece.height != 24.0 or top < BOTTOM:
                assert top + piece.height <= BOTTOM + 0.1


def test_seal_never_stands_alone_on_a_page():
    template = engine.load("refusal")
    reason = template.sample["reasons"][0]
    for count in range(1, 14):
        pages = lay_out(Letter(template, {**template.sample, "reasons": [reason] * count}))
        last = [piece for piece, _top in pages[-1]]
        assert len(last) > (3 if len(pages) > 1 else 2), count


def test_merged_files_hold_every_letter_and_bookmark_the_villages(receipt):
    files = {}

    class Kept(io.BytesIO):
        def close(self):
            pass

    def open_file(number):
        files[number] = Kept()
        return files[number]

    letters = (
        Letter(receipt, {**receipt.sample, "name": "赵雨桐"}, group=f"村{n // 4}", name=f"{n}")
        for n in range(10)
    )
    written = engine.write_merged(letters, open_file, per_file=4)
    assert [(f.number, f.letters, f.pages) for f in written] == [(1, 4, 4), (2, 4, 4), (3, 2, 2)]
    assert files[1].getvalue().count(b"/Title") == 1 + 1 + 4  # the file, one village, its letters


def test_merging_nothing_writes_nothing():
    assert engine.write_merged(iter(()), lambda number: pytest.fail("opened a file")) == []


def test_a_letter_is_added_by_its_file_alone(tmp_path):
    (tmp_path / "greeting.toml").write_text(
        """
kind = "greeting"
occasion = "decision.approved"
title = { zh = "问候", en = "Greeting" }
head = { label = { zh = "致 {name}", en = "To {name}" } }
foot = { left = "{page}/{pages}", right = { zh = "关爱", en = "Guan'ai" } }
[[block]]
kind = "text"
text = { zh = "{name}，祝学业有成。", en = "{name}, we wish you well." }
[sample]
name = "赵雨桐"
"""
    )
    letters = engine.load_all(tmp_path)
    assert list(letters) == ["greeting"]
    assert engine.render(letters["greeting"], letters["greeting"].sample).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda s: s.replace('kind = "list"', 'kind = "lists"'), "no block of kind"),
        (lambda s: s.replace("{accepted_on:short_day}", "{accepted_on:shortly}"), "no format"),
        (lambda s: s.replace("**{name}**", "**{name}"), "not closed"),
        (lambda s: s.replace("**{name}**", "**{name**"), "brace"),
        (lambda s: s.replace('each = "papers"', ""), "lacks 'each'"),
        (lambda s: s.replace('title = { zh = "受理单",', "title = {"), "needs zh and en"),
        (lambda s: s + 'colour = "red"\n', "render"),
        (lambda s: s.replace("收到的材料", "收到的材料𠮷"), "cannot print"),
        (lambda s: s.replace("kind =", "kind"), "cannot be read"),
    ],
)
def test_wrong_template_is_refused_with_its_place(change, says):
    source = change((FOLDER / "receipt.toml").read_text())
    house = (FOLDER / "_house.toml").read_bytes()
    if says == "render":  # an unknown sample value is harmless to a reader; the sample test names it
        assert "colour" in engine.template.parse(source.encode(), house=house).sample
        return
    with pytest.raises(engine.TemplateError, match=says):
        engine.template.parse(source.encode(), house=house)
