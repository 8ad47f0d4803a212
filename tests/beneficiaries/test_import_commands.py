"""``import_register`` and ``import_evidence``: options, JSON, exit codes."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from beneficiaries.lists.guard import read_book
from beneficiaries.models import EvidenceList, Fact, Person
from tests import factories as make
from tests.beneficiaries.test_register_rules import COUPLE, FATHER
from tests.beneficiaries.test_register_rules import HEADER as REGISTER
from tests.beneficiaries.workbooks import xlsx


@pytest.fixture(autouse=True)
def _county(db):
    make.officials()


@pytest.fixture
def register(tmp_path):
    path = tmp_path / "register.xlsx"
    path.write_bytes(xlsx([REGISTER, *COUPLE]))
    return path


@pytest.fixture
def bad(tmp_path):
    path = tmp_path / "bad.xlsx"
    path.write_bytes(xlsx([REGISTER, *COUPLE, ["H1", "女", "赵一", "女", "123", make.JIAOLOU, "农业", ""]]))
    return path


def run(*arguments):
    """The exit code and what was printed as JSON."""
    out = StringIO()
    try:
        call_command(*map(str, arguments), "--json", stdout=out)
    except CommandError as error:
        return error.returncode, json.loads(out.getvalue() or "{}")
    return 0, json.loads(out.getvalue())


def test_a_good_register_is_taken(register):
    code, told = run("import_register", register)
    assert (code, told["state"], told["counts"]["new"], Person.objects.count()) == (0, "taken", 2, 2)
    taken = EvidenceList.objects.get()
    assert (taken.uploaded_by, taken.taken_by) == ("system", "zhou")


def test_the_same_file_again_changes_nothing(register):
    run("import_register", register)
    code, told = run("import_register", register)
    assert (code, told["counts"]["same"], told["counts"]["new"]) == (0, 2, 0)
    assert Fact.objects.filter(superseded_by=None).count() == 2


def test_a_dry_run_takes_nothing(register):
    code, told = run("import_register", register, "--dry-run")
    assert (code, told["state"], told["counts"]["new"], Person.objects.count()) == (0, "checked", 2, 0)


def test_a_refused_row_holds_everything_and_comes_back_marked(bad, tmp_path):
    code, told = run("import_register", bad, "--errors", tmp_path / "errors.xlsx")
    assert (code, told["counts"]["refused"], Person.objects.count()) == (1, 1, 0)
    assert "身份证号码" in read_book((tmp_path / "errors.xlsx").read_bytes()).sheets[0].text(3, 8)


def test_the_good_rows_by_choice(bad):
    code, told = run("import_register", bad, "--take-good")
    assert (code, told["counts"]["refused"], Person.objects.count()) == (0, 1, 2)


def test_a_file_that_is_no_list(tmp_path):
    path = tmp_path / "photo.csv"
    path.write_bytes(b"\xff\xd8\xff....")
    code, told = run("import_register", path)
    assert (code, told["code"], "JPEG" in told["refused"]["en"]) == (1, "not_a_list", True)


def test_evidence_with_its_period_and_category(register, tmp_path):
    run("import_register", register)
    path = tmp_path / "list.xlsx"
    path.write_bytes(xlsx([["姓名", "身份证号"], ["赵文斌", FATHER]]))
    assert run("import_evidence", "hardship", path)[1]["code"] == "no_month"
    code, _ = run("import_evidence", "hardship", path, "--period", "2026-08", "--of", "dibao", "--complete")
    taken = EvidenceList.objects.get(state="taken", kind="hardship")
    assert (code, taken.code, taken.coverage.get().is_complete) == (0, "dibao", True)


@pytest.mark.parametrize(
    "arguments",
    [("import_register", "no-such-file.xlsx"), ("import_evidence", "weather", "x.xlsx"), ("import_register",),
     ("import_register", "x.xlsx", "--period", "soon")],
)  # fmt: skip
def test_wrong_usage(arguments):
    with pytest.raises(CommandError) as caught:
        call_command(*arguments)
    assert caught.value.returncode in (1, 2)


def test_an_unknown_person_to_take_it(register):
    code, told = run("import_register", register, "--as", "nobody")
    assert (code, "nobody" in told["refused"]["en"]) == (1, True)
