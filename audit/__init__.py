"""The trail, and the one door through which every state changes.

A machine is one table of :class:`~audit.moves.Move` rows in a room's ``lifecycle.py``. A model takes it
(``class Batch(Stateful, moves=MOVES)``); :func:`~audit.door.perform` and :func:`~audit.door.perform_all`
are the only ways through it; the database guard is generated from the same table.
"""
