"""Deletion by rule: what is no longer needed goes, on record, and nothing that a decision or a payment stands on.

``rules.toml`` says what, how long and on what ground; :mod:`oversight.retention.finding` finds it; and
:mod:`oversight.retention.deleting` deletes it as the owner of the tables and writes it into the stock, so that `verify`
tells a row deleted by rule from one that somebody removed.
"""
