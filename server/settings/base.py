"""Settings of every deployment, read from the environment.

Without any variable set this is the embedded shape: SQLite in WAL mode, the in-memory channel layer and files under
`var/`. `GONGSHANG_DATABASE_URL` and `GONGSHANG_REDIS_URL` make it the cluster shape. Secrets are generated, never
shipped.
"""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def env(name: str, default: str = "") -> str:
    """The value of `GONGSHANG_<name>`."""
    return os.environ.get(f"GONGSHANG_{name}", default)


def env_list(name: str, default: str = "") -> list[str]:
    """The comma-separated values of `GONGSHANG_<name>`."""
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


DATA_DIR = Path(env("DATA_DIR") or BASE_DIR / "var")
DATA_DIR.mkdir(parents=True, exist_ok=True)


def generated_secret(name: str) -> str:
    """The secret kept in `DATA_DIR/<name>`, made on first use and readable by the owner alone."""
    path = DATA_DIR / name
    if not path.exists():
        handle, fresh = tempfile.mkstemp(dir=DATA_DIR)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
        # Whole or not at all: two processes that start at once agree on whichever was first.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        os.unlink(fresh)
    return path.read_text().strip()


def database(url: str) -> dict[str, Any]:
    """Django's database settings for `sqlite:///path` or `postgres://user:password@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path,
            "OPTIONS": {
                "timeout": 20,
                # Without IMMEDIATE concurrent commands fail with "database is locked"; with synchronous=NORMAL a
                # power cut may take back the last acknowledged ballots.
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
            },
            # A file, so that tests with real threads share one database.
            "TEST": {"NAME": f"{parts.path}.test"},
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or 5432,
        "OPTIONS": {"pool": {"min_size": 2, "max_size": 8, "timeout": 20}},
    }


DEBUG = env("DEBUG") == "1"
SECRET_KEY = env("SECRET_KEY") or generated_secret("secret_key")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("TRUSTED_ORIGINS")
# Addresses of our own reverse proxies, whose X-Forwarded-For is believed.
TRUSTED_PROXIES = env_list("TRUSTED_PROXIES")

INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "channels",
    "server.accounts",
    "meetings.live",
    "meetings.consultation",
    "meetings.people",
    "meetings.agenda",
    "meetings.floor",
    "meetings.documents",
    "meetings.record",
    "meetings.stage",
    "meetings.minutes",
    "meetings.followups",
    "voting",
    "server",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "server.headers.SecurityHeadersMiddleware",
]

ROOT_URLCONF = "server.urls"
ASGI_APPLICATION = "server.asgi.application"
TEMPLATES: list[dict[str, Any]] = []

DATABASES = {"default": database(env("DATABASE_URL", f"sqlite://{DATA_DIR / 'gongshang.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL")
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    # Counters of rates must not be culled while they count.
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}
}

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# 等保 practice: five failures lock the account name for fifteen minutes. By name, not by address: a whole venue
# shares one address.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
# W006: see above. W002: axes' middleware would answer with its own page; our API tells the lock-out itself.
SILENCED_SYSTEM_CHECKS = ["axes.W002", "axes.W006"]

HTTPS = env("HTTPS") == "1"
SESSION_ENGINE = "server.accounts.sessions"
SESSION_COOKIE_NAME = "gongshang_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "frontend" / "dist"
WHITENOISE_ROOT = None
FILES_DIR = DATA_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
MAX_DOCUMENT_BYTES = 50_000_000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# The media workers (server/media). Without a control address the product runs without sound and picture.
MEDIA_CONTROL_URLS = env_list("MEDIA_CONTROL_URLS") or env_list("MEDIA_CONTROL_URL")
MEDIA_WORKERS = int(env("MEDIA_WORKERS") or 0)  # of `manage.py serve`; 0: one per core
# A meeting takes a second worker of its machine when the first has more endpoints than this; 0: never.
MEDIA_SPREAD_ABOVE = int(env("MEDIA_SPREAD_ABOVE") or 250)
# What members reach it at, in the order of preference; nothing: the machine's own addresses.
MEDIA_ANNOUNCE = env_list("MEDIA_ANNOUNCE")
MEDIA_TOKEN = env("MEDIA_TOKEN") or generated_secret("media_token")
# Ways round a firewall that lets no UDP through: a TURN server (deploy/coturn) with the same secret.
TURN_URLS = env_list("TURN_URLS")
TURN_SECRET = env("TURN_SECRET")
STUN_URLS = env_list("STUN_URLS")
# Who may read /metrics: whoever sends this token; without one only this machine itself.
METRICS_TOKEN = env("METRICS_TOKEN")

IS_DEMO = env("DEMO") == "1"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.channels.server": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "aioice": {"level": "WARNING"},
    },
}
