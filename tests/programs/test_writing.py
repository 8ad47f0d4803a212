"""A policy written in the browser: text with its problems, examples as a table or a sheet, what changed in words."""

import csv
import io
from dataclasses import replace
from datetime import date
from time import process_time
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from facts.catalogue import load_catalogue
from programs import language, services
from programs.models import PolicyVersion
from programs.queries import changes, example_rows, example_sheets, example_words
from standards.words import Refusal
from tests import factories as make

DAY = date(2026, 7, 15)
AWARD = (make.POLICIES / "college-award.toml").read_text()
NEW = {"name": "twenty", "zh": "二十岁", "like": "dibao", "gives": "3000"}


DAYS_AND_NUMBERS = ("self.admission.admitted_on", "self.admission.year", "self.rural")


def filled_in(heads, said):
    """One line with each text below its head."""
    return [next((cell for key, cell in said.items() if head.endswith(f"[{key}]")), "") for head in heads]


def workbook(lines) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for at, line in enumerate(lines):
            sheet.write_row(at, 0, line)
    return out.getvalue()


def zipped(name, content) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as book:
        book.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = (
    b'<!DOCTYPE a [<!ENTITY a "aaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet><c><v>&b;</v></c></worksheet>'
)
HOSTILE = {
    "empty": b"",
    "another sheet": b"a,b\n1,2\n",
    "heads without keys": "代号,结果\n".encode("gb18030"),
    "no text": b"\x00\xff" * 40,
    "a cell without an end": b'"' + b"x" * 150_000,
    "old line ends": b"[name],[gives]\rx\r",
    "no zip": b"PK\x03\x04" + b"x" * 100,
    "a zip without a sheet": zipped("a.txt", b"x"),
    "a zip that unpacks to a hundred megabytes": zipped(SHEET, b"<a>" + b" " * 100_000_000 + b"</a>"),
    "words of its own": zipped(SHEET, ENTITIES),
    "a cell at the end of the sheet": zipped(
        SHEET, b'<worksheet><row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row></worksheet>'
    ),
    "a text that is not there": zipped(SHEET, b'<worksheet><row><c t="s"><v>7</v></c></row></worksheet>'),
}


@pytest.fixture
def officials(db, settings):
    settings.BUSINESS_DAY = DAY
    return make.officials()


@pytest.fixture
def officer(officials) -> Client:
    client = Client()
    client.force_login(officials["policy_officer"])
    return client


def loaded(text: str = AWARD) -> PolicyVersion:
    return services.load(text.encode(), file_name="a.toml", by=make.actor("policy_officer"), on=DAY)


def policy(text: str = AWARD) -> language.Policy:
    return language.read(text.encode(), load_catalogue(), {})


class TestTheText:
    def test_a_blank_page_becomes_a_draft_with_exactly_what_was_typed(self, officer) -> None:
        address = reverse("programs:write")
        blank = officer.get(address).content.decode()
        assert "policies/college-award" in blank, "or it begins from a rule that stands"
        typed = AWARD.replace("\n", "\r\n")  # as a browser sends it
        checked = officer.post(address, {"source": typed, "check": "1"})
        assert "没有问题" in checked.content.decode()
        assert not PolicyVersion.objects.exists(), "checking keeps nothing"
        assert officer.post(address, {"source": typed, "keep": "1"}).status_code == 302
        kept = PolicyVersion.objects.get()
        assert bytes(kept.source).decode() == AWARD
        assert kept.file_name == "college-award.toml"

    def test_what_it_may_be_begun_from_is_named_by_its_title(self, officer) -> None:
        page = officer.get(reverse("programs:write")).content.decode()
        assert (
            '<option value="policies/college-award">计划生育家庭女孩升学奖励 · policies/college-award</option>'
            in page
        )
        begun = officer.get(reverse("programs:write"), {"from": "policies/college-award"}).content.decode()
        assert "[need.girl]" in begun

    def test_every_fact_it_may_ask_for_is_one_click_away(self, officer) -> None:
        """An officer has no shell: what ``policy facts`` prints stands on a page of its own."""
        address = reverse("programs:facts")
        assert f'href="{address}"' in officer.get(reverse("programs:write")).content.decode()
        page = officer.get(address).content.decode()
        for words in (
            "admission.batch",
            "录取批次",
            "training_month",
            "certificate.kind",
            "only_daughter",
            "独女户",
        ):
            assert words in page
        known = [field.name for kind in load_catalogue().kinds.values() for field in kind.fields.values()
                 if field.type != "person"]  # fmt: skip
        assert [name for name in known if f'"code">{name}</td>' not in page] == []

    def test_what_is_wrong_stands_beside_its_line_and_the_text_is_not_lost(self, officer) -> None:
        wrong = AWARD.replace('is        = "female"', 'is        = "femal"')
        line = wrong[: wrong.index('"femal"')].count("\n") + 1
        for verb in ("check", "keep"):
            answer = officer.post(reverse("programs:write"), {"source": wrong, verb: "1"})
            page = answer.content.decode()
            assert answer.status_code == 422
            assert f'<a href="#line-{line}">{line}</a>' in page
            assert f'<li id="line-{line}" class="bad">' in page
            assert "是不是“female”" in page
            assert "femal&quot;" in page
        assert not PolicyVersion.objects.exists()

    def test_the_next_version_begins_from_the_last(self, officer) -> None:
        version = loaded()
        address = reverse("programs:rewrite", args=[version.code, 1])
        assert "示例〔2024〕1号" in officer.get(address).content.decode()
        same = officer.post(address, {"source": AWARD, "keep": "1"})
        assert same.status_code == 422
        assert "已经装入过" in same.content.decode()

    @pytest.mark.parametrize("role", ["county_approver", "clerk", "auditor"])
    def test_only_the_officer_writes(self, officials, role) -> None:
        version = loaded()
        client = Client()
        client.force_login(officials[role])
        assert client.get(reverse("programs:write")).status_code == 403
        assert (
            client.post(reverse("programs:rewrite", args=[version.code, 1]), {"source": AWARD}).status_code
            == 403
        )
        examples = reverse("programs:examples", args=[version.code, 1])
        assert client.get(examples).status_code == 200
        assert "twenty" not in client.post(examples, NEW).content.decode()


class TestExamples:
    def test_one_added_in_the_browser_stands_checked_below_the_text(self, officer) -> None:
        version = loaded()
        answer = officer.post(
            reverse("programs:examples", args=[version.code, 1]),
            {**NEW, "self.sex": "male", "gives": "不符合：girl"},
        )
        page = answer.content.decode()
        assert "[example.twenty]" in page
        assert f'action="{reverse("programs:rewrite", args=[version.code, 1])}"' in page, "where it is kept"
        assert "没有问题" in page
        assert PolicyVersion.objects.count() == 1, "nothing is kept before the officer keeps it"

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"gives": "三千"}, "结果写金额"),
            ({"self.admission.year": "去年"}, "看不懂"),
            ({"name": "dibao"}, "没有新的例题"),
            ({"name": "Zwanzig"}, "代号用小写字母"),
        ],
    )
    def test_what_cannot_be_read_comes_back_with_the_input(self, officer, said, words) -> None:
        version = loaded()
        answer = officer.post(reverse("programs:examples", args=[version.code, 1]), {**NEW, **said})
        page = answer.content.decode()
        assert (answer.status_code, words in page) == (422, True)

    def test_the_sheet_goes_out_is_filled_and_comes_back(self, officer) -> None:
        version = loaded()
        answer = officer.get(reverse("programs:example_sheet", args=[version.code, 1]))
        assert ".xlsx" in answer["Content-Disposition"]
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        lines = book.get_sheet_by_index(0).to_python()
        heads = lines[0]
        assert len(lines) == 1 + len(example_rows.rows_of(AWARD))
        assert all(isinstance(cell, str) for line in lines for cell in line), (
            "text: nothing is turned into a day"
        )
        filled = filled_in(heads, {**NEW, "self.sex": "未知", "gives": "还不清楚：girl"})
        out = io.StringIO()
        csv.writer(out).writerows([*lines, filled, ["" for _ in heads]])
        sheets = {
            "a.xlsx": workbook([*lines, filled]),
            "a.csv": out.getvalue().encode("utf-8-sig"),
            "b.csv": out.getvalue().encode("gb18030"),
        }
        for name, content in sheets.items():
            page = officer.post(
                reverse("programs:examples", args=[version.code, 1]),
                {"sheet": "1", "file": SimpleUploadedFile(name, content)},
            ).content.decode()
            assert "已加在文末" in page
            assert "unknown = [&quot;sex&quot;]" in page
            assert "没有问题" in page

    def test_days_and_numbers_that_a_spreadsheet_made_its_own_are_read(self) -> None:
        read, heads = policy(), [f"[{key}]" for key in ("name", "zh", "like", "gives", *DAYS_AND_NUMBERS)]
        line = ["typed", "另一天", "dibao", 3000, date(2024, 7, 21), 2024.0, True]
        (row,) = example_sheets.read_sheet(workbook([heads, line]))
        longer, _names = example_rows.extended(read, AWARD, [row])
        assert "admission.admitted_on = 2024-07-21, admission.year = 2024, rural = true" in longer
        assert "gives = { yuan = 3000 }" in longer
        for said in ("2024/7/21", "2024.7.21", "2024年7月21日", "45494"):
            again = replace(row, facts={"self.admission.admitted_on": said})
            assert "admission.admitted_on = 2024-07-21" in example_rows.extended(read, AWARD, [again])[0]

    @pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
    def test_another_sheet_is_refused_in_words(self, officer, content) -> None:
        version = loaded()
        began = process_time()
        answer = officer.post(
            reverse("programs:examples", args=[version.code, 1]),
            {"sheet": "1", "file": SimpleUploadedFile("a.csv", content)},
        )
        assert answer.status_code == 422
        assert process_time() - began < 5

    @pytest.mark.parametrize("said", ["1e999999999", "NaN", "Infinity", "1" * 60, "-1e5", "١٢"])
    def test_a_number_without_end_is_no_amount(self, said) -> None:
        """Written out, one of a milliard digits would have filled the memory."""
        for row in (
            example_rows.Row("big", "大", "", "dibao", said),
            example_rows.Row("big", "大", "", "dibao", "3000", {"self.admission.year": said}),
        ):
            with pytest.raises(Refusal):
                example_rows.extended(policy(), AWARD, [row])

    @pytest.mark.parametrize("file", sorted(make.POLICIES.glob("*.toml")), ids=lambda file: file.stem)
    def test_every_simple_example_reads_back_to_what_it_was(self, file) -> None:
        """Each row of the samples, written anew under another name, comes out as the example it was read from."""
        text = file.read_text()
        read = policy(text)
        columns = dict(example_rows.fact_columns(read))
        rows = [
            example_rows.Row(f"again_{row.name}", row.zh, row.en, row.name, row.gives, row.facts)
            for row in example_rows.rows_of(text)
            if row.gives and set(row.facts) <= set(columns)
        ]
        assert len(rows) > 3
        longer, names = example_rows.extended(read, text, rows)
        again = language.compile(policy(longer))
        wrong = [one.example.name for one in language.run_examples(again) if not one.agrees]
        assert (wrong, len(names)) == ([], len(rows))

    def test_the_day_of_application_and_what_was_given_before_are_said_in_the_table_too(self) -> None:
        library = make.POLICIES.parent / "library"
        beside = {
            "h02-chengxiang-housing": ["given.places"],
            "v01-jiangshan-training": ["set_yuan", "given.yuan"],
        }
        for name, keys in beside.items():
            columns = dict(example_rows.fact_columns(policy((library / f"{name}.toml").read_text())))
            assert [key for key in columns if key in example_rows.BESIDE] == ["applied_on", *keys]
        text = (library / "h02-chengxiang-housing.toml").read_text()
        said = {"applied_on": "2026/8/31", "given.places": "119"}
        longer, _names = example_rows.extended(
            policy(text), text, [example_rows.Row("late", "晚了", "", "", "0", said)]
        )
        assert longer.endswith("given = { places = 119 }\napplied_on = 2026-08-31\ngives = { yuan = 0 }\n")
        assert example_rows.rows_of(longer)[-1].facts == {"applied_on": "2026-08-31", "given.places": "119"}
        for key, cell in (("applied_on", "未知"), ("given.places", "很多")):
            row = example_rows.Row("late", "晚了", "", "", "0", {key: cell})
            with pytest.raises(Refusal, match=f"{example_rows.BESIDE[key].zh}写成“{cell}”，看不懂"):
                example_rows.extended(policy(text), text, [row])

    def test_a_cell_is_no_formula(self) -> None:
        text = AWARD.replace("低保双女户", "=1+1 双女户", 1)
        content = example_sheets.workbook_of(policy(text), text, "zh-hans")
        with ZipFile(io.BytesIO(content)) as book:
            assert b"<f>" not in b"".join(book.read(name) for name in book.namelist())
        assert example_sheets.read_sheet(content)[0].zh.startswith("=1+1")

    def test_codes_are_read_in_words_as_the_sheet_says_them(self) -> None:
        read = policy()
        for tongue, words in (("zh-hans", "双女户"), ("en", "Two-daughter household")):
            content = example_sheets.workbook_of(read, AWARD, tongue)
            first = example_sheets.read_sheet(content)[0]
            assert first.facts["family.certificate.kind"] == words
            longer, _names = example_rows.extended(read, AWARD, [replace(first, name="again", like="")])
            new = longer[longer.index("[example.again]") :]
            assert 'sex = "female"' in new
            assert 'certificate.kind = "two_daughter", hardship.kinds = ["dibao"]' in new
        nothing = example_rows.Row(
            "bare", "没有证", "", "dibao", "不符合：girl_family", {"family.certificate.kind": "没有"}
        )
        assert 'certificate.kind = "none"' in example_rows.extended(read, AWARD, [nothing])[0]

    def test_the_table_says_relatives_several_claims_and_days_in_words(self) -> None:
        told = {one.name: one for one in example_words.told(policy(), AWARD)}
        assert len(told) == len(policy().examples), "none is left out"

        def lines(name: str) -> list[tuple[str, str]]:
            return [(head.zh, cell.zh) for head, cell in told[name].lines]

        assert ("家庭 证件类型", "双女户") in lines("dibao")
        assert ("父母", "农村户口 是；还不清楚") in lines("father_not_on_record")
        assert ("申请日期", "2027-07-20") in lines("last_day_to_apply")
        assert lines("two_of_one_household")[1] == ("第 2 个", "b（h 户）： 同 dibao")
        assert [gives.zh for gives in told["a_boy"].gives] == ["不符合：受益人不是女孩"]
        assert not [
            cell for one in told.values() for head, cell in one.lines if not (head.zh and head.en and cell.en)
        ]

    def test_a_code_is_chosen_from_its_words_in_the_browser(self, officer) -> None:
        version = loaded()
        page = officer.get(reverse("programs:examples", args=[version.code, 1])).content.decode()
        assert '<option value="only_daughter">独女户</option>' in page
        assert "一人两次录取" in page or "同一人两次录取" in page

    def test_two_lines_of_one_name_are_refused(self) -> None:
        row = example_rows.Row("twice", "两次", "", "dibao", "3000")
        with pytest.raises(Refusal, match="代号一样"):
            example_rows.extended(policy(), AWARD, [row, row])


class TestChanges:
    def test_what_changed_is_said_part_by_part(self) -> None:
        new = (
            AWARD.replace("tier2 = 2000", "tier2 = 2500")
            .replace('has_any   = ["dibao", "extreme_poverty", "monitored"]', 'has_any   = ["dibao"]')
            .replace("until = 2026-12-31", "until = 2027-12-31")
        )
        found = changes.changes(*(language.compile(policy(text)).sentences() for text in (AWARD, new)))
        said = [(one.part.zh, one.kind) for one in found]
        assert ("有效期", "changed") in said
        assert ("条件", "changed") in said
        (amount,) = [one for one in found if one.part.zh == "金额"]
        assert "2,000.00" in amount.before.zh
        assert "2,500.00" in amount.after.zh
        assert changes.changes(*([language.compile(policy()).sentences()] * 2)) == []

    def test_the_page_shows_both_versions_and_the_lines(self, officer) -> None:
        loaded()
        loaded(AWARD.replace("tier2 = 2000", "tier2 = 2500"))
        page = officer.get(reverse("programs:changes", args=["college-award", 2])).content.decode()
        assert page.index("2,000.00") < page.index("2,500.00") < page.index("tier2 = 2500")
        assert officer.get(reverse("programs:changes", args=["college-award", 1])).status_code == 404
        assert (
            reverse("programs:changes", args=["college-award", 2])
            in officer.get(reverse("programs:policy", args=["college-award", 2])).content.decode()
        )

    def test_a_proof_that_was_dropped_or_accepted_instead_is_said_in_words(self, officer) -> None:
        """Families notice nothing of it; whoever activates has to."""
        start, end = (
            AWARD.index("[example.first_day]"),
            AWARD.index("[example.", AWARD.index("[example.first_day]") + 9),
        )
        without = AWARD[:start] + AWARD[end:]
        accepted = '[[accepted]]\nkey = "in_force.from"\nreason = { zh = "首日不用试", en = "Not tried" }\n\n'
        found = changes.proof_changed(
            policy(), policy(without.replace("[[control_total]]", accepted + "[[control_total]]", 1))
        )
        assert [(one.part.en, one.kind) for one in found] == [
            ("Worked example", "gone"),
            ("Accepted in writing", "new"),
        ]
        assert found[1].after.zh == "in_force.from：首日不用试"
        loaded()
        loaded(without)
        page = officer.get(reverse("programs:changes", args=["college-award", 2])).content.decode()
        assert "只动了例题" in page
        assert page.index("靠什么证明") < page.index(f"<del>{found[0].before.zh}</del>")
        assert changes.proof_changed(policy(), policy()) == []
