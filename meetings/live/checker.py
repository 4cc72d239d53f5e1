"""The stand-alone checker of a meeting's hash chain: standard library only, no Django.

The product uses the same functions to write the chain and to verify it, and puts this file beside every exported
bundle: `python3 checker.py bundle.json` recomputes the chain of somebody else's server.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

GENESIS = "0" * 64


def canonical(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, UTF-8 as it is (in the spirit of RFC 8785; we have no floats)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(*, meeting: str, seq: int, at: str, type: str, v: int, actor: str, data: Any) -> str:  # noqa: A002
    """SHA-256 of the canonical JSON of one entry, hexadecimal."""
    entry = {"meeting": meeting, "seq": seq, "at": at, "type": type, "v": v, "actor": actor, "data": data}
    return hashlib.sha256(canonical(entry).encode()).hexdigest()


def link(previous: str, entry_digest: str) -> str:
    """SHA-256 of the previous link followed by the entry's digest, both as bytes, hexadecimal."""
    return hashlib.sha256(bytes.fromhex(previous) + bytes.fromhex(entry_digest)).hexdigest()


def first_fault(*, meeting: str, head: str, length: int, entries: Iterable[Mapping[str, Any]]) -> str | None:
    """What is wrong, naming the first bad record; None for a sound chain.

    `entries` are rows in order with `seq, at, type, v, actor, data (JSON text), redacted, digest, link`. A redacted
    entry keeps its digest; it is sound only if a later `journal.redacted` entry names it.
    """
    previous, expected = GENESIS, 0
    redacted: set[int] = set()
    confessed: set[int] = set()
    for entry in entries:
        expected += 1
        seq = entry["seq"]
        if seq != expected:
            return f"record {expected} is missing (found {seq})"
        try:
            data = json.loads(entry["data"])
        except ValueError:
            return f"record {seq} ({entry['type']}): its data is not JSON"
        if entry["redacted"]:
            redacted.add(seq)
        elif canonical(data) != entry["data"] or entry["digest"] != digest(
            meeting=meeting, seq=seq, at=entry["at"], type=entry["type"], v=entry["v"], actor=entry["actor"], data=data
        ):
            return f"record {seq} ({entry['type']}): its content does not match its digest"
        if entry["link"] != link(previous, entry["digest"]):
            return f"record {seq} ({entry['type']}): its link does not follow from the record before"
        if entry["type"] == "journal.redacted":
            confessed.add(data["entry"])
        previous = entry["link"]
    if expected != length:
        return f"record {expected + 1} is missing (the meeting counts {length})"
    if previous != head:
        return f"record {expected}: the meeting's head is not its link"
    if unconfessed := redacted - confessed:
        return f"record {min(unconfessed)}: emptied without a journal.redacted record"
    return None


def main() -> int:
    """Check the bundle named on the command line."""
    bundle = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    fault = first_fault(
        meeting=bundle["meeting"], head=bundle["head"], length=bundle["length"], entries=bundle["entries"]
    )
    sys.stdout.write(f"{'BAD: ' + fault if fault else 'OK'} ({bundle['length']} records, head {bundle['head']})\n")
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
