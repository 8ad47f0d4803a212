"""Real families, one line each: where they are registered, what lists and papers say beside that, and what is believed.

`tests/beneficiaries/test_families.py` plays each line. ``?`` is somebody or something that is not known.
"""

from dataclasses import dataclass, field

from tests.beneficiaries.workbooks import number_of

# Who: name, born, sex digit's serial, rural.
PEOPLE = {
    "girl": ("赵雨桐", "20080203", 24, True),
    "twin": ("赵雨欣", "20080203", 26, True),
    "sister": ("赵小满", "20130405", 28, True),
    "father": ("赵文斌", "19790302", 11, True),
    "mother": ("李秀梅", "19810506", 22, True),
    "grandfather": ("赵老汉", "19520101", 31, True),
    "stepfather": ("王强", "19780708", 33, True),
    "townsman": ("周明", "19760910", 35, False),
    "adopter": ("钱正", "19750405", 37, True),
    "adoptress": ("孙兰", "19770607", 42, True),
}
NUMBER = {who: number_of(born, serial) for who, (_, born, serial, _) in PEOPLE.items()}

HEADERS = {
    "parentage": [
        "子女身份证号",
        "关系类别",
        "父亲身份证号",
        "母亲身份证号",
        "起始日期",
        "终止日期",
        "终止原因",
        "单身收养",
    ],
    "marriage": ["男方身份证号", "女方身份证号", "结婚登记日期", "离婚登记日期", "终止原因"],
    "custody": ["子女身份证号", "抚养人身份证号", "抚养依据", "起始日期", "终止日期"],
    "living": ["身份证号", "是否共同生活", "实际居住地", "共同生活人身份证号", "起始日期", "终止日期"],
    "certificate": ["持证人身份证号", "证件类型", "发证日期", "注销日期", "注销原因"],
    "death": ["身份证号", "死亡日期"],
}

AT_HOME = {"H1": "father 02, mother 10, girl 20, sister 20"}
BORN_TO_HER = {"kind": "birth", "mother": "mother", "since_on": "2008-02-03"}
OF_THE_TOWN = (("parentage", BORN_TO_HER, "girl"), ("register", {"rural": False}, "mother"))
BOOKLET_OF = {"seen_on": "2026-08-10", "issuer": "蓝田县公安局前卫派出所"}
MARRIED_AWAY = (
    "marriage",
    {"registered": True, "spouse": "stepfather", "married_on": "2019-05-01"},
    "mother",
)
ADOPTED_AWAY = ("parentage", {"kind": "adopted", "father": "stepfather", "since_on": "2020-01-01"}, "girl")
DIVORCED = ("marriage", "father", "mother", "2005-05-01", "2018-03-01", "离婚")
REMARRIED = ("marriage", "stepfather", "mother", "2019-05-01", "", "")
WITH_MOTHER = ("custody", "girl", "mother", "判决", "2018-03-01", "")
GIVEN_AWAY = ("parentage", "girl", "亲生", "father", "mother", "2008-02-03", "2010-06-01", "送养", "")
ADOPTED = ("parentage", "girl", "收养", "adopter", "adoptress", "2010-06-01", "", "", "")
ADOPTED_BY_ONE = ("parentage", "girl", "收养", "", "adoptress", "2010-06-01", "", "")
ADOPTERS = {"H1": "adopter 02, adoptress 10, girl 37"}
STEPFAMILY = {"H1": "stepfather 02, mother 10, girl 37", "H2": "father 02"}
APART_ALL = {"H1": "grandfather 02, girl 42", "H2": "father 02", "H3": "mother 02"}
ELSEWHERE = {"H1": "grandfather 02, girl 42", "H2": "father 02, mother 10"}


@dataclass(frozen=True)
class Line:
    """One family. ``born_to``: what columns of the register say of her parents, where no relation says it."""

    homes: dict[str, str] = field(default_factory=lambda: AT_HOME)
    lists: tuple[tuple[str, ...], ...] = ()
    papers: tuple[tuple[str, dict[str, object], str], ...] = ()  # the kind, what it says, about whom
    elsewhere: tuple[str, ...] = ()  # whom papers name with another county
    born_to: str = ""
    certified: str = "H1"
    moves: tuple[
        tuple[str, str, str, str], ...
    ] = ()  # who, into which home (none: out), as what, first or last day
    hardship_month: int = 7
    enrolled_year: int = 2026
    of: str = "girl"
    parents: str = "father mother"
    guardians: str = "father mother"
    home: str = "H1"
    facts: dict[str, object] = field(default_factory=dict)
    award: str = "yes"
    medical: str = "yes"
    housing: str = "yes"
    doubts: tuple[str, ...] = ()


FAMILIES = {
    "both parents and their booklet": Line(),
    # --- birth -----------------------------------------------------------------------------------------------------
    "a father alone, nobody knows the mother": Line(
        {"H1": "father 02, girl 20"}, parents="father ?", guardians="father ?", award="?"
    ),
    "a paper at the counter names the mother, and a second person has seen it": Line(
        {"H1": "father 02, girl 20", "H2": "mother 02"},
        papers=(("parentage", BORN_TO_HER, "girl"),),
        facts={"parentage.kind": "birth"},
    ),
    "a mother of another county, named by a paper: her kind of registration is still asked for": Line(
        {"H1": "father 02, girl 20"}, papers=(("parentage", BORN_TO_HER, "girl"),), elsewhere=("mother",), award="?",
    ),
    "a mother of another county, whose booklet says rural": Line(
        {"H1": "father 02, girl 20"}, elsewhere=("mother",),
        papers=(("parentage", BORN_TO_HER, "girl"), ("register", {"rural": True}, "mother")),
    ),
    "a mother of another county, whose booklet says town: no list of ours says whether she lives": Line(
        {"H1": "father 02, girl 20"}, elsewhere=("mother",), papers=OF_THE_TOWN, award="?",
    ),
    "she was seen alive after the day: she lived on it": Line(
        {"H1": "father 02, girl 20"}, elsewhere=("mother",), award="no",
        papers=(*OF_THE_TOWN, ("seen_alive", BOOKLET_OF, "mother")),
    ),
    "she was seen alive a year before the day, the last day on which that counts": Line(
        {"H1": "father 02, girl 20"}, elsewhere=("mother",), award="no",
        papers=(*OF_THE_TOWN, ("seen_alive", {**BOOKLET_OF, "seen_on": "2025-07-20"}, "mother")),
    ),
    "she was seen alive more than a year before the day": Line(
        {"H1": "father 02, girl 20"}, elsewhere=("mother",), award="?",
        papers=(*OF_THE_TOWN, ("seen_alive", {**BOOKLET_OF, "seen_on": "2025-07-19"}, "mother")),
    ),
    "a mother of another county and of the town died before the day": Line(
        {"H1": "father 02, girl 20"}, elsewhere=("mother",), parents="father", guardians="father",
        papers=(*OF_THE_TOWN, ("death", {"died_on": "2020-01-01"}, "mother")),
    ),
    "she was seen alive after the day, and died later": Line(
        {"H1": "father 02, girl 20"}, elsewhere=("mother",), award="no",
        papers=(*OF_THE_TOWN, ("seen_alive", {**BOOKLET_OF, "seen_on": "2026-07-25"}, "mother"),
                ("death", {"died_on": "2026-08-01"}, "mother")),
    ),
    "a guardian of another county": Line(
        papers=(("custody", {"guardian": "stepfather", "basis": "appointed", "since_on": "2020-01-01"}, "girl"),),
        elsewhere=("stepfather",), guardians="stepfather", facts={"custody.basis": "appointed"},
    ),
    "parents registered in two townships": Line(
        {"H1": "father 02, girl 20", "H2 next": "mother 02"}, born_to="father mother"
    ),
    "a mother registered in another county is on no list here": Line(
        {"H1": "father 02, girl 20"}, born_to="father", parents="father ?", guardians="father ?", award="?"
    ),
    "twins, one of them": Line({"H1": "father 02, mother 10, girl 20, twin 20"}),
    "twins, the other": Line({"H1": "father 02, mother 10, girl 20, twin 20"}, of="twin"),
    "not on her parents' booklet: their certificate counts for her, not for her grandfather's house": Line(
        ELSEWHERE, born_to="father mother", certified="H2", housing="?"
    ),
    "not on her parents' booklet, and they stand on two, one with the certificate": Line(
        APART_ALL, born_to="father mother", certified="H2", award="?", medical="?", housing="?"
    ),
    "not on her parents' booklet, and both of theirs have the certificate": Line(
        APART_ALL, born_to="father mother", certified="H2 H3", housing="?"
    ),
    "not on her parents' booklet; her father died, her mother's has the certificate": Line(
        APART_ALL, (("death", "father", "2020-01-01"),), born_to="father mother", certified="H3", housing="?",
        parents="mother", guardians="mother",
    ),
    "not on her father's booklet, which has the certificate, and nobody knows her mother": Line(
        {"H1": "grandfather 02, girl 42", "H2": "father 02"}, born_to="father", certified="H2", parents="father ?",
        guardians="father ?", award="?", medical="?", housing="?",
    ),
    "with her mother, and the certificate stayed on her father's booklet: hers speaks": Line(
        {"H1": "mother 02, girl 20", "H2": "father 02"}, born_to="father mother", certified="H2", award="?", medical="?",
        housing="?",
    ),
    "not on her parents' booklet, and theirs was cancelled": Line(
        ELSEWHERE, (("certificate", "mother", "双女户", "2012-05-16", "2020-06-30", "不再符合条件"),),
        born_to="father mother", certified="", award="?", medical="?", housing="?",
    ),
    "not on her parents' booklet; the one of hers was cancelled, theirs holds": Line(
        ELSEWHERE, (("certificate", "grandfather", "双女户", "2012-05-16", "2020-06-30", "换发新证"),),
        born_to="father mother", certified="H2", housing="no",
    ),
    "not on her parents' booklet; the one of hers was cancelled, of theirs nothing is known": Line(
        ELSEWHERE, (("certificate", "grandfather", "双女户", "2012-05-16", "2020-06-30", "换发新证"),),
        born_to="father mother", certified="", award="?", medical="?", housing="no",
    ),
    "not on her parents' booklet, and two lists name two kinds of theirs": Line(
        ELSEWHERE, (("certificate", "mother", "独女户", "2012-05-16", "", ""),), born_to="father mother", certified="H2",
        award="?", medical="?", housing="?", doubts=("lists_differ",),
    ),
    "not on her parents' booklet, theirs holds, and two lists name two kinds of hers": Line(
        ELSEWHERE, (("certificate", "grandfather", "独女户", "2012-05-16", "", ""),), born_to="father mother",
        certified="H1 H2", award="?", medical="?", housing="?", doubts=("lists_differ",),
    ),
    "moved to her grandfather's household before the day, the certificate is on her parents' booklet": Line(
        {**AT_HOME, "H2": "grandfather 02"}, moves=(("girl", "H2", "42", "2025-09-01"),), certified="H1", home="H2",
        housing="?",
    ),
    "not on her parents' booklet, the certificate shown for her household": Line(
        ELSEWHERE, born_to="father mother", certified="H1 H2"
    ),
    # --- adoption, given away ----------------------------------------------------------------------------------------
    "adopted, the booklet says so and no list by whom": Line(
        ADOPTERS, parents="? ?", guardians="? ?", award="?"
    ),
    "adopted, registered by civil affairs": Line(
        ADOPTERS, (ADOPTED,), parents="adopter adoptress", guardians="adopter adoptress",
        facts={"parentage.kind": "adopted"},
    ),
    "adopted, and the register still knows who bore her": Line(
        {**ADOPTERS, "H2": "father 02, mother 10"}, (ADOPTED,), born_to="father mother",
        parents="adopter adoptress", guardians="adopter adoptress",
    ),
    "given away, to whom is on no list": Line(
        {"H1": "adopter 02, girl 97", "H2": "father 02, mother 10"}, (GIVEN_AWAY,), born_to="father mother",
        parents="? ?", guardians="? ?", award="?", facts={"parentage.kind": None},
    ),
    "given away and adopted": Line(
        {**ADOPTERS, "H2": "father 02, mother 10"}, (GIVEN_AWAY, ADOPTED), born_to="father mother",
        parents="adopter adoptress", guardians="adopter adoptress", facts={"parentage.kind": "adopted"},
    ),
    "adopted by one alone: no other parent is missing": Line(
        {"H1": "adoptress 02, girl 37", "H2": "father 02, mother 10"}, ((*ADOPTED_BY_ONE, "是"),), born_to="father mother",
        parents="adoptress", guardians="adoptress", facts={"parentage.single": True},
    ),
    "adopted by one, and nobody says that she is alone": Line(
        {"H1": "adoptress 02, girl 37"}, ((*ADOPTED_BY_ONE, ""),), parents="adoptress ?", guardians="adoptress ?", award="?",
    ),
    "adopted by two, whatever the list says of one alone": Line(
        ADOPTERS, ((*ADOPTED[:8], "是"),), parents="adopter adoptress", guardians="adopter adoptress",
    ),
    "adopted after the day: on it she was still her parents'": Line(
        {**AT_HOME, "H2": "adopter 02, adoptress 10"},
        (("parentage", "girl", "收养", "adopter", "adoptress", "2026-07-21", "", "", ""),),
    ),
    "the adoption was dissolved before the day": Line(
        {**AT_HOME, "H2": "adopter 02, adoptress 10"}, ((*ADOPTED[:6], "2024-01-31", "解除收养", ""),)
    ),
    "two lists name two adoptive mothers": Line(
        {**ADOPTERS, "H2": "mother 02"}, (ADOPTED, (*ADOPTED[:4], "mother", *ADOPTED[5:])),
        parents="? ?", guardians="? ?", award="?", facts={"parentage.kind": None}, doubts=("lists_differ",),
    ),
    # --- step-parents, divorce, custody ------------------------------------------------------------------------------
    "divorced, nobody says who has her": Line(lists=(DIVORCED,), facts={"marriage.registered": None}),
    "divorced, she is with her mother": Line(lists=(DIVORCED, WITH_MOTHER), guardians="mother"),
    "custody moved to the father before the day": Line(
        lists=(DIVORCED, (*WITH_MOTHER[:5], "2024-12-31"), ("custody", "girl", "father", "协议", "2025-01-01", "")),
        guardians="father", facts={"custody.basis": "agreement"},
    ),
    "two papers on custody that differ": Line(
        lists=(WITH_MOTHER, ("custody", "girl", "father", "判决", "2018-03-01", "")), guardians="? ?",
        doubts=("lists_differ",),
    ),
    "her grandfather was named her guardian": Line(
        ELSEWHERE, (("custody", "girl", "grandfather", "指定", "2020-01-01", ""),), born_to="father mother",
        certified="H1 H2", guardians="grandfather", facts={"custody.basis": "appointed"},
    ),
    "her mother remarried; he does not raise her": Line(
        STEPFAMILY, (DIVORCED, REMARRIED, WITH_MOTHER), born_to="father mother", guardians="mother"
    ),
    "her mother remarried, and the step-father raises her": Line(
        STEPFAMILY, (DIVORCED, REMARRIED, ("parentage", "girl", "继子女", "stepfather", "", "2019-05-01", "", "", "")),
        born_to="father mother", parents="father mother stepfather", guardians="father mother stepfather",
    ),
    "the step-father who raises her is of the town": Line(
        {"H1": "townsman 02, mother 10, girl 37", "H2": "father 02"},
        (("parentage", "girl", "继子女", "townsman", "", "2019-05-01", "", "", ""),),
        born_to="father mother", parents="father mother townsman", guardians="father mother townsman", award="no",
    ),
    "her mother's husband adopted her: the mother stays, the father is none": Line(
        STEPFAMILY, (DIVORCED, REMARRIED, ("parentage", "girl", "收养", "stepfather", "", "2020-01-01", "", "", "")),
        born_to="father mother", parents="mother stepfather", guardians="mother stepfather",
    ),
    "her mother married a man of another county, who adopted her: the mother stays, he is rural by his booklet": Line(
        {"H1": "mother 02, girl 37", "H2": "father 02"}, (DIVORCED,), born_to="father mother",
        papers=(MARRIED_AWAY, ADOPTED_AWAY, ("register", {"rural": True}, "stepfather")), elsewhere=("stepfather",),
        parents="mother stepfather", guardians="mother stepfather",
    ),
    "he adopted her, and no paper says that he is her mother's husband": Line(
        {"H1": "mother 02, girl 37", "H2": "father 02"}, (DIVORCED,), born_to="father mother",
        papers=(ADOPTED_AWAY, ("register", {"rural": True}, "stepfather")), elsewhere=("stepfather",),
        parents="stepfather ?", guardians="stepfather ?", award="?",
    ),
    "he who adopted her is of the town, and was seen alive": Line(
        {"H1": "mother 02, girl 37", "H2": "father 02"}, (DIVORCED,), born_to="father mother",
        papers=(MARRIED_AWAY, ADOPTED_AWAY, ("register", {"rural": False}, "stepfather"),
                ("seen_alive", BOOKLET_OF, "stepfather")),
        elsewhere=("stepfather",), parents="mother stepfather", guardians="mother stepfather", award="no",
    ),
    "divorced from the man of another county who adopted her: she is his, and her mother's no more": Line(
        {"H1": "mother 02, girl 37", "H2": "father 02"}, (DIVORCED,), born_to="father mother",
        papers=(("marriage", {**MARRIED_AWAY[1], "ended_on": "2022-01-01", "ended_because": "divorced"}, "mother"),
                ADOPTED_AWAY, ("register", {"rural": True}, "stepfather")),
        elsewhere=("stepfather",), parents="stepfather ?", guardians="stepfather ?", award="?",
    ),
    # --- living apart from where one is registered -------------------------------------------------------------------
    "registered with her parents, living with her grandfather": Line(
        {**AT_HOME, "H2": "grandfather 02"},
        (("living", "girl", "否", "外村", "grandfather", "2024-09-01", ""),),
        facts={"living.together": False, "living.place": "county", "household.size": 4},
    ),
    "registered with her grandfather, living with her parents": Line(
        ELSEWHERE, (("living", "girl", "否", "外村", "mother", "2015-09-01", ""),), born_to="father mother",
        certified="H1 H2", facts={"living.together": False, "household.size": 2},
    ),
    "she lived apart until last year": Line(
        lists=(("living", "girl", "否", "县外", "", "2022-09-01", "2025-06-30"),),
        facts={"living.together": None, "living.place": None},
    ),
    "the village's statement at the counter": Line(
        papers=(("living", {"together": True, "since_on": "2020-01-01"}, "girl"),), facts={"living.together": True}
    ),
    # --- moves, months, years ------------------------------------------------------------------------------------------
    "moved to her grandfather's household before the day": Line(
        {**AT_HOME, "H2": "grandfather 02"}, moves=(("girl", "H2", "42", "2025-09-01"),), certified="H2", home="H2",
        facts={"household.size": 2},
    ),
    "moved after the day: on it she stood with her parents": Line(
        {**AT_HOME, "H2": "grandfather 02"}, moves=(("girl", "H2", "42", "2026-07-21"),), facts={"household.size": 4},
    ),
    "her sister moved out of the county, and the day before the move counts": Line(
        moves=(("sister", "", "", "2026-07-20"),), facts={"household.size": 4}
    ),
    "on the hardship list of another month": Line(hardship_month=6, award="no", housing="no"),
    "enrolled in the year before alone": Line(enrolled_year=2025, medical="no"),
    # --- deaths --------------------------------------------------------------------------------------------------------
    "her father died before the day": Line(lists=(("death", "father", "2020-01-01"),), parents="mother", guardians="mother"),
    "a child of the family died": Line(lists=(("death", "sister", "2020-01-01"),)),
    "she died the day before": Line(
        lists=(("death", "girl", "2026-07-19"),), award="no"
    ),
    "two lists name two days of her death": Line(
        lists=(("death", "girl", "2026-07-19"), ("death", "girl", "2026-07-22")), facts={"death.died_on": None}, award="?",
        medical="?", doubts=("lists_differ",),
    ),
    # --- the certificate -----------------------------------------------------------------------------------------------
    "no certificate on record": Line(certified="", award="?", medical="?", housing="?"),
    "the certificate was cancelled in time, and why": Line(
        certified="", lists=(("certificate", "mother", "双女户", "2012-05-16", "2026-06-30", "不再符合条件"),),
        facts={"certificate.kind": "none"}, award="no", housing="no",
    ),
    "the certificate was replaced by a new one": Line(
        certified="", lists=(
            ("certificate", "mother", "双女户", "2012-05-16", "2020-06-30", "换发新证"),
            ("certificate", "mother", "双女户", "2020-07-01", "", ""),
        ), facts={"certificate.kind": "two_daughter"},
    ),
    "two lists name two kinds of certificate": Line(
        lists=(("certificate", "mother", "独女户", "2012-05-16", "", ""),), facts={"certificate.kind": None},
        award="?", medical="?", housing="?", doubts=("lists_differ",),
    ),
}  # fmt: skip
