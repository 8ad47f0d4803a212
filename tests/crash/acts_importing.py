"""What the processes do that are killed within an import: ``python -m tests.crash.acts_importing upload``.

``GUANAI_CRASH_ROWS`` says how many people the list has. Each list is a village's of its own.
"""

import json
import os
import sys
import threading
import time
from datetime import date, timedelta

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from beneficiaries import queries, services  # noqa: E402
from beneficiaries.models import (  # noqa: E402
    EvidenceList,
    Fact,
    Household,
    ListRow,
    Membership,
    Parentage,
    Person,
)
from beneficiaries.queries.facts import edited_lists  # noqa: E402
from jobs.work import work_through  # noqa: E402
from standards import citizen_id  # noqa: E402
from tests import factories as make  # noqa: E402

DAY = date(2026, 8, 18)
HEADER = "户编号,与户主关系,姓名,身份证号,村（社区）代码,户口性质,联系电话"
ONE, TWO = (make.actor("county_checker", number) for number in ("one", "two"))


def clock():
    """The worker's clock; ``GUANAI_CRASH_LATER`` is a minute later, when a killed worker's lease has run out."""
    return timezone.now() + timedelta(minutes=1 if "GUANAI_CRASH_LATER" in os.environ else 0)


def people(rows, region):
    """Families of a couple and two daughters, as a text file; each list has names of its own, or the next one's people
    would be asked about: the same name and day under a number one digit apart."""
    lines = [HEADER]
    for n in range(rows):
        day = date(1960, 1, 1) + timedelta(days=n // 400)
        first = f"{region}{day:%Y%m%d}{n % 400 * 2 + (n % 4 == 0):03d}"
        number = first + citizen_id.check_digit(first)
        name = f"赵{chr(0x4E00 + (n + 997 * region) % 5000)}{chr(0x5000 + (n + 499 * region) % 3000)}"
        relation = ("户主", "妻", "女", "女")[n % 4]
        lines.append(f"{region}-{n // 4},{relation},{name},{number},{make.JIAOLOU},农村,138{n:08d}")
    return "\r\n".join(lines).encode("gb18030")


def upload():
    make.divisions()
    region = 620_000 + EvidenceList.objects.count()
    source = people(int(os.environ["GUANAI_CRASH_ROWS"]), region)
    services.upload_list(source, services.CoveringLetter("register", "户籍.csv", make.COUNTY), by=ONE, on=DAY)


def told():
    """Say when the lease's beat has told that the file is read: what follows writes, and is the moment to strike at."""

    def watch():
        mine = EvidenceList.objects.filter(leased_by__contains=f":{os.getpid()}:", progress_done__gt=0)
        while not mine.exists():
            time.sleep(0.005)
        sys.stdout.write("writing\n")
        sys.stdout.flush()
        connection.close()

    threading.Thread(target=watch, daemon=True).start()


def check():
    work_through(queries.lists_to_check(), services.check_waiting, clock=clock)


def ask():
    services.ask_to_take(EvidenceList.objects.latest("pk"), by=TWO, on=DAY, take_good=False)


def take():
    work_through(queries.lists_to_take(), services.take_waiting, clock=clock)


def look():
    """What stands of the last list and of all lists, as JSON."""
    last = EvidenceList.objects.latest("pk")
    tables = {
        "people": Person,
        "households": Household,
        "memberships": Membership,
        "parents": Parentage,
        "facts": Fact,
    }
    sys.stdout.write(
        json.dumps(
            {
                "state": last.state,
                "is_stopped": last.is_stopped,
                "rows": ListRow.objects.filter(list=last).count(),
                "counts": {key: last.counts.get(key) for key in ("rows", "new", "refused", "doubtful")},
                "edited": edited_lists(),
                **{name: model.objects.count() for name, model in tables.items()},
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    connection.ensure_connection()
    sys.stdout.write("go\n")
    sys.stdout.flush()
    for name in sys.argv[1:]:
        globals()[name]()
