"""A second county in the same database, with its own divisions, officials, register and list: neither sees the other."""

import csv
import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from beneficiaries.models import EvidenceList, Person
from officials.divisions import load_divisions
from officials.models import Division, Official
from officials.roles import Role
from standards.words import Refusal
from tests import factories as make
from tests.otherwise import otherwise
from tests.portal.test_every_address import (
    ALL,
    PRINTED_EXAMPLE,
    REFUSALS,
    address,
    ask,
    signed_in,
    town,
    values,
)

__all__ = ["town"]
DAY = date(2026, 8, 18)
FILE = """code,name,from,until,successor
610116000000,长安区,,,
610116001000,韦曲街道,,,
610116001201,南街村,2000-01-01,,
610116001202,北街村,2000-01-01,2025-12-31,610116001201
"""
HERE = "610116001201"
# What the whole house has once: the law, what it would cost and the budget's allotments name no family and no village.
OF_THE_HOUSE = {
    "programs:policy", "programs:file", "programs:step", "programs:examples", "programs:example_sheet",
    "programs:rewrite", "programs:simulation", "programs:simulation_progress", "programs:look",
    "portal:decided", "portal:decided_progress", "payments:decide_allotment", "programs:compare",
    "programs:simulation_workbook", "portal:simulated",
}  # fmt: skip


def rows(text=FILE):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def second(town) -> dict[str, Official]:
    """Loaded from its file, with an official of every role, a family and a list."""
    load_divisions(rows(), on=DAY)
    made = {}
    for role in Role:
        place = "610116001000" if role in ("clerk", "township_reviewer") else "610116000000"
        made[role] = Official.objects.create_official(
            number=f"2-{role}", name=f"长安{role}", division=Division.objects.get(code=place), roles=[role],
            password="a-long-password",
        )  # fmt: skip
    head = make.person("韦长安", date(1980, 1, 1), division=HERE)
    make.household("SECOND-1", (head, "02"), division=HERE)
    listed = make.evidence_list("register", title="长安户籍名册", scope="610116")
    with otherwise():
        EvidenceList.objects.filter(pk=listed.pk).update(division="610116000000")
    return made


def test_the_second_county_finds_nothing_of_the_first(town, second):
    known, wrong = values(town), {}
    names = set(Person.objects.filter(division__startswith="610124").values_list("name", flat=True))
    names = (names - {PRINTED_EXAMPLE}) | {"省招办名册 2026-08"}
    for role, official in second.items():
        client = signed_in(official)
        for name, pattern in ALL.items():
            if role not in pattern.callback.access:
                continue
            url = address(name, known)
            if pattern.pattern.converters and name not in OF_THE_HOUSE:
                if not (answers := ask(client, url)) <= REFUSALS:
                    wrong[role, name] = answers
                continue
            page = client.get(url).content.decode(errors="replace")
            if leaked := [one for one in names if one in page]:
                wrong[role, name] = leaked
    assert wrong == {}


def test_the_first_county_finds_nothing_of_the_second(town, second):
    wrong = {}
    for role in Role:
        client = signed_in(town.officials[role])
        for name, pattern in ALL.items():
            if role in pattern.callback.access and not pattern.pattern.converters:
                page = client.get(address(name, {})).content.decode(errors="replace")
                if leaked := [one for one in ("韦长安", "长安户籍名册", "南街村") if one in page]:
                    wrong[role, name] = leaked
    assert wrong == {}


def test_a_file_brings_divisions_with_their_validity_and_a_merged_village_keeps_its_row(db, tmp_path, capsys):
    path = tmp_path / "divisions.csv"
    path.write_text(FILE)
    call_command("load_divisions", str(path))
    merged = Division.objects.get(code="610116001202")
    assert (merged.name, merged.valid_until, merged.successor_id) == ("北街村", date(2025, 12, 31), HERE)
    assert (merged.parent_id, merged.kind) == ("610116001000", "village")
    again = load_divisions(rows(), on=DAY)
    assert (again.new, again.ended, again.same) == (0, 0, 4)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("610116001203,东街村,,2025-12-31,610116001299", "没有并入的区划"),
        ("610116001203,东街村,,,610116001201", "要有最后一天"),
        ("6101160012,东街村,,,", "不是行政区划代码"),
        ("610116001203,东街村,1.1.2020,,", "2026-01-01"),
        ("610116001201,改名村,,,", "已登记为“南街村”"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_taken(db, tmp_path, line, said):
    load_divisions(rows(), on=DAY)
    path = tmp_path / "divisions.csv"
    path.write_text(f"code,name,from,until,successor\n610116001204,西街村,,,\n{line}\n")
    with pytest.raises(CommandError, match="第 3 行") as refused:
        call_command("load_divisions", str(path))
    assert said in str(refused.value)
    assert not Division.objects.filter(code="610116001204").exists()


def test_a_file_without_its_header_is_refused(db):
    with pytest.raises(Refusal, match="表头"):
        load_divisions([{"代码": "610116000000"}], on=DAY)
