"""How lists come in: a file of any department becomes checked, typed columns, or a sentence per wrong cell.

Plain Python (no Django, no database): bytes, a kind of ``facts`` and a day go in, values come out.

``guard``    the file is read where it can do no harm; every refusal of a file is one sentence
``child``    the limited process that reads a workbook (a script of its own, started by guard)
``compound``  its second script, for what old workbooks say beside their cells
``delimited``  text files: encodings, separators
``table``    which rows are the header, which are data, which column is what
``cells``    one text read as a date, a number, a code; what was changed on the way is told
``columns``  whole columns checked and typed; wrong cells named
``marked``   the same workbook back with each wrong cell marked and worded
"""
