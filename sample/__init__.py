"""The sample county: invented people on real divisions, and the truth about them.

Nothing here is a fact about anybody. No other room imports this one.
"""
