"""How much a request may bring, by its address."""

import pytest

from server.serving.bodies import FORM_OVERHEAD, ORDINARY, limit_of

UPLOAD = b"/api/documents/0c3f0a64-51a5-4f0c-9e55-2f8e6d0f3a11"


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        (b"POST", UPLOAD, 50_000_000 + FORM_OVERHEAD),
        (b"POST", UPLOAD + b"?x=1", 50_000_000 + FORM_OVERHEAD),
        (b"PUT", UPLOAD, ORDINARY),
        (b"POST", UPLOAD + b"/x", ORDINARY),
        (b"POST", b"/api/accounts/sign-in", ORDINARY),
        (b"POST", b"/api/%64ocuments/0c3f0a64-51a5-4f0c-9e55-2f8e6d0f3a11", ORDINARY),
        (b"GET", b"/", ORDINARY),
        (b"POST", b"", ORDINARY),
    ],
)
def test_only_an_upload_may_be_large(method: bytes, path: bytes, limit: int) -> None:
    assert limit_of(method, path, max_file=50_000_000) == limit
