"""The top bar: which areas an official sees, and how much waits there."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.sealing import head
from beneficiaries.services.correcting import CORRECTORS
from officials.models import Official
from officials.roles import Role
from portal.queries import queues
from web.clock import today
from web.components import Area

R = Role
TOWNSHIP = (R.CLERK, R.TOWNSHIP_REVIEWER)
COUNTY = (R.COUNTY_CHECKER, R.COUNTY_APPROVER)
KEEPERS = (R.TOWNSHIP_REVIEWER, R.COUNTY_CHECKER, R.AUDITOR)
FINANCE = (R.BATCH_PREPARER, R.BATCH_CHECKER, R.BATCH_APPROVER)


@dataclass(frozen=True, slots=True)
class Entry:
    """One area: its first page, who sees it, and under which addresses it is the current one."""

    label: str | Promise
    url_name: str
    roles: tuple[str, ...]
    count: str = ""
    starts: tuple[str, ...] = ()
    group: str | Promise = ""


LEFT = ("/county/quality/", "/county/not-applied/")  # what is left to do, of the register and of families
BOOK, FILES = _("Register"), _("Applications")

# In the order of a working day; no role sees more than six. Entries of one group are one area, its first page their first,
# and while somebody is in it its rooms stand below the bar. Who has but one room of a group sees that room itself.
ENTRIES = (
    Entry(_("Counter"), "portal:counter", (R.CLERK,), starts=("/counter/", "/families/")),
    Entry(_("Worklist"), "portal:worklist", (*TOWNSHIP, *COUNTY), "worklist", ("/worklist/", "/applications/")),
    Entry(_("Find families"), "portal:counter", CORRECTORS, starts=("/counter/", "/families/")),
    Entry(_("Notices"), "portal:notices", (*TOWNSHIP, *COUNTY), starts=("/notices/",)),
    Entry(_("Worklist"), "portal:worklist", (R.AUDITOR,), starts=("/worklist/", "/applications/"), group=FILES),
    Entry(_("Notices"), "portal:notices", (R.AUDITOR,), starts=("/notices/",), group=FILES),
    Entry(_("Lists"), "beneficiaries:lists", (R.COUNTY_CHECKER, R.AUDITOR), starts=("/lists/",), group=BOOK),
    Entry(_("For a person to settle"), "beneficiaries:doubts", KEEPERS, starts=("/lists/doubts/",), group=BOOK),
    Entry(_("Accounts"), "beneficiaries:accounts", (*TOWNSHIP, R.COUNTY_CHECKER), starts=("/lists/accounts/",), group=BOOK),
    Entry(_("Perhaps one person"), "portal:doubles", KEEPERS, starts=("/doubles/",), group=BOOK),
    Entry(_("Data quality"), "portal:quality", (R.CLERK, *KEEPERS), starts=LEFT, group=BOOK),
    Entry(_("Payments"), "payments:batches", (*FINANCE, R.AUDITOR), starts=("/payments/",)),
    Entry(_("Letters"), "letters:letters", (*TOWNSHIP, *FINANCE), starts=("/letters/",)),
    Entry(_("County"), "portal:county", (*COUNTY, *FINANCE, R.POLICY_OFFICER, R.AUDITOR), starts=("/county/",)),
    Entry(_("Policies"), "programs:policies", tuple(r for r in R if r != R.ADMINISTRATOR), starts=("/policies/",)),
    Entry(_("Audit"), "oversight:trail", (R.AUDITOR, R.ADMINISTRATOR), starts=("/trail/",)),
    Entry(_("Officials"), "officials:people", (R.ADMINISTRATOR, R.COUNTY_APPROVER), starts=("/officials/",)),
)  # fmt: skip


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for the base template. Two queries for a signed-in official: what waits, and the trail's head."""
    public = {"progress_url": reverse("portal:progress"), "guide_url": reverse("portal:guide")}
    official = getattr(request, "user", None)
    if not isinstance(official, Official):
        return {**public, "navigation": []}
    return {
        **public,
        "navigation": areas(official, request.path),
        "home_url": reverse("portal:home"),
        "families_url": reverse("portal:of_person", args=[0]).removesuffix(
            "0/"
        ),  # a person's number behind it
        "doubles_url": reverse("portal:doubles"),
        "sign_out_url": reverse("officials:sign_out"),
        "person_url": reverse("officials:own_password"),
        "person_name": official.name,
        "person_place": place_and_role(official),
        "audit_head": head(),
    }


def areas(official: Official, path: str) -> list[Area]:
    """The areas of an official; the longest start that fits the address is the current one."""
    held = [entry for entry in ENTRIES if official.has_role(*entry.roles)]
    seen = list({entry.url_name: entry for entry in reversed(held)}.values())[
        ::-1
    ]  # one page, its first name
    fitting = [(len(start), entry) for entry in seen for start in entry.starts if path.startswith(start)]
    current = max(fitting, key=lambda pair: pair[0])[1] if fitting else None
    waiting = queues.waiting(official, today()) if any(entry.count for entry in seen) else 0
    rooms: dict[str, list[Area]] = {}
    for entry in seen:
        room = Area(
            str(entry.label), reverse(entry.url_name), waiting if entry.count else 0, entry is current
        )
        rooms.setdefault(str(entry.group) or room.label, []).append(room)
    return [_area(label, inside) for label, inside in rooms.items()]


def _area(label: str, inside: list[Area]) -> Area:
    """One area of the bar from the rooms in it."""
    if len(inside) == 1:
        return inside[0]
    current = any(room.current for room in inside)
    return Area(label, inside[0].url, sum(room.count for room in inside), current, tuple(inside))


def place_and_role(official: Official) -> str:
    """马召镇・窗口: the office and the first role."""
    first = next((str(Role(role).label) for role in Role if role in official.roles), "")
    return " · ".join(part for part in (official.office, first) if part)
