"""Wording that a consultation's paper should not have (domain 0.1). Suggests, never forces. Pure."""

import re

RULES: dict[str, re.Pattern[str]] = {
    "DECIDES": re.compile(r"会议(决定|要求|责成|强调必须)|责成"),
    "DEPUTIES": re.compile(r"(?<!群众)(?<!企业)(?<!居民)代表们|人大代表发言|议案"),
    "VOTES": re.compile(r"(投票)?表决|投票选举"),
    "CHAIRPERSON": re.compile(r"会议主席|主席主持"),
    "BRACKETS": re.compile(r"[\[【(（]20\d\d[\]】)）]第?\d+号"),
    "LEADING_ZERO": re.compile(r"年0\d月|月0\d日"),
    "ASCII_PUNCTUATION": re.compile(r"[\u4e00-\u9fff][,;:?!][\u4e00-\u9fff]"),
}


def remarks(text: str) -> list[str]:
    """The names of the rules that the text brushes against."""
    return [name for name, rule in RULES.items() if rule.search(text)]
