"""What a file is that is no list, told by its first bytes whatever its name says."""

import re

from beneficiaries.lists.sheets import Book
from standards.words import Refusal

HEAD_BYTES = 4_000
OTHER_FILES = (
    (b"\xff\xd8\xff", "一张照片（JPEG）", "a photo (JPEG)"),
    (b"\x89PNG", "一张图片（PNG）", "a picture (PNG)"),
    (b"GIF8", "一张图片（GIF）", "a picture (GIF)"),
    (b"BM", "一张图片（BMP）", "a picture (BMP)"),
    (b"II*\0", "一张图片（TIFF）", "a picture (TIFF)"),
    (b"MM\0*", "一张图片（TIFF）", "a picture (TIFF)"),
    (b"RIFF", "图片、录音或录像", "a picture or a recording"),
    (b"ID3", "录音", "a recording"),
    (b"%PDF", "PDF 文件", "a PDF file"),
    (b"Rar!", "RAR 压缩包", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包", "a 7z archive"),
    (b"\x1f\x8b", "压缩文件（gzip）", "a compressed file (gzip)"),
    (b"\x7fELF", "程序文件", "a program"),
    (b"MZ", "程序文件", "a program"),
    (b"SQLite format 3", "数据库文件", "a database file"),
    (b"{\\rtf", "RTF 文档", "an RTF document"),
)
_WEB = re.compile(
    r"(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|meta|body|table|div|style|script|span|p|center)\b",
    re.DOTALL,
)
_ARCHIVED = re.compile(r"(?:from:.*\n|subject:.*\n|date:.*\n)*mime-version:|content-type: *multipart/")
_XML = re.compile(r"<(?:\?xml|!doctype|[a-z][\w:.-]*[\s/>])")
_JSON = re.compile(r"[\[{]\s*[\[{\"]")
_ENDS_A_SENTENCE = re.compile(r"[。！？；：]\s*$|。")
_ID = re.compile(r"\d{17}[\dXx]|\d{15}")


def refuse_stranger(source: bytes) -> None:
    """Raise Refusal (``not_a_list``) for a file that is a picture, a web page or another thing that is no list."""
    found = next(((zh, en) for signature, zh, en in OTHER_FILES if source.startswith(signature)), None)
    if found is None and source[4:8] == b"ftyp":
        found = "手机照片（HEIC）或录像", "a phone's photo (HEIC) or a video"
    if found is not None:
        raise Refusal(
            f"这是{found[0]}，不是表格，改了扩展名也不行。请上传 .xlsx、.xls 或 .csv",
            f"This is {found[1]}, not a list, whatever its name says. Upload .xlsx, .xls or .csv",
            code="not_a_list",
        )
    head = _head(source)
    if _WEB.match(head) or _ARCHIVED.match(head) or "urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise Refusal(
            "这是网页格式的文件，不是表格：很多系统导出的 .xls 其实是网页。请在表格软件里打开，另存为 .xlsx 后上传",
            "This is a web page, not a workbook: what many systems export as .xls is one. Open it in the spreadsheet,"
            " save it as .xlsx and upload that",
            code="not_a_list",
        )
    if _XML.match(head) or _JSON.match(head):
        raise Refusal(
            "这是程序之间交换的数据（XML 或 JSON），不是名单。请让对方导出表格（.xlsx、.xls 或 .csv）",
            "This is data for programs (XML or JSON), not a list. Ask for an export as a table (.xlsx, .xls or .csv)",
            code="not_a_list",
        )


def _head(source: bytes) -> str:
    """The first characters in lower case, marks and blanks before them left out; only ASCII among them is relied on."""
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = source[: HEAD_BYTES * 2].decode("utf-16", "replace")
    else:
        text = source.removeprefix(b"\xef\xbb\xbf")[:HEAD_BYTES].decode("latin-1")
    return text.lstrip("\ufeff \t\r\n\0").lower()


def prose(book: Book) -> Refusal | None:
    """Why a text file without a header is rather a letter or a chat than a list; None where it may be a list.

    Its lines are sentences or have one cell alone, and none has an ID number in a cell of its own.
    """
    if book.format != "csv":
        return None
    sheet = book.sheets[0]
    lines = sentences = alone = 0
    for row in range(sheet.rows):
        cells = [text.strip() for text in sheet.row(row) if text.strip()]
        if any(_ID.fullmatch("".join(text.split())) for text in cells):
            return None
        lines += bool(cells)
        alone += len(cells) == 1
        sentences += any(map(_ENDS_A_SENTENCE.search, cells))
    if alone * 2 <= lines and sentences * 3 <= lines:
        return None
    return Refusal(
        f"这像是一段文字（{lines} 行，通知、聊天记录之类），不是名单：内容没有分成列。请上传名单本身（.xlsx、.xls 或 .csv）",
        f"This reads like a text ({lines} lines: a letter, a chat), not a list: nothing in it stands in columns. Upload the"
        " list itself (.xlsx, .xls or .csv)",
        code="prose",
    )
