"""Public notices: post what is reviewed, see the days run, record an objection to one line."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from applications.models import NoticeLine
from applications.services import township as services
from officials.access import StaffRequest, staff
from officials.models import Division
from officials.roles import Role
from portal.queries import notices as queries
from portal.queries import places, programs, queues
from portal.queries.bands import load_bands
from portal.views.worklist import beneficiary_name
from programs.models import PolicyVersion
from standards.words import Refusal, Words
from web.clock import today
from web.forms import say

PAGE_ROWS, PAGE_LINES = 20, 50


@staff(*queues.READERS)
def notices(request: StaffRequest) -> HttpResponse:
    """What waits to be posted on top, then the notices."""
    official, day = request.official, today()
    waiting = queries.to_post(official)
    page = Paginator(queries.notices(official), PAGE_ROWS).get_page(request.GET.get("page"))
    titles = programs.titles()
    named = places.places_of([*(one.township for one in waiting), *(notice.division for notice in page)])
    context = {
        "today": day,
        "page": page,
        "rows": [
            (
                notice,
                titles.get(notice.program, notice.program),
                named.township(notice.division),
                queries.days_left(notice, day),
            )
            for notice in page
        ],
        "waiting": [
            (one, titles.get(one.program, one.program), named.township(one.township)) for one in waiting
        ],
        "can_post": official.has_role(Role.TOWNSHIP_REVIEWER),
        "to_close": queries.notices(official).filter(state="posted", until__lt=day).count(),
    }
    return render(request, "portal/notices.html", context)


@staff(Role.TOWNSHIP_REVIEWER)
def post(request: StaffRequest, version: int, township: str) -> HttpResponse:
    """The confirm page, and posting: what is on the notice, its days, its last day."""
    official, day = request.official, today()
    waiting = next(
        (one for one in queries.to_post(official) if one.version == version and one.township == township),
        None,
    )
    if waiting is None:
        raise Http404
    row = PolicyVersion.objects.get(pk=version)
    problem = None
    if request.method == "POST":
        try:
            notice = services.post_notice(row, township, by=official.actor(Role.TOWNSHIP_REVIEWER), on=day)
        except Refusal as refusal:
            problem = refusal.words
        else:
            return redirect("portal:notice", pk=notice.pk)
    terms = programs.notice_terms(row)
    last, provisional = services.notice_ends(day, terms.days, working=terms.working)
    context = {
        "waiting": waiting,
        "place": Division.objects.get(code=township).name,
        "program": row.title,
        "terms": terms,
        "posted_on": day,
        "last": last,
        "provisional": provisional,
        "problem": problem,
        "back_url": reverse("portal:notices"),
    }
    return render(request, "portal/notice_post.html", context, status=422 if problem else 200)


@staff(*queues.READERS)
def notice(request: StaffRequest, pk: int) -> HttpResponse:
    """One notice: its lines as they hang in the village, and the way to record an objection."""
    official, day = request.official, today()
    found = queries.notices(official).filter(pk=pk).select_related("version").first()
    if found is None:
        raise Http404
    page = Paginator(queries.lines(found), PAGE_LINES).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    load_bands([row.application for row in rows])
    twice = queries.same_names(rows)
    named = places.places_of(row.application.division for row in rows)
    context = {
        "notice": found,
        "place": named.township(found.division) or found.division,
        "program": found.version.title,
        "today": day,
        "days_left": queries.days_left(found, day),
        "page": page,
        "rows": [
            (
                row,
                beneficiary_name(row.application),
                named.village(row.application.division),
                _told_apart(row, twice),
            )
            for row in rows
        ],
        "can_object": official.has_role(Role.TOWNSHIP_REVIEWER) and found.state == "posted",
    }
    return render(request, "portal/notice.html", context)


@staff(Role.TOWNSHIP_REVIEWER)
@require_POST
def close_due(request: StaffRequest) -> HttpResponse:
    """Take down the notices whose last day is over; the worker does the same by itself each day."""
    count = services.close_due_notices(on=today(), by=request.official.actor(Role.TOWNSHIP_REVIEWER))
    words = Words(
        f"已取下到期公示，{count} 件送到县里", f"Notices taken down; {count} applications went to the county"
    )
    messages.success(request, say(words))
    return redirect("portal:notices")


def _told_apart(row: NoticeLine, twice: set[tuple[str, str]]) -> str:
    """Year of birth is too much to post; the head's name tells two girls of one name apart."""
    application = row.application
    if (application.division, beneficiary_name(application)) not in twice:
        return ""
    head = application.household.head if application.household else None
    return str(head.name) if head else ""
