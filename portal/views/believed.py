"""What was known of a family on a day: read only, on the trail like every look."""

from datetime import datetime, time

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit.door import record
from beneficiaries.queries.family import family as family_of
from beneficiaries.services import looking
from officials.access import StaffRequest, staff
from officials.roles import READS_FAMILIES
from portal.forms.believed import BelievedForm
from portal.queries.believed import believed_of
from web.clock import today


@staff(*READS_FAMILIES)
@require_safe
def believed(request: StaffRequest, pk: int) -> HttpResponse:
    """``?valid_on=`` the day it is said of, ``?known_on=`` as it was known at the end of that day; both today at first."""
    official, day = request.official, today()
    family = family_of(pk, official=official, on=day)
    if family is None:
        raise Http404
    by = official.actor(*official.roles)
    looking.enter_family(family.household, official=official, by=by, on=day)
    asked = request.GET if request.GET.keys() & {"valid_on", "known_on"} else None
    form = BelievedForm(asked or {"valid_on": day.isoformat(), "known_on": day.isoformat()}, today=day)
    found = None
    if form.is_valid():
        valid_on, known_on = form.cleaned_data["valid_on"], form.cleaned_data["known_on"]
        detail = {"valid_on": valid_on.isoformat(), "known_on": known_on.isoformat()}
        record("look", family.household, by=by, on=day, detail=detail)
        end = timezone.make_aware(datetime.combine(known_on, time.max))
        known_at = max(end, timezone.now()) if known_on == day else end
        found = believed_of(family, official, valid_on=valid_on, known_at=known_at)
    context = {
        "form": form,
        "found": found,
        "household": family.household,
        "is_writer": official.has_role("clerk", "township_reviewer", "county_checker"),
        **({"valid_on": valid_on, "known_on": known_on, "is_today": known_on == day} if found else {}),
    }
    return render(request, "portal/believed.html", context, status=422 if form.errors else 200)
