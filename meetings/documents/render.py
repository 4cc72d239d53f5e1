"""The helper process: one PDF in, page pictures and text out, first page first. No Django, nothing of the product.

    python -m meetings.documents.render SOURCE OUTPUT_FOLDER

It walks into its jail before it opens the file (`jail`) and speaks one JSON object a line on standard output:
`{"pages": 14}`, `{"page": 1}` … `{"done": true}`, or `{"error": "PDF_ENCRYPTED"}`. Whoever started it trusts none of
that further than its grammar (`rendering`). PDFium is not thread-safe and may crash: that is why this is a process.
"""

import json
import os
import sys
import unicodedata
from pathlib import Path
from typing import Any

WIDTHS = (480, 1080, 1920)
MAX_PAGES = 500
MAX_SIDE = 8000
MAX_PIXELS = 12_000_000
MAX_TEXT = 40_000
QUALITY = 80
EFFORT = 2
"""WebP's `method`: 4 gives files 3 % smaller in twice the time (A4 text, 1920 px: 0.28 s against 0.48 s)."""


class Unfit(Exception):
    """The file cannot be shown; the message is one of the product's codes."""


def page_image(page: int, width: int) -> str:
    """The file name of a page's picture."""
    return f"{page:04d}-{width}.webp"


def page_text(page: int) -> str:
    """The file name of a page's text."""
    return f"{page:04d}.json"


def scale_of(width: float, height: float) -> float:
    """Pixels per point for the largest picture: as wide as we want, never more pixels than we can bear."""
    if not (1 <= width <= 1e6 and 1 <= height <= 1e6):  # also refuses what is not a number
        raise Unfit("DOCUMENT_TOO_COMPLEX")
    wanted = WIDTHS[-1] / width
    return float(min(wanted, MAX_SIDE / width, MAX_SIDE / height, (MAX_PIXELS / (width * height)) ** 0.5))


def clean_text(raw: str) -> str:
    """The text layer without control characters, within its limit."""
    lines = raw[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char == "\n" or unicodedata.category(char)[0] != "C")


def _say(**word: Any) -> None:
    sys.stdout.write(json.dumps(word) + "\n")
    sys.stdout.flush()


def _open(pdfium: Any, source: Path) -> Any:
    try:
        return pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        # FPDF_ERR_PASSWORD = 4, FPDF_ERR_SECURITY = 5: an encryption that we cannot lift.
        locked = getattr(error, "err_code", None) in (4, 5)
        raise Unfit("PDF_ENCRYPTED" if locked else "DOCUMENT_BROKEN") from error


def _write(output: Path, name: str, data: bytes) -> None:
    """Whole or not at all: somebody may be waiting for this page."""
    part = output / f"{name}.{os.getpid()}.part"
    part.write_bytes(data)
    part.replace(output / name)


def _picture(image: Any, width: int) -> bytes:
    import io

    from PIL import Image

    if image.width > width:
        height = max(1, round(image.height * width / image.width))
        image = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=QUALITY, method=EFFORT)
    return buffer.getvalue()


def _draw(document: Any, number: int, output: Path) -> None:
    page = document[number - 1]
    width, height = page.get_size()
    bitmap = page.render(scale=scale_of(width, height), rev_byteorder=True, fill_color=(255, 255, 255, 255))
    image = bitmap.to_pil().convert("RGB")
    for one in WIDTHS:
        _write(output, page_image(number, one), _picture(image, one))
    layer = page.get_textpage()
    text = clean_text(layer.get_text_range(0, min(layer.count_chars(), MAX_TEXT), errors="replace"))
    facts = {"page": number, "width": round(width, 1), "height": round(height, 1), "text": text}
    _write(output, page_text(number), json.dumps(facts, ensure_ascii=False).encode())
    image.close()
    bitmap.close()
    layer.close()
    page.close()


def render(source: Path, output: Path) -> None:
    """Draw all pages, first page first."""
    import pypdfium2
    from PIL import WebPImagePlugin  # noqa: F401 - Pillow would look for its plug-ins when the door is shut

    document = _open(pypdfium2, source)
    pages = len(document)
    if pages < 1:
        raise Unfit("DOCUMENT_BROKEN")
    _say(pages=pages)
    if pages > MAX_PAGES:
        raise Unfit("TOO_MANY_PAGES")
    for number in range(1, pages + 1):
        try:
            _draw(document, number, output)
        except pypdfium2.PdfiumError as error:
            raise Unfit("DOCUMENT_BROKEN") from error
        _say(page=number)
    _say(done=True)


def main() -> int:
    """Go to jail, then work."""
    from meetings.documents import jail

    source, output = Path(sys.argv[1]), Path(sys.argv[2])
    _say(walls=jail.enter(source=source, output=output))
    try:
        render(source, output)
    except Unfit as unfit:
        _say(error=str(unfit))
    except (MemoryError, RecursionError):
        _say(error="DOCUMENT_TOO_COMPLEX")
    return 0


if __name__ == "__main__":
    sys.exit(main())
