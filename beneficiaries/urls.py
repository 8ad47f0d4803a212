"""Addresses of this room."""

from django.urls import path

from beneficiaries.views import accounts, doubts, lists, lists_columns

app_name = "beneficiaries"
urlpatterns = [
    path("", lists.lists, name="lists"),
    path("upload/", lists.upload, name="upload"),
    path("<int:pk>/", lists.one_list, name="list"),
    path("<int:pk>/progress/", lists.list_progress, name="list_progress"),
    path("<int:pk>/marked/", lists.marked, name="list_marked"),
    path("<int:pk>/again/", lists.again, name="list_again"),
    path("<int:pk>/take/", lists.take, name="list_take"),
    path("<int:pk>/columns/", lists_columns.name_columns, name="list_columns"),
    path("<int:pk>/cancel/", lists_columns.cancel, name="list_cancel"),
    path("headers/", lists_columns.headers, name="headers"),
    path("headers/<int:pk>/take-back/", lists_columns.take_back, name="header_take_back"),
    path("<int:pk>/send-back/", lists.send_back, name="list_send_back"),
    path("<int:pk>/withdraw/", lists.withdraw, name="list_withdraw"),
    path("doubts/", doubts.doubts, name="doubts"),
    path("doubts/<int:pk>/", doubts.settle, name="doubt"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/enter/<int:person>/", accounts.enter, name="account_enter"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/refuse/", accounts.refuse, name="account_refuse"),
    path("accounts/<int:pk>/close/", accounts.close, name="account_close"),
]
