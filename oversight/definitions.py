"""What the database enforces, in its own words: triggers and their functions, constraints, indexes, privileges.

``oversight/definitions.txt`` holds what the migrations and :mod:`oversight.grants` make; ``verify`` compares it with what
stands. A test makes the file again and fails where it is old; ``manage.py definitions`` writes it.
"""

import re
from pathlib import Path

from django.conf import settings
from django.db import connection

FILE = Path(__file__).with_name("definitions.txt")
_QUERY = """
SELECT 'trigger ' || c.relname || '.' || t.tgname || ' ' || t.tgenabled::text || ': ' || pg_get_triggerdef(t.oid)
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'disabled key trigger ' || c.relname || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE t.tgisinternal AND t.tgenabled <> 'O' AND c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'function ' || p.proname || ': ' || pg_get_functiondef(p.oid) FROM pg_proc p
  LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
 WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f' AND d.objid IS NULL
UNION ALL
SELECT 'constraint ' || c.relname || '.' || k.conname || CASE WHEN k.convalidated THEN '' ELSE ' not valid' END || ': '
       || pg_get_constraintdef(k.oid)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
 WHERE c.relnamespace = 'public'::regnamespace AND k.contype IN ('c', 'u', 'x', 'p', 'f')
UNION ALL
SELECT 'unique index ' || c.relname || '.' || i.relname || CASE WHEN x.indisvalid THEN '' ELSE ' not valid' END || ': '
       || pg_get_indexdef(i.oid)
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
 WHERE x.indisunique AND c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'not null ' || c.relname || ': ' || string_agg(a.attname, ', ' ORDER BY a.attname)
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
 GROUP BY c.relname
UNION ALL
SELECT 'rule ' || c.relname || '.' || r.rulename || ': ' || pg_get_ruledef(r.oid)
  FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'app may ' || p || ' ' || c.relname
  FROM pg_class c, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) p
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND has_table_privilege(%(app)s, c.oid, p)
UNION ALL
SELECT 'app may UPDATE ' || c.relname || ': ' || string_agg(a.attname, ', ' ORDER BY a.attname)
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
   AND has_column_privilege(%(app)s, c.oid, a.attnum, 'UPDATE') AND NOT has_table_privilege(%(app)s, c.oid, 'UPDATE')
 GROUP BY c.relname
UNION ALL
SELECT 'app is a member of ' || r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
  JOIN pg_roles a ON a.oid = m.member WHERE a.rolname = %(app)s
UNION ALL
SELECT 'app is ' || w FROM pg_roles r, LATERAL (VALUES ('superuser', r.rolsuper), ('creating roles', r.rolcreaterole),
       ('bypassing row security', r.rolbypassrls)) v (w, held) WHERE r.rolname = %(app)s AND held
"""


def live() -> list[str]:
    """What stands in the database now, one definition a line, sorted."""
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, {"app": settings.APP_ROLE})
        return sorted(_plain(" ".join(words.split())) for (words,) in cursor.fetchall())


def _plain(words: str) -> str:
    """PostgreSQL writes the casts in a list of texts in another place after a dump was restored: without them."""
    words = re.sub(r"\('([^']*)'::character varying\)::text", r"'\1'", words)
    words = re.sub(r"'([^']*)'::character varying", r"'\1'", words)
    return re.sub(r"\(ARRAY\[([^\]]*)\]\)::text\[\]", r"ARRAY[\1]", words)


def expected() -> list[str]:
    """What the file says."""
    return FILE.read_text(encoding="utf-8").splitlines()


def write() -> int:
    """Write what stands into the file; gives how many definitions."""
    found = live()
    FILE.write_text("\n".join(found) + "\n", encoding="utf-8")
    return len(found)
