"""What minutes are made of: blocks with locked facts and editable text. Values only.

Facts are pieces that were pulled from the record; nobody types them. `text` is people's. Each block names the journal
entries that its facts come from.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class BlockKind(StrEnum):
    """The parts of minutes in their order (domain 3.3)."""

    LEAD = "LEAD"
    SITUATION = "SITUATION"
    OPINIONS = "OPINIONS"
    RESPONSES = "RESPONSES"
    POLLS = "POLLS"
    CONSENSUS = "CONSENSUS"
    SUGGESTED_TASKS = "SUGGESTED_TASKS"
    ATTENDANCE = "ATTENDANCE"
    ATTACHMENTS = "ATTACHMENTS"
    SPEECHES = "SPEECHES"


LOCKED = frozenset({BlockKind.LEAD, BlockKind.POLLS, BlockKind.ATTENDANCE, BlockKind.SPEECHES})
"""Blocks that are facts only: nobody may write in them."""
NUMBERED = (
    BlockKind.SITUATION,
    BlockKind.OPINIONS,
    BlockKind.RESPONSES,
    BlockKind.POLLS,
    BlockKind.CONSENSUS,
    BlockKind.SUGGESTED_TASKS,
)
"""Blocks with a numbered heading, 一、二、三 …"""


class Paragraph(BaseModel):
    """A locked paragraph; `lead` stands before it in bold (a sub-heading)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    piece: Literal["paragraph"] = "paragraph"
    text: str
    lead: str = ""
    sources: list[int] = []


class Table(BaseModel):
    """A locked table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    piece: Literal["table"] = "table"
    columns: list[str]
    rows: list[list[str]]
    sources: list[int | None] = []


class NameGroup(BaseModel):
    """Names of one place: （主会场）赵立春　钱雨水."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    text: str
    count: int


class NameList(BaseModel):
    """出席 / 请假 / 列席, turned over under the first character after the colon."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    piece: Literal["names"] = "names"
    label: str
    groups: list[NameGroup]


Piece = Annotated[Paragraph | Table | NameList, Field(discriminator="piece")]


class SuggestedTask(BaseModel):
    """建议交办: a row that people write. Only a suggestion: the lead unit is assigned later, by others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1, max_length=300)
    lead: str = Field(default="", max_length=80)
    co: list[str] = Field(default=[], max_length=10)
    due: str = Field(default="", max_length=40)
    opinions: list[int] = Field(default=[], max_length=50)


class Source(BaseModel):
    """A journal entry that a fact comes from, in words for a tooltip."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int
    label: str


class Block(BaseModel):
    """One part of the minutes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: BlockKind
    heading: str
    facts: list[Piece] = []
    text: str = ""
    rows: list[SuggestedTask] = []
    sources: list[Source] = []

    @property
    def is_empty(self) -> bool:
        """Nothing to print."""
        return not (self.facts or self.text.strip() or self.rows)
