"""A paper as it was scanned."""

from django.http import Http404, HttpResponse

from applications.models import Paper
from beneficiaries.services import looking
from officials.access import StaffRequest, staff
from officials.roles import READS_FAMILIES
from portal.queries import queues
from web.clock import today
from web.pdf import PDF_POLICY


@staff(*READS_FAMILIES)
def paper(request: StaffRequest, pk: int) -> HttpResponse:
    """The file, decrypted for this reader; its type is the one that was checked when it came in."""
    official = request.official
    papers = Paper.objects.filter(application__in=queues.readable(official)).select_related("application")
    found = papers.filter(pk=pk).first()
    if found is None or not found.file:
        raise Http404
    by = official.actor(*official.roles)
    looking.open_scan(found.application, found.kind, official=official, by=by, on=today())
    with found.file.open("rb") as page:
        response = HttpResponse(page.read(), content_type=found.media_type)
    if found.media_type == "application/pdf":
        response.headers["Content-Security-Policy"] = PDF_POLICY
    response.headers["Content-Disposition"] = f'inline; filename="{found.kind}-{found.pk}"'
    return response
