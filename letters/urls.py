"""Addresses of this room."""

from django.urls import path

from letters import views

app_name = "letters"
urlpatterns = [
    path("", views.letters, name="letters"),
    path("print/", views.print_pile, name="print"),
    path("piles/<slug:kind>/<str:division>.pdf", views.printed_pile, name="printed_pile"),
    path("<int:pk>.pdf", views.letter, name="letter"),
    path("<int:pk>-en.pdf", views.translation, name="translation"),
    path("applications/<int:pk>/<slug:kind>.pdf", views.of_application, name="of_application"),
    path("notices/<int:pk>.pdf", views.of_notice, name="of_notice"),
    path("batches/<int:pk>.pdf", views.of_batch, name="of_batch"),
]
