"""Where everything is."""

import views
from django.urls import include, path

urlpatterns = [
    path("", views.home),
    path("orders", views.my_orders),
    path("orders/<slug:article>", views.order),
    path("api/orders", views.orders_of_everybody),
    path("account/", include("cognomen_kit.django.urls")),
]
