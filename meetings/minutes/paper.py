"""The paper itself: everything that is printed, as one value, and its canonical form. Pure.

The same `Paper` is shown, printed, hashed and searched, before the issue (made of blocks) and after it (read from the
frozen snapshot).
"""

import hashlib
from datetime import date

from pydantic import BaseModel, ConfigDict

from meetings.live import checker
from meetings.minutes import words
from meetings.minutes.blocks import NUMBERED, Block, BlockKind, NameList, Paragraph, Piece, Table

FORMAT = "gongshang.minutes/1"


class Paper(BaseModel):
    """协商纪要 as it is printed. `issue_no` is empty before the issue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = FORMAT
    id: str
    meeting: str
    organization: str
    series: str
    issuer: str
    title: str
    issue_year: int | None = None
    issue_no: int | None = None
    issued_on: date | None = None
    sent_to: list[str]
    cc: list[str]
    copies: int
    blocks: list[Block]
    head: str = ""
    head_seq: int | None = None

    def block(self, kind: BlockKind) -> Block | None:
        """The block of a kind, if it has anything to print."""
        return next((block for block in self.blocks if block.kind is kind and not block.is_empty), None)


def canonical(paper: Paper) -> str:
    """The text that is hashed and kept: canonical JSON."""
    return checker.canonical(paper.model_dump(mode="json"))


def digest(text: str) -> str:
    """SHA-256 of the canonical text."""
    return hashlib.sha256(text.encode()).hexdigest()


def numbers(paper: Paper) -> dict[BlockKind, str]:
    """一、二、三 … over the numbered blocks that have something to print."""
    there = [block.kind for block in paper.blocks if block.kind in NUMBERED and not block.is_empty]
    return {kind: words.numeral(no) for no, kind in enumerate(there, start=1)}


def plain_text(paper: Paper) -> str:
    """All words of the paper, line by line: what the archive searches. Names are found without the printed space."""
    lines = [paper.title, paper.series]
    if paper.issue_no is not None and paper.issue_year is not None:
        lines += [f"第{paper.issue_no}期", words.issue_mark(paper.issue_year, paper.issue_no)]
    for block in paper.blocks:
        if block.is_empty:
            continue
        lines.append(block.heading)
        lines += [line for piece in block.facts for line in _lines(piece)]
        lines += [line for line in block.text.splitlines() if line.strip()]
        lines += [f"{row.text} {row.lead} {' '.join(row.co)}" for row in block.rows]
    return "\n".join(lines)


def _lines(piece: Piece) -> list[str]:
    match piece:
        case Paragraph():
            return [piece.lead + piece.text]
        case Table():
            return [" ".join(cell.replace(words.WIDE_SPACE, "") for cell in row) for row in piece.rows]
        case NameList():
            return [f"{piece.label}：" + " ".join(f"{g.label} {_unspaced(g.text)}".strip() for g in piece.groups)]


def _unspaced(text: str) -> str:
    """张　三　李春分 → 张三 李春分."""
    return " ".join(name.replace(words.WIDE_SPACE, "") for name in words.apart(text))
