from django.urls import path

from images import views
from images.sharing import views as sharing

urlpatterns = [
    path("", views.home, name="home"),
    path("photos/", views.photos, name="photos"),
    path("photos/<uuid:pk>/", views.photo, name="photo"),
    path("photos/<uuid:pk>/status/", views.photo_status, name="photo_status"),
    path("photos/<uuid:pk>/files/<str:name>", views.photo_file, name="photo_file"),
    path("photos/<uuid:pk>/download/", views.photo_download, name="photo_download"),
    path("photos/<uuid:pk>/delete/", views.photo_delete, name="photo_delete"),
    path("photos/<uuid:pk>/retry/", views.photo_retry, name="photo_retry"),
    path("photos/<uuid:pk>/links/", sharing.link_create, name="link_create"),
    path("photos/<uuid:pk>/links/<uuid:link_pk>/revoke/", sharing.link_revoke, name="link_revoke"),
    path("r/<str:token>/", sharing.shared, name="shared"),
    path("r/<str:token>/<str:name>", sharing.shared_file, name="shared_file"),
]
