"""Settings of the test run: a data folder of its own, fast password hashing, everything else as in production."""

import os
import tempfile

os.environ.setdefault("GONGSHANG_DATA_DIR", tempfile.mkdtemp(prefix="gongshang-test-"))

from server.settings.base import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
