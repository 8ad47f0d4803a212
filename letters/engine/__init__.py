"""Letters as PDF: one template file and a plain dict in, the same bytes out every time.

Plain Python on reportlab's canvas; knows nothing of Django or of the county's business.
"""

from letters.engine.document import PER_FILE, Letter, MergedFile, lay_out, render, render_to, write_merged
from letters.engine.errors import HeldLetter, TemplateError
from letters.engine.template import Template, load, load_all

__all__ = [
    "PER_FILE",
    "HeldLetter",
    "Letter",
    "MergedFile",
    "Template",
    "TemplateError",
    "lay_out",
    "load",
    "load_all",
    "render",
    "render_to",
    "write_merged",
]
