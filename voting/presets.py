"""Options that are ready to use, in the words of consultations (domain T3), and the rule of who is asked.

These are contents of the record, not words of the interface: they are Chinese whatever language the page has.
"""

from enum import StrEnum


class Template(StrEnum):
    """赞同/基本赞同/保留意见; 满意/基本满意/不满意."""

    APPROVAL = "APPROVAL"
    SATISFACTION = "SATISFACTION"


OPTIONS: dict[Template, list[str]] = {
    Template.APPROVAL: ["赞同", "基本赞同", "保留意见"],
    Template.SATISFACTION: ["满意", "基本满意", "不满意"],
}

RULE = "PRESENT_MEMBERS/COUNTS/1"
"""Asked are the members (出席) who are inside when the poll opens; each option is counted and nothing is decided.

The last part is the version: a result is read by the rule it was made under."""
