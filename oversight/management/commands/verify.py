"""Look at all that is kept; exit 1 with the culprits when something does not hold together."""

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.sealing import head
from oversight.verify import Finding, verify

REFUSED = 1
PRINTED_MAX = 20  # of one check; --json lists more


class Command(BaseCommand):
    """Books balance, chain intact, every paid fen traced to a decision."""

    help = "Verify the books, the trail, the digests and every paid fen; exit 1 and the culprits otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        """One other form of the answer."""
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run all checks and print what they found."""
        began = time.perf_counter()
        findings = verify()
        seconds = time.perf_counter() - began
        holds = all(finding.holds for finding in findings)
        if options["json"]:
            document = {
                "ok": holds,
                "head": str(head()),
                "checks": [finding.as_json() for finding in findings],
                "seconds": round(seconds, 3),
            }
            self.stdout.write(json.dumps(document, ensure_ascii=False))
        else:
            self._print(findings)
            count = sum(finding.count for finding in findings)
            said = (
                f"全部相符 / Everything holds ({seconds:.1f} s), {head()}"
                if holds
                else (f"有 {count} 处不符 / {count} rows do not hold together")
            )
            self.stdout.write(self.style.SUCCESS(said) if holds else self.style.ERROR(said))
        if not holds:
            sys.exit(REFUSED)

    def _print(self, findings: list[Finding]) -> None:
        for finding in findings:
            mark = "✓" if finding.holds else "✗"
            words = finding.check.words
            self.stdout.write(f"{mark} {words.zh} / {words.en}")
            for culprit in finding.culprits[:PRINTED_MAX]:
                self.stdout.write(
                    f"    {culprit.table} {culprit.id}: {culprit.words.zh} / {culprit.words.en}"
                )
            rest = finding.count - PRINTED_MAX
            if rest > 0:
                self.stdout.write(f"    … 另有 {rest} 处 / and {rest} more")
