"""Addresses of this room."""

from django.urls import path

from officials import views

app_name = "officials"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("officials/", views.people, name="people"),
    path("officials/add/", views.add, name="add"),
    path("officials/changes/<int:pk>/", views.settle, name="settle"),
    path("password/", views.own_password, name="own_password"),
    path("officials/<int:pk>/", views.change, name="change"),
]
