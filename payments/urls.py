"""Addresses of this room."""

from django.urls import URLPattern, path, register_converter

from payments.views import batches, blocked, budget, recoveries, results, steps, writing_off


class StepName:
    """The steps of a batch as they stand in its address."""

    regex = "prepare|confirm|approve|send|take-back|leave-out|drop|correct|close"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Verdict(StepName):
    """What a second person does with an allotment, a repayment or a debt to be written off."""

    regex = "confirm|refuse"


register_converter(StepName, "batch_step")
register_converter(Verdict, "allotment_verb")

app_name = "payments"
urlpatterns: list[URLPattern] = [
    path("batches/", batches.batches, name="batches"),
    path("batches/build/", steps.build, name="build"),
    path("blocked/", blocked.blocked, name="blocked"),
    path("batches/<int:pk>/", batches.batch, name="batch"),
    path("batches/<int:pk>/lines/", batches.lines, name="lines"),
    path("batches/<int:pk>/progress/", batches.progress, name="progress"),
    path("batches/<int:pk>/files/<int:part>/", batches.download, name="download"),
    path("batches/<int:pk>/<batch_step:name>/", steps.step, name="step"),
    path("lines/<int:pk>/leave-out/", steps.leave_out, name="leave_out"),
    path("lines/<int:pk>/return/", steps.give_back, name="give_back"),
    path("results/", results.results, name="results"),
    path("results/upload/", results.upload, name="upload"),
    path("results/<int:pk>/", results.result, name="result"),
    path("results/<int:pk>/progress/", results.result_progress, name="result_progress"),
    path("results/lines/<int:pk>/settle/", steps.settle, name="settle"),
    path("budget/", budget.budget, name="budget"),
    path("budget/new/", budget.enter_allotment, name="enter_allotment"),
    path("budget/<int:pk>/<allotment_verb:verb>/", budget.decide_allotment, name="decide_allotment"),
    path("budget/recoveries/", recoveries.recoveries, name="recoveries"),
    path("budget/recoveries/<int:pk>/repay/", recoveries.repay, name="repay"),
    path("budget/recoveries/<int:pk>/give-back/", recoveries.give_to_family, name="give_to_family"),
    path(
        "budget/repayments/<int:pk>/<allotment_verb:verb>/",
        recoveries.decide_repayment,
        name="decide_repayment",
    ),
    path("budget/recoveries/<int:pk>/write-off/", writing_off.write_off, name="write_off"),
    path(
        "budget/write-offs/<int:pk>/<allotment_verb:verb>/",
        writing_off.decide_write_off,
        name="decide_write_off",
    ),
]
