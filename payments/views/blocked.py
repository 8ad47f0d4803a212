"""Due payments that cannot be made: who, why, and the page on which whoever may mends it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from officials.access import StaffRequest, staff
from officials.roles import Role
from payments.queries.blocked import due_now
from payments.queries.naming import division_names, program_titles
from payments.views.reading import READERS
from web.clock import today

PAGE_ROWS = 50
MENDERS = (Role.CLERK, Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER)
TOWNSHIP = {"no_account", "account_gone", "account_unchanged", "payee_died"}
SECOND = {"account_not_verified"}


@staff(*READERS, *MENDERS)
def blocked(request: StaffRequest) -> HttpResponse:
    """Reasons on top, then the people. Finance reads it; township and county go on to the account."""
    official = request.official
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 4 else 1
    due = due_now(on=today(), scope=official.scope, page=max(number, 1) - 1, rows=PAGE_ROWS)
    page = Paginator(range(due.blocked), PAGE_ROWS).get_page(number)
    titles = program_titles()
    codes = {one.division for one in due.held} | {f"{one.division[:9]}000" for one in due.held}
    names = division_names(codes)
    context: dict[str, Any] = {
        "due": due,
        "page": page,
        "rows": [
            {
                "held": one,
                "township": names.get(f"{one.division[:9]}000", ""),
                "village": names.get(one.division, ""),
                "program": titles.get(one.program, one.program),
                "enters": official.has_role(Role.CLERK) and one.code in TOWNSHIP and one.person,
                "verifies": official.has_role(Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER) and one.code in SECOND,
            }
            for one in due.held
        ],
        "reads_batches": official.has_role(*READERS),
    }  # fmt: skip
    return render(request, "payments/blocked.html", context)
