"""The whole sample county from a number of people and a seed, and its folder of files."""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sample.defects import KINDS, Planted, Saboteur
from sample.evidence import Departments
from sample.families import Settlers
from sample.lists import Clerks, SampleList
from sample.people import Household, Person
from sample.places import read_townships
from sample.plans import Plan
from sample.records import Account, Records
from sample.truth import NO, NOT_KNOWN, YES, Judgement, Truth, payees_of
from sample.visits import CounterLog, Visit
from sample.workbooks import write_workbook

PEOPLE_MIN, PEOPLE_MAX = 3, 2_000_000  # the smallest family; above the largest county of China


@dataclass(slots=True)
class County:
    """Everything about the sample county, in memory."""

    people: int
    seed: int
    plans: dict[Household, Plan]
    records: Records
    lists: list[SampleList]
    planted: list[Planted]
    visits: list[Visit]
    judgements: list[Judgement]


def make_county(*, people: int, seed: int) -> County:
    """The county of ``people`` invented people; the same arguments give the same county."""

    def dice(purpose: str) -> random.Random:
        return random.Random(f"{seed}:{purpose}")  # noqa: S311  chance for a sample, not for a secret

    townships = read_townships()
    settlers = Settlers(dice("people"), list(townships))
    plans = dict(settlers.settle(people))
    departments = Departments(dice("records"), settlers.numbers)
    records = departments.register_all(plans.items())
    clerks = Clerks(dice("lists"))
    lists = [
        *clerks.registers(townships, list(plans)),
        clerks.certificates(records),
        *clerks.hardships(records),
        *clerks.youth(records),
        *clerks.others(records),
    ]
    lists = [made for made in lists if made.rows]
    planted = Saboteur(dice("defects"), settlers.numbers, lists, plans).plant_all()
    visits = CounterLog(dice("counter"), records, plans).visits()
    brought = {visit.subject.household for visit in visits if "facts" in visit.more}
    judgements = list(Truth(records, brought).judge_all())
    return County(people, seed, plans, records, lists, planted, visits, judgements)


def write_county(county: County, folder: Path) -> None:
    """Write workbooks, manifest, counter log, bank table and truth into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for made in county.lists:
        write_workbook(made, folder, random.Random(f"{county.seed}:{made.file}"))  # noqa: S311
    _write_lines(folder / "truth.jsonl", [*_truth_lines(county), *_defect_lines(county.planted)])
    _write_lines(folder / "counter_log.jsonl", [visit.as_json() for visit in county.visits])
    _write_lines(
        folder / "bank_accounts.jsonl", [_at_the_bank(account) for account in county.records.accounts]
    )
    manifest = {
        "people": county.people,
        "seed": county.seed,
        "lists": [
            {**made.as_json(), "expected": _expected(made, county.planted)}
            for made in sorted(county.lists, key=lambda made: made.on)
        ],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / "lists.json").write_text(text + "\n", encoding="utf-8")


def _write_lines(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")


def _expected(made: SampleList, planted: list[Planted]) -> dict[str, list[int]]:
    """Row numbers of the sheet by what must become of them."""
    found: dict[str, list[int]] = {"refused": [], "warned": [], "person": []}
    for defect in planted:
        if defect.list is made:
            found[KINDS[defect.kind].expected].append(defect.row.number)
    return {name: sorted(set(rows)) for name, rows in found.items()}


def _defect_lines(planted: list[Planted]) -> Iterable[dict[str, Any]]:
    for defect in sorted(planted, key=lambda d: (d.list.file, d.row.number)):
        yield {
            "defect": defect.kind,
            "file": defect.list.file,
            "sheet": defect.list.sheet,
            "row": defect.row.number,
            "expected": KINDS[defect.kind].expected,
            "words": KINDS[defect.kind].zh,
            "holds": defect.holds,
        }


def _truth_lines(county: County) -> Iterable[dict[str, Any]]:
    log: dict[tuple[str, Person, str], list[str]] = {}
    upheld = set()
    for visit in county.visits:
        key = (visit.program, visit.subject, visit.record)
        log.setdefault(key, []).append(visit.action)
        if visit.more.get("upheld"):
            upheld.add(key)
    accounts: dict[Household, list[Account]] = {}
    for account in county.records.accounts:
        accounts.setdefault(account.person.household, []).append(account)
    for judged in county.judgements:
        key = (judged.program, judged.subject, judged.record)
        outcome = _outcome(judged, county, log.get(key, []), accounts.get(judged.subject.household, []))
        yield {
            "program": judged.program,
            "subject": judged.subject.number,
            "name": judged.subject.name,
            "township": judged.subject.household.village.township,
            "record": judged.record,
            "verdict": judged.verdict,
            "fen": judged.fen,
            "causes": judged.causes,
            "outcome": "objection_upheld" if key in upheld and outcome == "paid" else outcome,
            **({"parts": judged.parts} if judged.parts else {}),
            **({"held_by": judged.subject.held_by} if judged.subject.held_by else {}),
            **({"story": judged.subject.household.story} if judged.subject.household.story else {}),
        }


def _outcome(judged: Judgement, county: County, log: list[str], accounts: list[Account]) -> str:
    """How a right ends by 31 October: what is compared with what the program did."""
    plan = county.plans[judged.subject.household]
    by_lists = judged.program == "medical-supplement"
    if judged.subject.held_by:
        return "held"
    if judged.verdict != YES:
        came = {NO: "refused", NOT_KNOWN: "lacks_paper"}[judged.verdict]
        return came if "apply" in log else "nothing"
    if not by_lists and "apply" not in log:
        return "never_came"
    if "withdraw" in log:
        return "withdrawn"
    payees = payees_of(judged)
    if not any(account.person in payees for account in accounts):
        return "no_account"
    if plan.died == "girl":
        return "beneficiary_died"
    bad = plan.account != "good" and not plan.mended
    return "not_paid_account" if bad else "paid"


def _at_the_bank(account: Account) -> dict[str, Any]:
    return {
        "account": account.number,
        "holder": account.bank_name_of_holder,
        "closed": account.closed,
        "silent": account.silent,
    }
