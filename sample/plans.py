"""What kind of family each household is: told stories first, then the crowd.

A ``Plan`` says what is true of a family and what it will do; ``sample.families`` makes the people and
``sample.evidence`` the records. The stories are the same in every county; one that does not fit into the number of
people asked for is left out, the most telling ones come first.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

TRADES = {  # trade as printed: hours of the course (V06)
    "烹饪": 200,
    "家政服务": 200,
    "农家乐": 240,
    "缝纫": 300,
    "电焊": 360,
    "B照驾驶": 480,
    "挖掘机": 200,
    "餐厅服务": 100,
    "美容美甲": 180,
    "面点": 100,
    "保健按摩": 240,
    "汽车钣金": 480,
}
HARDSHIPS = ("dibao", "extreme_poverty", "monitored", "dibao_margin", "expenditure", "poor_disabled")


@dataclass(frozen=True, slots=True)
class Plan:
    """One family. ``births`` are (is a girl, year of birth), the eldest first."""

    story: str = ""
    family: str = "couple"  # couple | father_alone | grandparents | childless | elders | single
    births: tuple[tuple[bool, int], ...] = ()
    twins: bool = False
    certificate: str = ""  # "" | listed | cancelled | on_paper (held, but in no list)
    hardship: tuple[str, ...] = ()
    hardship_ended: bool = False  # off the lists from July 2026
    town: bool = False  # the mother is registered in town
    mother_elsewhere: bool = False  # the mother's booklet lies in another township
    on_payroll: bool = False  # the father is a public employee
    admission: str = ""  # "" | undergraduate | junior | secondary
    admission_year: int = 2026
    left_unadmitted: bool = False
    trade: str = ""
    hours: int | None = None  # None: the hours of the course
    employed: str = ""  # "" | in_time | too_late | later (found in October)
    house: str = ""  # "" or the grade
    work: str = "rebuild"
    paid_before: tuple[str, ...] = ()
    enrolled: bool = True
    account: str = "good"  # good | none | closed | other_name | lost_name (bank spells it so) | unwritable
    silent_bank: bool = False  # the bank's first answer leaves this line out
    mended: bool = False  # brings a right account after the failure
    comes: str = ""  # "" never | counter | village | lacks_paper | brings_paper | withdraws
    objection: str = ""  # "" | dismissed | upheld
    name_ends: str = ""  # a rare character
    died: str = ""  # "" | girl | head


TWO = ((True, 2008), (True, 2013))
ONE = ((True, 2008),)
POOR = ("dibao",)

STORIES: tuple[Plan, ...] = (
    Plan("双女户低保升本科", births=TWO, certificate="listed", hardship=POOR, admission="undergraduate",
         comes="counter", house="C", work="repair"),
    Plan("独生女落榜后学烹饪,按期就业", births=ONE, certificate="listed", left_unadmitted=True, trade="烹饪",
         employed="in_time", comes="counter"),
    Plan("独居老人,退休教师,从前补过房,已去世", family="single", died="head", on_payroll=True,
         paid_before=("housing-subsidy",)),
    Plan("不在困难名单", births=TWO, certificate="listed", admission="undergraduate", comes="counter"),
    Plan("没有来过柜台的女孩", births=ONE, certificate="listed", hardship=("monitored",), admission="junior"),
    Plan("缺女儿户证,补来了", births=ONE, certificate="on_paper", hardship=POOR, admission="undergraduate",
         comes="brings_paper"),
    Plan("缺女儿户证,没有再来", births=TWO, certificate="on_paper", hardship=POOR, admission="junior",
         comes="lacks_paper"),
    Plan("证在录取前注销", births=ONE, certificate="cancelled", hardship=POOR, admission="undergraduate",
         comes="counter"),
    Plan("房屋只有B级", births=TWO, certificate="listed", hardship=POOR, house="B", comes="counter"),
    Plan("不困难,母亲也不是农村户口", births=ONE, certificate="listed", town=True, admission="undergraduate",
         comes="counter"),
    Plan("男孩", births=((False, 2008),), hardship=POOR, admission="undergraduate", comes="counter"),
    Plan("龙凤胎", births=((True, 2008), (False, 2008)), twins=True, hardship=POOR, admission="undergraduate",
         comes="counter"),
    Plan("双胞胎女孩", births=((True, 2008), (True, 2008)), twins=True, certificate="listed", hardship=POOR,
         admission="junior", comes="counter"),
    Plan("父母户口在两个镇", births=ONE, certificate="listed", hardship=POOR, mother_elsewhere=True,
         admission="undergraduate", comes="counter"),
    Plan("特困,重建", births=TWO, certificate="listed", hardship=("extreme_poverty",), house="D", comes="village"),
    Plan("其他困难,维修", births=TWO, certificate="listed", hardship=("dibao_margin",), house="C", work="repair",
         comes="counter"),
    Plan("两行都符合:低保又是低保边缘", births=ONE, certificate="listed", hardship=("dibao", "dibao_margin"),
         house="D", comes="counter"),
    Plan("从前已补过房", births=TWO, certificate="listed", hardship=POOR, house="D",
         paid_before=("housing-subsidy",), comes="counter"),
    Plan("从前已领过升学奖", births=((True, 2007), (True, 2013)), certificate="listed", hardship=POOR,
         admission="undergraduate", admission_year=2025, paid_before=("college-award",), comes="counter"),
    Plan("父亲是公职人员", births=TWO, certificate="listed", hardship=("expenditure",), house="C", on_payroll=True,
         comes="counter"),
    Plan("过了六个月才就业", births=((True, 2007),), certificate="listed", left_unadmitted=True, trade="缝纫",
         employed="too_late", comes="counter"),
    Plan("十月才就业,后一半十月付", births=TWO, certificate="listed", left_unadmitted=True, trade="电焊",
         employed="later", comes="counter"),
    Plan("没有就业", births=ONE, certificate="listed", left_unadmitted=True, trade="面点", comes="counter"),
    Plan("学时不够", births=ONE, certificate="listed", left_unadmitted=True, trade="美容美甲", hours=60,
         comes="counter"),
    Plan("学过培训却考上了", births=ONE, certificate="listed", hardship=POOR, admission="junior", trade="家政服务",
         comes="counter"),
    Plan("银行说户名不符,改了账户", births=ONE, certificate="listed", hardship=POOR, admission="undergraduate",
         comes="counter", account="other_name", mended=True),
    Plan("账户已销户,改了账户", births=TWO, certificate="listed", hardship=POOR, house="C", comes="counter",
         account="closed", mended=True),
    Plan("账户已销户,没有来改", births=ONE, certificate="listed", left_unadmitted=True, trade="挖掘机",
         comes="counter", account="closed"),
    Plan("银行回单缺这一笔", births=ONE, certificate="listed", hardship=POOR, admission="junior", comes="counter",
         silent_bank=True),
    Plan("公示有异议,不成立", births=TWO, certificate="listed", hardship=POOR, house="D", work="rebuild",
         comes="counter", objection="dismissed"),
    Plan("公示有异议,成立", births=TWO, certificate="listed", hardship=("monitored",), house="C", work="repair",
         comes="counter", objection="upheld"),
    Plan("名字里有四字节的字", births=ONE, certificate="listed", hardship=POOR, admission="undergraduate",
         comes="counter", name_ends="𬭎"),
    Plan("名字里有GBK没有的字", births=ONE, certificate="listed", hardship=POOR, admission="junior",
         comes="counter", name_ends="䶮"),
    Plan("名字在农行的文件里写不出,换了账户", births=ONE, certificate="listed", hardship=POOR,
         admission="undergraduate", comes="counter", name_ends="䶮", account="unwritable", mended=True),
    Plan("爷爷是户主", family="grandparents", births=TWO, certificate="listed", hardship=POOR,
         admission="undergraduate", comes="counter"),
    Plan("单亲,母亲不在本户", family="father_alone", births=ONE, certificate="listed", hardship=POOR,
         admission="undergraduate"),
    Plan("自己撤回", births=TWO, certificate="listed", hardship=POOR, house="C", comes="withdraws"),
    Plan("去年录取,没有领过,今年来领", births=((True, 2007),), certificate="listed", admission="junior",
         admission_year=2025, hardship=POOR, comes="counter"),
    Plan("女孩去世", births=TWO, certificate="listed", hardship=POOR, admission="undergraduate", died="girl"),
    Plan("七月起不在低保", births=ONE, certificate="listed", hardship=POOR, hardship_ended=True,
         admission="undergraduate", comes="counter"),
    Plan("没有参保的女孩", births=TWO, certificate="listed", enrolled=False),
    Plan("录取为中专", births=ONE, certificate="listed", hardship=POOR, admission="secondary", comes="counter"),
)  # fmt: skip


def plans(dice: random.Random) -> Iterator[Plan]:
    """Endless: the stories, then families drawn at random."""
    yield from STORIES
    while True:
        yield draw(dice)


def draw(dice: random.Random) -> Plan:
    """One family of the crowd."""
    kind = dice.choices(("girls", "other_girls", "boys", "mixed", "childless", "elders", "single"),
                        (24, 7, 23, 16, 12, 11, 7))[0]  # fmt: skip
    if kind == "girls":
        return _girl_family(dice)
    hardship = _hardship(dice, share=0.1)
    if kind in ("childless", "elders", "single"):
        house = _house(dice, share=0.04)
        return Plan(
            family=kind, hardship=hardship, house=house, comes=_comes(dice) if house in ("C", "D") else ""
        )
    sexes = {"other_girls": (True,) * dice.choice((1, 2, 3)), "boys": (False,), "mixed": (True, False)}[kind]
    year = dice.randint(1996, 2024)
    births = tuple((girl, year + 3 * place) for place, girl in enumerate(sexes) if year + 3 * place <= 2025)
    plan = Plan(family=_family(dice), births=births, hardship=hardship, on_payroll=dice.random() < 0.03)
    return _youth(dice, replace(plan, house=_house(dice, share=0.04)))


def _girl_family(dice: random.Random) -> Plan:
    year = dice.choice((2007, 2007, 2008, 2008, 2008)) if dice.random() < 0.3 else dice.randint(1999, 2014)
    births: tuple[tuple[bool, int], ...] = ((True, year),)
    if dice.random() < 0.62:
        births += ((True, min(2015, year + dice.randint(2, 6))),)
    certificate = dice.choices(("listed", "cancelled", "on_paper"), (92, 4, 4))[0]
    plan = Plan(
        family=_family(dice),
        births=births,
        certificate=certificate,
        hardship=_hardship(dice, share=0.4),
        town=dice.random() < 0.05,
        on_payroll=dice.random() < 0.02,
        enrolled=dice.random() < 0.93,
        account=dice.choices(("good", "none", "closed", "other_name", "lost_name"), (930, 25, 20, 15, 10))[0],
        mended=dice.random() < 0.6,
        silent_bank=dice.random() < 0.012,
        house=_house(dice, share=0.16),
        work=dice.choice(("rebuild", "repair")),
        hardship_ended=dice.random() < 0.04,
        objection=dice.choices(("", "dismissed", "upheld"), (96, 3, 1))[0],
    )
    return _youth(dice, plan)


def _youth(dice: random.Random, plan: Plan) -> Plan:
    """What became of the eldest after the examination, and whether the family comes to the counter."""
    year = plan.births[0][1] if plan.births else 0
    if year in (2006, 2007, 2008) and dice.random() < 0.62:
        level = dice.choices(("undergraduate", "junior", "secondary"), (50, 44, 6))[0]
        plan = replace(plan, admission=level, admission_year=year + 18)
    elif year in (2007, 2008) and dice.random() < 0.85:
        plan = replace(plan, left_unadmitted=True)
        if plan.births[0][0] and dice.random() < 0.75:
            trade = dice.choice(tuple(TRADES))
            hours = TRADES[trade] if dice.random() < 0.94 else TRADES[trade] // 2
            employed = dice.choices(("", "in_time", "too_late", "later"), (25, 45, 10, 20))[0]
            plan = replace(plan, trade=trade, hours=hours, employed=employed)
    has_hope = plan.certificate and (plan.hardship or plan.trade)
    comes = _comes(dice) if has_hope else _comes_in_vain(dice)
    return replace(plan, comes=comes, paid_before=_paid_before(dice, plan))


def _paid_before(dice: random.Random, plan: Plan) -> tuple[str, ...]:
    """Everybody admitted before this season was paid by hand then; a few houses too."""
    paid = ("college-award",) if plan.admission and plan.admission_year < 2026 else ()
    return (*paid, "housing-subsidy") if plan.house in ("C", "D") and dice.random() < 0.06 else paid


def _comes(dice: random.Random) -> str:
    ways = ("", "counter", "village", "lacks_paper", "brings_paper", "withdraws")
    return dice.choices(ways, (22, 58, 10, 4, 4, 2))[0]


def _comes_in_vain(dice: random.Random) -> str:
    """Most families without a certificate, or not in need, know that the programs are not for them."""
    return "counter" if dice.random() < 0.05 else ""


def _hardship(dice: random.Random, *, share: float) -> tuple[str, ...]:
    if dice.random() >= share:
        return ()
    first = dice.choices(HARDSHIPS, (45, 8, 20, 15, 7, 5))[0]
    second = dice.choice(HARDSHIPS) if dice.random() < 0.12 else first
    return tuple(code for code in HARDSHIPS if code in (first, second))


def _house(dice: random.Random, *, share: float) -> str:
    return dice.choices("ABCD", (10, 22, 42, 26))[0] if dice.random() < share else ""


def _family(dice: random.Random) -> str:
    return dice.choices(("couple", "grandparents", "father_alone"), (84, 12, 4))[0]
