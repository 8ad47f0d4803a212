"""One settings file. The environment is read by typed readers that refuse bad values at start."""

from datetime import date
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.database import settings_for

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

VAR = Path(env.str("GUANAI_VAR", default=str(BASE_DIR / "var")))
KEYS_FILE = Path(env.str("GUANAI_KEYS", default=str(VAR / "keys" / "guanai.json")))
FILES_ROOT = Path(env.str("GUANAI_FILES", default=str(VAR / "files")))


def _business_day() -> date | None:
    """A fixed business day for the sample county (ISO date), else none: the real day counts."""
    written = VAR / "business_day"
    text = env.str("GUANAI_TODAY", default=written.read_text().strip() if written.is_file() else "")
    return date.fromisoformat(text) if text else None


def _secret_key() -> str:
    """Django's signing key: from the environment, else a file of its own made at the first start."""
    given: str = env.str("GUANAI_SECRET_KEY", default="")
    if given:
        return given
    from django.core.management.utils import get_random_secret_key  # noqa: PLC0415 - only at first start

    path = VAR / "keys" / "django_secret"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = _secret_key()
DEBUG = env.bool("GUANAI_DEBUG", default=False)
ALLOWED_HOSTS = env.list("GUANAI_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("GUANAI_TRUSTED_ORIGINS", default=[])
BUSINESS_DAY = _business_day()
IS_DEMO = env.bool("GUANAI_DEMO", default=BUSINESS_DAY is not None)
# What families ring; a township's own number by its 12-digit code ("610124103000=029-0000-0103").
PUBLIC_PHONE: str = env.str("GUANAI_PHONE", default="029-0000-0100")
PUBLIC_PHONES: dict[str, str] = env.dict("GUANAI_PHONES", default={})
COUNTY_CODE = env.str("GUANAI_COUNTY", default="610124000000")
# Where families reach this site: printed in the QR code of letters, because paper knows no request.
PUBLIC_URL = env.str("GUANAI_PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")

ROOMS = [
    "config",
    "sample",
    "portal",
    "oversight",
    "letters",
    "payments",
    "applications",
    "beneficiaries",
    "programs",
    "ledger",
    "officials",
    "audit",
    "jobs",
    "vault",
    "web",
]
INSTALLED_APPS = [
    *ROOMS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "web.language.ChoicesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "officials.middleware.closed_by_default",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.house",
                "portal.navigation.navigation",
            ],
        },
    }
]

FORM_RENDERER = "web.forms.HouseRenderer"
# Messages may name a family: kept in the session, never in a cookie of a shared PC.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

DATABASES, OWNER_LOGIN = settings_for(env, VAR)
APP_ROLE: str = DATABASES["default"]["USER"]  # what migrations grant to and revoke from
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "officials.Official"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "officials:sign_in"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [VAR / "locale"]  # compiled from every room by `manage.py translations`
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "vault.storage.EncryptedStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# A scanned paper is at most 10 MB, a list 25 MB, a bank's answer 64 MB; a larger request is not read (officials.middleware).
# It stays in memory: a temporary file would hold a list's identity numbers in the clear and outlive a server that is killed.
FILE_UPLOAD_MAX_MEMORY_SIZE = 65 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

SESSION_COOKIE_AGE = 8 * 60 * 60  # one working day at a shared PC
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("GUANAI_HTTPS", default=False)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

CELERY = {
    "broker_url": env.str("GUANAI_BROKER", default="filesystem://"),
    "broker_folder": str(VAR / "broker"),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "config.logs.WithoutNumbers",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    # Whoever reaches the port could fill the log with tracebacks; the answer (400) says enough.
    "loggers": {"django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
