from django.urls import path

from images.studio import views
from images.studio.answers import gone_with_its_photo

urlpatterns = [
    path("photos/<uuid:pk>/studio/", gone_with_its_photo(views.studio), name="studio"),
    path("photos/<uuid:pk>/studio/ready/", gone_with_its_photo(views.ready), name="studio_ready"),
    path(
        "photos/<uuid:pk>/studio/squares/<int:level>-<int:number>.jpg",
        gone_with_its_photo(views.square),
        name="studio_square",
    ),
    path("photos/<uuid:pk>/studio/alpha/", gone_with_its_photo(views.alpha), name="studio_alpha"),
    path("photos/<uuid:pk>/studio/mark/", gone_with_its_photo(views.mark), name="studio_mark"),
    path("photos/<uuid:pk>/studio/choose/", gone_with_its_photo(views.choose), name="studio_choose"),
    path("photos/<uuid:pk>/studio/box/", gone_with_its_photo(views.box), name="studio_box"),
    path("photos/<uuid:pk>/studio/save/", gone_with_its_photo(views.save), name="studio_save"),
    path("photos/<uuid:pk>/studio/look/", gone_with_its_photo(views.look_at), name="studio_look"),
    path("photos/<uuid:pk>/studio/click/", gone_with_its_photo(views.click), name="studio_click"),
    path("photos/<uuid:pk>/studio/back/", gone_with_its_photo(views.back), name="studio_back"),
    path("photos/<uuid:pk>/studio/check/", gone_with_its_photo(views.check), name="studio_check"),
    path("photos/<uuid:pk>/studio/keep/", gone_with_its_photo(views.keep), name="studio_keep"),
    path("photos/<uuid:pk>/studio/file/", gone_with_its_photo(views.file), name="studio_file"),
]
