"""A paper as it was scanned."""

from django.http import Http404, HttpResponse

from applications.models import Paper
from officials.access import StaffRequest, staff
from officials.roles import READS_FAMILIES
from portal.queries import queues
from web.pdf import PDF_POLICY


@staff(*READS_FAMILIES)
def paper(request: StaffRequest, pk: int) -> HttpResponse:
    """The file, decrypted for this reader; its type is the one that was checked when it came in."""
    found = Paper.objects.filter(pk=pk, application__in=queues.readable(request.official)).first()
    if found is None or not found.file:
        raise Http404
    with found.file.open("rb") as page:
        response = HttpResponse(page.read(), content_type=found.media_type)
    if found.media_type == "application/pdf":
        response.headers["Content-Security-Policy"] = PDF_POLICY
    response.headers["Content-Disposition"] = f'inline; filename="{found.kind}-{found.pk}"'
    return response
