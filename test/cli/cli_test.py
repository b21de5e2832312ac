"""The command line, run as its users run it.  Prints TAP.

    cli_test.py PROGRAM RULES
"""
import json
import os
import pathlib
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile

PROGRAM, RULES = sys.argv[1:3]
IIN = "791028302728"
tests = []


def konkurs(*words, stdin=""):
    done = subprocess.run([PROGRAM, *words], input=stdin, capture_output=True, encoding="utf-8",
                          timeout=1200, check=False)
    return done.returncode, done.stdout, done.stderr


def test(run):
    tests.append(run)
    return run


def want(got, expected, why):
    if got != expected:
        raise AssertionError(f"{why}: {got!r}, wanted {expected!r}")


def holds(text, part, why):
    if part not in text:
        raise AssertionError(f"{why}: no {part!r} in {text!r}")


# ---- calendar ---------------------------------------------------------------------

@test
def the_examples_of_section_5():
    """WD-6 R15-1 R16-2: interview, working days before it, last day"""
    for day, before, last in (("2026-03-26", 5, "2026-03-16"), ("2026-03-26", 3, "2026-03-18"),
                              ("2026-05-28", 5, "2026-05-20"), ("2026-05-28", 3, "2026-05-22")):
        status, out, _ = konkurs("calendar", "last-day", "--before", str(before), day, "--json")
        want(status, 0, day)
        want(json.loads(out)["answer"], last, f"{before} before {day}")


@test
def every_day_is_explained():
    """WD-3: 24 and 25 March 2026 stand for the 21st and 22nd"""
    status, out, _ = konkurs("calendar", "last-day", "--before", "5", "2026-03-26", "--json")
    days = json.loads(out)["days"]
    want(status, 0, "status")
    want([d["day"][8:] for d in days],
         ["25", "24", "23", "22", "21", "20", "19", "18", "17", "16"], "each day between")
    want([d["stands_for"] for d in days if d["reason"] == "carried"],
         ["2026-03-22", "2026-03-21"], "what the carried days stand for")
    want(sum(d["works"] for d in days), 5, "counted days")


@test
def the_explanation_is_words():
    """in three languages"""
    for language, part in (("en", "16\u00a0March 2026"), ("ru", "16\u00a0марта 2026"),
                           ("kk", "2026\u00a0ж. 16\u00a0наурыз")):
        status, out, _ = konkurs("calendar", "last-day", "--before", "5", "2026-03-26", "--lang",
                                 language)
        want(status, 0, language)
        holds(out.split("\n")[0], part, language)
        want(len(out.strip().split("\n")), 11, f"{language}: a line a day")
    want(konkurs("calendar", "year", "2026", "--lang", "xx")[0], 2, "a language there is not")


@test
def years():
    """WD-5: working days of each year"""
    for year, days in ((2024, 249), (2025, 246), (2026, 247), (2027, 247)):
        status, out, _ = konkurs("calendar", "year", str(year), "--json")
        want((status, json.loads(out)["working_days"]), (0, days), year)


@test
def the_days_of_section_5():
    """WD-1 to WD-4: each sentence of the list, a day and why it counts or not"""
    expected = (
        # holidays, in every year that has them
        *((f"{year}-{day}", "holiday") for year in (2024, 2025, 2026, 2027) for day in
          ("01-01", "01-02", "03-08", "03-21", "03-22", "03-23", "05-01", "05-07", "05-09",
           "07-06", "10-25", "12-16")),
        ("2024-08-30", "holiday"), ("2025-08-30", "holiday"), ("2026-08-30", None),
        ("2027-08-30", None), ("2026-03-15", None), ("2027-03-15", "holiday"),
        # never carried over
        *((f"{year}-01-07", "day_off") for year in (2024, 2025, 2026, 2027)),
        ("2024-06-16", "day_off"), ("2025-06-06", "day_off"), ("2026-05-27", "day_off"),
        ("2027-05-16", "day_off"), ("2024-01-08", None), ("2024-06-17", None),
        ("2027-05-17", None),
        # neighbours chain
        ("2026-03-24", "carried"), ("2026-03-25", "carried"), ("2026-03-26", None),
        # moved days
        ("2024-05-04", "moved_worked"), ("2024-05-08", "moved_off"),
        ("2025-01-05", "moved_worked"), ("2025-01-03", "moved_off"))
    told = {}
    for year in (2024, 2025, 2026, 2027):
        status, out, _ = konkurs("calendar", "year", str(year), "--json")
        want(status, 0, year)
        told.update((d["day"], d) for d in json.loads(out)["days"])
    for day, reason in expected:
        want(told.get(day, {}).get("reason"), reason, day)
        if reason:
            want(told[day]["works"], reason == "moved_worked", f"{day} works")
    want(told["2027-05-16"]["provisional"], True, "Kurban Ait of 2027")


@test
def adding():
    """WD-6: the start is not counted"""
    status, out, _ = konkurs("calendar", "add", "5", "2026-03-26", "--json")
    want((status, json.loads(out)["answer"]), (0, "2026-04-02"), "five after 26 March")
    status, out, _ = konkurs("calendar", "add", "0", "2026-03-26", "--json")
    want((status, json.loads(out)["days"]), (0, []), "none is the day itself")


@test
def what_the_calendar_does_not_know():
    """no guess about a year not yet decreed"""
    for words in (("add", "5", "2027-12-30"), ("add", "5", "2031-01-01"), ("year", "2031"),
                  ("last-day", "--before", "5", "2024-01-03"), ("add", "5", "2026-02-30"),
                  ("add", "five", "2026-02-20"), ("year", "MMXXVI")):
        status, out, errors = konkurs("calendar", *words)
        want((status, out), (1, ""), words)
        holds(errors, "konkurs calendar: input: ", words)


@test
def wrong_words():
    """a usage is told"""
    for words in (("calendar",), ("calendar", "last-day", "2026-03-26"), ("calendar", "tomorrow"),
                  ("calendar", "last-day", "--before", "-1", "2026-03-26"),
                  ("calendar", "add", "--before", "5", "5", "2026-03-26"),
                  ("journal", "verify"), ("journal", "mend", "--db", "x"),
                  ("vote", "verify", "1"), ("vote", "verify", "0", "--db", "x"), ("vote", "count", "1", "--db", "x"), ("check", "--nothing"),
                  ("user", "add", "--db", "x", "--iin", IIN), ("user", "--db", "x"), ("nothing",)):
        want(konkurs(*words)[0], 2, words)
    want(konkurs("help")[0], 0, "help")
    holds(konkurs("help", "calendar")[1], "last-day", "help on a command")


# ---- a database -------------------------------------------------------------------

def add_person(db, iin=IIN):
    return konkurs("user", "add", "--db", db, "--iin", iin, "--family", "Сынақов", "--given",
                   "Үлгі", "--organ", "pgo")


def rows(db, sql):
    connection = sqlite3.connect(db)
    found = connection.execute(sql).fetchall()
    connection.close()
    return found


@test
def people(folder):
    """user add, password, grant: rows, journal and refusals"""
    db = f"{folder}/people.db"
    want(add_person(db)[0], 0, "add")
    want(konkurs("user", "password", "--db", db, "--iin", IIN, stdin="fifteen letters here\n")[0], 0,
         "password")
    for _ in range(2):
        want(konkurs("user", "grant", "--db", db, "--iin", IIN, "--role", "admin", "--organ",
                     "pgo")[0], 0, "grant, also twice")
    want(rows(db, "SELECT family, role FROM person JOIN role_grant ON person.id = person_id"),
         [("Сынақов", "admin")], "one right")
    want([row[0].rpartition("p=1$")[0] for row in rows(db, "SELECT password FROM account")],
         ["$argon2id$v=19$m=65536,t=2,"], "Argon2id at its full price")
    want(stat.S_IMODE(os.stat(db).st_mode), 0o600, "nobody else reads the file")
    for why, answer, part in (
            ("the same again", add_person(db), "conflict"),
            ("wrong IIN", add_person(db, "123456789011"), "error.iin"),
            ("short password", konkurs("user", "password", "--db", db, "--iin", IIN,
                                       stdin="short\n"), "cli.user.password"),
            ("no password", konkurs("user", "password", "--db", db, "--iin", IIN),
             "cli.user.password"),
            ("long password", konkurs("user", "password", "--db", db, "--iin", IIN,
                                      stdin="x" * 2000), "cli.user.password"),
            ("nobody", konkurs("user", "password", "--db", db, "--iin", "850312400118",
                               stdin="fifteen letters here\n"), "cli.user.person"),
            ("no such role", konkurs("user", "grant", "--db", db, "--iin", IIN, "--role", "king",
                                     "--organ", "pgo"), "cli.user.role"),
            ("no such organ", konkurs("user", "grant", "--db", db, "--iin", IIN, "--role", "hr",
                                      "--organ", "nowhere"), "error.organ")):
        want(answer[0], 1, why)
        holds(answer[2], part, why)


@test
def accounts(folder):
    """user disable, enable: the row, the journal, and what is refused"""
    db = f"{folder}/accounts.db"
    other = "850312400118"
    add_person(db)
    add_person(db, other)
    for iin in (IIN, other):
        konkurs("user", "password", "--db", db, "--iin", iin, stdin="fifteen letters here\n")
    konkurs("user", "grant", "--db", db, "--iin", IIN, "--role", "admin", "--organ", "pgo")

    def switch(action, iin, *more):
        return konkurs("user", action, "--db", db, "--iin", iin, *more)
    want(switch("disable", other)[0], 2, "without a reason")
    want(switch("disable", other, "--reason", "бұйрық 7")[0], 0, "disabled")
    want(rows(db, "SELECT disabled_reason FROM account WHERE disabled_ms IS NOT NULL"),
         [("бұйрық 7",)], "one account")
    holds(switch("disable", other, "--reason", "x")[2], "access.error.nothing", "once more")
    holds(switch("disable", IIN, "--reason", "x")[2], "access.error.last", "the last one")
    want(switch("enable", other, "--reason", "бұйрық 8")[0], 0, "enabled")
    want(rows(db, "SELECT COUNT(*) FROM account WHERE disabled_ms IS NOT NULL"), [(0,)], "none")
    want([kind for kind, in rows(db, "SELECT kind FROM journal_entry ORDER BY seq")
          if kind.endswith("abled")], ["account.disabled", "account.enabled"], "journalled")


def unguard(connection):
    """What somebody with the file does first: the triggers that guard the journal go."""
    for name, in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"
                                    ).fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')


@test
def the_journal(folder):
    """journal verify: whole, then each way to break it"""
    db = f"{folder}/journal.db"
    want(add_person(db)[0], 0, "add")
    for role in ("hr", "admin"):
        konkurs("user", "grant", "--db", db, "--iin", IIN, "--role", role, "--organ", "pgo")
    status, out, _ = konkurs("journal", "verify", "--db", db, "--json")
    want((status, json.loads(out)["entries"]), (0, 3), "three entries fit")
    want(konkurs("journal", "verify", "--db", db)[0], 0, "in words")
    for why, change, broken in (
            ("an entry is gone", "DELETE FROM journal_entry WHERE seq = 2", None),
            ("the last content is another",
             "UPDATE journal_content SET content = '{}' WHERE seq = 3", 3)):
        copy = f"{folder}/broken.db"
        shutil.copy(db, copy)
        connection = sqlite3.connect(copy)
        unguard(connection)
        connection.execute(change)
        connection.commit()
        connection.close()
        status, out, _ = konkurs("journal", "verify", "--db", copy, "--json")
        report = json.loads(out)
        want((status, report["whole"]), (1, False), why)
        want(report["broken_entry"] in ((broken,) if broken else (2, 3)), True, why)
        status, out, _ = konkurs("journal", "verify", "--db", copy)
        want(status, 1, why)
        holds(out, "broken at entry", why)
    connection = sqlite3.connect(db)
    try:
        connection.execute("DELETE FROM journal_content WHERE seq = 2")
        want(True, False, "the database lets a content go without an act")
    except sqlite3.IntegrityError:
        pass
    unguard(connection)
    connection.execute("DELETE FROM journal_content WHERE seq = 2")
    connection.commit()
    connection.close()
    status, out, _ = konkurs("journal", "verify", "--db", db, "--json")
    want((status, json.loads(out)["destroyed"]), (1, 1), "content destroyed without an act")
    want(konkurs("journal", "verify", "--db", f"{folder}/nothing.db")[0], 1, "no such file")
    want(os.path.exists(f"{folder}/nothing.db"), False, "nothing is made")


# ---- check ------------------------------------------------------------------------

def findings(*words):
    status, out, _ = konkurs("check", "--now", "2026-11-20T10:00", "--json", *words)
    report = json.loads(out)
    for finding in report["findings"]:
        want(bool(finding["text"] and finding["mend"]), True, f"{finding['what']}: how to mend it")
    want(report["good"], status == 0, "status and report agree")
    return status, {f["what"]: f["level"] for f in report["findings"]}, report["findings"]


@test
def assumed_values():
    """F2: what keeps a real competition from opening is a warning"""
    status, found, _ = findings()
    want(status, 0, "warnings are no error")
    want({found.get(w) for w in ("assumed", "recording", "qualification", "provisional")},
         {"warning"}, "what is assumed is told")


@test
def rules_that_cannot_be_read(folder):
    """file, line and reason"""
    copy = pathlib.Path(folder, "rules")
    shutil.copytree(RULES, copy)
    want(findings("--rules", str(copy))[0], 0, "a copy is as good")
    calendar = copy / "calendar.yaml"
    calendar.write_text(calendar.read_text("utf-8").replace("month: 12, day: 16",
                                                            "month: 13, day: 16"), "utf-8")
    status, found, report = findings("--rules", str(copy))
    want((status, found["rules"]), (1, "error"), "a thirteenth month")
    line = next(n for n, text in enumerate(calendar.read_text("utf-8").split("\n"), 1)
                if "month: 13" in text)
    holds(next(f["text"] for f in report if f["what"] == "rules"), f"calendar.yaml:{line}:",
          "file and line")


@test
def years_that_are_missing():
    """the calendar covers this year and the next"""
    status, out, _ = konkurs("check", "--now", "2027-06-01T10:00", "--json")
    want((status, [f["text"] for f in json.loads(out)["findings"] if f["what"] == "year"]),
         (1, ["The calendar does not cover 2028."]), "2028 is not decreed")
    want(konkurs("check", "--now", "yesterday")[0], 1, "no time")


@test
def databases(folder):
    """mode of the file, version, passwords, administrator, hall"""
    db = f"{folder}/check.db"
    add_person(db)
    want(findings("--db", db)[1].get("no_admin"), "warning", "no administrator yet")
    want(findings("--db", db)[1].get("no_hall"), "warning", "R28-1: no hall yet")
    konkurs("user", "password", "--db", db, "--iin", IIN, stdin="konkurs-korsetilim-2026\n")
    konkurs("user", "grant", "--db", db, "--iin", IIN, "--role", "admin", "--organ", "pgo")
    status, found, _ = findings("--db", db)
    want((status, found.get("password"), "no_admin" in found, found.get("one_admin")),
         (1, "error", False, "warning"), "the password of the demonstration, one administrator")
    konkurs("user", "password", "--db", db, "--iin", IIN, stdin="another password\n")
    status, found, _ = findings("--db", db)
    want((status, found.get("backup_none")), (1, "error"), "no backup yet")
    os.mkdir(f"{folder}/copies")
    konkurs("backup", "--db", db, "--to", f"{folder}/copies")
    konkurs("restore", "--check", "--from", f"{folder}/copies", "--db", db)
    want(findings("--db", db)[0], 0, "mended")
    os.chmod(db, 0o644)
    want(findings("--db", db)[1].get("mode"), "error", "anybody can read it")
    os.chmod(db, 0o600)
    for change, what in (("DELETE FROM schema_done WHERE number > 1", "older"),
                         ("INSERT INTO schema_done (number, name) VALUES (9999, 'later')", "newer"),
                         ("DROP TABLE schema_done", "no_database")):
        connection = sqlite3.connect(db)
        connection.execute(change)
        connection.commit()
        connection.close()
        want(what in findings("--db", db)[1], True, what)
    want("no_database" in findings("--db", f"{folder}/none.db")[1], True, "no file")


made = {}  # folders, by the words they were made with


def demonstration(db, *words):
    """one that the program has made with these words, which it does once"""
    if words not in made:
        made[words] = tempfile.TemporaryDirectory()
        want(konkurs("demo", "--db", f"{made[words].name}/made.db", *words)[0], 0, "demo")
    for ending in ("", ".key"):
        shutil.copy2(f"{made[words].name}/made.db{ending}", db + ending)


@test
def demonstrations(folder):
    """a demonstration may have its passwords, and no second one goes into the same file"""
    db = f"{folder}/demo.db"
    want(konkurs("demo", "--db", db, "--now", "2026-11-20T10:00")[0], 0, "demo")
    want({"password", "no_hall"} & set(findings("--db", db)[1]), set(), "no finding")
    want(konkurs("verify", "--db", db)[0], 0, "halls and all else are told by the journal")
    want(konkurs("journal", "verify", "--db", db)[0], 0, "its journal is whole")
    want(konkurs("vote", "verify", "1", "--db", db)[0], 1, "nobody is in an interview")
    want(konkurs("demo", "--db", db)[0], 1, "not twice")
    holds(konkurs("demo", "--db", db, "--accounts")[1], "850312400118", "accounts")


@test
def the_bank(folder):
    """figures of nothing, and questions of another system: told first, then all or none"""
    db = f"{folder}/bank.db"
    file = f"{folder}/questions.csv"
    demonstration(db, "--now", "2026-11-20T10:00", "--unsealed")
    status, out, _ = konkurs("bank", "stats", "--db", db, "--act", "civil-code", "--json")
    figures = json.loads(out)
    want((status, figures["test"]["attempts"], figures["test"]["kr20"]), (0, 0, None), "no data")
    want({i["act"] for i in figures["items"]}, {"civil-code"}, "one act alone")
    want("score" in figures["test"], False, "no distribution of nothing")
    want(figures["items"][0]["both"]["curve"], None, "no curve of nothing")
    holds(konkurs("bank", "stats", "--db", db)[1], "not enough data", "in words")
    status, out, _ = konkurs("bank", "stats", "--hold", "--db", db)
    want((status, out), (0, "0 questions of class C went on hold.\n"), "nothing to hold")
    want(json.loads(konkurs("bank", "stats", "--hold", "--db", db, "--json")[1]), [], "as JSON")
    want(konkurs("bank", "stats", "--hold", "--act", "civil-code", "--db", db)[0], 2, "of all acts")
    holds(konkurs("help", "bank")[1], "screen SITTING", "help names the screening")
    short = konkurs("bank", "paper", "--language", "ru", "--out", f"{folder}/short.pdf", "--db", db,
                    "--reason", "r", "--act", "civil-code", "--questions", "9999")
    want(short[0], 1, "a form of more questions than there are")
    holds(short[2], "civil-code", "says which act is short")
    head = "code,act,article,key,ru,ru_a,ru_b,ru_c,ru_d\n"
    with open(file, "w", encoding="utf-8") as f:
        f.write(head + "z-1,civil-code,3,a,Первый?,1,2,3,4\nz-2,civil-code,3,x,Второй?,1,2,3,4\n")
    counted = "SELECT COUNT(*) FROM bank_item WHERE code LIKE 'z-%'"
    status, out, _ = konkurs("bank", "import", file, "--db", db, "--dry-run", "--json")
    told = json.loads(out)
    want((status, told["added"], told["bad"]), (1, 1, 1), "what would come of it")
    want([(r["line"], r["key"]) for r in told["rows"] if r["what"] == "bad"],
         [(3, "exchange.key_none")], "with its line")
    want(konkurs("bank", "import", file, "--db", db)[0], 1, "one is bad")
    want(rows(db, counted)[0][0], 0, "nothing is half imported")
    want(konkurs("bank", "import", file, "--db", db, "--leave-bad")[0], 1, "the rest")
    want(rows(db, counted)[0][0], 1, "as a draft")
    want(konkurs("bank", "import", f"{folder}/none", "--db", db)[0], 1, "no file")
    want(konkurs("bank", "export", "--db", db)[0], 2, "no format")
    want(konkurs("bank", "export", "--db", db, "--format", "word")[0], 2, "no such format")
    for form in ("csv", "moodle"):
        with open(file, "w", encoding="utf-8", newline="") as f:
            f.write(konkurs("bank", "export", "--db", db, "--format", form)[1])
        told = json.loads(konkurs("bank", "import", file, "--db", db, "--dry-run", "--json")[1])
        want((told["added"], told["changed"], told["bad"]), (0, 0, 0), f"{form}: nothing is lost")
        want(told["unchanged"], rows(db, "SELECT COUNT(*) FROM bank_item")[0][0], "every question")
    for form in ("xlsx", "qti2", "qti3"):
        exported(file, "export", "--db", db, "--format", form)
        told = json.loads(konkurs("bank", "import", file, "--db", db, "--dry-run", "--json")[1])
        want((told["added"], told["changed"], told["bad"]), (0, 0, 0), f"{form}: nothing is lost")
    want(rows(db, "SELECT COUNT(*) FROM journal_entry WHERE kind = 'bank.given'")[0][0], 5, "noted")


def exported(file, *words):
    """what the bank command writes to its output is bytes, not text"""
    with open(file, "wb") as f:
        want(subprocess.run([PROGRAM, "bank", *words], stdout=f, check=False).returncode, 0, words)


@test
def questions_in_words(folder):
    """why a question or a file is not taken, in words; an empty file to be filled in"""
    db = f"{folder}/words.db"
    file = f"{folder}/words.gift"
    demonstration(db, "--now", "2026-11-20T10:00")
    with open(file, "w", encoding="utf-8") as f:
        f.write("::a::Верно? {T}\n")
    _, out, err = konkurs("bank", "import", file, "--db", db, "--dry-run", "--lang", "ru")
    holds(out, "1: bad       a  Вопросы этого вида не принимаются: true/false", "its reason")
    want(err, "", "no bar but on a terminal")
    with open(file, "wb") as f:
        f.write("key,ru\nа,Вопрос".encode("cp1251"))
    status, _, err = konkurs("bank", "import", file, "--db", db, "--dry-run")
    want(status, 1, "not UTF-8")
    holds(err, "The text is not UTF-8 (line and byte: 2: 0xE0)", "where")
    for form in ("csv", "xlsx"):
        exported(file, "template", "--format", form)
        told = json.loads(konkurs("bank", "import", file, "--db", db, "--dry-run", "--json")[1])
        want((told["added"], told["bad"]), (1, 0), f"the example of {form}")
    want(konkurs("bank", "template", "--format", "qti3")[0], 2, "no columns there")
    want(konkurs("read-questions", "ru")[0], 2, "for the program alone")


def text_of(pdf):
    return subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, encoding="utf-8",
                          check=True).stdout


@test
def a_test_on_paper(folder):
    """F27 F49: drawn once, printed again in the other language, its key by itself"""
    db, pdf, again, key = (f"{folder}/{name}" for name in ("paper.db", "1.pdf", "2.pdf", "key.pdf"))
    demonstration(db, "--now", "2026-11-20T10:00", "--unsealed")
    paper = ("bank", "paper", "--db", db, "--out")
    want(konkurs(*paper, pdf, "--language", "kk")[0], 2, "no reason")
    want(konkurs(*paper, pdf, "--language", "en", "--reason", "x")[0], 2, "no such language")
    want(konkurs(*paper, pdf, "--language", "kk", "--form", "7")[0], 1, "no such form")
    status, out, _ = konkurs(*paper, pdf, "--language", "kk", "--reason", "no hall")
    want((status, out), (0, "Form 1, questions and answer sheet.\n"), "made")
    want(stat.S_IMODE(os.stat(pdf).st_mode), 0o600, "for its owner alone")
    holds(text_of(pdf), "120.", "the last question")
    holds(text_of(pdf), "Жауап парағы", "the answer sheet")
    want(konkurs(*paper, again, "--language", "ru", "--form", "1")[0], 0, "again")
    holds(text_of(again), "Лист ответов", "in Russian")
    want(konkurs(*paper, key, "--language", "ru", "--form", "1", "--answers")[0], 0, "its key")
    holds(text_of(key), "Ключ билета", "the key")
    want(rows(db, "SELECT COUNT(*) FROM paper_form")[0][0], 1, "one form")
    first = text_of(pdf)
    konkurs(*paper, pdf, "--language", "kk", "--form", "1")
    want(text_of(pdf), first, "the same form")


def stems():
    """every question of the sample bank, in both languages"""
    found = []
    for path in sorted(pathlib.Path(RULES, "../sample/bank").glob("*.yaml")):
        found += [json.loads(t) for t in re.findall(r"^\s+stem: (.*)$", path.read_text("utf-8"),
                                                    re.MULTILINE)]
    return found


def words_in(db):
    """which of them the bytes of a database give away"""
    bytes_ = b"".join(pathlib.Path(db + ending).read_bytes() for ending in ("", "-wal", "-journal")
                      if os.path.exists(db + ending))
    # what lies there has, wherever it begins, one of the file's blocks in it: all others need no search,
    # which takes eight seconds for all questions
    block = 32
    blocks = {bytes_[at:at + block] for at in range(0, len(bytes_), block)}

    def there(text):
        return ((len(text) < 2 * block or any(text[at:at + block] in blocks for at in range(len(text) - block + 1)))
                and text in bytes_)
    return [s for s in stems() if any(there(s.encode(name)) for name in ("utf-8", "utf-16-le", "utf-16-be"))]


@test
def whom_to_trust(folder):
    """F12 F20: the command line asks for an anchor and cannot agree; no list before it counts"""
    db, key, root = (f"{folder}/trust.{ending}" for ending in ("db", "key", "pem"))
    konkurs("demo", "--db", db, "--unsealed")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", key, "-out", root, "-days", "9", "-subj", "/CN=ROOT",
                    "-addext", "keyUsage=critical,keyCertSign,cRLSign"], check=True, capture_output=True)
    want(konkurs("trust", "list", "--db", db), (0, "", ""), "nobody at first")
    holds(konkurs("trust", "add", root, "--db", db)[2], "error.required", "a reason is wanted")
    status, out, _ = konkurs("trust", "add", root, "--db", db, "--reason", "order 5")
    want(status, 0, "asked")
    holds(out, "an administrator agrees", "and waits")
    holds(konkurs("trust", "list", "--db", db)[1], "anchor, asked", "as the list says")
    holds(konkurs("trust", "add", root, "--db", db, "--reason", "x")[2], "trust.error.known", "once")
    holds(konkurs("trust", "remove", "1", "--db", db, "--reason", "x")[2], "trust.error.state", "not yet")
    holds(konkurs("trust", "crl", root, "--db", db)[2], "signature.error.crl", "no list")
    holds(konkurs("trust", "add", f"{folder}/none", "--db", db, "--reason", "x")[2], "error.file", "no file")
    want(konkurs("trust", "agree", "1", "--db", db)[0], 2, "there is no such action")
    want(rows(db, "SELECT state FROM trust_certificate"), [("asked",)], "it waits")


@test
def the_sealed_bank(folder):
    """F28: a stolen file shows no question, one paper opens nothing, two give a new key"""
    db = f"{folder}/sealed.db"
    status, out, _ = konkurs("demo", "--db", db, "--now", "2026-11-20T10:00")
    papers = re.findall(r"sealed bank: (\S+)", out)
    want((status, len(papers)), (0, 2), "two papers")
    want(len(stems()) >= 600, True, "the questions are known")
    want(words_in(db), [], "the file shows none")
    want(stat.S_IMODE(os.stat(db + ".key").st_mode), 0o600, "nobody else reads the key")
    answer = konkurs("bank", "export", "--db", db, "--format", "csv")
    want((answer[0], answer[1]), (1, ""), "with the key file and without keepers")
    holds(answer[2], "bank.error.sealed", "why")
    holds(konkurs("vault", "status", "--db", db)[1], "readable for who works at them: 0", "status")
    with open(f"{folder}/one.csv", "w", encoding="utf-8") as f:
        f.write("code,act,article,key,ru,ru_a,ru_b,ru_c,ru_d\nz-1,civil-code,3,a,Первый?,1,2,3,4\n")
    told = json.loads(konkurs("bank", "import", f"{folder}/one.csv", "--db", db, "--dry-run",
                              "--json")[1])
    want([r["value"] for r in told["rows"] if r["key"] == "exchange.sealed"],
         [str(rows(db, "SELECT COUNT(*) FROM bank_item")[0][0])], "what was not compared is told")
    for why, typed, part in (("nothing", "", "vault.error.paper"),
                             ("one", papers[0] + "\n", "vault.error.paper"),
                             ("one twice", f"{papers[0]}\n{papers[0]}\n", "vault.error.shares"),
                             ("mistyped", f"{papers[0]}\n{papers[1][:-1]}X\n", "paper")):
        answer = konkurs("vault", "recover", "--db", db, stdin=typed)
        want(answer[0], 1, why)
        holds(answer[2], part, why)
    status, out, _ = konkurs("vault", "recover", "--db", db, stdin=f"{papers[1].lower()}\n{papers[0]}\n")
    new = re.findall(r"^\d  (\S+)$", out, re.MULTILINE)
    want((status, len(new)), (0, 2), "two papers give a new key")
    holds(konkurs("vault", "recover", "--db", db, stdin="\n".join(papers) + "\n")[2],
          "vault.error.paper_old", "the old ones are void")
    want(konkurs("vault", "recover", "--db", db, stdin="\n".join(new) + "\n")[0], 0, "the new ones")
    want(konkurs("journal", "verify", "--db", db)[0], 0, "all of it is in the journal")
    want(words_in(db), [], "and still nothing to read")


@test
def the_key_file(folder):
    """a database opens with its own key alone, and check says what is wrong with it"""
    db = f"{folder}/keys.db"
    demonstration(db, "--now", "2026-11-20T10:00", "--unsealed")
    want("unsealed" in findings("--db", db)[1], False, "a demonstration may be open")
    os.chmod(db + ".key", 0o644)
    want(findings("--db", db)[1].get("key_mode"), "error", "anybody can read it")
    os.chmod(db + ".key", 0o600)
    os.rename(db + ".key", f"{folder}/elsewhere")
    want(findings("--db", db)[1].get("key_missing"), "error", "it is not there")
    answer = konkurs("bank", "export", "--db", db, "--format", "csv")
    want(answer[0], 1, "nothing is read without it")
    holds(answer[2], "vault.error.key_missing", "and no other is made")
    want(os.path.exists(db + ".key"), False, "no other")
    want(konkurs("bank", "export", "--db", db, "--key", f"{folder}/elsewhere", "--format",
                 "csv")[0], 0, "it is named")
    konkurs("demo", "--db", f"{folder}/other.db", "--unsealed")
    shutil.copy(f"{folder}/other.db.key", db + ".key")
    want(findings("--db", db)[1].get("key_other"), "error", "another's")
    holds(konkurs("bank", "export", "--db", db, "--format", "csv")[2], "vault.error.key_other",
          "refused")
    plain = f"{folder}/plain.db"
    add_person(plain)
    want(findings("--db", plain)[1].get("unsealed"), "warning", "a real one is told to be sealed")


@test
def the_screening(folder):
    """signs in answers: only of a closed sitting; the settings are numbers within bounds"""
    db = f"{folder}/screen.db"
    demonstration(db, "--now", "2026-11-20T10:00")
    want(konkurs("bank", "screen", "--db", db)[0], 2, "which sitting?")
    want(konkurs("bank", "screen", "x", "--db", db)[0], 2, "no number")
    want(konkurs("bank", "screen", "1", "--db", db)[0], 1, "no such sitting")
    want(konkurs("bank", "screen", "--set", "seats_in_row=8", "--db", db)[0], 0, "a setting")
    value = "SELECT value FROM screening_setting WHERE name = 'seats_in_row'"
    want(rows(db, value)[0][0], 8, "it is kept")
    for bad in ("seats_in_row=-1", "run_least=1", "nothing=3"):
        want(konkurs("bank", "screen", "--set", bad, "--db", db)[0], 1, bad)
    for odd in ("seats_in_row", "seats_in_row=", "seats_in_row=x"):
        want(konkurs("bank", "screen", "--set", odd, "--db", db)[0], 2, odd)
    want(rows(db, value)[0][0], 8, "and nothing else is")
    noted = "SELECT COUNT(*) FROM journal_entry WHERE kind = 'screening.setting'"
    want(rows(db, noted)[0][0], 1, "noted")


def main():
    print(f"1..{len(tests)}")
    bad = 0
    for number, run in enumerate(tests, 1):
        name = f"{number} {run.__name__.replace('_', ' ')}"
        try:
            with tempfile.TemporaryDirectory() as folder:
                run(*([folder] if run.__code__.co_argcount else []))
            print(f"ok {name}")
        except (AssertionError, KeyError, ValueError, OSError, subprocess.SubprocessError,
                sqlite3.Error) as why:
            bad += 1
            print(f"not ok {name}")
            print(f"# {run.__doc__}: {why}", file=sys.stderr)
    sys.exit(1 if bad else 0)


main()
