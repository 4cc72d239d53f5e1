"""PDF files for tests, written byte by byte, so that each is wrong in exactly one way."""

import io
import zlib

from pypdf import PdfReader, PdfWriter

A4 = (595, 842)


def assemble(objects: list[bytes], *, root: int = 1) -> bytes:
    """A file with these objects, numbered from 1, and a correct cross-reference table."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start)
    return bytes(out)


def stream(data: bytes, *, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


def pdf(pages: int = 3, *, box: tuple[float, float] = A4, content: bytes | None = None) -> bytes:
    """A sound file; each page says `Page n`."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * no) for no in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, kids),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for no in range(pages):
        words = content or b"BT /F1 48 Tf 72 700 Td (Page %d) Tj ET" % (no + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (*box, 5 + 2 * no)
        )
        objects.append(stream(words))
    return assemble(objects)


def encrypted() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(2))))
    writer.encrypt("chengwan", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def truncated() -> bytes:
    whole = pdf(5)
    return whole[: whole.index(b"/Type /Pages")]


def page_tree_that_eats_its_tail() -> bytes:
    """The page tree's only child is the page tree."""
    return assemble([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>"])


def deeply_nested(depth: int = 20_000) -> bytes:
    """A catalog whose arrays are nested deeper than any stack."""
    nest = b"[" * depth + b"]" * depth
    return assemble([b"<< /Type /Catalog /Pages 2 0 R /Nest %s >>" % nest, b"<< /Type /Pages /Count 0 /Kids [] >>"])


def inflating(megabytes: int = 3000) -> bytes:
    """A page whose contents are a few megabytes here and gigabytes when decoded."""
    packer = zlib.compressobj(9)
    first, again = (packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    packed = first + again * (megabytes - 1) + packer.flush()
    return _page(stream(packed, extra=b"/Filter /FlateDecode"))


def laughing(depth: int = 9) -> bytes:
    """A form that draws a form ten times, that draws a form ten times …: little memory, no end."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /XObject << /F 5 0 R >> >> >>",
        stream(b"/F Do " * 10),
    ]
    for level in range(depth):
        inner = b"/Resources << /XObject << /F %d 0 R >> >>" % (6 + level)
        form = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] "
        objects.append(stream(b"/F Do " * 10, extra=form + inner))
    objects.append(stream(b"0 0 500 800 re f", extra=b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]"))
    return assemble(objects)


def huge_picture(side: int = 60_000) -> bytes:
    """A page with a picture of 60,000 × 60,000 dots in a few kilobytes of file."""
    packer = zlib.compressobj(9)
    row = b"\0" * (side * 3)
    packed = b"".join(packer.compress(row) for _ in range(2)) + packer.flush()
    picture = stream(
        packed,
        extra=b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB"
        b" /BitsPerComponent 8 /Filter /FlateDecode" % (side, side),
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /XObject << /I 5 0 R >> >> >>",
        stream(b"595 0 0 842 0 0 cm /I Do"),
        picture,
    ]
    return assemble(objects)


def _page(contents: bytes) -> bytes:
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>",
            contents,
        ]
    )
