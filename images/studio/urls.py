from django.urls import path

from images.studio import views

urlpatterns = [
    path("photos/<uuid:pk>/studio/", views.studio, name="studio"),
    path("photos/<uuid:pk>/studio/ready/", views.ready, name="studio_ready"),
    path("photos/<uuid:pk>/studio/squares/<int:level>-<int:number>.jpg", views.square, name="studio_square"),
    path("photos/<uuid:pk>/studio/alpha/", views.alpha, name="studio_alpha"),
    path("photos/<uuid:pk>/studio/mark/", views.mark, name="studio_mark"),
    path("photos/<uuid:pk>/studio/choose/", views.choose, name="studio_choose"),
    path("photos/<uuid:pk>/studio/box/", views.box, name="studio_box"),
    path("photos/<uuid:pk>/studio/save/", views.save, name="studio_save"),
    path("photos/<uuid:pk>/studio/look.webp", views.look_at, name="studio_look"),
    path("photos/<uuid:pk>/studio/click/", views.click, name="studio_click"),
    path("photos/<uuid:pk>/studio/back/", views.back, name="studio_back"),
    path("photos/<uuid:pk>/studio/check/", views.check, name="studio_check"),
    path("photos/<uuid:pk>/studio/keep/", views.keep, name="studio_keep"),
    path("photos/<uuid:pk>/studio/file/", views.file, name="studio_file"),
]
