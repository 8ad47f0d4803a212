"""A simulation on the screen: asked for, looked through by the second person, and read family by family."""

import io
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from applications.services import simulations
from audit.models import TrailRow
from officials.models import Official
from programs import services
from programs.models import PolicyVersion, SimulatedChange, Simulation, SimulationLook
from tests import factories as make
from tests.applications.conftest import Family, allot, poor_family, whole_lists
from tests.otherwise import otherwise

DAY = date(2026, 8, 18)
AWARD = (make.POLICIES / "college-award.toml").read_text()
STRICTER = ('has_any   = ["dibao", "extreme_poverty", "monitored"]', 'has_any   = ["extreme_poverty"]')
ANSWER = "上级文件只管特困供养，这两户转入其他救助"


@pytest.fixture
def officials(db: None, settings) -> dict[str, Official]:
    settings.BUSINESS_DAY = DAY
    return make.officials()


@pytest.fixture
def stricter(officials: dict[str, Official]) -> PolicyVersion:
    """A draft that takes the right from both of two families, beside the version in force."""
    whole_lists()
    make.active_policy("college-award")
    allot("college-award", 1_000_000)
    poor_family("赵")
    neighbour = poor_family("钱", number="103209-0148")
    move(neighbour, make.HUAIHUA)
    text = AWARD.replace(*STRICTER)
    return services.load(text.encode(), file_name="a.toml", by=make.actor("policy_officer"), on=DAY)


def move(family: Family, village: str) -> None:
    with otherwise():
        for row in (family.household, family.girl):
            type(row).objects.filter(pk=row.pk).update(division=village)


def page(
    official: Official, name: str, version: PolicyVersion, *more: object, status: int = 200, **query: str
) -> str:
    answer = signed_in(official).get(reverse(name, args=[version.code, version.number, *more]), query)
    assert answer.status_code == status
    return answer.content.decode()


def signed_in(official: Official) -> Client:
    client = Client()
    client.force_login(official)
    return client


def tried(version: PolicyVersion) -> Simulation:
    return simulations.simulate_now(version, by=make.actor("policy_officer"), on=DAY)


def test_the_officer_asks_and_the_page_waits_with_the_progress(officials, stricter) -> None:
    address = reverse("programs:simulation", args=[stricter.code, stricter.number])
    assert address in page(officials["policy_officer"], "programs:policy", stricter)
    assert "还没有在名册上试算过" in page(officials["policy_officer"], "programs:simulation", stricter)
    assert signed_in(officials["auditor"]).post(address).status_code == 403
    assert signed_in(officials["policy_officer"]).post(address).status_code == 302
    waiting = page(officials["policy_officer"], "programs:simulation", stricter)
    assert "hx-get" in waiting
    assert "再试算一次" not in waiting
    Simulation.objects.update(progress_done=2, progress_total=5)
    assert "2 / 5" in page(officials["policy_officer"], "programs:simulation_progress", stricter)


def test_the_page_says_who_loses_by_what_and_where(officials, stricter) -> None:
    tried(stricter)
    shown = page(officials["county_approver"], "programs:simulation", stricter)
    for words in (
        "4,000.00",
        "录取之日家庭不在困难名单内",
        "马召镇",
        "哑柏镇",
        "10,000.00",
        "没有一个人符合",
    ):
        assert words in shown
    answer = signed_in(officials["policy_officer"]).get(
        reverse("programs:simulation_progress", args=[stricter.code, stricter.number])
    )
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


def test_without_a_budget_sum_and_shortfall_stand_side_by_side(officials) -> None:
    """On one line they would stand upon each other: the budget's black line is at the left edge."""
    whole_lists()
    make.active_policy("college-award")
    poor_family("赵")
    version = services.load(
        AWARD.replace("2100799", "2100798").encode(),
        file_name="a.toml",
        by=make.actor("policy_officer"),
        on=DAY,
    )
    tried(version)
    shown = page(officials["county_approver"], "programs:simulation", version)
    assert shown.count("1 户 · 2,000.00 元 · 还差 2,000.00") == 2
    assert ">还差 2,000.00<" in shown[shown.index("on-phone") :]


def test_the_second_person_answers_in_writing_and_then_may_activate(officials, stricter) -> None:
    tried(stricter)
    address = reverse("programs:look", args=[stricter.code, stricter.number])
    assert signed_in(officials["policy_officer"]).post(address, {"answer": ANSWER}).status_code == 403
    approver = signed_in(officials["county_approver"])
    empty = approver.post(address, {"answer": ""})
    assert empty.status_code == 422
    assert "写清为什么可以" in empty.content.decode()
    assert "你还没有看过这份文件的试算" in page(officials["county_approver"], "programs:policy", stricter)
    assert approver.post(address, {"answer": ANSWER}).status_code == 302
    assert SimulationLook.objects.last().answer == ANSWER
    assert "你看过这份文件的试算" in page(officials["county_approver"], "programs:policy", stricter)
    assert ANSWER in page(officials["auditor"], "programs:simulation", stricter)


def test_the_workbook_holds_the_sums_and_nobody(officials, stricter) -> None:
    tried(stricter)
    answer = signed_in(officials["auditor"]).get(
        reverse("programs:simulation_workbook", args=[stricter.code, stricter.number])
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert list(sheets) == ["全县", "乡镇", "资金来源", "条件"]
    assert ["元", 4000.0, 0.0] in sheets["全县"]
    assert sheets["全县"][1] == ["计划生育家庭女孩升学奖励", "第 1 版", "第 2 版"], "which versions they are"
    assert ["马召镇", 1.0, 2000.0, 0.0, 0.0, -2000.0] in sheets["乡镇"]
    assert sheets["乡镇"][-1] == ["全县", 2.0, 4000.0, 0.0, 0.0, -4000.0]
    assert ["录取之日家庭不在困难名单内", 2.0, 0.0] in sheets["条件"]
    assert "赵雨桐" not in str(sheets)


def test_side_by_side_shows_each_draft_in_its_column(officials, stricter) -> None:
    richer = AWARD.replace("tier2 = 2000", "tier2 = 2500")
    other = services.load(richer.encode(), file_name="b.toml", by=make.actor("policy_officer"), on=DAY)
    tried(stricter)
    tried(other)
    address = reverse("programs:compare", args=[stricter.code])
    shown = signed_in(officials["policy_officer"]).get(address, {"version": ["2", "3"]}).content.decode()
    table = shown[shown.index("<table") :]
    assert table.index("第 2 版") < table.index("第 3 版") < table.index("5,000.00")
    assert "-4,000.00" in shown
    only = signed_in(officials["policy_officer"]).get(address, {"version": "3"}).content.decode()
    assert "-4,000.00" not in only


def test_each_difference_leads_to_what_both_versions_say(officials, stricter) -> None:
    tried(stricter)
    listed = page(officials["policy_officer"], "portal:simulated", stricter)
    assert "赵雨桐" in listed
    assert "钱雨桐" in listed
    assert "赵雨桐" not in page(
        officials["policy_officer"], "portal:simulated", stricter, township=make.YABAI
    )
    assert "没有符合筛选的差别" in page(
        officials["policy_officer"], "portal:simulated", stricter, change="gained"
    )
    change = SimulatedChange.objects.get(division=make.JIAOLOU)
    assert reverse("portal:simulated_change", args=[stricter.code, 2, change.pk]) in listed
    shown = page(officials["policy_officer"], "portal:simulated_change", stricter, change.pk)
    assert "2,000.00" in shown
    assert shown.index("第 1 版") < shown.index("第 2 版") < shown.index("录取之日家庭不在困难名单内")
    looked = TrailRow.objects.get(verb="look", table="beneficiaries_household")
    assert (looked.object_id, looked.actor_number) == (change.household, "pang")
    page(officials["policy_officer"], "portal:simulated_change", stricter, 10**9, status=404)
