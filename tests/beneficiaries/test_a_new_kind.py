"""A new kind of evidence is one new file: its list comes in, and its facts are shown, with nothing else changed."""

import shutil
from datetime import date

import pytest

from beneficiaries import services
from beneficiaries.models import Fact
from beneficiaries.queries.family import shown_values
from facts.catalogue import FOLDER, load_catalogue
from tests import factories as make
from tests.beneficiaries.workbooks import number_of, xlsx

BOAT = """
kind = "boat"
about = "person"
dated = "status"
words = { zh = "船舶登记", en = "Boat" }
day = "registered_on"
[subject]
headers = ["船主身份证号"]
[paper.boat_statement]
zh = "船舶证明"
en = "Boat statement"
[field.registered_on]
type = "date"
required = true
words = { zh = "登记日期", en = "Registered on" }
headers = ["登记日期"]
settled_by = ["boat_statement"]
when_absent = "no_if_listed"
[field.price]
type = "money"
words = { zh = "购置价", en = "Price" }
headers = ["购置价（元）"]
settled_by = ["boat_statement"]
when_absent = "not_known"
"""


@pytest.fixture
def boat(tmp_path):
    """The catalogue of a folder with one file more."""
    folder = tmp_path / "kinds"
    shutil.copytree(FOLDER, folder)
    (folder / "boat.toml").write_text(BOAT, encoding="utf-8")
    read = load_catalogue.__wrapped__
    before = read.__defaults__
    read.__defaults__ = (folder,)
    load_catalogue.cache_clear()
    yield
    read.__defaults__ = before
    load_catalogue.cache_clear()


def test_its_list_comes_in_and_its_facts_are_shown(boat, db):
    make.divisions()
    owner = number_of("19790302", 11)
    make.person("赵文斌", date(1979, 3, 2), female=False, number=owner)
    source = xlsx(
        [["2026年船舶登记"], ["船主身份证号", "登记日期", "购置价（元）"], [owner, "2025/3/1", "83,000.00"]]
    )
    evidence = services.upload_list(
        source, services.CoveringLetter("boat", "船.xlsx", make.COUNTY), by=make.actor("county_checker", "one"),
        on=date(2026, 8, 1),
    )  # fmt: skip
    taken = services.import_list(evidence, by=make.actor("county_checker", "two"), on=date(2026, 8, 1))
    assert (taken.state, taken.counts["new"]) == ("taken", 1)
    fact = Fact.objects.get()
    shown = [(one.label.zh, one.value.zh) for one in shown_values(fact, load_catalogue().kinds["boat"])]
    assert (fact.valid_from, shown) == (
        date(2025, 3, 1),
        [("登记日期", "2025-03-01"), ("购置价", "83,000.00 元")],
    )
