"""A QR code as filled rectangles: segno finds the modules, no font and no image is needed."""

import functools

import segno

QUIET = 4  # modules of white around a code, asked for by ISO/IEC 18004
MASK = 4  # any of the eight is valid; choosing one saves weighing all of them (most of the time)
TEXT_MAX = 300  # characters: a longer text makes modules too fine for a worn phone camera


@functools.lru_cache(maxsize=256)
def rectangles(text: str) -> tuple[tuple[tuple[int, int, int], ...], int]:
    """Dark runs ``(column, row, length)`` in modules, row 0 on top, and the modules of a side.

    >>> runs, side = rectangles("https://guanai.example/p/x7Kq")
    >>> side, runs[0]
    (29, (0, 0, 7))
    """
    if not 0 < len(text) <= TEXT_MAX:
        raise ValueError(f"a QR code holds 1 to {TEXT_MAX} characters here, not {len(text)}")
    matrix = segno.make_qr(text, error="m", mask=MASK, boost_error=False).matrix
    runs = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                runs.append((start, y, x - start))
            x += 1
    return tuple(runs), len(matrix)
