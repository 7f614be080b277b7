"""Everything that configures the service. Values come from the environment through `env`."""

import os
import secrets
from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from bgbegone import env
from images import weights

BASE_DIR = Path(__file__).resolve().parent.parent


# Where things lie

BGBEGONE_DATA = env.folder(
    "BGBEGONE_DATA", BASE_DIR / "var", "Folder for database, pictures and queue", "var"
)
BGBEGONE_MODELS = env.folder(
    "BGBEGONE_MODELS",
    weights.default_folder(os.environ),
    "Folder for model weights; clones on one machine share it",
    "the user's cache folder",
)
DATABASE_URL = env.database(
    "DATABASE_URL",
    BGBEGONE_DATA / "db.sqlite3",
    "Database, for example postgres://user:password@host/name",
)
BROKER_URL = env.address(
    "BROKER_URL", "", "Queue, for example redis://host:6379/0", ("redis", "rediss"), "files"
)
CACHE_URL = env.address(
    "CACHE_URL", "", "Cache, for example redis://host:6379/1", ("redis", "rediss"), "memory"
)
STORAGE_URL = env.storage(
    "STORAGE_URL", BGBEGONE_DATA / "files", "Store for pictures, for example s3://key:secret@bucket"
)


# The web server

PORT = env.number("PORT", 8000, "Port of the web server", most=65535)
HOST = env.text("HOST", "127.0.0.1", "Address to listen on; 0.0.0.0 is every network")
SITE_URL = env.address(
    "SITE_URL",
    f"http://localhost:{PORT}",
    "Address that people type; share links begin with it",
    ("http", "https"),
    "http://localhost:PORT",
)
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS",
    ["localhost", "127.0.0.1", "[::1]"],
    "Host names that are answered, beside that of SITE_URL",
)
ALLOWED_HOSTS.append(urlsplit(SITE_URL).hostname or "localhost")
TRUST_PROXY = env.boolean("TRUST_PROXY", False, "A proxy in front sets X-Forwarded-Proto and X-Forwarded-For")
WEB_PROCESSES = env.number("WEB_PROCESSES", 1, "Web server processes", most=64)
WEB_THREADS = env.number(
    "WEB_THREADS", 16, "Requests that each web server process works on at once; any number may wait", most=256
)
WORKER_PROCESSES = env.number("WORKER_PROCESSES", 1, "Photos cut out at the same time", most=64)
DEBUG = env.boolean("DEBUG", False, "Show tracebacks in the browser; never on a public machine")
LOG_FORMAT = env.choice("LOG_FORMAT", ("text", "json"), "Form of the log lines")
SECURITY_CONTACT = env.contact(
    "SECURITY_CONTACT",
    "Whom to tell about a weakness: an e-mail address or an https page",
    "the contact page",
)


# Pictures

MODEL = env.text(
    "MODEL",
    "isnet-general-use",
    "Model that cuts out; see manage.py models list. One that begins with rembg: is run by rembg itself",
)
BACKEND = env.choice(
    "BACKEND",
    ("auto", "openvino", "onnxruntime"),
    "Library that runs the model; auto is the one that measures faster on this machine",
)
PRECISION = env.choice(
    "PRECISION",
    ("auto", "int8", "bf16", "f32"),
    "Numbers that the networks compute in; auto is what measures fastest and gives the same masks",
)
COMPANION = env.boolean(
    "COMPANION", True, "A second network fills in what the first overlooks, for 300 MB and a third more time"
)
ALLOW_NONCOMMERCIAL_MODELS = env.boolean(
    "ALLOW_NONCOMMERCIAL_MODELS", False, "Allow models whose licence forbids commercial use"
)
MAX_UPLOAD_MB = env.number("MAX_UPLOAD_MB", 30, "Largest file, in megabytes", most=1000)
MAX_MEGAPIXELS = env.number("MAX_MEGAPIXELS", 50, "Largest photo, in megapixels", most=200)
MAX_FILES_PER_UPLOAD = env.number("MAX_FILES_PER_UPLOAD", 20, "Photos in one upload", most=100)
MAX_WAITING_PER_PERSON = env.number(
    "MAX_WAITING_PER_PERSON", 100, "Photos that one guest or member may have waiting"
)
MAX_FILES_PER_BATCH = env.number("MAX_FILES_PER_BATCH", 1000, "Photos in one batch", least=2, most=10_000)
MAX_BATCH_WAITING_PER_PERSON = env.number(
    "MAX_BATCH_WAITING_PER_PERSON", 5000, "Photos of batches that one guest or member may have waiting"
)
MAX_PHOTOS_PER_MINUTE = env.number("MAX_PHOTOS_PER_MINUTE", 120, "Photos a minute from one address")
JOB_SECONDS = env.number("JOB_SECONDS", 120, "Time limit for one photo, in seconds", least=10)
GUEST_PHOTO_HOURS = env.number("GUEST_PHOTO_HOURS", 24, "Hours after which guests' photos are deleted")
MEMBER_PHOTO_DAYS = env.number("MEMBER_PHOTO_DAYS", 30, "Days after which members' photos are deleted")
CMYK_PROFILE = env.inks("CMYK_PROFILE", "ICC profile of printing inks, for TIFF files in CMYK")
RENDITION_DAYS = env.number(
    "RENDITION_DAYS", 7, "Days after which a file made by an edit is deleted when nobody asks for it"
)
GUEST_LINK_HOURS = env.number("GUEST_LINK_HOURS", 24, "Hours that guests' links work at most")
MEMBER_LINK_DAYS = env.number("MEMBER_LINK_DAYS", 30, "Days that members' links work at most")


# The API

API_MEGAPIXELS_PER_MINUTE = env.number(
    "API_MEGAPIXELS_PER_MINUTE", 500, "Megapixels that one key of the API may send in a minute"
)
API_MEGAPIXELS_PER_DAY = env.number(
    "API_MEGAPIXELS_PER_DAY", 1_000_000, "Megapixels that one key of the API may send in a day"
)
API_REQUESTS_PER_MINUTE = env.number(
    "API_REQUESTS_PER_MINUTE", 1200, "Requests of any kind that one key of the API may make in a minute"
)
API_WAIT_SECONDS = env.number(
    "API_WAIT_SECONDS", 60, "Seconds that a request of the API waits for its result", most=600
)
API_PHOTO_HOURS = env.number(
    "API_PHOTO_HOURS", 1, "Hours after which photos sent to /v1.0/removebg are deleted", most=720
)
FETCH_ADDRESSES = env.boolean(
    "FETCH_ADDRESSES", True, "Fetch pictures from addresses that customers give, and call their webhooks"
)
FETCH_NETWORKS = env.networks(
    "FETCH_NETWORKS", "Private networks that such addresses may lead to, for example 10.1.0.0/16"
)
METRICS_TOKEN = env.text(
    "METRICS_TOKEN", "", "What /metrics asks for; without it there is no such page", "none"
)


# The operator

OPERATOR_NAME = env.text("OPERATOR_NAME", "", "Who runs the site, as the privacy policy names them")
OPERATOR_ADDRESS = env.text("OPERATOR_ADDRESS", "", "Postal address of the operator, on one line")


# Page views

COUNTRY_DATABASE = env.country_database(
    "COUNTRY_DATABASE", "File in MaxMind's format that tells countries by address; without it none is kept"
)


# People

REQUIRE_FULL_NAME = env.boolean("REQUIRE_FULL_NAME", False, "New members have to give their full name")
REQUIRE_PHONE = env.boolean("REQUIRE_PHONE", False, "New members have to give a phone number")
CLOSING_DAYS = env.number(
    "CLOSING_DAYS", 14, "Days in which somebody who closed an account can come back", least=0, most=90
)
PHONE_REGION = env.country("PHONE_REGION", "Country of phone numbers without a country code, for example DE")
BACKUP_DAYS = env.number(
    "BACKUP_DAYS",
    30,
    "Days for which backups are kept, and the list that keeps what was deleted from coming back with one",
    most=400,
)


# Mail

_MAIL = env.mail("EMAIL_URL", "Mail server, for example smtp+tls://user:password@host:587")
MAIL_FROM = env.sender(
    "MAIL_FROM",
    f"no-reply@{urlsplit(SITE_URL).hostname}",
    "Sender of e-mails",
    "no-reply@ the host of SITE_URL",
)
CONTACT_EMAIL = env.sender(
    "CONTACT_EMAIL", "", "Who gets messages from the contact form; empty: they are only kept in the admin"
)
MAIL_PER_MINUTE = env.number("MAIL_PER_MINUTE", 600, "News that leave in a minute at most")
DKIM_KEY = env.signing_key("DKIM_KEY_FILE", "Private RSA key (PEM) that signs e-mails")
DKIM_SELECTOR = env.dns_name("DKIM_SELECTOR", "mail", "Name under which the public key is in the DNS")
DKIM_DOMAIN = env.dns_name(
    "DKIM_DOMAIN",
    parseaddr(MAIL_FROM)[1].rpartition("@")[2],
    "Domain that signs e-mails",
    "the domain of MAIL_FROM",
)
MAIL_PROVIDER = env.choice(
    "MAIL_PROVIDER",
    ("none", "amazon-ses", "brevo", "mailgun", "postmark"),
    "Whose reports of bounces and complaints are taken at /webhooks/mail/",
)
MAIL_WEBHOOK_SECRET = env.text(
    "MAIL_WEBHOOK_SECRET", "", "What these reports have to show: NAME:PASSWORD, or Mailgun's signing key"
)
REPORT_MINIMUM = env.number(
    "REPORT_MINIMUM", 10, "Smallest group of page views that a report to partners may show", least=5
)


# Language and time

LANGUAGES = [
    ("en", _("English")),
    ("de", _("German")),
    ("es", _("Spanish")),
    ("fr", _("French")),
    ("ar", _("Arabic")),
]
LANGUAGE_CODE = env.choice(
    "LANGUAGE_CODE", tuple(code for code, _name in LANGUAGES), "Language when the browser names none"
)
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC", "Time zone of the dates shown")
USE_TZ = True
FORMAT_MODULE_PATH = "bgbegone.formats"


# Secrets


def _kept_secret(name: str) -> str:
    """A secret that was made at the first start and is kept beside the data."""
    file = BGBEGONE_DATA / name
    if not file.exists():
        draft = file.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            # A link fails when another process was first, so that all of them read the same key.
            os.link(draft, file)
        except FileExistsError:
            pass
        draft.unlink()
    return file.read_text()


BGBEGONE_DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
SECRET_KEY = env.text(
    "SECRET_KEY", "", "Key for signatures and links", "made at first start"
) or _kept_secret("secret_key")
# What the key before has signed or encrypted can still be read.
SECRET_KEY_FALLBACKS = env.words(
    "FORMER_SECRET_KEYS",
    [],
    "Keys that SECRET_KEY has replaced; sessions and second factors outlast the change",
)
# Of its own, so that a new SECRET_KEY ends no key of the API.
API_KEY_PEPPER = env.text(
    "API_KEY_PEPPER",
    "",
    "Key for the fingerprints of API keys; a new one ends them all",
    "made at first start",
) or _kept_secret("api_key_pepper")


# Django

INSTALLED_APPS = [
    "bgbegone",
    "accounts.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "policy",
    "accounts",
    "images",
]
MIDDLEWARE = [
    "bgbegone.lib.logs.RequestLogMiddleware",
    # Headers first, so that redirects, errors and static files have them, too.
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "bgbegone.lib.headers.IsolationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "policy.analytics.middleware.PageViewMiddleware",
    # Outside of everything that sets a cookie.
    "policy.cookies.middleware.CookieMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "policy.cookies.middleware.LanguageMiddleware",
    "bgbegone.refusals.NotAllowedMiddleware",
    "bgbegone.lib.refusals.RefusalMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LastUseMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.leaving.holding.HoldingMiddleware",
    "policy.versions.asking.AskMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.ReauthenticationMiddleware",
    "bgbegone.lib.waiting.WaitingMiddleware",
]
ROOT_URLCONF = "bgbegone.urls"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "policy.cookies.context.cookies",
            ],
        },
    },
]
SILENCED_SYSTEM_CHECKS = (
    []
    if SITE_URL.startswith("https:")
    else [
        # Plain HTTP is right for a machine that answers only itself or its own network.
        "security.W004",
        "security.W008",
        "security.W012",
        "security.W016",
    ]
)


# Database, storage, cache


def _database() -> dict[str, Any]:
    # A new connection costs as much as a third of a request, with SQLite, too.
    age = 60
    if "sqlite" in DATABASE_URL["ENGINE"]:
        options = {
            # Readers never wait for the writer; writers wait for each other instead of failing
            # half-way through a transaction that began with a read. What is deleted is overwritten.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON",
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        }
        return {**DATABASE_URL, "OPTIONS": options, "CONN_MAX_AGE": age}
    options = {"connect_timeout": 5, **DATABASE_URL.get("OPTIONS", {})}
    return {**DATABASE_URL, "OPTIONS": options, "CONN_MAX_AGE": age, "CONN_HEALTH_CHECKS": True}


def _cache() -> dict[str, Any]:
    if CACHE_URL:
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
    return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": _cache()}
STORAGES = {
    "default": STORAGE_URL,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = BGBEGONE_DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
FILE_UPLOAD_HANDLERS = ["images.photos.receiving.PhotoUploadHandler"]
# The form has the sentence about too many photos; beyond its number the handler keeps nothing.
DATA_UPLOAD_MAX_NUMBER_FILES = 1000
# The largest body that the web server takes in: an upload's photos, and its other fields.
LARGEST_BODY = MAX_FILES_PER_UPLOAD * MAX_UPLOAD_MB * 1_000_000 + 5_000_000


# People and their sessions

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTHENTICATION_BACKENDS = ["accounts.backends.PasswordBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "email", "full_name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.OwnWordsValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "photos"
LOGOUT_REDIRECT_URL = "home"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.AddEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "login": "accounts.forms.LoginForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "signup": "accounts.forms.SignupForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
# One address for each account; a new one takes its place once it is confirmed.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {
    # Of sign-ins, `accounts.throttle` counts the failures; this is for codes of the second factor.
    "login_failed": "20/m/ip,5/300s/key",
    "reset_password": "20/m/ip,3/600s/key",
}
MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "accounts.second_factor.AddPasskeyForm",
    "authenticate_webauthn": "accounts.second_factor.AuthenticatePasskeyForm",
    "login_webauthn": "accounts.second_factor.LoginPasskeyForm",
    "reauthenticate_webauthn": "accounts.second_factor.ReauthenticatePasskeyForm",
    "authenticate": "accounts.second_factor.AuthenticateForm",
    "reauthenticate": "accounts.second_factor.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Otherwise whoever has a second factor could not change their address: the new one is unverified at first.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Background Be Gone"
MFA_TOTP_TOLERANCE = 1


# Mail goes to a server, or into files while none is named

EMAIL_BACKEND = _MAIL["backend"]
EMAIL_HOST, EMAIL_PORT = _MAIL["host"], _MAIL["port"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL["user"], _MAIL["password"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL["use_tls"], _MAIL["use_ssl"]
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = str(BGBEGONE_DATA / "mail")
# Whose mail it is, where MAIL_FROM says no more than an address.
DEFAULT_FROM_EMAIL = SERVER_EMAIL = (
    MAIL_FROM if parseaddr(MAIL_FROM)[0] else formataddr(("Background Be Gone", parseaddr(MAIL_FROM)[1]))
)


def _anymail() -> dict[str, str]:
    """How a report shows that it comes from the provider. Nothing is sent through its API."""
    if MAIL_PROVIDER == "none":
        return {}
    if MAIL_PROVIDER == "mailgun" and MAIL_WEBHOOK_SECRET:
        return {"MAILGUN_WEBHOOK_SIGNING_KEY": MAIL_WEBHOOK_SECRET}
    name, colon, password = MAIL_WEBHOOK_SECRET.partition(":")
    if not (name and colon and password):
        env.stop("MAIL_PROVIDER needs a MAIL_WEBHOOK_SECRET: NAME:PASSWORD, or the signing key of Mailgun.")
    return {"WEBHOOK_SECRET": MAIL_WEBHOOK_SECRET}


ANYMAIL = _anymail()


# Headers and cookies

_IS_HTTPS = SITE_URL.startswith("https:")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Of such names a browser takes a cookie only from this very host, by HTTPS and for all of its addresses: no
# host beside it can plant one. `policy.cookies.registry` names the others in the same way.
_HOST = "__Host-" if _IS_HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_HOST}sessionid", f"{_HOST}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_HOST}language"
# Gone with the browser: whoever only reads the first page keeps nothing of it.
CSRF_COOKIE_AGE = None
# In the tests a cookie that is set and not listed is an error; here it is held back and logged.
UNLISTED_COOKIES_RAISE = False
CSRF_FAILURE_VIEW = "bgbegone.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = _IS_HTTPS
# The supervisor, load balancers and Prometheus ask these without HTTPS, within the house. Programs are
# refused instead of led on: nobody would notice that each of their requests shows its key on the way.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$", r"^v1\.0/", r"^v2/"]
SECURE_HSTS_SECONDS = 31_536_000 if _IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # A nonce is in the header only where a template asks for `request.csp_nonce`.
        "script-src": [SELF, NONCE],
        "script-src-attr": [NONE],
        "style-src": [SELF, NONCE],
        "style-src-attr": [NONE],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "object-src": [NONE],
        # Only static/js/trusted.js makes a policy, on the pages whose libraries need one.
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
        "upgrade-insecure-requests": _IS_HTTPS,
    }
}
# Off, whoever asks: this site uses none of them. The upload form's camera is the system's own.
_POWERS = (
    "accelerometer autoplay browsing-topics camera clipboard-read display-capture encrypted-media "
    "fullscreen gamepad geolocation gyroscope hid identity-credentials-get idle-detection local-fonts "
    "magnetometer microphone midi otp-credentials payment picture-in-picture screen-wake-lock serial "
    "storage-access sync-xhr usb window-management xr-spatial-tracking"
)
PERMISSIONS_POLICY: dict[str, list[str]] = {
    **{power: [] for power in _POWERS.split()},
    # The copy button beside a link, and security keys at signing in.
    "clipboard-write": ["self"],
    "publickey-credentials-create": ["self"],
    "publickey-credentials-get": ["self"],
}
WHITENOISE_ALLOW_ALL_ORIGINS = False


# Queue

CELERY_BROKER_URL = BROKER_URL or "files://localhost//"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "socket_connect_timeout": 2,
        "socket_timeout": 30,
        # An upload must not wait for a queue that is away; workers try for ever all the same.
        "max_retries": 0,
        "interval_start": 0,
        "connect_retries_timeout": 2,
    }
    if BROKER_URL
    else {"folder": str(BGBEGONE_DATA / "queue"), "polling_interval": 0.05}
)
CELERY_BROKER_CONNECTION_TIMEOUT = 3
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "upkeep"
CELERY_TASK_ROUTES = {
    "accounts.tasks.*": {"queue": "mail"},
    "accounts.tasks.build_exports": {"queue": "upkeep"},
    "images.api.webhooks.tasks.*": {"queue": "mail"},
    "policy.contact.tasks.*": {"queue": "mail"},
}
CELERY_TASK_TIME_LIMIT = JOB_SECONDS + 10
CELERY_TASK_SOFT_TIME_LIMIT = JOB_SECONDS
# A ring is lost on purpose rather than waited for: the sweeper rings again.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_CONCURRENCY = WORKER_PROCESSES
CELERY_WORKER_POOL = "bgbegone.prefork:TaskPool"
# A process that takes the place of another one loads the model before it says that it is up; after four
# seconds, Celery's own limit, a busy machine would kill one after the other.
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 120
CELERY_BEAT_SCHEDULER = "bgbegone.clock:Clock"
CELERY_BEAT_SCHEDULE_FILENAME = str(BGBEGONE_DATA / "scheduler")
CELERY_TIMEZONE = "UTC"


# Logs: ids and facts, never names, addresses or tokens

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_paths": {"()": "bgbegone.lib.logs.WithoutPaths"}},
    "formatters": {
        "text": {"()": "bgbegone.lib.logs.TextFormatter"},
        "json": {"()": "bgbegone.lib.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["no_paths"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": False},
        "celery": {"level": "WARNING"},
        "multiprocessing": {"level": "WARNING"},
    },
}
