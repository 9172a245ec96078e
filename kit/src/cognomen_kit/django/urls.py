"""The account pages: `path("account/", include("cognomen_kit.django.urls"))`."""

from django.urls import URLPattern, path

from cognomen_kit.django.views import form, static_file

app_name = "cognomen"
urlpatterns: list[URLPattern] = [
    path("static/<str:name>", static_file, name="static"),
    path("<slug:name>", form, name="form"),
]
