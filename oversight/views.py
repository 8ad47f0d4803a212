"""The trail on the screen: read only, like the trail itself."""

import json
from hashlib import sha256

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit.door import record
from audit.sealing import head
from beneficiaries.services import looking
from officials.access import StaffRequest, staff
from officials.models import Division
from officials.roles import Role
from oversight import queries
from oversight.forms import DayFilter, TrailFilters
from web.clock import today

HISTORY_ROWS = 20


@staff(Role.AUDITOR, Role.ADMINISTRATOR)
def trail(request: StaffRequest) -> HttpResponse:
    """The newest rows first, filtered; and the sealed blocks whose head stands on notices and slips."""
    form = TrailFilters(request.GET, official=request.official)
    before = request.GET.get("before", "")
    page = queries.trail(
        request.official, form.condition(), before=int(before) if before.isdecimal() else None
    )
    if form.cleaned_data.get("of") and not before:
        by = request.official.actor(Role.AUDITOR, Role.ADMINISTRATOR)
        looking.keep_search(request.official, kind="trail", hits=len(page.lines), by=by, on=today())
    context = {
        "filters": form,
        "page": page,
        "blocks": queries.newest_blocks(),
        "head": head(),
        "before": before,
        "can_export": request.official.has_role(Role.AUDITOR),
        "one": page.lines[0] if page.lines and form.cleaned_data.get("number") else None,
    }
    return render(request, "oversight/trail.html", context)


@staff(Role.AUDITOR, Role.ADMINISTRATOR)
@require_safe
def row(request: StaffRequest, pk: int) -> HttpResponse:
    """One row: in words, as it is kept, the block that seals it recomputed now, and what else befell the same thing."""
    found = get_object_or_404(queries.visible(request.official), pk=pk)
    same = Q(table=found.table, object_id=found.object_id)
    history = queries.trail(request.official, same, before=None)
    (line,) = queries.lines_of([found], request.official)
    context = {
        "line": line,
        "role": Role(found.role).label if found.role in Role.values else "",
        "place": Division.objects.filter(code=found.division).first(),
        "kept": json.dumps(found.detail, ensure_ascii=False, indent=1),
        "sealed": queries.sealed(found),
        "history": history.lines[:HISTORY_ROWS],
        "is_longer": len(history.lines) > HISTORY_ROWS,
    }
    return render(request, "oversight/row.html", context)


@staff(Role.AUDITOR)
@require_POST
def export(request: StaffRequest) -> HttpResponse:
    """The filtered rows as a sheet, the newest first, without names of families; who took it stands in the trail."""
    official = request.official
    form = TrailFilters(request.GET, official=official)
    content, rows = queries.sheet(official, form.condition())
    by = official.actor(Role.AUDITOR)
    record(
        "export_trail",
        official,
        by=by,
        on=today(),
        detail={"rows": rows, "sha256": sha256(content).hexdigest()},
    )
    name = f"{_('trail')}-{today().isoformat()}.csv"
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@staff(Role.AUDITOR, Role.ADMINISTRATOR)
def looks(request: StaffRequest) -> HttpResponse:
    """Who searched and who looked at numbers on one day, the most first."""
    form = DayFilter(request.GET or None, initial={"on": today()})
    day = form.day(today())
    rows = queries.looks(request.official, day)
    context = {
        "filters": form,
        "day": day,
        "rows": rows,
        "last": None if rows else queries.last_look(request.official, day),
        "most": max((row.searches for row in rows), default=0),
    }
    return render(request, "oversight/looks.html", context)
