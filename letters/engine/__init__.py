"""Letters as PDF: one template file and a plain dict in, the same bytes out every time.

Plain Python on reportlab's canvas; knows nothing of Django or of the county's business.
"""

from letters.engine.document import Letter, render, render_to, write_merged
from letters.engine.errors import HeldLetter, TemplateError
from letters.engine.template import Template, load, load_all

__all__ = [
    "HeldLetter",
    "Letter",
    "Template",
    "TemplateError",
    "load",
    "load_all",
    "render",
    "render_to",
    "write_merged",
]
