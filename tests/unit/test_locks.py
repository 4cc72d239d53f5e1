"""Lock files: complete, exact, and silent about where packages came from."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return {found[1].lower(): found[2] for found in PIN.finditer((ROOT / "requirements" / name).read_text())}


@pytest.mark.parametrize("name", ["run", "dev"])
def test_what_we_ask_for_is_what_is_locked(name: str) -> None:
    asked = pins(f"{name}.in")
    lines = [line for line in (ROOT / "requirements" / f"{name}.in").read_text().splitlines() if line[:1].isalpha()]

    assert len(asked) == len(lines), "every line of an .in file names one exact version"
    locked = pins(f"{name}.lock")
    assert {package: locked.get(package) for package in asked} == asked


def test_whoever_has_the_development_set_has_the_running_set() -> None:
    assert pins("run.lock").items() <= pins("dev.lock").items()


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_package_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.lock").read_text()

    assert "://" not in text
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\S)", text) if PIN.match(block))


@pytest.mark.parametrize("folder", ["frontend", "tests/e2e/old_browser"])
def test_node_packages_have_integrity_and_no_address(folder: str) -> None:
    packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]

    assert [name for name, facts in packages.items() if "resolved" in facts] == []
    own = {name: facts for name, facts in packages.items() if name and not facts.get("inBundle")}
    assert [name for name, facts in own.items() if "integrity" not in facts] == []
