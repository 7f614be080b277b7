from django.urls import path

from images.photos import views

urlpatterns = [
    path("", views.home, name="home"),
    path("photos/", views.photos, name="photos"),
    path("photos/<uuid:pk>/", views.photo, name="photo"),
    path("photos/<uuid:pk>/status/", views.photo_status, name="photo_status"),
    path("photos/<uuid:pk>/files/<str:name>", views.photo_file, name="photo_file"),
    path("photos/<uuid:pk>/delete/", views.photo_delete, name="photo_delete"),
    path("photos/<uuid:pk>/retry/", views.photo_retry, name="photo_retry"),
]
