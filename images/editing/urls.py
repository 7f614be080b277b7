from django.urls import path

from images.editing import views

urlpatterns = [
    path("photos/<uuid:pk>/download/", views.photo_download, name="photo_download"),
]
