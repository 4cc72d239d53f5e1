"""The draft of the minutes: facts in, blocks out. Pure.

Numbers in the lead, in the polls and in the lists are computed and locked. The words are those of a consultation:
委员们 suggest and think, nobody decides and nobody is ordered (domain 0.1 T4).
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from meetings.floor.models import RequestKind
from meetings.live.roles import AttendanceKind, Role
from meetings.minutes import words
from meetings.minutes.blocks import Block, BlockKind, NameGroup, NameList, Paragraph, Piece, Source, Table
from meetings.minutes.facts import MeetingFacts, PersonFact, PollFact, SpeechFact

HEADINGS: dict[BlockKind, str] = {
    BlockKind.LEAD: "导语",
    BlockKind.SITUATION: "基本情况和主要问题",
    BlockKind.OPINIONS: "意见建议",
    BlockKind.RESPONSES: "有关部门和单位回应",
    BlockKind.POLLS: "快速征询情况",
    BlockKind.CONSENSUS: "共识与有待进一步研究的问题",
    BlockKind.SUGGESTED_TASKS: "建议交办事项",
    BlockKind.ATTENDANCE: "出席、请假和列席人员",
    BlockKind.ATTACHMENTS: "附件",
    BlockKind.SPEECHES: "发言情况一览表",
}
KIND_WORDS: dict[RequestKind, str] = {
    RequestKind.SCHEDULED: "预约发言",
    RequestKind.IMPROMPTU: "即席发言",
    RequestKind.QUESTION: "提问",
    RequestKind.RESPONSE: "回应",
    RequestKind.DIALOGUE: "插话",
}
WITHOUT_ASPECT = "其他方面"
REMOTE = "个人远程"
SPOKE_UP = (RequestKind.IMPROMPTU, RequestKind.QUESTION, RequestKind.DIALOGUE)


def draft(facts: MeetingFacts) -> list[Block]:
    """All blocks in order; parts without any fact that people cannot write in either are left out."""
    blocks = [
        _lead(facts),
        _block(BlockKind.SITUATION),
        _opinions(facts),
        _responses(facts),
        _polls(facts),
        _block(BlockKind.CONSENSUS),
        _block(BlockKind.SUGGESTED_TASKS),
        _attendance(facts),
        _block(BlockKind.ATTACHMENTS, text="\n".join(facts.documents)),
        _speeches(facts),
    ]
    return [block for block in blocks if block.facts or block.kind in WRITABLE]


WRITABLE = frozenset(
    {
        BlockKind.SITUATION,
        BlockKind.OPINIONS,
        BlockKind.RESPONSES,
        BlockKind.CONSENSUS,
        BlockKind.SUGGESTED_TASKS,
        BlockKind.ATTACHMENTS,
    }
)


def minutes_title(meeting_title: str) -> str:
    """“加快新能源充电桩建设”远程协商会 → …远程协商会纪要."""
    return meeting_title if meeting_title.endswith("纪要") else f"{meeting_title}纪要"


def _block(kind: BlockKind, facts: Iterable[Piece] = (), *, text: str = "", sources: Iterable[Source] = ()) -> Block:
    return Block(kind=kind, heading=HEADINGS[kind], facts=list(facts), text=text, sources=list(sources))


def _lead(facts: MeetingFacts) -> Block:
    sentences = [_convened(facts), _chaired(facts), _places(facts), _quota(facts), _what_happened(facts)]
    text = "".join(sentence for sentence in sentences if sentence) + "现将协商情况纪要如下。"
    sources = []
    if facts.started_seq:
        sources.append(Source(seq=facts.started_seq, label=f"{words.clock_time(facts.started_at)} 会议开始"))
    if facts.ended_seq:
        sources.append(Source(seq=facts.ended_seq, label=f"{words.clock_time(facts.ended_at)} 散会"))
    return _block(BlockKind.LEAD, [Paragraph(text=text, sources=[s.seq for s in sources])], sources=sources)


def _convened(facts: MeetingFacts) -> str:
    when = f"{words.day(facts.started_at)}{words.part_of_day(facts.started_at)}"
    on_site = bool(facts.venues)
    remote = any(person.present and person.venue is None for person in _members(facts))
    form = "现场协商+远程协商" if on_site and (remote or len(facts.venues) > 1) else (
        "现场协商" if on_site else "远程协商"
    )  # fmt: skip
    return f"{when}，{facts.short_name}以“{form}”方式召开{facts.title}。"


def _chaired(facts: MeetingFacts) -> str:
    hosts = [person for person in facts.people if person.role is Role.HOST]
    leaders = [person for person in facts.people if person.role is Role.LEADER and person.present]
    spoke = {speech.speaker.id for speech in facts.speeches}
    parts = []
    if hosts:
        parts.append("、".join(_titled(host) for host in hosts) + "主持会议")
    for said, verb in ((True, "到会听取意见并讲话"), (False, "到会听取意见")):
        there = [leader for leader in leaders if (leader.id in spoke) is said]
        if there:
            parts.append("、".join(_titled(leader) for leader in there) + verb)
    return "，".join(parts) + "。" if parts else ""


def _places(facts: MeetingFacts) -> str:
    mains = [venue.name for venue in facts.venues if venue.is_main]
    subs = [venue.name for venue in facts.venues if not venue.is_main]
    parts = []
    if mains:
        parts.append(f"在{'、'.join(mains)}设主会场")
    if subs:
        parts.append(f"在{'、'.join(subs)}设{len(subs)}个分会场")
    return f"会议{'，'.join(parts)}。" if parts else ""


def _quota(facts: MeetingFacts) -> str:
    members = _members(facts)
    if not members:
        return ""
    present = [person for person in members if person.present]
    mains = {venue.name for venue in facts.venues if venue.is_main}
    remote = sum(person.venue not in mains for person in present)
    return f"应到委员{len(members)}名，实到{len(present)}名，其中远程参会{remote}名。"


def _what_happened(facts: MeetingFacts) -> str:
    parts = []
    scheduled = [speech for speech in facts.speeches if speech.kind is RequestKind.SCHEDULED]
    planned = (
        _counted(scheduled, Role.MEMBER, "名委员"),
        _counted(scheduled, Role.EXPERT, "名专家"),
        _counted(scheduled, Role.PUBLIC, "名群众代表"),
    )
    if any(planned):
        parts.append("和".join(part for part in planned if part) + "作了预约发言")
    if spoke_up := sum(speech.kind in SPOKE_UP for speech in facts.speeches):
        parts.append(f"{spoke_up}人次即席发言或提问")
    units = {speech.speaker.unit for speech in facts.speeches if speech.speaker.role is Role.DEPARTMENT}
    if units:
        parts.append(f"{len(units)}家部门和单位作了通报或回应")
    if facts.polls:
        parts.append(f"开展快速征询{len(facts.polls)}次")
    return f"会上，{'，'.join(parts)}。" if parts else ""


def _counted(speeches: list[SpeechFact], role: Role, unit: str) -> str:
    people = {speech.speaker.id for speech in speeches if speech.speaker.role is role}
    return f"{len(people)}{unit}" if people else ""


def _opinions(facts: MeetingFacts) -> Block:
    if not facts.opinions:
        return _block(BlockKind.OPINIONS)
    # In the order in which each aspect was first named; opinions without one come last.
    aspects = list(dict.fromkeys(opinion.aspect for opinion in facts.opinions if opinion.aspect))
    if any(not opinion.aspect for opinion in facts.opinions):
        aspects.append("")
    spoken = f"委员们围绕{len(aspects)}个方面提出{len(facts.opinions)}条意见建议。"
    pieces: list[Piece] = [Paragraph(text=spoken)]
    no = 0
    for place, aspect in enumerate(aspects, start=1):
        items = [opinion for opinion in facts.opinions if opinion.aspect == aspect]
        lines = []
        for item in items:
            no += 1
            lines.append(f"{no}.{words.sentence(item.text)}")
        lead = f"（{words.numeral(place)}）{aspect or WITHOUT_ASPECT}。"
        pieces.append(Paragraph(lead=lead, text="".join(lines), sources=[item.seq for item in items]))
    sources = [
        Source(seq=opinion.seq, label=f"{opinion.speaker or '记录员'}：{opinion.text[:40]}")
        for opinion in facts.opinions
    ]
    return _block(BlockKind.OPINIONS, pieces, sources=sources)


def _responses(facts: MeetingFacts) -> Block:
    pieces = [
        Paragraph(
            text=f"{promise.unit}现场承诺：{words.sentence(promise.text)[:-1]}{_until(promise.due)}。",
            sources=[promise.seq],
        )
        for promise in facts.commitments
    ]
    sources = [Source(seq=promise.seq, label=f"{promise.unit}：{promise.text[:40]}") for promise in facts.commitments]
    return _block(BlockKind.RESPONSES, pieces, sources=sources)


def _until(due: str | None) -> str:
    return f"，于{words.day(date.fromisoformat(due))}前完成" if due else ""


def _polls(facts: MeetingFacts) -> Block:
    pieces = [Paragraph(text=_result(poll), sources=[poll.seq] if poll.seq else []) for poll in facts.polls]
    sources = [Source(seq=poll.seq, label=f"征询结束：{poll.title[:40]}") for poll in facts.polls if poll.seq]
    return _block(BlockKind.POLLS, pieces, sources=sources)


def _result(poll: PollFact) -> str:
    unit = "票" if poll.max_choices > 1 else "人"
    limit = f"限选{poll.max_choices}项，" if poll.max_choices > 1 else ""
    counts = "，".join(f"{label}{count}{unit}" for label, count in poll.options)
    return f"“{poll.title.strip('“”')}”（{limit}参与{poll.participated}人）：{counts}。"


def _speeches(facts: MeetingFacts) -> Block:
    if not facts.speeches:
        return _block(BlockKind.SPEECHES)
    rows = []
    for no, speech in enumerate(facts.speeches, start=1):
        who = speech.speaker
        standing = f"代表{speech.on_behalf_of}" if speech.on_behalf_of else who.unit or who.sector or who.title
        over = "（超时）" if speech.used_seconds > speech.limit_seconds else ""
        rows.append(
            [
                str(no),
                words.printed_name(who.name),
                standing,
                KIND_WORDS[speech.kind],
                f"{words.clock_time(speech.started_at)}—{words.clock_time(speech.ended_at)}",
                words.duration(speech.used_seconds) + over,
                words.duration(speech.limit_seconds),
                speech.venue or REMOTE,
            ]
        )
    table = Table(
        columns=["序号", "发言人", "单位或界别", "类型", "起止时间", "用时", "限时", "会场"],
        rows=rows,
        sources=[speech.seq for speech in facts.speeches],
    )
    sources = [
        Source(seq=speech.seq, label=f"{words.clock_time(speech.started_at)} {speech.speaker.name}发言")
        for speech in facts.speeches
        if speech.seq
    ]
    return _block(BlockKind.SPEECHES, [table], sources=sources)


def _attendance(facts: MeetingFacts) -> Block:
    members = _members(facts)
    lists = [
        NameList(label="出席", groups=_by_venue(facts, [person for person in members if person.present])),
        NameList(label="请假", groups=_one_group([p for p in members if p.on_leave and not p.present])),
        NameList(label="列席", groups=_with_units(facts, Role.DEPARTMENT)),
        NameList(label="专家和群众代表", groups=_with_units(facts, Role.EXPERT, Role.PUBLIC)),
    ]
    sources = [
        Source(seq=seq, label=f"{count}人签到、准入或请假")
        for seq, count in sorted(Counter(person.seq for person in facts.people if person.seq).items())
    ]
    return _block(BlockKind.ATTENDANCE, [piece for piece in lists if piece.groups], sources=sources)


def _by_venue(facts: MeetingFacts, people: list[PersonFact]) -> list[NameGroup]:
    # The main venue first, whatever order the venues were added in.
    venues = sorted(facts.venues, key=lambda venue: not venue.is_main)
    places = [(venue.name, "主会场" if venue.is_main else venue.name) for venue in venues]
    groups = []
    for name, label in [*places, (None, REMOTE)]:
        there = [person.name for person in people if person.venue == name]
        if there:
            groups.append(NameGroup(label=label if facts.venues else "", text=words.names(there), count=len(there)))
    return groups


def _one_group(people: list[PersonFact]) -> list[NameGroup]:
    if not people:
        return []
    return [NameGroup(label="", text=words.names(person.name for person in people), count=len(people))]


def _with_units(facts: MeetingFacts, *roles: Role) -> list[NameGroup]:
    """Unit by unit in 建制 order (the roster's), people of one unit side by side."""
    there = [person for person in facts.people if person.role in roles and person.present]
    if not there:
        return []
    text = "，".join(f"{person.unit or person.title}{words.printed_name(person.name)}" for person in there)
    return [NameGroup(label="", text=text, count=len(there))]


def _members(facts: MeetingFacts) -> list[PersonFact]:
    """应到: those with full right to speak."""
    return [person for person in facts.people if person.kind is AttendanceKind.MEMBER]


def _titled(person: PersonFact) -> str:
    return f"{person.title}{person.name}"
