"""Where a document's files lie: a folder per document, named after its id and never after what somebody called it.

`FILES_DIR/documents/<id>/original` is the file as it came, `pages/` beside it is what the helper process made. Whether
a person may read any of it is decided in `api`.
"""

import hashlib
import os
import re
import shutil
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from django.conf import settings

from meetings.documents.render import WIDTHS, page_image, page_text

MAX_NAME = 120
SNIFFED = 1024
"""Acrobat's rule, which everybody follows: the header stands within the first 1,024 bytes."""


def folder(document: UUID) -> Path:
    """The document's own folder."""
    return Path(settings.FILES_DIR) / "documents" / str(document)


def original(document: UUID) -> Path:
    """The file as it was uploaded."""
    return folder(document) / "original"


def pages(document: UUID) -> Path:
    """The folder that the helper process writes to, and the only one it may write to."""
    return folder(document) / "pages"


def image(document: UUID, page: int, width: int) -> Path:
    """A page's picture in the smallest width that fills `width`, or the largest there is."""
    fitting = next((one for one in WIDTHS if one >= width), WIDTHS[-1])
    return pages(document) / page_image(page, fitting)


def text(document: UUID, page: int) -> Path:
    """A page's text layer."""
    return pages(document) / page_text(page)


def keep(document: UUID, chunks: Iterable[bytes]) -> str:
    """Write the original and return its SHA-256. Half a file is never left behind."""
    folder(document).mkdir(parents=True, mode=0o700)
    digest = hashlib.sha256()
    try:
        with original(document).open("xb") as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        discard(document)
        raise
    return digest.hexdigest()


def discard(document: UUID) -> None:
    """Delete everything that is kept of a document."""
    shutil.rmtree(folder(document), ignore_errors=True)


def looks_like_pdf(head: bytes) -> bool:
    """Type by content: the name and the type that a browser claims say nothing."""
    return b"%PDF-" in head[:SNIFFED]


def clean_name(name: str, *, fallback: str) -> str:
    """A name fit for showing: no path, no control or direction characters, one line, not endless."""
    last = re.split(r"[/\\]", name)[-1]
    spaced = re.sub(r"\s", " ", last)
    visible = "".join(char for char in spaced if unicodedata.category(char)[0] != "C")
    short = " ".join(visible.split())
    if len(short) > MAX_NAME:
        stem, dot, suffix = short.rpartition(".")
        tail = dot + suffix if stem and len(suffix) <= 8 else ""
        short = short[: MAX_NAME - len(tail)] + tail
    return short.strip(". ") or fallback
