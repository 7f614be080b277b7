"""The list of photos, and those in it that need a look."""

from images.engine.matte.confidence import NEEDS_A_LOOK
from images.photos.models import Photo
from images.work.models import Cutout
from tests.base import Cast, finished


def _doubt(photo: Photo, confidence: float | None = NEEDS_A_LOOK / 2) -> Photo:
    Cutout.objects.filter(photo=photo).update(confidence=confidence)
    return photo


class TestDoubtful(Cast):
    def page(self, query: str = "") -> str:
        return self.alice.get(f"/photos/{query}").content.decode()

    def test_a_doubtful_photo_is_named(self) -> None:
        _doubt(finished(self.alice))
        assert "chip-look" in self.page()

    def test_a_sure_one_is_not(self) -> None:
        _doubt(finished(self.alice), 1.0)
        assert "chip-look" not in self.page()

    def test_the_others_can_be_left_out(self) -> None:
        doubtful, good, older = _doubt(finished(self.alice)), finished(self.alice), finished(self.alice)
        _doubt(good, 1.0), _doubt(older, None)
        page = self.page("?show=look")
        assert [str(photo.pk) in page for photo in (doubtful, good, older)] == [True, False, False]
        assert all(str(photo.pk) in self.page() for photo in (doubtful, good, older))

    def test_an_empty_choice_leads_back(self) -> None:
        _doubt(finished(self.alice), 1.0)
        page = self.page("?show=look")
        assert "No photo fits that." in page
        assert 'href="/photos/"' in page

    def test_pages_keep_the_choice(self) -> None:
        photo = _doubt(finished(self.alice))
        cutout = Cutout.objects.get(photo=photo)
        for number in range(24):
            photo.pk, photo.submission = None, f"00000000-0000-0000-0000-{number:012}"
            photo.id = Photo._meta.get_field("id").get_default()
            photo.save(force_insert=True)
            cutout.id, cutout.photo = Photo._meta.get_field("id").get_default(), photo
            cutout.save(force_insert=True)
        assert "q=&amp;show=look" in self.page("?show=look")

    def test_others_see_none_of_it(self) -> None:
        photo = _doubt(finished(self.alice))
        assert str(photo.pk) not in self.bob.get("/photos/?show=look").content.decode()
