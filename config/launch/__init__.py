"""The two commands: ``./start`` and ``./test``.

`environment` runs on the machine's own Python before anything is installed; the other modules run in the
virtual environment that it makes.
"""
