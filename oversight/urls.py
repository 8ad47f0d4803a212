"""Addresses of this room."""

from django.urls import path

from oversight import views

app_name = "oversight"
urlpatterns = [
    path("", views.trail, name="trail"),
    path("looks/", views.looks, name="looks"),
    path("export/", views.export, name="export"),
    path("<int:pk>/", views.row, name="row"),
]
