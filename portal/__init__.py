"""Screens that span rooms: counter, family, application, worklist, notices, county, families' own pages."""
