"""How things are written in a Chinese official document: dates, numbers, names, lists. Pure."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

CITY_TIME = ZoneInfo("Asia/Shanghai")

_DIGITS = "零一二三四五六七八九"
WIDE_SPACE = "　"


def numeral(n: int) -> str:
    """1 → 一, 12 → 十二, 20 → 二十; up to 99, enough for headings."""
    if not 0 < n < 100:
        raise ValueError(n)
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def day(moment: date | datetime) -> str:
    """2026年5月21日: no leading zeros; moments are told in the city's time."""
    local = moment.astimezone(CITY_TIME) if isinstance(moment, datetime) else moment
    return f"{local.year}年{local.month}月{local.day}日"


def part_of_day(moment: datetime) -> str:
    """上午 / 下午 / 晚上."""
    hour = moment.astimezone(CITY_TIME).hour
    return "上午" if hour < 12 else "下午" if hour < 18 else "晚上"


def clock_time(moment: datetime) -> str:
    """14:58."""
    return moment.astimezone(CITY_TIME).strftime("%H:%M")


def duration(seconds: int) -> str:
    """5分51秒; whole minutes without seconds."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return f"{rest}秒"
    return f"{minutes}分{rest}秒" if rest else f"{minutes}分钟"


def printed_name(name: str) -> str:
    """A two-character name with a full-width space, so that lists align (张　三); others as they are."""
    return f"{name[0]}{WIDE_SPACE}{name[1]}" if len(name) == 2 else name


def names(people: Iterable[str]) -> str:
    """Names side by side, as in 出席 lists."""
    return WIDE_SPACE.join(printed_name(name) for name in people)


def apart(text: str) -> list[str]:
    """A list of names as one may cut it: 张　三　李春分 → 张　三, 李春分; one with units after each comma."""
    if "，" in text:
        *parts, last = text.split("，")
        return [*(f"{part}，" for part in parts), last]
    found: list[str] = []
    for part in text.split(WIDE_SPACE):
        if len(part) == 1 and found and len(found[-1]) == 1:
            found[-1] += WIDE_SPACE + part
        else:
            found.append(part)
    return found


def issue_mark(year: int, no: int) -> str:
    """〔2026〕8号, with hexagonal brackets and no leading zero."""
    return f"〔{year}〕{no}号"


def sentence(text: str) -> str:
    """The text with its full stop, whatever stood at its end."""
    return text.strip().rstrip("。；;，,.") + "。"
