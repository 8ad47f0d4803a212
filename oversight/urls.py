"""Addresses of this room."""

from django.urls import path

from oversight import views

app_name = "oversight"
urlpatterns = [path("", views.trail, name="trail"), path("looks/", views.looks, name="looks")]
