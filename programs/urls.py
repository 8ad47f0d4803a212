"""Addresses of this room."""

from django.urls import path

from programs.views import policies, simulating

app_name = "programs"
urlpatterns = [
    path("", policies.policies, name="policies"),
    path("load/", policies.load, name="load"),
    path("<slug:code>/<int:number>/", policies.policy, name="policy"),
    path("<slug:code>/<int:number>/file/", policies.file, name="file"),
    path("<slug:code>/compare/", simulating.compare, name="compare"),
    path("<slug:code>/<int:number>/simulation/", simulating.simulation, name="simulation"),
    path("<slug:code>/<int:number>/simulation/progress/", simulating.progress, name="simulation_progress"),
    path("<slug:code>/<int:number>/simulation/look/", simulating.look, name="look"),
    path("<slug:code>/<int:number>/simulation/workbook/", simulating.workbook, name="simulation_workbook"),
    path("<slug:code>/<int:number>/<slug:move>/", policies.step, name="step"),
]
