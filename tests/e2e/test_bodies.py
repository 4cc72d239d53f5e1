"""Bodies that are too large, sent to the real server: it answers early and does not read on."""

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import repeat
from pathlib import Path

import pytest

from tests.e2e.product import Product, running_product

MEGABYTE = bytes(1_000_000)
UNREAD = 20
"""Megabytes that may lie in the two kernels' buffers when the server has stopped reading."""
SIGN_IN = "/api/accounts/sign-in"
UPLOAD = "/api/documents/0c3f0a64-51a5-4f0c-9e55-2f8e6d0f3a11"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product nobody lives in."""
    with running_product(tmp_path_factory.mktemp("bare"), city=False) as running:
        yield running


class Line:
    """One connection, byte by byte."""

    def __init__(self, product: Product, *, trust: Path | None = None) -> None:
        plain = socket.create_connection(("127.0.0.1", product.port), timeout=30)
        context = ssl.create_default_context(cafile=str(trust)) if trust else None
        self.socket = context.wrap_socket(plain, server_hostname="localhost") if context else plain
        self.sent = 0

    def headers(self, path: str, *lines: str) -> None:
        self.socket.sendall("\r\n".join([f"POST {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode())

    def pour(self, pieces: Iterator[bytes]) -> None:
        """Send until the end or until the server hangs up, like a browser that does not look up from its work."""
        with suppress(ConnectionError, ssl.SSLError):
            for piece in pieces:
                self.socket.sendall(piece)
                self.sent += len(piece)

    def answer(self) -> tuple[int, dict[str, object]]:
        """The status and the JSON of the answer; the server closes the line after it."""
        text = b""
        with suppress(ConnectionError, ssl.SSLError):
            while piece := self.socket.recv(65_536):
                text += piece
        head, _, body = text.partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(body)


def chunks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """As HTTP writes a body whose length nobody has said."""
    return (f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces)


def refusal(limit: int) -> tuple[int, dict[str, object]]:
    return 413, {"code": "TOO_LARGE", "facts": {"max_bytes": limit}}


def test_a_body_announced_as_too_large_is_refused_at_its_headers(bare: Product) -> None:
    with closing((line := Line(bare)).socket):
        line.headers(SIGN_IN, "Content-Length: 10000000000")
        assert line.answer() == refusal(1_000_000)


def test_whoever_asks_first_is_not_told_to_go_on(bare: Product) -> None:
    with closing((line := Line(bare)).socket):
        line.headers(SIGN_IN, "Content-Length: 10000000000", "Expect: 100-continue")
        assert line.answer() == refusal(1_000_000)


def test_whoever_sends_regardless_is_cut_off_and_still_told_why(bare: Product) -> None:
    with closing((line := Line(bare)).socket):
        line.headers(SIGN_IN, "Content-Length: 10000000000")
        line.pour(repeat(MEGABYTE, 10_000))
        assert line.sent < UNREAD * len(MEGABYTE)
        assert line.answer() == refusal(1_000_000)


def test_chunks_are_counted_as_they_come(bare: Product) -> None:
    with closing((line := Line(bare)).socket):
        line.headers(SIGN_IN, "Transfer-Encoding: chunked")
        line.pour(chunks(repeat(MEGABYTE, 10_000)))
        assert line.sent < UNREAD * len(MEGABYTE)
        assert line.answer() == refusal(1_000_000)


def test_a_file_may_be_as_large_as_documents_may_be(bare: Product) -> None:
    with closing((line := Line(bare)).socket):
        line.headers(UPLOAD, "Content-Length: 49000000", "Connection: close")
        line.pour(repeat(MEGABYTE, 49))
        assert line.sent == 49_000_000
        status, body = line.answer()
        assert (status, body["code"]) == (403, "BAD_ORIGIN")  # the whole body was taken, then the application asked
    with closing((line := Line(bare)).socket):
        line.headers(UPLOAD, "Content-Length: 50200000")
        assert line.answer() == refusal(50_100_000)


def test_the_server_goes_on_serving(bare: Product) -> None:
    with closing((line := Line(bare)).socket):
        line.headers(SIGN_IN, "Content-Length: 10000000000")
        assert line.answer()[0] == 413
    assert bare.client().cookies["csrftoken"]


def test_the_same_over_https(tmp_path: Path) -> None:
    product = Product(tmp_path)
    product.manage("migrate", "--verbosity", "0", "--skip-checks")
    product.start("--https", "--no-media", wait=False)
    try:
        product.wait_until_greeting()
        with closing((line := Line(product, trust=tmp_path / "tls" / "certificate.pem")).socket):
            line.headers(SIGN_IN, "Transfer-Encoding: chunked")
            line.pour(chunks(repeat(MEGABYTE, 10_000)))
            assert line.sent < UNREAD * len(MEGABYTE)
            assert line.answer() == refusal(1_000_000)
    finally:
        product.stop()
