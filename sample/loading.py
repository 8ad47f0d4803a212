"""What a county needs before the first list comes: divisions, officials, policies in force, money. Safe to repeat."""

import shutil
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction

from applications.services import simulations
from ledger import services as ledger
from ledger.models import Allotment
from officials.models import Division, Official
from programs import services as programs
from programs.models import PolicyVersion
from sample.county import make_county, write_county
from sample.places import COUNTY, COUNTY_NAME, Township, read_townships
from sample.season import OPENS
from sample.staff import Staff
from standards.words import Refusal

POLICIES = Path(__file__).resolve().parent.parent / "programs" / "policies"
BUDGET_FEN = {  # a year's money for a county of this size, by program
    "college-award": 60_000_000,
    "housing-subsidy": 400_000_000,
    "medical-supplement": 30_000_000,
    "training-subsidy": 60_000_000,
}
BUDGET_PEOPLE = 20_000  # the size these amounts are for
# What the approver answers to "nobody has a right": the sample's policies come into force before its lists come.
NOBODY_YET = (
    "示例县还没有导入名册，登记簿是空的，所以试算没有人符合；文件里的例题都对得上，先启用，导入后再看全县比对"
)
LOGINS = "sample_logins.txt"  # what `./start` prints; also the mark of a database that holds the sample
BUSINESS_DAY = "business_day"  # what day it is in the sample, for every process that starts


def refuse_a_real_county() -> None:
    """Raises Refusal where officials work who are not the sample's."""
    if Official.objects.exists() and not (Path(settings.VAR) / LOGINS).is_file():
        raise Refusal(
            "这个数据库里已有真实的工作人员，示例县不能装进来。请另用一个空的数据库",
            "Real officials work in this database; the sample county cannot be loaded here. Use an empty database",
            code="real_county",
        )


def set_business_day(today: date) -> None:
    """What day it is in the sample, for every process that starts from now on; letters of this one say what they are."""
    settings.IS_DEMO = True
    (Path(settings.VAR) / BUSINESS_DAY).write_text(f"{today}\n")


def sample_folder(*, people: int, seed: int) -> Path:
    """The folder of that sample county; written the first time it is asked for."""
    folder = Path(settings.VAR) / "sample" / f"{people}-{seed}"
    if not (folder / "lists.json").is_file():
        unfinished = folder.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        write_county(make_county(people=people, seed=seed), unfinished)
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    return folder


def load_offices(*, people: int = BUDGET_PEOPLE) -> Staff:
    """Divisions, staff, policies activated by two people, allotments entered and confirmed by two. Raises Refusal."""
    refuse_a_real_county()
    townships = list(read_townships())
    staff = Staff(townships)
    # The mark comes first: a load that is killed half way may be repeated.
    (Path(settings.VAR) / LOGINS).write_text("\n".join(staff.logins()) + "\n", encoding="utf-8")
    with transaction.atomic():
        load_divisions(townships)
        staff.hire()
        _activate_policies(staff)
        _allot(staff, people)
    return staff


def load_divisions(townships: list[Township]) -> int:
    """County, townships and villages as rows; returns how many are new."""
    known = set(Division.objects.values_list("code", flat=True))
    rows = [Division(code=COUNTY, name=COUNTY_NAME, kind="county", valid_from=date(2000, 1, 1))]
    for township in townships:
        kind = "subdistrict" if township.name.endswith("街道") else "town"
        rows.append(Division(code=township.code12, name=township.name, kind=kind, parent_id=COUNTY))
        for village in township.villages:
            kind = "community" if "社区" in village.name else "village_committee"
            rows.append(Division(code=village.code, name=village.name, kind=kind, parent_id=township.code12))
    new = [row for row in rows if row.code not in known]
    Division.objects.bulk_create(new)
    return len(new)


def _activate_policies(staff: Staff) -> None:
    writer, approver = staff.county("policy_officer"), staff.county("county_approver", 1)
    for path in sorted(POLICIES.glob("*.toml")):
        if PolicyVersion.objects.filter(code=path.stem, state="active").exists():
            continue
        version = programs.load(path.read_bytes(), file_name=path.name, by=writer, on=OPENS)
        version = programs.propose(version, by=writer, on=OPENS)
        simulation = simulations.simulate_now(version, by=writer, on=OPENS)
        programs.look_through(simulation, by=approver, on=OPENS, answer=NOBODY_YET)
        programs.activate(version, by=approver, on=OPENS)


def _allot(staff: Staff, people: int) -> None:
    enters, confirms = staff.county("batch_checker"), staff.county("batch_approver")
    for program, fen in BUDGET_FEN.items():
        if Allotment.objects.filter(program=program, fiscal_year=OPENS.year).exists():
            continue
        allotment = ledger.enter_allotment(
            program=program,
            source="county",
            fiscal_year=OPENS.year,
            document_number=f"示例财预〔{OPENS.year}〕{len(program)}号",
            amount_fen=max(fen, fen * people // BUDGET_PEOPLE),
            by=enters,
            on=OPENS,
        )
        ledger.confirm_allotment(allotment, by=confirms, on=OPENS)
