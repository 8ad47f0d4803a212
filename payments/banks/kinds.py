"""What a file is by its first bytes, where it is nothing that a bank answers with."""

from payments.banks.refusals import refuse
from standards.words import Words

PICTURE = Words("图片", "a picture")
PDF = Words(" PDF", "a PDF")
WORKBOOK = Words("工作簿或压缩包", "a workbook or an archive")
NEVER = ((b"\x89PNG", PICTURE), (b"\xff\xd8\xff", PICTURE), (b"GIF8", PICTURE), (b"%PDF", PDF))
NO_TEXT = ((b"PK\x03\x04", WORKBOOK), (b"\xd0\xcf\x11\xe0", WORKBOOK))


def refuse_other_kinds(source: bytes, *, is_text: bool) -> None:
    """FileRefused for a picture, a PDF, and where text is expected for a workbook or an archive."""
    for sign, words in (*NEVER, *(NO_TEXT if is_text else ())):
        if source.startswith(sign):
            wanted = Words("文本", "text file") if is_text else Words("工作簿", "workbook")
            raise refuse(
                f"这是{words.zh}，这家银行的回盘文件是{wanted.zh}。请选银行给的原文件",
                f"This is {words.en}; this bank answers with a {wanted.en}. Choose the bank's original",
                "other_kind",
            )
