"""Addresses of this room."""

from django.urls import path

from programs import views

app_name = "programs"
urlpatterns = [
    path("", views.policies, name="policies"),
    path("load/", views.load, name="load"),
    path("<slug:code>/<int:number>/", views.policy, name="policy"),
    path("<slug:code>/<int:number>/file/", views.file, name="file"),
    path("<slug:code>/<int:number>/<slug:move>/", views.step, name="step"),
]
