"""What is no longer needed is deleted by rule, on record; what a decision stands on stays; `verify` tells the difference."""

from datetime import date
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from applications.models import Paper
from applications.services import counter, county
from audit.door import create, perform
from audit.models import TrailRow
from beneficiaries.models import Coverage, EvidenceList, Fact, ListRow
from beneficiaries.queries.facts import rows_digest
from config.database.roles import as_owner
from oversight import stock
from oversight.retention import deleting, finding
from oversight.retention.deleting import delete, would_go
from oversight.retention.rules import read, rules
from tests import factories as make
from tests.applications import conftest as applications
from tests.applications import test_road as road
from tests.oversight.harming import as_two_roles, behind_the_back, broken, run
from vault.digests import sha256_of

CAME = date(2026, 7, 1)
DECIDED = date(2026, 8, 31)
LATER = date(2040, 1, 5)  # every period is over
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def listed(kind: str, *moves: str, rows: int = 2) -> EvidenceList:
    """A list that came on CAME with its workbook and rows, and what was done with it."""
    content = f"{kind}{moves}".encode()
    made = EvidenceList(
        kind=kind, title=kind, file_name=f"{kind}.xlsx", sha256=sha256_of(ContentFile(content)), division=make.COUNTY,
        uploaded_by="upload", uploaded_on=CAME, state="uploaded",
    )  # fmt: skip
    made.file.save("lists/list.xlsx", ContentFile(content), save=False)
    made.marked_file.save("lists/marked.xlsx", ContentFile(b"marked"), save=False)
    made = create(made, by=make.actor("county_checker", "upload"), on=CAME)
    for n in range(1, rows + 1):
        ListRow.objects.create(list=made, row=n, raw=f"row {n}", outcome="new")
    for move in moves:
        number = "upload" if move == "examine" else ""
        made = perform(made, move, by=make.actor("county_checker", number), on=CAME)
    return made


@pytest.fixture
def shelves(settings, tmp_path):
    """A decided award whose admission stands in row 1 of a list; a list sent back; a withdrawn application's paper."""
    settings.FILES_ROOT, settings.BUSINESS_DAY = tmp_path / "files", DECIDED
    make.divisions()
    make.complete_lists()
    make.active_policy("college-award")
    applications.allot("college-award", 1_000_000)
    admissions = listed("admission", "examine", "take")
    family = family_of(admissions)
    county.approve(road.rechecked(family), by=make.actor("county_approver"), on=DECIDED)
    listed("training", "refuse")
    other = applications.poor_family("钱", "103209-0148")
    clerk = make.actor("clerk")
    given_up = road.opened(other)
    counter.attach_paper(given_up, "admission_letter", PNG, by=clerk, on=DECIDED)
    counter.withdraw(given_up, by=clerk, on=DECIDED, note="不要了")
    make.fact(other.household, "hardship", date(2025, 1, 1), date(2025, 1, 31), kinds=["dibao"])
    return family


def family_of(admissions: EvidenceList) -> applications.Family:
    father, mother = (
        make.person("赵文斌", date(1979, 3, 2), female=False),
        make.person("李秀赵", date(1981, 5, 6)),
    )
    girl, sister = make.person("赵雨桐", date(2008, 2, 3)), make.person("赵雨欣", date(2013, 4, 5))
    household = make.household("103209-0147", (father, "02"), (mother, "10"), (girl, "20"), (sister, "20"))
    for one in (father, mother, girl, sister):
        make.fact(one, "register", date(2010, 1, 1), rural=True, residence=make.JIAOLOU)
    make.fact(household, "certificate", date(2012, 5, 16), kind="two_daughter", number="ZZ-2012-00417")
    make.fact(household, "hardship", date(2026, 7, 1), date(2026, 7, 31), kinds=["dibao"])
    admission = make.fact(
        girl, "admission", date(2026, 7, 20), source=admissions, year=2026, batch="本科批", level="本科", province="陕西",
        school="西安某大学",
    )  # fmt: skip
    return applications.Family(father, mother, girl, sister, household, admission)


def going(on: date) -> dict[str, list[tuple[int, int]]]:
    """Rows and files of each part of each rule."""
    return {
        name: [(gone.rows, gone.files) for gone in would_go(rule, on=on)] for name, rule in rules().items()
    }


def test_every_rule_of_the_table_is_found_and_every_finder_is_in_the_table():
    assert rules().keys() == finding.FINDERS.keys()


@pytest.mark.parametrize("years", ["0", "-1", "51", '"1"', "1.5"])
def test_a_period_that_cannot_be_is_refused(years):
    with pytest.raises(ValueError, match="sent_back"):
        read(f'[sent_back]\nyears = {years}\nwhat = {{zh="",en=""}}\nbasis = {{zh="",en=""}}')


@pytest.mark.django_db
def test_nothing_goes_before_its_day_and_what_is_stood_on_never(shelves):
    nothing = {name: [(0, 0)] * len(parts) for name, parts in going(DECIDED).items()}
    assert going(DECIDED) == nothing
    assert going(CAME.replace(year=2027)) == nothing  # a year to the day
    year_later = going(CAME.replace(year=2027, day=2))
    assert year_later == nothing | {"sent_back_lists": [(2, 0), (0, 2)], "marked_workbooks": [(0, 2)]}
    coverages = Coverage.objects.count()
    assert going(LATER) == {
        "sent_back_lists": [(2, 0), (0, 2)],
        "marked_workbooks": [(0, 2)],
        "taken_lists": [(1, 0), (0, 1)],  # row 1 is what the award stands on
        "ended_facts": [(coverages, 0), (1, 0)],  # July stands frozen in both families' applications
        "withdrawn_papers": [(1, 1)],
    }


@pytest.mark.django_db
def test_a_fact_stays_while_a_list_that_covers_its_days_does(shelves):
    """Else the complete list would say that the family was not on it."""
    rule = rules()["ended_facts"]
    ended = date(2035, 6, 1)  # January 2025 is ten years over; the lists cover until the end of 2026
    assert [gone.rows for gone in would_go(rule, on=ended)] == [0, 0]


@as_two_roles
def test_what_goes_is_on_record_and_verify_holds(shelves, settings):
    stock.take(on=DECIDED)
    settings.BUSINESS_DAY = LATER
    kept = Fact.objects.get(kind="admission", list__isnull=False)
    sent_back = EvidenceList.objects.get(state="refused")
    files = [sent_back.file.name, Paper.objects.get().file.name]
    told = StringIO()
    call_command("retention", stdout=told)
    assert "什么也没有删" in told.getvalue()
    assert ListRow.objects.count() == 4
    call_command("retention", do=True, stdout=told)
    assert list(ListRow.objects.values_list("list", "row")) == [(kept.list_id, 1)]
    assert Paper.objects.count() == 0
    assert not any(default_storage.exists(name) for name in files)
    assert {part for parts in going(LATER).values() for part in parts} == {(0, 0)}
    assert broken() == {}
    sent_back = EvidenceList.objects.get(pk=sent_back.pk)
    assert (sent_back.file.name or None, len(sent_back.sha256)) == (None, 64)
    rows = TrailRow.objects.filter(verb="retire", table="oversight_stock")
    assert {(row.detail["rule"], row.detail["table"], row.detail["rows"]) for row in rows} == {
        ("sent_back_lists", "beneficiaries_listrow", 2),
        ("taken_lists", "beneficiaries_listrow", 1),
        ("ended_facts", "beneficiaries_coverage", 10),
        ("ended_facts", "beneficiaries_fact", 1),
        ("withdrawn_papers", "applications_paper", 1),
    }


@as_two_roles
def test_a_row_that_somebody_removed_is_still_named(shelves):
    stock.take(on=DECIDED)
    with as_owner():
        delete(rules()["sent_back_lists"], on=LATER)
    left = ListRow.objects.order_by("pk").last()
    found = behind_the_back("DELETE FROM beneficiaries_listrow WHERE id = %s", left.pk)
    assert found == {"stays": [("beneficiaries_listrow", left.pk)]}
    forged = behind_the_back(
        f"""INSERT INTO oversight_stock ("table", stage, columns, ids, rows, digests, previous, seal)
            SELECT "table", stage, columns, '{{[{left.pk},{left.pk + 1})}}', 1, digests, seal, seal FROM oversight_stock
            WHERE stage = 'retired' ORDER BY id DESC LIMIT 1"""
    )
    assert "stock" in forged


@as_two_roles
def test_the_application_itself_may_delete_nothing(shelves):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        delete(rules()["withdrawn_papers"], on=LATER)
    assert Paper.objects.count() == 1
    assert run("SELECT 1 FROM oversight_stock WHERE stage = 'retired'") == 0


def taken_long_ago(digest=None) -> EvidenceList:
    """A list taken with a digest over its three facts, of which two have ended."""
    girl = Fact.objects.filter(kind="admission").latest("pk").person
    old = listed("training", "examine", rows=3)
    for year in (2024, 2025):
        make.fact(girl, "training", date(year, 1, 1), date(year, 6, 30), source=old, number=f"T{year}")
    make.fact(girl, "training", date(2026, 1, 1), source=old, number="T2026")
    checker = make.actor("county_checker")
    old = perform(old, "take", by=checker, on=CAME, rows_digest=digest or rows_digest(old.pk))
    stock.take(on=DECIDED)
    return old


def ended_of(old):
    return list(Fact.objects.filter(list=old).order_by("pk").values_list("values__number", flat=True))


@as_two_roles
def test_a_list_whose_ended_facts_went_holds_what_is_left(shelves, monkeypatch):
    """Its digest was taken over all of them: the deletion says what it is over those that stay, in a row of the trail."""
    long_ago = taken_long_ago()
    monkeypatch.setattr(deleting, "ROWS_AT_ONCE", 1)  # stopped and gone on with in the middle of the list
    with as_owner():
        delete(rules()["ended_facts"], on=LATER)
    assert ended_of(long_ago) == ["T2026"]
    assert broken() == {}
    left = Fact.objects.get(list=long_ago)
    found = behind_the_back("DELETE FROM beneficiaries_fact WHERE id = %s", left.pk)
    assert found["list_digests"] == [("beneficiaries_evidencelist", long_ago.pk)]


@as_two_roles
def test_a_list_that_does_not_hold_loses_nothing_by_rule(shelves, settings):
    """Else the deletion would give it a new digest and hide what somebody did to it."""
    settings.BUSINESS_DAY = LATER
    other = taken_long_ago(digest=bytes(32))
    with pytest.raises(CommandError, match=f"verify.*{other.pk}"):
        call_command("retention", do=True, rule="ended_facts", stdout=StringIO())
    assert len(ended_of(other)) == 3


@as_two_roles
def test_stopped_before_its_files_are_gone_it_is_done_by_the_next(shelves, monkeypatch):
    rule = rules()["withdrawn_papers"]
    name = Paper.objects.get().file.name

    def killed(_name):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, as_owner(), pytest.raises(KeyboardInterrupt):
        patched.setattr(default_storage, "delete", killed)
        delete(rule, on=LATER)
    assert default_storage.exists(name)
    with as_owner():
        delete(rule, on=LATER)
    assert (default_storage.exists(name), Paper.objects.count()) == (False, 0)
