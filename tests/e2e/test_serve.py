"""`manage.py serve` as an administrator meets it, with its real processes."""

import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.product import Product, running_product


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product nobody lives in."""
    with running_product(tmp_path_factory.mktemp("bare"), city=False) as running:
        yield running


def replaced(product: Product, name: str, old: int) -> int:
    """Wait for the successor of a dead process."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if (pid := product.pid(name)) not in (None, old):
            assert pid is not None
            return pid
        time.sleep(0.01)
    raise AssertionError(f"{name} was not started again")


@pytest.mark.parametrize("name", ["media-0", "web"])
def test_a_killed_process_is_started_again_within_a_second(bare: Product, name: str) -> None:
    old = bare.pid(name)
    assert old is not None
    start = time.monotonic()

    bare.kill(name)
    replaced(bare, name, old)

    assert time.monotonic() - start < 1
    bare.wait_until_up()


def test_a_second_one_on_the_same_data_is_refused(bare: Product) -> None:
    with pytest.raises(AssertionError, match="already runs"):
        bare.manage("serve", "--port", str(bare.port + 50))


def test_killing_it_leaves_no_orphan(tmp_path: Path) -> None:
    folder = tmp_path / "product"
    folder.mkdir()
    with running_product(folder, "--media-workers", "2", city=False) as product:
        children = [product.pid("web"), product.pid("media-0"), product.pid("media-1")]
        assert all(children)

        product.kill_supervisor()

        for pid in children:
            gone(pid)


def gone(pid: int | None) -> None:
    """Wait until a process is no more (or only waits to be collected)."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            if not Path(f"/proc/{pid}/cmdline").read_bytes():
                return
        except FileNotFoundError:
            return
        time.sleep(0.02)
    raise AssertionError(f"{pid} is still there")


def test_https_is_served_with_a_certificate_that_names_the_machine(tmp_path: Path) -> None:
    product = Product(tmp_path)
    product.manage("migrate", "--verbosity", "0", "--skip-checks")
    product.start("--https", "--no-media", wait=False)
    try:
        code = answered_over_https(product, trust=tmp_path / "tls" / "certificate.pem")
    finally:
        product.stop()

    assert code == "NOT_SIGNED_IN"


def answered_over_https(product: Product, *, trust: Path) -> str:
    """The code of the refusal that a stranger gets, once somebody answers; the certificate is checked."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            context = ssl.create_default_context(cafile=str(trust))
            urllib.request.urlopen(f"https://localhost:{product.port}/api/accounts/me", context=context)
        except urllib.error.HTTPError as error:
            return str(json.loads(error.read())["code"])
        except OSError:
            time.sleep(0.1)
    raise AssertionError(product.log.read_text())
