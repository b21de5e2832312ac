"""Builds db/schema/*.sql into a C table: embed_schema.py OUT.c FILE.sql ..."""
import pathlib
import re
import sys


def c_string(text):
    lines = text.replace("\\", "\\\\").replace('"', '\\"').split("\n")
    return "\n".join('\t  "%s\\n"' % line for line in lines)


def main(out, files):
    rows = []
    for expected, name in enumerate(sorted(files, key=lambda f: pathlib.Path(f).name), 1):
        path = pathlib.Path(name)
        number = int(path.name.split("_")[0])
        if number != expected:
            sys.exit(f"{path.name}: migration {expected} was expected")
        # "-- @bears N": programs whose newest migration is N or later go on serving beside it.
        bears = re.search(r"^-- @bears (\d+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        bears = int(bears.group(1)) if bears else 0
        if bears >= number:
            sys.exit(f"{path.name}: @bears an older program, not itself")
        # Comments are for readers of the file, and may hold the @words.
        sql = "\n".join(line.split("--")[0].rstrip() for line in
                        path.read_text(encoding="utf-8").split("\n"))
        rows.append('\t{ %d, %d, "%s",\n%s },\n' % (number, bears, path.stem, c_string(sql)))
    text = '#include "db/migrations.h"\n\nconst struct db_migration db_migrations[] = {\n'
    text += "".join(rows) + "};\n\nconst int db_migration_count = %d;\n" % len(rows)
    pathlib.Path(out).write_text(text, encoding="utf-8")


main(sys.argv[1], sys.argv[2:])
