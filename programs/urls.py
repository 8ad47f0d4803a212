"""Addresses of this room."""

from django.urls import path

from programs.views import policies, simulating, writing

app_name = "programs"
urlpatterns = [
    path("", policies.policies, name="policies"),
    path("facts/", writing.facts, name="facts"),
    path("load/", policies.load, name="load"),
    path("<slug:code>/<int:number>/", policies.policy, name="policy"),
    path("<slug:code>/<int:number>/file/", policies.file, name="file"),
    path("write/", writing.write, name="write"),
    path("<slug:code>/<int:number>/write/", writing.write, name="rewrite"),
    path("<slug:code>/<int:number>/examples/", writing.examples, name="examples"),
    path("<slug:code>/<int:number>/examples/sheet/", writing.example_sheet, name="example_sheet"),
    path("<slug:code>/<int:number>/changes/", writing.changes, name="changes"),
    path("<slug:code>/compare/", simulating.compare, name="compare"),
    path("<slug:code>/<int:number>/simulation/", simulating.simulation, name="simulation"),
    path("<slug:code>/<int:number>/simulation/progress/", simulating.progress, name="simulation_progress"),
    path("<slug:code>/<int:number>/simulation/look/", simulating.look, name="look"),
    path("<slug:code>/<int:number>/simulation/workbook/", simulating.workbook, name="simulation_workbook"),
    path("<slug:code>/<int:number>/<slug:move>/", policies.step, name="step"),
]
