"""/v1.0/removebg: every parameter, header and error code of the contract."""

import base64
import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from PIL import Image, ImageStat

from bgbegone.lib.refusals import REFUSED
from images.api.limits.models import ApiCharge, ApiUse
from images.engine.codecs.colour import to_srgb
from images.photos.models import Photo
from images.work.models import Cutout
from tests.base import disc
from tests.images.api import hostile
from tests.images.api.steps import ASIDE, key_of, pixel, program
from tests.images.api.v1_steps import SIZE, Removing, picture
from tests.images.engine.profiles import display_p3

_FIELDS = [
    *("image_url", "image_file_b64", "size", "type", "type_level", "format", "roi", "crop", "crop_margin"),
    *("scale", "position", "channels", "add_shadow", "shadow_type", "shadow_opacity", "shadow_method"),
    *("semitransparency", "bg_color", "bg_image_url"),
]
BLANK: dict[str, Any] = dict.fromkeys(_FIELDS, "")


class TestAnswer(Removing):
    def test_a_png_with_the_contracts_headers(self) -> None:
        response = self.removed()
        image = picture(response)
        assert (image.format, image.mode, image.size) == ("PNG", "RGBA", SIZE)
        assert pixel(image, 60, 40)[3] == 255
        assert pixel(image, 2, 2)[3] == 0
        assert response["Content-Type"] == "image/png"
        assert (response["X-Width"], response["X-Height"]) == ("120", "80")
        assert response["X-Credits-Charged"] == "0"
        assert response["X-Type"] == "other"
        assert response["X-RateLimit-Limit"] == "500"
        assert response["X-RateLimit-Remaining"] == "499"
        assert int(response["X-RateLimit-Reset"]) > 0
        assert response["Access-Control-Allow-Origin"] == "*"

    def test_where_the_foreground_is(self) -> None:
        response = self.removed()
        sides = [int(response[f"X-Foreground-{side}"]) for side in ("Left", "Top", "Width", "Height")]
        assert sides == pytest.approx([29, 19, 62, 42], abs=5)

    def test_json(self) -> None:
        response = self.removed(headers={"accept": "application/json"})
        data = response.json()["data"]
        assert set(data) == {"result_b64", *(f"foreground_{s}" for s in ("top", "left", "width", "height"))}
        assert Image.open(io.BytesIO(base64.b64decode(data["result_b64"]))).size == SIZE
        assert response["X-Credits-Charged"] == "0"

    def test_what_takes_anything_gets_the_picture(self) -> None:
        response = self.removed(headers={"accept": "application/json, text/plain, */*"})
        assert response["Content-Type"] == "image/png"

    def test_blank_means_absent(self) -> None:
        assert picture(self.removed(**BLANK)).size == SIZE

    def test_zip_is_exactly_two_stored_files(self) -> None:
        response = self.removed(format="zip")
        assert response["Content-Type"] == "application/zip"
        archive = zipfile.ZipFile(io.BytesIO(response.content))
        assert archive.namelist() == ["color.jpg", "alpha.png"]
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        colour, alpha = (Image.open(archive.open(name)) for name in archive.namelist())
        assert (colour.format, alpha.format, alpha.mode) == ("JPEG", "PNG", "L")
        assert colour.size == alpha.size == SIZE
        assert (alpha.getpixel((60, 40)), alpha.getpixel((2, 2))) == (255, 0)

    @pytest.mark.parametrize(("format", "kind"), [("png", "PNG"), ("jpg", "JPEG"), ("webp", "WEBP")])
    def test_formats(self, format: str, kind: str) -> None:
        assert picture(self.removed(format=format)).format == kind

    def test_auto_is_jpeg_where_nothing_is_transparent(self) -> None:
        assert picture(self.removed(bg_color="ff0000")).format == "JPEG"
        assert picture(self.removed(bg_color="ff0000", format="png")).format == "PNG"

    def test_alpha_alone(self) -> None:
        image = picture(self.removed(channels="alpha"))
        assert (image.format, image.mode) == ("PNG", "L")
        assert (image.getpixel((60, 40)), image.getpixel((2, 2))) == (255, 0)

    def test_type_is_a_hint(self) -> None:
        assert self.removed(type="car")["X-Type"] == "car"
        assert "X-Type" not in self.removed(type="car", type_level="none")

    @pytest.mark.parametrize(
        ("said", "kept"), [("auto", {}), ("graphic", {"kind": "graphic"}), ("car", {"kind": "photo"})]
    )
    def test_a_graphic_is_cut_out_by_its_colours(self, said: str, kept: dict[str, str]) -> None:
        self.removed(type=said)
        assert Cutout.objects.get().options == kept

    def test_a_photo_from_a_program_has_no_public_link(self) -> None:
        self.removed()
        photo = Photo.objects.get()
        assert photo.is_private
        assert not photo.links.exists()
        assert (photo.expires_at - photo.created_at).total_seconds() == pytest.approx(3600, abs=60)


class TestSources(Removing):
    def post(self, data: Any, content_type: str) -> Any:
        body = json.dumps(data) if content_type == "application/json" else data
        return self.shop.post("/v1.0/removebg", body, content_type=content_type)

    def encoded(self) -> str:
        return base64.b64encode(disc(SIZE)).decode()

    def test_json_with_real_booleans(self) -> None:
        response = self.post(
            {"image_file_b64": self.encoded(), "crop": True, "add_shadow": False}, "application/json"
        )
        assert response.status_code == 200
        assert picture(response).width < 80

    def test_who_waits_keeps_no_base64_in_memory(self) -> None:
        body = json.dumps({"image_file_b64": self.encoded(), "format": "webp"})
        aside = self.shop.post("/v1.0/removebg", body, "application/json", **ASIDE)
        assert aside.note.proceed.args[0].form.data == {"format": "webp"}

    def test_base64_with_line_breaks_and_a_prefix(self) -> None:
        lines = base64.encodebytes(disc(SIZE)).decode()
        assert self.post({"image_file_b64": lines}, "application/json").status_code == 200
        prefixed = {"image_file_b64": "data:image/png;base64," + lines}
        assert self.post(prefixed, "application/json").status_code == 200

    def test_a_form_without_files(self) -> None:
        from urllib.parse import urlencode

        body = urlencode({"image_file_b64": self.encoded(), "size": "auto"})
        assert self.post(body, "application/x-www-form-urlencoded").status_code == 200

    def test_large_base64_in_a_multipart_form(self) -> None:
        from tests.base import disc as draw

        data = draw((1500, 1100), "BMP")
        response = self.shop.post("/v1.0/removebg", {"image_file_b64": base64.b64encode(data).decode()})
        assert response.status_code == 200

    def test_no_useful_content_type(self) -> None:
        body = json.dumps({"image_file_b64": self.encoded()})
        assert self.shop.post("/v1.0/removebg", body, content_type="text/plain").status_code == 200

    def test_the_bytes_say_what_it_is(self) -> None:
        file = SimpleUploadedFile("x.txt", disc(SIZE, "JPEG"), content_type="text/plain")
        assert self.shop.post("/v1.0/removebg", {"image_file": file}).status_code == 200

    def test_an_address(self) -> None:
        with (
            hostile.server(hostile.sends(disc(SIZE))) as port,
            override_settings(FETCH_NETWORKS=["127.0.0.0/8"]),
        ):
            response = self.shop.post("/v1.0/removebg", {"image_url": f"http://127.0.0.1:{port}/a.png"})
        assert response.status_code == 200

    def code(self, fields: dict[str, Any]) -> str:
        response = self.shop.post("/v1.0/removebg", fields)
        assert response.status_code == 400, response.content
        return str(response.json()["errors"][0]["code"])

    def test_no_source(self) -> None:
        assert self.code({"size": "auto"}) == "missing_source"

    def test_an_empty_field_of_a_form_is_no_source(self) -> None:
        body = b'--x\r\nContent-Disposition: form-data; name="image_file"; filename=""\r\n\r\n\r\n--x--\r\n'
        response = self.post(body, "multipart/form-data; boundary=x")
        assert response.json()["errors"][0]["code"] == "missing_source"

    @pytest.mark.parametrize("name", ["..", "../../etc/passwd", "a\\b.png", "ä" * 300, "\u202e.png", ""])
    def test_a_hostile_name_is_only_a_name(self, name: str) -> None:
        head = f'--x\r\nContent-Disposition: form-data; name="image_file"; filename="{name}"\r\n\r\n'
        body = head.encode() + disc(SIZE) + b"\r\n--x--\r\n"
        assert self.post(body, "multipart/form-data; boundary=x").status_code == 200

    def test_two_sources(self) -> None:
        file = SimpleUploadedFile("a.png", disc())
        assert self.code({"image_file": file, "image_url": "http://example.org/"}) == "multiple_sources"
        two = [SimpleUploadedFile("a.png", disc()), SimpleUploadedFile("b.png", disc())]
        assert self.code({"image_file": two}) == "multiple_sources"

    @pytest.mark.parametrize(
        "address",
        ["http://localhost:8000/", "http://169.254.169.254/", "http://127.0.0.1/", "ftp://x/", "nonsense"],
    )
    def test_an_address_of_ours_or_of_nobody(self, address: str) -> None:
        assert self.code({"image_url": address}) == "invalid_image_url"

    def test_a_redirect_loop(self) -> None:
        answer = hostile.sends(b"", status=302, Location="/again")
        with hostile.server(answer) as port, override_settings(FETCH_NETWORKS=["127.0.0.0/8"]):
            assert self.code({"image_url": f"http://127.0.0.1:{port}/"}) == "failed_image_download"

    def test_fetching_is_off(self) -> None:
        with override_settings(FETCH_ADDRESSES=False):
            assert self.code({"image_url": "http://example.org/"}) == "failed_image_download"

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"no picture", "invalid_file_type"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "invalid_file_type"),
            (b"\xff\xd8\xff\xe0broken", "failed_to_read_image"),
        ],
    )
    def test_no_picture(self, data: bytes, code: str) -> None:
        assert self.code({"image_file": SimpleUploadedFile("a.png", data)}) == code

    def test_not_base64(self) -> None:
        assert self.code({"image_file_b64": "!!!!"}) == "failed_to_read_image"

    def test_too_many_bytes(self) -> None:
        with override_settings(MAX_UPLOAD_MB=1):
            file = SimpleUploadedFile("a.bmp", disc((800, 600), "BMP"))
            assert self.code({"image_file": file}) == "file_too_large"

    def test_sixty_megapixels(self) -> None:
        buffer = io.BytesIO()
        Image.new("1", (10_000, 6_000)).save(buffer, "PNG")
        assert (
            self.code({"image_file": SimpleUploadedFile("a.png", buffer.getvalue())}) == "resolution_too_high"
        )

    def test_too_long_a_side(self) -> None:
        buffer = io.BytesIO()
        Image.new("1", (31_000, 10)).save(buffer, "PNG")
        assert (
            self.code({"image_file": SimpleUploadedFile("a.png", buffer.getvalue())}) == "invalid_dimensions"
        )

    def test_nothing_in_it(self) -> None:
        buffer = io.BytesIO()
        Image.new("RGB", SIZE).save(buffer, "PNG")
        assert (
            self.code({"image_file": SimpleUploadedFile("a.png", buffer.getvalue())}) == "unknown_foreground"
        )
        assert ApiUse.objects.get().megapixels == 0  # none of these charges
        assert not ApiCharge.objects.exists()


class TestBodies(Removing):
    def raw(self, body: bytes, content_type: str, **extra: Any) -> Any:
        return self.shop.post("/v1.0/removebg", body, content_type=content_type, **extra)

    def test_a_body_cut_off(self) -> None:
        body = (
            b'--x\r\nContent-Disposition: form-data; name="image_file"; filename="a.png"\r\n\r\n'
            + disc()[:50]
        )
        cut = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body) + 1000)}
        response = self.raw(body, "multipart/form-data; boundary=x", **cut)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "invalid_body")
        assert not Photo.objects.exists()

    @pytest.mark.parametrize("body", [b"[" * 40_000, b'{"a":' * 40_000, b"[[],[],[]" + b",[]" * 9_000])
    def test_brackets(self, body: bytes) -> None:
        response = self.raw(body, "application/json")
        assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "invalid_body")

    def test_a_gigabyte_of_brackets_is_not_read(self) -> None:
        response = self.raw(b"[" * 100, "application/json", CONTENT_LENGTH=str(10**9))
        assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "file_too_large")

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b"{not json", "application/json"),
            (b'"text"', "application/json"),
            (b'{"a": NaN}', "application/json"),
            (b"\xff\xfe", "application/json"),
            (b"anything", "multipart/form-data"),
            (b"anything", "multipart/form-data; boundary=" + "x" * 300),
            (b"&".join(b"a=1" for _ in range(200)), "application/x-www-form-urlencoded"),
        ],
    )
    def test_malformed(self, body: bytes, kind: str) -> None:
        response = self.raw(body, kind)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "invalid_body")

    @pytest.mark.parametrize(
        ("refusal", "code"), [("too_large", "file_too_large"), ("too_slow", "invalid_body")]
    )
    def test_what_the_web_server_did_not_take_in(self, refusal: str, code: str) -> None:
        response = self.raw(b"", "application/json", **{REFUSED: refusal})
        assert (response.status_code, response.json()["errors"][0]["code"]) == (400, code)

    def test_an_empty_body_has_no_source(self) -> None:
        response = self.raw(b"", "application/json")
        assert response.json()["errors"][0]["code"] == "missing_source"

    @pytest.mark.parametrize("value", [{"a": 1}, [1], 1e400 if False else 12, None])
    def test_odd_values_of_json_get_an_answer(self, value: object) -> None:
        body = {"image_file_b64": value, "size": value, "roi": value, "bg_color": value}
        assert self.raw(json.dumps(body).encode(), "application/json").status_code == 400

    @pytest.mark.parametrize("number", ["1" * 309, "-" + "9" * 4000, "1e999"])
    def test_a_number_beyond_all_bounds(self, number: str) -> None:
        for name in ("size", "roi", "crop", "scale", "shadow_opacity", "bg_color"):
            response = self.raw(f'{{"{name}": {number}}}'.encode(), "application/json")
            found = (response.status_code, response.json()["errors"][0]["code"])
            assert found == (400, f"invalid_{name}")


class TestPlace(Removing):
    def test_size_preview_is_a_quarter_of_a_megapixel(self) -> None:
        image = picture(self.removed(disc((1200, 800))))
        assert image.size == (612, 408)

    def test_size_auto_is_the_photos_own(self) -> None:
        assert picture(self.removed(disc((1200, 800)), size="auto")).size == (1200, 800)

    @pytest.mark.parametrize("size", ["small", "regular", "medium", "hd", "full", "4k", "50MP", "AUTO"])
    def test_old_names(self, size: str) -> None:
        assert self.removed(size=size).status_code == 200

    def test_crop(self) -> None:
        image = picture(self.removed(crop="true"))
        assert image.size == pytest.approx((62, 42), abs=5)

    def test_crop_margin(self) -> None:
        data = disc(SIZE)
        plain = picture(self.removed(data, crop="true"))
        image = picture(self.removed(data, crop="true", crop_margin="10px 20px"))
        assert image.size == (plain.width + 40, plain.height + 20)
        share = picture(self.removed(data, crop="true", crop_margin="50% 0% 0px 0"))
        assert share.height == pytest.approx(plain.height * 1.5, abs=1)

    def test_scale_puts_the_subject_in_the_middle(self) -> None:
        response = self.removed(disc((120, 80)), scale="90%")
        left, top, width, height = (
            int(response[f"X-Foreground-{side}"]) for side in ("Left", "Top", "Width", "Height")
        )
        assert picture(response).size == SIZE
        assert max(width / 120, height / 80) == pytest.approx(0.9, abs=0.02)
        assert (left + width / 2, top + height / 2) == pytest.approx((60, 40), abs=1)
        box = picture(response).getchannel("A").point(lambda a: 255 if a > 30 else 0).getbbox()
        assert box == pytest.approx((left, top, left + width, top + height), abs=2)

    def test_position(self) -> None:
        response = self.removed(scale="50%", position="0% 100%")
        assert int(response["X-Foreground-Left"]) == 0
        bottom = int(response["X-Foreground-Top"]) + int(response["X-Foreground-Height"])
        assert bottom == pytest.approx(80, abs=1)

    def test_position_alone_keeps_the_scale(self) -> None:
        data = disc(SIZE)
        plain, moved = self.removed(data), self.removed(data, position="100%")
        assert moved["X-Foreground-Width"] == plain["X-Foreground-Width"]
        right = int(moved["X-Foreground-Left"]) + int(moved["X-Foreground-Width"])
        assert right == pytest.approx(120, abs=1)

    def test_roi(self) -> None:
        """Outside counts as background: half of the disc is gone."""
        image = picture(self.removed(roi="0 0 50% 100%"))
        assert image.size == SIZE
        assert pixel(image, 45, 40)[3] > 200
        assert pixel(image, 75, 40)[3] == 0

    def test_roi_of_the_whole_with_bare_zeros(self) -> None:
        self.removed(roi="0 0 100% 100%")
        assert Cutout.objects.get().options == {}

    def test_roi_in_pixels(self) -> None:
        self.removed(roi="10px 5px 110px 75px")
        assert Cutout.objects.get().options == {"region": [10, 5, 110, 75]}

    def test_semitransparency(self) -> None:
        self.removed(semitransparency="false")
        assert Cutout.objects.get().options == {"windows": False}


def shown(response: Any) -> Image.Image:
    """As a screen of sRGB shows it, without its alpha."""
    image = picture(response)
    return to_srgb(image.convert("RGB"), image.info["icc_profile"])


def assert_alike(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    assert max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 2, (one, other)


class TestGround(Removing):
    @pytest.mark.parametrize(
        ("colour", "rgb"),
        [("f00", (255, 0, 0)), ("#00ff00", (0, 255, 0)), ("0000ffff", (0, 0, 255)), ("green", (0, 128, 0))],
    )
    def test_colour(self, colour: str, rgb: tuple[int, int, int]) -> None:
        image = picture(self.removed(bg_color=colour, format="png")).convert("RGB")
        assert image.getpixel((2, 2)) == rgb

    def test_a_colour_that_shines_through(self) -> None:
        image = picture(self.removed(bg_color="ff000080"))
        assert (image.format, image.getpixel((2, 2))) == ("PNG", (255, 0, 0, 128))
        assert pixel(image, 60, 40)[3] == 255

    def test_a_shadow(self) -> None:
        data = disc(SIZE)
        plain = picture(self.removed(data))
        image = picture(self.removed(data, add_shadow="true", shadow_type="drop"))
        assert image.size == SIZE
        assert ImageStat.Stat(image).sum[3] > ImageStat.Stat(plain).sum[3]

    def test_a_picture_behind_fills_the_canvas(self) -> None:
        ground = io.BytesIO()
        Image.new("RGB", (50, 300), (0, 0, 255)).save(ground, "PNG")
        file = SimpleUploadedFile("b.png", ground.getvalue())
        image = picture(self.removed(bg_image_file=file))
        assert (image.format, image.size) == ("JPEG", SIZE)
        for corner in ((1, 1), (118, 1), (1, 78), (118, 78)):
            red, green, blue = pixel(image, *corner)
            assert (red < 30, green < 30, blue > 220) == (True, True, True)
        assert min(pixel(image, 60, 40)) > 180

    @pytest.mark.parametrize("ground_icc", [b"", display_p3()])
    def test_a_picture_behind_looks_the_same_behind_wider_colours(self, ground_icc: bytes) -> None:
        ground = io.BytesIO()
        Image.new("RGB", (50, 50), (230, 120, 40)).save(ground, "PNG", icc_profile=ground_icc)
        file = SimpleUploadedFile("b.png", ground.getvalue())
        response = self.removed(disc(SIZE, icc_profile=display_p3()), bg_image_file=file, format="png")
        seen = to_srgb(Image.open(io.BytesIO(ground.getvalue())), ground_icc)
        assert_alike(pixel(shown(response), 2, 2), pixel(seen, 2, 2))

    def test_a_colour_that_shines_through_looks_the_same_behind_wider_colours(self) -> None:
        response = self.removed(disc(SIZE, icc_profile=display_p3()), bg_color="e6782880")
        assert_alike(pixel(shown(response), 2, 2), (230, 120, 40))

    def test_what_is_behind_must_be_a_picture(self) -> None:
        file = SimpleUploadedFile("b.png", b"none")
        assert self.refused(bg_image_file=file) == "invalid_file_type"

    def test_two_backgrounds(self) -> None:
        ground = SimpleUploadedFile("b.png", disc())
        assert self.refused(bg_color="fff", bg_image_url="http://x.org/") == "multiple_bg_sources"
        assert self.refused(bg_color="fff", bg_image_file=ground) == "multiple_bg_sources"

    def test_a_wrong_address_behind(self) -> None:
        assert self.refused(bg_image_url="http://127.0.0.1/") == "invalid_bg_image_url"


WRONG = [
    ("size", "huge", "invalid_size"),
    ("type", "ghost", "invalid_type"),
    ("type_level", "9", "invalid_type_level"),
    ("format", "gif", "invalid_format"),
    ("channels", "rgb", "invalid_channels"),
    ("crop", "perhaps", "invalid_crop"),
    ("crop_margin", "30", "invalid_crop_margin"),
    ("crop_margin", "51%", "invalid_crop_margin"),
    ("crop_margin", "501px", "invalid_crop_margin"),
    ("crop_margin", "1px 2px 3px", "invalid_crop_margin"),
    ("crop_margin", "-1px", "invalid_crop_margin"),
    ("scale", "9%", "invalid_scale"),
    ("scale", "101%", "invalid_scale"),
    ("scale", "half", "invalid_scale"),
    ("position", "left", "invalid_position"),
    ("position", "10% 20% 30%", "invalid_position"),
    ("position", "10px", "invalid_position"),
    ("roi", "0 0 1", "invalid_roi"),
    ("roi", "a b c d", "invalid_roi"),
    ("roi", "0 0 121px 80px", "roi_exceeds_bounds"),
    ("roi", "0 0 101% 100%", "invalid_roi"),
    ("roi", "10px 10px 10px 80px", "roi_region_empty"),
    ("bg_color", "ggg", "invalid_bg_color"),
    ("bg_color", "12345", "invalid_bg_color"),
    ("bg_color", "rgb(1,2,3)", "invalid_bg_color"),
    ("bg_color", "\0", "invalid_bg_color"),
    ("semitransparency", "some", "invalid_semitransparency"),
    ("add_shadow", "some", "invalid_add_shadow"),
    ("shadow_type", "long", "invalid_shadow_type"),
    ("shadow_opacity", "101", "invalid_shadow_opacity"),
]


class TestWrong(Removing):
    @pytest.mark.parametrize(("name", "value", "code"), WRONG)
    def test_each_field_has_its_code(self, name: str, value: str, code: str) -> None:
        wrong: dict[str, Any] = {name: value}
        assert self.refused(**wrong) == code
        assert not Photo.objects.exists()

    def test_a_key_that_may_not(self) -> None:
        self.shop = program(key_of("alice", may_cut_out=False))
        assert self.refused(403) == "not_allowed"

    def test_another_method(self) -> None:
        response = self.shop.get("/v1.0/removebg")
        assert (response.status_code, response.json()["errors"][0]["code"]) == (405, "method_not_allowed")

    def test_another_address(self) -> None:
        response = Client(headers={"x-api-key": self.key}).get("/v1.0/other")
        assert response.status_code in (404, 405)
        assert "errors" in response.json()

    def test_p13_improve_hands_nothing_over(self) -> None:
        response = self.shop.post("/v1.0/improve", {"image_file": SimpleUploadedFile("a.png", disc())})
        assert response.status_code == 501
        assert response.json()["errors"][0]["code"] == "not_implemented"
        assert not Photo.objects.exists()

    def test_account_has_exactly_these_fields(self) -> None:
        assert self.shop.get("/v1.0/account").json() == {
            "data": {
                "attributes": {
                    "credits": {"total": 0, "subscription": 0, "payg": 0, "enterprise": 0},
                    "api": {"free_calls": 0, "sizes": "all"},
                }
            }
        }


class TestTwice(Removing):
    def test_a_retry_finds_the_job_and_counts_once(self) -> None:
        data = disc(SIZE)
        first, second = self.removed(data), self.removed(data)
        assert first.content == second.content
        assert Photo.objects.count() == 1
        assert ApiUse.objects.get().megapixels == 1
        assert second["X-RateLimit-Remaining"] == "499"

    def test_another_picture_is_another_order(self) -> None:
        first, second = self.removed(disc(SIZE)), self.removed(disc((140, 90)))
        assert (picture(first).size, picture(second).size) == (SIZE, (140, 90))
        assert len(set(Photo.objects.values_list("sha256", flat=True))) == 2

    def test_other_words_are_another_order(self) -> None:
        data = disc(SIZE)
        self.removed(data)
        self.removed(data, crop="true")
        assert Photo.objects.count() == 2

    def test_another_person_is_another_order(self) -> None:
        data = disc(SIZE)
        self.removed(data)
        self.shop = program(key_of("bob"))
        self.removed(data)
        assert set(Photo.objects.values_list("owner__username", flat=True)) == {"alice", "bob"}

    def test_whoever_gives_up_is_told_to_come_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = disc(SIZE)
        with override_settings(API_WAIT_SECONDS=0):
            response = self.send(data)
        assert response.status_code == 503
        assert int(response["Retry-After"]) > 0
        assert response.json()["errors"][0]["code"] == "timeout"
        self.removed(data)
        assert ApiUse.objects.get().megapixels == 1


class TestSandbox(Removing):
    def test_a_watermark_and_no_charge(self) -> None:
        data = disc((1200, 800))
        plain = picture(self.removed(data, size="preview"))
        self.shop = program(key_of("alice", is_sandbox=True))
        response = self.removed(data, size="full")
        marked = picture(response)
        assert marked.size == plain.size == (612, 408)
        assert marked.tobytes() != plain.tobytes()
        assert marked.getchannel("A").getextrema()[1] == 255
        assert ApiUse.objects.get(key__is_sandbox=True).megapixels == 0

    @pytest.mark.parametrize("format", ["zip", "jpg", "webp"])
    def test_other_formats(self, format: str) -> None:
        self.shop = program(key_of("alice", is_sandbox=True))
        assert self.removed(format=format).status_code == 200
