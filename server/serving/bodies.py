"""How large a request's body may be: decided by address, before anybody reads it."""

import re

ORDINARY = 1_000_000
"""Nothing but a file needs more: the longest form is a set of minutes."""
FORM_OVERHEAD = 100_000
"""What a multipart form adds to the file in it: borders, headers, a title."""

_UPLOAD = re.compile(rb"/api/documents/[0-9a-fA-F-]{36}")


def limit_of(method: bytes, path: bytes, *, max_file: int) -> int:
    """The most bytes that a request may bring. An address spelled in another way gets the smaller limit."""
    is_upload = method == b"POST" and _UPLOAD.fullmatch(path.partition(b"?")[0])
    return max_file + FORM_OVERHEAD if is_upload else ORDINARY
