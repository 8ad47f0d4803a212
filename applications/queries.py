"""Reads across applications: who has a right and no application, queues, one family's programs."""

from collections import Counter

from django.db import models
from django.db.models import Exists, OuterRef, Q

from applications.models import Application, Assessment

LIVE = ~Q(state__in=["refused", "withdrawn"])


def without_application(assessments: "models.QuerySet[Assessment]") -> "models.QuerySet[Assessment]":
    """Those whose subject has no application under way or decided in its favour."""
    same = Application.objects.filter(LIVE, program=OuterRef("program"))
    of_person = same.filter(person=OuterRef("person")).filter(
        Q(record=OuterRef("record")) | Q(record=None, program=OuterRef("program"))
    )
    of_another_row = same.filter(person__merged_into=OuterRef("person")).filter(record=OuterRef("record"))
    of_household = same.filter(person=None, household=OuterRef("household"), record=OuterRef("record"))
    return (
        assessments.exclude(Exists(of_person), person__isnull=False)
        .exclude(Exists(of_another_row), person__isnull=False)
        .exclude(Exists(of_household), person=None)
    )


def missing_papers(program: str) -> dict[str, int]:
    """How many subjects of one program wait for each fact, most first. From the newest sweep."""
    counts: Counter[str] = Counter()
    for names in Assessment.objects.filter(program=program, verdict=1).values_list("unsettled", flat=True):
        counts.update(names)
    return dict(counts.most_common())
