from django.urls import path

from images.sharing import views

urlpatterns = [
    path("photos/<uuid:pk>/links/", views.link_create, name="link_create"),
    path("photos/<uuid:pk>/links/<uuid:link_pk>/revoke/", views.link_revoke, name="link_revoke"),
    path("r/<str:token>/", views.shared, name="shared"),
    path("r/<str:token>/<str:name>", views.shared_file, name="shared_file"),
]
