"""The few strokes all charts share. Every text passes through escaping; numbers become short attributes."""

from collections.abc import Iterable

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

INK, INK_2, INK_3, SHEET, LINE = "#1A2326", "#475357", "#626C6F", "#FFFFFF", "#E0DDD3"
ACCENT, RED, AMBER, GREY = "#0F566E", "#A3281E", "#7A4F00", "#DAD7CC"
# Five steps of the accent for quantity, and the ink that reads on each (contrast of at least 4.5).
STEPS = ("#E6EFF2", "#B7D2DB", "#7FB0C0", "#2F7890", "#0A3E50")
ON_STEP = (INK, INK, INK, SHEET, SHEET)
# What a part means to a person -> its fill; hatch and dots survive black and white (patterns: base page).
FILLS = {
    "done": ACCENT,
    "committed": STEPS[2],
    "waiting": GREY,
    "failed": "url(#hatch-dense)",
    "short": "url(#hatch)",
    "unknown": "url(#dots)",
}


def number(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def attributes(**given: object) -> SafeString:
    """Attributes, escaped; ``_`` becomes ``-``; None is left out."""
    return format_html_join(
        "",
        ' {}="{}"',
        (
            (name.rstrip("_").replace("_", "-"), number(value) if isinstance(value, int | float) else value)
            for name, value in given.items()
            if value is not None
        ),
    )


def tag(name: str, content: str = "", /, **given: object) -> SafeString:
    """One element; the content must be made by these functions."""
    return format_html("<{}{}>{}</{}>", mark_safe(name), attributes(**given), content, mark_safe(name))  # noqa: S308 – our own names


def text(words: object, *, x: float, y: float, size: int = 13, **given: object) -> SafeString:
    """A line of text; ``words`` is escaped."""
    return tag("text", escape(words), x=x, y=y, font_size=size, **({"fill": INK} | given))


def rect(*, x: float, y: float, width: float, height: float, **given: object) -> SafeString:
    """A rectangle; never of negative size."""
    return tag("rect", x=x, y=y, width=max(width, 0), height=height, **given)


def link(content: str, url: str, label: str) -> SafeString:
    """The mark as a link, where there is one."""
    drawn = SafeString(content)
    return tag("a", drawn, href=url, aria_label=label) if url else drawn


def picture(parts: Iterable[str], *, width: float, height: float, sentence: str) -> SafeString:
    """The drawing with its sentence; a picture that holds links is a group, else readers would skip them."""
    drawn = SafeString("".join(parts))
    return tag(
        "svg",
        drawn,
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="group" if "<a " in drawn else "img",
        aria_label=sentence,
    )
