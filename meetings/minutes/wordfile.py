"""The paper as a Word file in the 纪要 format of GB/T 9704-2012 §10.3. Values in, bytes out.

Fonts are named as office PCs have them (方正小标宋简体, 仿宋_GB2312 …), none is embedded. Measures come from the
standard: A4, margins 37 / 28 mm, type area 156 × 225 mm, 22 lines of 28 characters.
"""

import io
import re
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from meetings.minutes import words
from meetings.minutes.blocks import Block, BlockKind, NameList, Paragraph, Piece, SuggestedTask, Table
from meetings.minutes.paper import Paper, numbers

XIAO_BIAO_SONG, FANG_SONG, HEI_TI, KAI_TI, SONG_TI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
RED = RGBColor(0xE6, 0x00, 0x12)
LINE = Pt(28.9)
"""22 lines in 225 mm."""
CHARACTER = 16
"""3号, the body's size in points: indents are counted in its characters."""
WIDTH = Mm(156)
LINE_CHARACTERS = int(WIDTH.pt / CHARACTER)
# What follows an element in its parent, by the schema (ECMA-376): Word refuses files in another order.
_AFTER_SNAP = ("w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr", "w:sectPr")
_AFTER_BORDERS = ("w:shd", "w:tabs", "w:snapToGrid", *_AFTER_SNAP)
_AFTER_PLACE = ("w:tblOverlap", "w:tblW", "w:jc", "w:tblBorders", "w:tblLayout", "w:tblCellMar", "w:tblLook")
NO_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Characters that XML cannot carry."""


def word_file(paper: Paper) -> bytes:
    """The bytes of the DOCX."""
    document = Document()
    _set_page(document)
    _heading_of_the_paper(document, paper)
    _body(document, paper)
    _annex(document, paper.block(BlockKind.SPEECHES))
    _colophon(document, paper)
    _properties(document, paper)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.left_margin = Mm(37), Mm(28)
    section.right_margin, section.bottom_margin = Mm(26), Mm(35)
    section.footer_distance = Mm(24)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(LINE.pt * 20)))
    normal = document.styles["Normal"]
    normal.font.size = Pt(CHARACTER)
    _set_font(normal.element.get_or_add_rPr(), FANG_SONG)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    normal.paragraph_format.line_spacing = LINE
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.widow_control = False
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)


def _page_number(footer: Any, side: Any) -> None:
    """— 1 — in 4号 宋体, one character in from the outer edge."""
    paragraph = footer.paragraphs[0]
    paragraph.alignment = side
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
    _run(paragraph, "— ", SONG_TI, 14)
    run = _run(paragraph, "", SONG_TI, 14)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)
    _run(paragraph, " —", SONG_TI, 14)


def _heading_of_the_paper(document: Any, paper: Paper) -> None:
    """纪要标志, 35 mm below the top of the type area; number; issuer and date; the red rule."""
    flag = _paragraph(document, align=WD_ALIGN_PARAGRAPH.CENTER)
    flag.paragraph_format.space_before = Mm(35)
    flag.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    # As large as one line of the type area allows.
    size = min(46, int(WIDTH.pt / max(1, len(paper.series)) * 0.98))
    _run(flag, paper.series, XIAO_BIAO_SONG, size, colour=RED)
    number = _paragraph(document, align=WD_ALIGN_PARAGRAPH.CENTER)
    number.paragraph_format.space_before = Pt(12)
    _run(number, f"第{paper.issue_no}期" if paper.issue_no else "（草　稿）")
    line = _paragraph(document)
    line.paragraph_format.space_before = Pt(18)
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(CHARACTER)
    line.paragraph_format.tab_stops.add_tab_stop(WIDTH - Pt(CHARACTER), WD_TAB_ALIGNMENT.RIGHT)
    _run(line, f"{paper.issuer}\t{words.day(paper.issued_on) if paper.issued_on else '　　年　月　日'}")
    rule = _paragraph(document)
    rule.paragraph_format.line_spacing = Pt(8)
    _border(rule, "top", colour="E60012", eighths=16)
    title = _paragraph(document, align=WD_ALIGN_PARAGRAPH.CENTER)
    title.paragraph_format.space_before, title.paragraph_format.space_after = LINE, Pt(LINE.pt / 2)
    title.paragraph_format.line_spacing = Pt(34)
    for no, part in enumerate(broken_title(paper.title)):
        if no:
            title.add_run().add_break()
        _run(title, part, XIAO_BIAO_SONG, 22)


def broken_title(title: str, *, width: int = 19) -> list[str]:
    """A title in lines broken by meaning: after a closing quotation mark or a 的, else in halves."""
    if len(title) <= width:
        return [title]
    places = [no + 1 for no, sign in enumerate(title) if sign in "”》的" and 3 < no < len(title) - 4]
    at = min(places, key=lambda place: abs(place - len(title) / 2), default=(len(title) + 1) // 2)
    return [*broken_title(title[:at], width=width), *broken_title(title[at:], width=width)]


def _body(document: Any, paper: Paper) -> None:
    marks = numbers(paper)
    for block in paper.blocks:
        if block.is_empty or block.kind is BlockKind.SPEECHES:
            continue
        if block.kind is BlockKind.ATTENDANCE:
            _paragraph(document)
        if block.kind is BlockKind.ATTACHMENTS:
            _attachments(document, block, annexed=paper.block(BlockKind.SPEECHES) is not None)
            continue
        if block.kind in marks:
            _run(_indented(document, keep=True), f"{marks[block.kind]}、{block.heading}", HEI_TI)
        for piece in block.facts:
            _piece(document, piece)
        for line in block.text.splitlines():
            if line.strip():
                _written(document, line.strip())
        if block.rows:
            _tasks(document, block.rows)
    annexed = paper.block(BlockKind.SPEECHES) is not None
    if annexed and paper.block(BlockKind.ATTACHMENTS) is None:
        empty = Block(kind=BlockKind.ATTACHMENTS, heading="附件")
        _attachments(document, empty, annexed=True)


def _piece(document: Any, piece: Piece) -> None:
    match piece:
        case Paragraph():
            paragraph = _indented(document)
            if piece.lead:
                _run(paragraph, piece.lead, KAI_TI, bold=True)
            _run(paragraph, piece.text)
        case Table():
            _table(document, piece.columns, piece.rows, ())
        case NameList():
            _names(document, piece)


def _written(document: Any, line: str) -> None:
    """A paragraph that people wrote: （一）… is a sub-heading."""
    paragraph = _indented(document)
    heading = re.match(r"（[一二三四五六七八九十]+）[^。]{1,40}。?", line)
    if heading:
        _run(paragraph, heading[0], KAI_TI, bold=True)
        line = line[heading.end() :]
    _run(paragraph, line)


def _names(document: Any, piece: NameList) -> None:
    """出席：… two characters in, turned over under the first character after the colon, and never within a name."""
    label = f"{piece.label}："
    paragraph = _paragraph(document, align=WD_ALIGN_PARAGRAPH.LEFT)
    hanging = Pt(CHARACTER * len(label))
    paragraph.paragraph_format.left_indent = Pt(CHARACTER * 2) + hanging
    paragraph.paragraph_format.first_line_indent = -hanging
    _run(paragraph, label, HEI_TI)
    room = LINE_CHARACTERS - 2 - len(label)
    for no, line in enumerate(name_lines(piece, room=room)):
        if no:
            paragraph.add_run().add_break()
        for text, is_label in line:
            _run(paragraph, text, KAI_TI if is_label else FANG_SONG)


def name_lines(piece: NameList, *, room: int) -> list[list[tuple[str, bool]]]:
    """The list in lines of at most `room` characters, each of pieces: a text, and whether it is a group's label.

    A name stays whole, and a label with the first name after it. What is longer than a line has one of its own, which
    Word then breaks where it likes.
    """
    lines: list[list[tuple[str, bool]]] = [[]]
    used = 0
    for group in piece.groups:
        for no, name in enumerate(words.apart(group.text)):
            label = f"（{group.label}）" if group.label and no == 0 else ""
            space = words.WIDE_SPACE if lines[-1] and not lines[-1][-1][0].endswith("，") else ""
            if lines[-1] and used + len(space + label + name) > room:
                lines.append([])
                used, space = 0, ""
            used += len(space + label + name)
            lines[-1] += [(text, text == label) for text in (space, label, name) if text]
    return lines


def _attachments(document: Any, block: Block, *, annexed: bool) -> None:
    titles = [line.strip() for line in block.text.splitlines() if line.strip()]
    if annexed:
        titles.append("发言情况一览表")
    _paragraph(document)
    for no, title in enumerate(titles, start=1):
        paragraph = _paragraph(document)
        label = "附件：" if no == 1 else ""
        mark = f"{no}." if len(titles) > 1 else ""
        paragraph.paragraph_format.left_indent = Pt(CHARACTER * 6)
        paragraph.paragraph_format.first_line_indent = Pt(CHARACTER * (-4 if label else -1))
        _run(paragraph, f"{label}{mark}{title}")


def _tasks(document: Any, rows: list[SuggestedTask]) -> None:
    columns = ["序号", "事项", "建议主办", "建议协办", "建议时限", "对应意见"]
    cells = [
        [str(no), row.text, row.lead, "、".join(row.co), row.due, "、".join(str(one) for one in row.opinions)]
        for no, row in enumerate(rows, start=1)
    ]
    _table(document, columns, cells, (12, 52, 28, 28, 20, 16))


def _annex(document: Any, block: Block | None) -> None:
    """The table of speeches on a page of its own, before the colophon."""
    if block is None:
        return
    head = _paragraph(document)
    head.paragraph_format.page_break_before = True
    _run(head, "附件", HEI_TI)
    title = _paragraph(document, align=WD_ALIGN_PARAGRAPH.CENTER)
    title.paragraph_format.line_spacing = Pt(34)
    title.paragraph_format.space_after = Pt(10)
    _run(title, block.heading, XIAO_BIAO_SONG, 22)
    for piece in block.facts:
        if isinstance(piece, Table):
            _table(document, piece.columns, piece.rows, (12, 19, 29, 21, 27, 18, 13, 17))


def _table(document: Any, columns: list[str], rows: list[list[str]], widths_mm: tuple[int, ...]) -> None:
    table = document.add_table(rows=1, cols=len(columns))
    table.style = "Table Grid"
    table.autofit = not widths_mm
    for column, width in zip(table.columns, widths_mm, strict=False):
        column.width = Mm(width)
    for cells, texts, font in [(table.rows[0].cells, columns, HEI_TI)] + [
        (table.add_row().cells, row, FANG_SONG) for row in rows
    ]:
        for no, (cell, text) in enumerate(zip(cells, texts, strict=True)):
            if widths_mm:
                cell.width = Mm(widths_mm[no])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.line_spacing = Pt(18)
            _off_the_grid(paragraph)
            wide = len(text) > 12
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if wide else WD_ALIGN_PARAGRAPH.CENTER
            _run(paragraph, text, font, 12)
            cell.vertical_alignment = 1
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row in table.rows:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)


def _colophon(document: Any, paper: Paper) -> None:
    """版记 at the foot of the last page: recipients between rules, then who issued it, when and how many."""
    lines = []
    if paper.sent_to:
        lines.append(f"报送：{'，'.join(paper.sent_to)}。")
    if paper.cc:
        lines.append(f"抄送：{'，'.join(paper.cc)}。")
    issued = f"{words.day(paper.issued_on)}印发" if paper.issued_on else "　　年　月　日印发"
    # Tables without a paragraph between them become one.
    between = document.add_paragraph()
    between.paragraph_format.line_spacing = Pt(12)
    table = document.add_table(rows=0, cols=1)
    _stands_at_the_foot(table)
    for no, text in enumerate([*lines, f"{paper.issuer}\t{issued}"]):
        cell = table.add_row().cells[0]
        cell.width = WIDTH
        # Thick outer rules, thin ones between.
        _cell_border(cell, "top", eighths=8 if no == 0 else 4)
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.line_spacing = Pt(24)
        if "\t" in text:
            _cell_border(cell, "bottom", eighths=8)
            paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
            paragraph.paragraph_format.tab_stops.add_tab_stop(WIDTH - Pt(14) - Mm(4), WD_TAB_ALIGNMENT.RIGHT)
        else:
            paragraph.paragraph_format.left_indent = Pt(14 * 4)
            paragraph.paragraph_format.first_line_indent = Pt(14 * -3)
        _run(paragraph, text, FANG_SONG, 14)
    cell = table.add_row().cells[0]
    last = cell.paragraphs[0]
    last.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    last.paragraph_format.line_spacing = Pt(20)
    last.paragraph_format.right_indent = Pt(14)
    _run(last, f"（共印{paper.copies}份）", FANG_SONG, 14)
    # A document ends with a paragraph; without one after it the floating table is lost.
    end = document.add_paragraph()
    end.paragraph_format.line_spacing = Pt(1)
    _off_the_grid(end)
    if paper.head:
        check = table.add_row().cells[0].paragraphs[0]
        check.paragraph_format.line_spacing = Pt(12)
        _off_the_grid(check)
        _run(check, f"会议记录链 {paper.head_seq}：{paper.head}", SONG_TI, 7)


def _off_the_grid(paragraph: Any) -> None:
    """Lines of a table are closer than those of the body."""
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(snap, *_AFTER_SNAP)


def _stands_at_the_foot(table: Any) -> None:
    """A floating table at the bottom of the type area of the page where it comes: the last one."""
    place = OxmlElement("w:tblpPr")
    for name, value in {
        "leftFromText": "0", "rightFromText": "0", "vertAnchor": "margin", "horzAnchor": "margin",
        "tblpXSpec": "center", "tblpYSpec": "bottom",
    }.items():  # fmt: skip
        place.set(qn(f"w:{name}"), value)
    # Word refuses files whose elements are out of the schema's order: this one follows the style.
    table._tbl.tblPr.insert_element_before(place, *_AFTER_PLACE)


def _properties(document: Any, paper: Paper) -> None:
    core = document.core_properties
    core.title, core.author, core.language = paper.title, paper.issuer, "zh-CN"
    core.comments = f"SHA-256 chain head {paper.head}" if paper.head else ""
    if paper.issued_on:
        # The file of an issued paper is the same whenever it is made.
        core.created = core.modified = datetime.combine(paper.issued_on, datetime.min.time(), UTC).replace(tzinfo=None)


def _indented(document: Any, *, keep: bool = False) -> Any:
    paragraph = _paragraph(document)
    paragraph.paragraph_format.first_line_indent = Pt(CHARACTER * 2)
    paragraph.paragraph_format.keep_with_next = keep
    return paragraph


def _paragraph(document: Any, *, align: Any = WD_ALIGN_PARAGRAPH.JUSTIFY) -> Any:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    return paragraph


def _run(
    paragraph: Any, text: str, font: str = FANG_SONG, size: float = CHARACTER, *, bold: bool = False, colour: Any = None
) -> Any:
    run = paragraph.add_run(NO_CONTROL.sub("", text))
    run.font.size = Pt(size)
    run.bold = bold
    _set_font(run._r.get_or_add_rPr(), font)
    if colour is not None:
        run.font.color.rgb = colour
    return run


def _set_font(properties: Any, font: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)
    fonts.set(qn("w:hint"), "eastAsia")


def _border(paragraph: Any, side: str, *, colour: str, eighths: int) -> None:
    borders = OxmlElement("w:pBdr")
    borders.append(_edge(side, colour=colour, eighths=eighths))
    paragraph._p.get_or_add_pPr().insert_element_before(borders, *_AFTER_BORDERS)


def _cell_border(cell: Any, side: str, *, eighths: int) -> None:
    properties = cell._tc.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        properties.insert_element_before(borders, "w:shd", "w:noWrap", "w:tcMar", "w:vAlign")
    borders.append(_edge(side, colour="000000", eighths=eighths))


def _edge(side: str, *, colour: str, eighths: int) -> Any:
    edge = OxmlElement(f"w:{side}")
    for name, value in {"val": "single", "sz": str(eighths), "space": "1", "color": colour}.items():
        edge.set(qn(f"w:{name}"), value)
    return edge
