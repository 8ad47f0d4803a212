"""Work that outlives a request: found in the database, done once, resumed after any crash.

The broker is only a doorbell. Losing it loses nothing, because the work is a row:

1. A room gives the row that stands for the work the fields of `jobs.models.Leased`, and a query that
   finds the rows still to be done.
2. Its ``tasks.py`` says how to do one, and how often to look::

       @answers(every=5)
       def check_lists() -> None:
           work_through(queries.lists_to_check(), services.check_list)

3. Its services ring after they made such a row: ``ring("beneficiaries.tasks.check_lists")``, which sends
   nothing before the commit and once per commit, never once per row.

Work without a row (a look for what is missing) is a task that calls a service; where two at once would be
waste, the service runs inside `jobs.alone.alone`.
"""
