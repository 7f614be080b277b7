from django.urls import path

from images.gallery import views

urlpatterns = [
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/<uuid:pk>/<str:name>", views.gallery_picture, name="gallery_picture"),
    path("photos/<uuid:pk>/gallery/", views.gallery_agree, name="gallery_agree"),
    path("photos/<uuid:pk>/gallery/withdraw/", views.gallery_withdraw, name="gallery_withdraw"),
]
