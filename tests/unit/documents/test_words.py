"""Pure parts: names, sizes, text, and the helper's grammar."""

import json
import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.documents.render import MAX_PIXELS, MAX_SIDE, WIDTHS, Unfit, clean_text, scale_of
from meetings.documents.rendering import Word, word
from meetings.documents.storage import MAX_NAME, clean_name, looks_like_pdf
from server.core.errors import Code


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("调研报告.pdf", "调研报告.pdf"),
        ("/home/li/调研报告.pdf", "调研报告.pdf"),
        ("C:\\文件\\报告.pdf", "报告.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("两\n行\t名.pdf", "两 行 名.pdf"),
        ("..", "document.pdf"),
        ("\u200b\u0000", "document.pdf"),
        ("", "document.pdf"),
    ],
)
def test_names_are_fit_for_showing(name: str, clean: str) -> None:
    assert clean_name(name, fallback="document.pdf") == clean


def test_a_long_name_keeps_its_ending() -> None:
    assert clean_name("长" * 200 + ".pdf", fallback="x") == "长" * (MAX_NAME - 4) + ".pdf"


@given(st.text(max_size=400))
def test_no_name_gets_through_with_a_path_or_control_characters(name: str) -> None:
    clean = clean_name(name, fallback="x")
    assert 0 < len(clean) <= MAX_NAME
    assert not set(clean) & set("/\\")
    assert not [char for char in clean if unicodedata.category(char)[0] == "C"]


def test_the_header_counts_within_the_first_kilobyte() -> None:
    assert looks_like_pdf(b"%PDF-1.4")
    assert looks_like_pdf(b" " * 1019 + b"%PDF-1.4")
    assert not looks_like_pdf(b" " * 1020 + b"%PDF-1.4")


@given(st.floats(min_value=1, max_value=1e6), st.floats(min_value=1, max_value=1e6))
def test_no_page_has_more_pixels_than_we_can_bear(width: float, height: float) -> None:
    scale = scale_of(width, height)
    wide, high = math.ceil(width * scale), math.ceil(height * scale)
    assert wide <= WIDTHS[-1] + 1
    assert high <= MAX_SIDE + 1
    assert width * scale * height * scale <= MAX_PIXELS * 1.001


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-3, 5), (math.nan, 5), (5, math.inf), (1e9, 5)])
def test_pages_without_a_size_are_refused(size: tuple[float, float]) -> None:
    with pytest.raises(Unfit):
        scale_of(*size)


def test_an_ordinary_page_fills_the_largest_width() -> None:
    assert scale_of(595, 842) * 595 == pytest.approx(WIDTHS[-1])


def test_text_keeps_its_lines_and_loses_control_characters() -> None:
    assert clean_text("一\r\n二\u0000\u202e三\ufeff") == "一\n二三"


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ('{"pages": 14}', Word(pages=14)),
        ('{"page": 3}', Word(page=3)),
        ('{"done": true}', Word(done=True)),
        ('{"walls": ["files"]}', Word()),
        ('{"error": "PDF_ENCRYPTED"}', Word(error=Code.PDF_ENCRYPTED)),
        ('{"error": "NOT_ALLOWED"}', Word(error=Code.DOCUMENT_BROKEN)),
        ('{"pages": -1}', Word(error=Code.DOCUMENT_BROKEN)),
        ('{"pages": true}', Word(error=Code.DOCUMENT_BROKEN)),
        ('{"page": 501}', Word(error=Code.DOCUMENT_BROKEN)),
        ('{"page": "1"}', Word(error=Code.DOCUMENT_BROKEN)),
        ("[" * 3000, Word(error=Code.DOCUMENT_BROKEN)),
        ("", Word(error=Code.DOCUMENT_BROKEN)),
    ],
)
def test_the_helper_is_believed_only_within_its_grammar(line: str, meaning: Word) -> None:
    assert word(line.encode()) == meaning


@given(
    st.binary(max_size=60)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_whatever_a_helper_says_becomes_a_word(line: bytes) -> None:
    assert isinstance(word(line), Word)
