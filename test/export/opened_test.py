"""The files of a table, read back by the readers of another project: openpyxl and Python's csv."""
import csv
import datetime
import os
import subprocess
import sys
import tempfile

import openpyxl

HEAD = ["Аты-жөні", "Саны", "Күні", "Уақыты"]
NAME = 'Қазыбек Ұлы, "Б"'


def write(kind, path, rows):
    subprocess.run([sys.argv[1], kind, path, str(rows)], check=True)


def check_csv(folder):
    path = os.path.join(folder, "t.csv")
    write("csv", path, 3)
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == HEAD, rows[0]
    assert rows[1][0] == "'=HYPERLINK(\"x\")", rows[1]
    assert rows[2] == [NAME, "1", "", "2026-03-02T10:15:00+05:00"], rows[2]
    assert len(rows) == 4


def check_xlsx(folder, count):
    path = os.path.join(folder, "t.xlsx")
    write("xlsx", path, count)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert list(rows[0]) == HEAD, rows[0]
    assert len(rows) == count + 1, len(rows)
    assert len(sheet.title) <= 31 and not set("[]:*?/\\") & set(sheet.title), sheet.title
    assert sheet.freeze_panes == "A2"
    # a text that begins like a formula is a text
    assert sheet["A2"].data_type == "s" and sheet["A2"].value.startswith("=HYPERLINK")
    assert rows[2][0] == NAME and rows[2][1] == 1 and rows[2][2] is None, rows[2]
    assert rows[1][2] == datetime.datetime(2026, 3, 2), rows[1][2]
    assert rows[1][3].replace(microsecond=0) == datetime.datetime(2026, 3, 2, 10, 15), rows[1][3]


def main():
    with tempfile.TemporaryDirectory() as folder:
        check_csv(folder)
        check_xlsx(folder, 3)
        check_xlsx(folder, 5000)
    print("ok: csv and xlsx are read back as they were written")


main()
