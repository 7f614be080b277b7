"""The cast, the pictures, and the few steps that many tests begin with.

Alice and Bob are members. Alice owns the photo of most tests; Bob must see nothing of it. Guests are
clients that nobody has signed in.
"""

import errno
import io
import itertools
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw

from accounts.models import User
from bgbegone.lib import waiting
from bgbegone.lib.sealing import unseal
from images.editing import jobs as renditions
from images.photos import guests
from images.photos.models import Photo
from images.work import jobs
from images.work.models import Cutout
from policy.versions import services as policy

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

_numbers = itertools.count()


_SHADES = 20


def disc(size: tuple[int, int] = (120, 80), format: str = "PNG", **options: Any) -> bytes:
    """A bright ball on dark ground; no two calls make the same bytes. It is shaded, since no network sees a
    flat disc, which is a graphic."""
    number = next(_numbers)
    image = Image.new("RGB", size, (number % 40, number // 40 % 40, 20))
    width, height = size
    for shade in range(_SHADES):
        reach = 0.25 * (1 - shade / _SHADES)
        box = (width * (0.5 - reach), height * (0.5 - reach), width * (0.5 + reach), height * (0.5 + reach))
        light = 3 * (_SHADES - 1 - shade)
        ImageDraw.Draw(image).ellipse(box, fill=(250 - light, 240 - light, 235 - light))
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def upload_file(data: bytes | None = None, name: str = "disc.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, disc() if data is None else data)


def upload(client: Client, *files: SimpleUploadedFile, **fields: Any) -> Any:
    """Post the upload form as a browser without JavaScript would."""
    ticket = fields.pop("submission", None) or guests.ticket()
    data = {"photos": list(files) or [upload_file()], "submission": ticket, **fields}
    return client.post("/", data)


def uploaded(client: Client, **fields: Any) -> Photo:
    """A photo that has just been sent and waits."""
    file = fields.pop("file", None) or upload_file()
    response = upload(client, file, **fields)
    assert response.status_code == 302, response.content.decode()
    return Photo.objects.latest("created_at")


def finished(client: Client, **fields: Any) -> Photo:
    """A photo whose cut-out is ready. Needs the `engine` fixture."""
    photo = uploaded(client, **fields)
    assert jobs.process_next()
    photo.refresh_from_db()
    assert photo.cutout.status == Cutout.Status.DONE, photo.cutout.error_code
    return photo


def body(response: Any) -> bytes:
    """The bytes of a streamed answer. Closing it instead would close a test's database connection."""
    return b"".join(response.streaming_content)


def reader(**headers: str) -> Client:
    """A guest whose requests look like those of a browser, and so are counted as page views."""
    return Client(headers={"user-agent": BROWSER, **headers})


def member(name: str) -> User:
    """Somebody who has signed up, agreed to the policy and confirmed the address."""
    user: User = User.objects.create_user(name, f"{name}@example.org", "correct horse")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    agree(user)
    return user


def agree(user: User) -> None:
    """Agree to the policy as it is now."""
    version = policy.in_force()
    assert version
    policy.accept(user, version)


def staff(name: str = "sara") -> Client:
    """Somebody who may do everything in the admin, whose second factor was shown in this session."""
    user = User.objects.create_superuser(name, f"{name}@example.org", "correct horse")
    client = signed_in(user)
    show_second_factor(client, user, authenticator_app(user))
    return client


def authenticator_app(user: User) -> Authenticator:
    """Set up an authenticator app, as the page does after the first right code."""
    return TOTP.activate(user, generate_totp_secret()).instance


def code_of(app: Authenticator) -> str:
    """What the app shows now."""
    secret = unseal(app.data["secret"])
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def show_second_factor(client: Client, user: User, app: Authenticator) -> None:
    """What allauth writes into the session when a code was right."""
    session = client.session
    shown = {"method": "mfa", "at": time.time(), "id": app.pk, "type": app.type, "reauthenticated": True}
    session["account_authentication_methods"] = [shown]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.django_db
class Cast:
    """Alice, Bob and a guest, each with a browser."""

    alice: Client
    bob: Client
    guest: Client

    @pytest.fixture(autouse=True)
    def _cast(self, db: None, engine: object, monkeypatch: pytest.MonkeyPatch) -> None:
        # While a request waits for a file, a worker makes it.
        pause = waiting._pause
        monkeypatch.setattr(waiting, "_pause", lambda: renditions.process_next() or pause())
        self.alice = signed_in(member("alice"))
        self.bob = signed_in(member("bob"))
        self.guest = Client()


def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the store take half of each file and then fail as a full disk does."""
    store = type(storages["default"])
    whole = store._save

    def half(self: Storage, name: str, content: Any) -> str:
        whole(self, name, ContentFile(content.read(10)))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "_save", half)
