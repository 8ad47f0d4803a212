"""What the two import commands share: one file in, by the same services as the upload page."""

import json
import re
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit.actor import SYSTEM, Actor
from beneficiaries import services
from beneficiaries.lists.periods import Period, month, year
from beneficiaries.models import EvidenceList
from officials.models import Official
from officials.roles import Role
from standards import divisions
from standards.words import Refusal, Words
from web.clock import today

DONE, REFUSED, USAGE = 0, 1, 2
COUNTS = (
    ("rows", "行", "rows"),
    ("new", "新增", "new"),
    ("changed", "变更", "changed"),
    ("same", "相同", "same"),
    ("refused", "退回", "refused"),
    ("doubtful", "要人核实", "for a person"),
)


def a_period(text: str) -> Period:
    """2026, 2026-08 or 2026-01..2026-10."""
    parts = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:\.\.(\d{4})(?:-(\d{2}))?)?", text)
    try:
        if parts:
            first = _part(parts[1], parts[2])
            last = _part(parts[3], parts[4]) if parts[3] else first
            return Period(first.first, last.last)
    except ValueError:
        pass
    raise ArgumentTypeError(f"“{text}”: 2026 | 2026-08 | 2026-01..2026-10")


def _part(number: str, of_year: str | None) -> Period:
    return month(int(number), int(of_year)) if of_year else year(int(number))


class ImportCommand(BaseCommand):
    """Reads one file, checks it whole, takes it; exit code 0 done, 1 refused, 2 wrong usage."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=".xlsx, .xls or .csv")
        parser.add_argument("--dry-run", action="store_true", help="check and count, take nothing")
        parser.add_argument(
            "--errors", type=Path, metavar="OUT.xlsx", help="the workbook back, wrong cells marked"
        )
        parser.add_argument(
            "--take-good", action="store_true", help="take the good rows although some are refused"
        )
        parser.add_argument(
            "--complete", action="store_true", help="nobody of the division and period is missing"
        )
        parser.add_argument(
            "--division", default="", metavar="CODE", help="what it covers; default: the person's own"
        )
        parser.add_argument(
            "--period", type=a_period, default=None, metavar="2026-08", help="default: from its title"
        )
        parser.add_argument(
            "--as", dest="number", default="", metavar="NUMBER", help="the county checker who takes it"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def import_file(self, kind: str, options: dict[str, Any], *, code: str = "") -> None:
        """The whole run; raises CommandError with the exit code of a refusal or a wrong use."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"没有这个文件 / no such file: {path}", returncode=USAGE)
        try:
            evidence = self._import(kind, path, options, code)
        except Refusal as refusal:
            raise self._refused(refusal.words, {}, options) from None
        if options["errors"] and evidence.marked_file:
            with evidence.marked_file.open("rb") as marked:
                options["errors"].write_bytes(marked.read())
        self._tell(evidence, options)

    def _import(self, kind: str, path: Path, options: dict[str, Any], code: str) -> EvidenceList:
        taker = self._taker(options["number"])
        division = divisions.read(options["division"]) if options["division"] else taker.division
        letter = services.CoveringLetter(
            kind=kind,
            file_name=path.name,
            division=division,
            period=options["period"],
            code=code,
            is_complete=options["complete"],
        )
        on = today()
        with transaction.atomic():  # the worker never sees the list half way
            evidence = services.upload_list(path.read_bytes(), letter, by=SYSTEM, on=on)
            return services.import_list(
                evidence, by=taker, on=on, take_good=options["take_good"], dry_run=options["dry_run"]
            )

    def _taker(self, number: str) -> Actor:
        people = Official.objects.filter(is_active=True, roles__contains=[Role.COUNTY_CHECKER]).order_by(
            "number"
        )
        official = people.filter(number=number).first() if number else people.first()
        if official is None:
            raise Refusal(
                f"没有工号为 {number} 的县级复核人" if number else "还没有县级复核人，请先由管理员登记",
                f"No county checker has the number {number}" if number else "There is no county checker yet",
                code="no_such_official",
            )
        return official.actor(Role.COUNTY_CHECKER)

    def _tell(self, evidence: EvidenceList, options: dict[str, Any]) -> None:
        counts = evidence.counts
        told = {
            "kind": evidence.kind,
            "file": evidence.file_name,
            "list": evidence.pk,
            "state": evidence.state,
        }
        if evidence.problem:
            words = Words(evidence.problem["zh"], evidence.problem["en"])
            raise self._refused(words, told | {"code": evidence.problem["code"]}, options)
        if counts.get("refused") and evidence.state != "taken":
            words = Words(
                f"退回 {counts['refused']} 行，一行也没有导入",
                f"{counts['refused']} rows were refused, nothing was taken",
            )
            raise self._refused(words, told | {"counts": counts}, options)
        if options["json"]:
            self.stdout.write(json.dumps(told | {"counts": counts}, ensure_ascii=False))
            return
        for key, zh, en in COUNTS:
            self.stdout.write(f"{counts.get(key, 0):>9,}  {zh} / {en}")

    def _refused(self, words: Words, told: dict[str, Any], options: dict[str, Any]) -> CommandError:
        if options["json"]:
            said = told | {"refused": {"zh": words.zh, "en": words.en}}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        else:
            for reason in told.get("counts", {}).get("reasons", []):
                self.stdout.write(f"{reason['rows']:>9,}  {reason['zh']} / {reason['en']}")
        return CommandError(f"{words.zh} / {words.en}", returncode=REFUSED)
