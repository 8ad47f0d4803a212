"""The lists beside those of the first four programs: each kind takes a small list as its department prints it."""

from datetime import date

import pytest

from beneficiaries import services
from beneficiaries.models import Fact
from tests import factories as make
from tests.beneficiaries.workbooks import number_of, xlsx

DAY = date(2026, 9, 18)
NUMBER = number_of("20080315", 24)
NAME = "赵雨桐"
LISTS = {
    "exam": (
        [
            ["2026年普通高考成绩单"],
            ["考生姓名", "考生身份证号", "科类", "总分", "上线情况"],
            [NAME, NUMBER, "理工类", "512", "本科二批"],
        ],
        [{"year": 2026, "score": 512, "subjects": "理工类", "line": "本科二批"}],
    ),
    "attendance": (
        [
            ["2026年技能培训考勤表"],
            ["学员姓名", "身份证号", "培训班", "应到课时", "实到课时", "结班日期"],
            [NAME, NUMBER, "第三期家政班", "120课时", "116", "2026年6月30日"],
            [NAME, NUMBER, "第三期面点班", "60", "60", "2026-06-30"],
        ],
        [
            {"course": "第三期家政班", "planned_hours": 120, "hours": 116, "ended_on": "2026-06-30"},
            {"course": "第三期面点班", "planned_hours": 60, "hours": 60, "ended_on": "2026-06-30"},
        ],
    ),
    "housing_completion": (
        [
            ["2026年农村危房改造竣工验收名册"],
            ["户主", "户主身份证号", "改造方式", "建筑面积", "竣工日期", "验收日期", "验收结果", "工程造价"],
            [NAME, NUMBER, "翻建", "86平方米", "2026.5.1", "2026.6.1", "合格", "78,500.00"],
        ],
        [
            {
                "work": "rebuild",
                "area": 86,
                "completed_on": "2026-05-01",
                "inspected_on": "2026-06-01",
                "passed": True,
                "cost": 7_850_000,
            }
        ],
    ),
    "medical_refund": (
        [
            ["2026年城乡居民医保报销明细"],
            ["参保人", "参保人证件号码", "结算单号", "结算日期", "总费用", "统筹支付"],
            [NAME, NUMBER, "JS001", "2026-03-02", "8000.00", "5600.00"],
            [NAME, NUMBER, "JS002", "2026-03-02", "120", "60.5"],
        ],
        [
            {"number": "JS001", "settled_on": "2026-03-02", "total": 800_000, "refunded": 560_000},
            {"number": "JS002", "settled_on": "2026-03-02", "total": 12_000, "refunded": 6_050},
        ],
    ),
    "business": (
        [
            ["2026年8月在册市场主体名单"],
            ["法定代表人", "法定代表人身份证号", "企业名称", "市场主体类型", "注册资本", "经营状态"],
            [NAME, NUMBER, "周至县雨桐百货店", "个体工商户", "50000", "存续"],
            [NAME, NUMBER, "雨桐果业有限公司", "有限责任公司", "1000000", "已注销"],
        ],
        [
            {"listed": True, "name": "周至县雨桐百货店", "form": "个体工商户", "capital": 5_000_000},
            {"listed": False, "name": "雨桐果业有限公司", "form": "有限责任公司", "capital": 100_000_000},
        ],
    ),
    "vehicle": (
        [
            ["2026年8月机动车登记名单"],
            ["机动车所有人", "机动车所有人身份证号", "车辆类型", "品牌型号"],
            [NAME, NUMBER, "小型轿车", "五菱宏光"],
            [NAME, NUMBER, "普通二轮摩托车", "嘉陵"],
        ],
        [
            {"listed": True, "kind": "car", "model": "五菱宏光"},
            {"listed": True, "kind": "motorcycle", "model": "嘉陵"},
        ],
    ),
    "real_estate": (
        [
            ["2026年8月不动产登记名单"],
            ["权利人", "权利人证件号", "坐落", "用途", "面积", "权属状态"],
            [NAME, NUMBER, "周至县二曲街道1号", "成套住宅", "102.35", "现势"],
            [NAME, NUMBER, "马召镇焦楼村", "宅基地", "160", "现势"],
        ],
        [
            {"listed": True, "place": "周至县二曲街道1号", "use": "home", "area": "102.35"},
            {"listed": True, "place": "马召镇焦楼村", "use": "homestead", "area": "160"},
        ],
    ),
}


@pytest.fixture
def girl(db):
    make.divisions()
    made = make.person(NAME, date(2008, 3, 15), number=NUMBER)
    make.household("H1", (made, "02"))
    return made


def take(kind, rows):
    letter = services.CoveringLetter(kind, f"{kind}.xlsx", make.COUNTY)
    evidence = services.upload_list(xlsx(rows), letter, by=make.actor("county_checker", "one"), on=DAY)
    return services.import_list(evidence, by=make.actor("county_checker", "two"), on=DAY)


@pytest.mark.parametrize(
    ("kind", "rows", "facts"), [(kind, *told) for kind, told in LISTS.items()], ids=LISTS
)
def test_a_small_list_of_the_kind_is_taken(girl, kind, rows, facts):
    taken = take(kind, rows)
    assert (taken.state, taken.counts["refused"], taken.counts["doubtful"]) == ("taken", 0, 0), taken.counts
    kept = Fact.objects.filter(kind=kind, is_disputed=False, superseded_by=None).order_by("row")
    assert [fact.values for fact in kept] == facts
    assert take(kind, rows).counts["same"] == len(facts)  # the same list again says nothing new


def test_a_second_house_does_not_close_the_first(girl):
    rows = LISTS["real_estate"][0]
    take("real_estate", rows[:3])
    later = [["2026年9月不动产登记名单"], rows[1], rows[3]]
    take("real_estate", later)
    kept = Fact.objects.filter(kind="real_estate", superseded_by=None, is_disputed=False)
    assert sorted(fact.values["use"] for fact in kept) == ["home", "homestead"]
