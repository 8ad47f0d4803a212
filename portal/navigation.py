"""The top bar: which areas an official sees, and how much waits there."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.sealing import head
from officials.models import Official
from officials.roles import Role
from portal.queries import queues
from web.clock import today
from web.components import Area

R = Role
TOWNSHIP = (R.CLERK, R.TOWNSHIP_REVIEWER)
COUNTY = (R.COUNTY_CHECKER, R.COUNTY_APPROVER)
FINANCE = (R.BATCH_PREPARER, R.BATCH_CHECKER, R.BATCH_APPROVER)


@dataclass(frozen=True, slots=True)
class Entry:
    """One area: its first page, who sees it, and under which addresses it is the current one."""

    label: str | Promise
    url_name: str
    roles: tuple[str, ...]
    count: str = ""
    starts: tuple[str, ...] = ()


# In the order of a working day; each role sees four to six.
ENTRIES = (
    Entry(_("Counter"), "portal:counter", (R.CLERK,), starts=("/counter/", "/families/")),
    Entry(_("Worklist"), "portal:worklist", (*TOWNSHIP, *COUNTY, R.AUDITOR), "worklist", ("/worklist/", "/applications/")),
    Entry(_("Notices"), "portal:notices", (*TOWNSHIP, *COUNTY, R.AUDITOR), starts=("/notices/",)),
    Entry(_("Accounts"), "beneficiaries:accounts", (*TOWNSHIP, R.COUNTY_CHECKER), starts=("/lists/accounts/",)),
    Entry(_("For a second person"), "beneficiaries:doubts", (R.TOWNSHIP_REVIEWER,), starts=("/lists/doubts/",)),
    Entry(_("Doubles"), "portal:doubles", (R.TOWNSHIP_REVIEWER, R.COUNTY_CHECKER, R.AUDITOR), starts=("/doubles/",)),
    Entry(_("Lists"), "beneficiaries:lists", (R.COUNTY_CHECKER, R.AUDITOR), starts=("/lists/",)),
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
        "sign_out_url": reverse("officials:sign_out"),
        "person_url": reverse("officials:own_password"),
        "person_name": official.name,
        "person_place": place_and_role(official),
        "audit_head": head(),
    }


def areas(official: Official, path: str) -> list[Area]:
    """The areas of an official; the longest start that fits the address is the current one."""
    seen = [entry for entry in ENTRIES if official.has_role(*entry.roles)]
    fitting = [(len(start), entry) for entry in seen for start in entry.starts if path.startswith(start)]
    current = max(fitting, key=lambda pair: pair[0])[1] if fitting else None
    waiting = queues.waiting(official, today()) if any(entry.count for entry in seen) else 0
    return [
        Area(str(entry.label), url, waiting if entry.count else 0, entry is current)
        for entry in seen
        if (url := _url(entry.url_name))
    ]


def place_and_role(official: Official) -> str:
    """马召镇・窗口: the office and the first role."""
    first = next((str(Role(role).label) for role in Role if role in official.roles), "")
    return " · ".join(part for part in (official.office, first) if part)


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
