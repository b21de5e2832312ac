"""Every statement of src/ is one that PostgreSQL takes (docs/dialect.md), whether or not a test runs it.

usage: dialect_test.py BUILD, with KONKURS_TEST_DB (script/postgres run).  The statements are those that
the C preprocessor sees: literals that db.h has put "" in front of.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psycopg2

ROOT = pathlib.Path(__file__).resolve().parents[2]
LITERAL = re.compile(r'\s*("(?:[^"\\]|\\.)*")', re.S)
BEGINS = re.compile(r'""\s*"')
STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
# What reads and changes copies in SQLite files only.
ELSEWHERE = re.compile(r"src/(cli/drill\w*|db/sqlite\w*)\.c$")
# bool, bytea, name, int8, int2, int4, text, oid, unknown, bpchar, varchar: src/db/pg_value.c
READ = {16, 17, 19, 20, 21, 23, 25, 26, 705, 1042, 1043}


def sources(build):
    """(file, command that preprocesses it) of every file with statements, once."""
    seen = set()
    for row in json.loads((build / "compile_commands.json").read_text("utf-8")):
        path = pathlib.Path(row["directory"], row["file"]).resolve()
        name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else ""
        if name.startswith("src/") and name not in seen and not ELSEWHERE.search(name):
            seen.add(name)
            command = re.sub(r" -o \S+| -MD| -MQ \S+| -MF \S+|\bccache ", " ", row["command"])
            if "db_" in path.read_text("utf-8"):
                yield name, row["directory"], command.replace(" -c ", " -E -P ")


def statements(source):
    name, folder, command = source
    text = subprocess.run(command, shell=True, cwd=folder, check=True, capture_output=True, text=True).stdout
    found = set()
    for begin in BEGINS.finditer(text):
        at = begin.start()
        parts = []
        while (part := LITERAL.match(text, at)):
            parts.append(json.loads(part.group(1)))
            at = part.end()
        if STATEMENT.match("".join(parts)):
            found.add("".join(parts))
    return name, found


def prepared(cursor, sql):
    """Prepares it as src/db/pg.c does, whose numbers are of 64 bits; the types of its parameters."""
    cursor.execute("PREPARE q AS " + sql)
    cursor.execute("SELECT CAST(parameter_types AS text[]) FROM pg_prepared_statements WHERE name = 'q'")
    types = ["bigint" if one == "integer" else one for one in cursor.fetchone()[0]]
    cursor.execute("DEALLOCATE q")
    cursor.execute(f"PREPARE q ({', '.join(types)}) AS {sql}" if types else "PREPARE q AS " + sql)
    return types


def fault(cursor, sql):
    try:
        types = prepared(cursor, sql)
        if STATEMENT.match(sql).group(1) != "SELECT":
            return None
        values = ", ".join("1" if one == "bigint" else "NULL" for one in types)
        cursor.execute(f"EXECUTE q ({values})" if types else "EXECUTE q")
        strange = [column.name for column in cursor.description if column.type_code not in READ]
        return f"CAST {', '.join(strange)}" if strange else None
    except psycopg2.Error as why:
        return str(why).split("\n", maxsplit=1)[0]
    finally:
        cursor.execute("DEALLOCATE ALL")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(statements, list(sources(build))))
    url = os.environ["KONKURS_TEST_DB"]
    admin = psycopg2.connect(url)
    admin.autocommit = True
    name = f"dialect_{os.getpid()}"
    admin.cursor().execute(f"CREATE DATABASE {name}")
    at = re.sub(r"(://[^/?]*)/?[^?]*", rf"\1/{name}", url, count=1)
    faults = count = 0
    try:
        # any command that opens a database brings it to the schema
        subprocess.run([build / "src/konkurs", "trust", "list", "--db", at], check=True, stdout=subprocess.DEVNULL)
        connection = psycopg2.connect(at)
        connection.autocommit = True
        for file, texts in sorted(found):
            for sql in sorted(texts):
                count += 1
                why = fault(connection.cursor(), sql)
                if why:
                    faults += 1
                    print(f"{file}: {why}\n    {sql}")
        connection.close()
    finally:
        admin.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
    print(f"dialect: {count} statements, {faults} that PostgreSQL does not take")
    return faults > 0 or count < 1000


if __name__ == "__main__":
    sys.exit(main())
