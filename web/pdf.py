"""How a browser may show a PDF of ours in its own viewer."""

# Chromium shows a PDF in a page of its own making, with an embed and inline styles; under the house's policy it shows
# "blocked" instead (crbug.com/271452). A PDF of ours runs nothing and may stand in no frame.
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
