"""`konkurs init` as it is used: at a terminal, and of a plan.  Prints TAP.

    init_test.py PROGRAM
"""
import datetime
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile

PROGRAM = sys.argv[1]
SERVER = os.environ.get("KONKURS_TEST_POSTGRES", "")
YEAR = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=5))).year
PASSWORDS = ("Терең өзен 1 тыныш ағады", "Терең өзен 2 тыныш ағады", "Терең өзен 3 тыныш ағады")
tests = []


def test(run):
    tests.append(run)
    return run


def want(got, expected, why):
    if got != expected:
        raise AssertionError(f"{why}: {got!r}, wanted {expected!r}")


def holds(text, part, why):
    if part not in text:
        raise AssertionError(f"{why}: no {part!r} in {text!r}")


def konkurs(*words, stdin=""):
    done = subprocess.run([PROGRAM, *map(str, words)], input=stdin, capture_output=True,
                          encoding="utf-8", timeout=300, check=False)
    return done.returncode, done.stdout, done.stderr


def iin(serial, born="850101", century=3):
    """A number with a right check digit."""
    digits = [int(c) for c in f"{born}{century}{serial:04d}"]
    check = sum(d * (i + 1) for i, d in enumerate(digits)) % 11
    if check == 10:
        check = sum(d * ((i + 2) % 11 + 1) for i, d in enumerate(digits)) % 11
    return iin(serial + 1, born, century) if check == 10 else "".join(map(str, digits)) + str(check)


ASIA, BOLAT, SAULE = iin(100), iin(200), iin(300)


def assumed():
    """Names of the values that somebody has to enter, as the template lists them."""
    status, out, _ = konkurs("init", "--template", "--lang", "en")
    want(status, 0, "template")
    return re.findall(r'^#  - \{ name: "([a-z_]+)"', out, re.M)


def plan(folder, **other):
    """A plan that will do, as JSON (which is YAML)."""
    made = {"organ": "reg-akmola",
            "people": [
                {"role": "admin", "iin": ASIA, "family": "Асанова", "given": "Асия"},
                {"role": "admin", "iin": BOLAT, "family": "Болатов", "given": "Болат"},
                {"role": "hr", "iin": SAULE, "family": "Сәулебаева", "given": "Сәуле",
                 "position_kk": "Кадр қызметінің бастығы",
                 "position_ru": "Начальник кадровой службы"}],
            "left_open": ["all"], "calendar_checked": [str(YEAR)], **other}
    path = pathlib.Path(folder) / "plan.json"
    path.write_text(json.dumps({k: v for k, v in made.items() if v is not None}, ensure_ascii=False), "utf-8")
    return path


def passwords():
    return "".join(f"{who} {word}\n" for who, word in zip((ASIA, BOLAT, SAULE), PASSWORDS))


def init(db, path, *more, stdin=None):
    named = path.read_text("utf-8")
    given = "".join(line + "\n" for line in passwords().splitlines() if line.split()[0] in named)
    return konkurs("init", "--db", db, "--from", path, "--passwords", "-", "--json", "--lang", "en", *more,
                   stdin=given if stdin is None else stdin)


def rows(db, sql):
    with sqlite3.connect(db) as base:
        return base.execute(sql).fetchall()


# ---- of a plan --------------------------------------------------------------------

@test
def a_real_installation_is_made(folder):
    """F2: organ, two administrators, HR; in earnest, journalled, and its journal holds"""
    db = folder / "k.db"
    status, out, err = init(db, plan(folder))
    want(status, 0, err + out)
    told = json.loads(out)
    want((told["made"], told["people"], told["organ"]), (True, 3, "reg-akmola"), "what is told")
    want(told["opens_real_competitions"], False, "values are open")
    holds(told["left_open"], "pass_mark", "what is open")
    want(rows(db, "SELECT organ FROM installation"), [("reg-akmola",)], "in earnest")
    want(rows(db, "SELECT role, organ FROM role_grant ORDER BY id"),
         [("admin", "pgo"), ("admin", "pgo"), ("hr", "reg-akmola")], "offices")
    want(rows(db, "SELECT COUNT(*) FROM account WHERE temporary = 1"), [(3,)], "first passwords")
    kinds = [kind for kind, in rows(db, "SELECT kind FROM journal_entry ORDER BY seq")]
    want(kinds[-1], "installation.made", "the entry that says so")
    want(oct((folder / "k.db.key").stat().st_mode & 0o777), "0o600", "the service key")
    want(konkurs("journal", "verify", "--db", db)[0], 0, "journal")
    want(konkurs("verify", "--db", db)[0], 0, "verify")
    status, out, _ = konkurs("check", "--db", db, "--json")
    what = {f["what"] for f in json.loads(out)["findings"]}
    want({"one_admin", "no_admin", "password", "second_factor"} & what, set(), "what check finds")
    holds(what, "assumed", "check says what is open")


@test
def entered_values_are_the_law_of_the_installation(folder):
    """F1, F2: with clause and act; everything entered, a real competition opens as far as values go"""
    values = [{"name": name, "value": 1, "clause": "3", "act": "Бұйрық № 77"} for name in assumed()]
    for v in values:
        v["value"] = {"pass_mark": 90, "test_minutes": 110, "options_least": 4, "options_most": 5}.get(v["name"], 1)
    values[0].pop("act")
    db = folder / "k.db"
    table = konkurs_text(folder, "qualification/2026-02-18.yaml").replace("assumed: true", "assumed: false")
    (folder / "table.yaml").write_text(table, "utf-8")
    path = plan(folder, values=values, in_force_from={"day": "2025-05-17", "act": "Бұйрық № 1"},
                left_open=None, qualification=str(folder / "table.yaml"))
    status, out, err = init(db, path)
    want(status, 0, err + out)
    want(json.loads(out)["left_open"], [], "nothing is open")
    want(json.loads(out)["opens_real_competitions"], True, "a real competition opens")
    status, body, _ = konkurs("law", "show", "order-118/2025-05-17.yaml", "--db", db)
    holds(body, '{ name: "pass_mark", value: 90, clause: "3", assumed: false }', "a value of the Rules")
    holds(body, 'value: 110, clause: "3", assumed: false, act: "Бұйрық № 77" }', "a value of another act")
    holds(body, 'in_force_assumed: false\nin_force_act: "Бұйрық № 1"', "the day")
    want(rows(db, "SELECT name FROM own_law ORDER BY name"),
         [("order-118/2025-05-17.yaml",), ("qualification/2026-02-18.yaml",)], "own law")
    found = {f["what"] for f in json.loads(konkurs("check", "--db", db, "--json")[1])["findings"]}
    want(found & {"assumed", "unset", "qualification"}, set(), "check: no demonstration values")
    # another law on the command line leaves it alone, and check says so
    rules = pathlib.Path(__file__).parents[2] / "rules"
    found = {f["what"] for f in json.loads(konkurs("check", "--db", db, "--rules", rules, "--json")[1])["findings"]}
    want({"own_law", "assumed"} <= found, True, "--rules overrides")
    want(konkurs("verify", "--db", db)[0], 0, "verify")
    # and a row that nobody has entered is found
    with sqlite3.connect(db) as base:
        base.execute("UPDATE own_law SET law_text = (SELECT law_text FROM own_law WHERE name LIKE 'q%')"
                     " WHERE name LIKE 'o%'")
    want(konkurs("verify", "--db", db)[0], 1, "verify of a law that was put in")


def konkurs_text(folder, name):
    """A file of the law as the program has it."""
    db = folder / "empty.db"
    status, out, err = konkurs("law", "show", name, "--db", db)
    want(status, 0, err)
    return out


@test
def what_is_wrong_is_told_and_nothing_is_there(folder):
    """each with its place, before there is a file"""
    people = json.loads(plan(folder).read_text("utf-8"))["people"]
    doctored = lambda i, **more: [{**p, **more} if n == i else p for n, p in enumerate(people)]
    cases = (
        ("organ", "error.organ", {"organ": "nowhere"}),
        ("people", "setup.error.admins", {"people": people[1:]}),
        ("people", "setup.error.hr", {"people": people[:2]}),
        ("people", "setup.error.both", {"people": doctored(2, iin=ASIA)}),
        ("people.3.iin", "error.iin", {"people": doctored(2, iin="850101300101")}),
        ("people.1.organ", "error.organ", {"people": doctored(0, organ="nowhere")}),
        ("values", "setup.error.left", {"left_open": ["pass_mark"]}),
        ("left_open", "rules.enter.unknown", {"left_open": ["security_days", "all"]}),
        ("values", "rules.enter.unknown", {"values": [{"name": "x", "value": 1, "clause": "1"}]}),
        ("security_days", "rules.enter.known", {"values": [{"name": "security_days", "value": 1, "clause": "1"}]}),
        ("pass_mark", "rules.enter.bounds", {"values": [{"name": "pass_mark", "value": 5000, "clause": "1"}]}),
        ("pass_mark", "rules.enter.clause", {"values": [{"name": "pass_mark", "value": 80, "clause": ""}]}),
        ("calendar_checked", "setup.error.calendar", {"calendar_checked": [str(YEAR - 1)]}),
        ("qualification", "init.error.file", {"qualification": str(folder / "none.yaml")}),
        ("anchors", "init.error.file", {"anchors": [str(folder / "none.pem")]}),
        ("anchors.1", "signature.error.certificate", {"anchors": [str(folder / "plan.json")]}),
        ("tls", "init.error.tls_key", {"tls": {"certificate": str(folder / "plan.json"), "key": ""}}),
    )
    for field, key, change in cases:
        if key == "init.error.tls_key":
            continue  # the schema refuses an empty text before
        status, out, _ = init(folder / "k.db", plan(folder, **change))
        error = json.loads(out).get("error", {})
        want((status, error.get("field", "").split(".file")[0], error.get("key")), (1, field, key), out)
        want(sorted(p.name for p in folder.glob("k.db*")), [], f"{key}: nothing is there")
    status, out, _ = init(folder / "k.db", plan(folder), stdin=f"{ASIA} passwordpassword\n")
    want(json.loads(out)["error"]["field"], "people.1.password", "a password that everybody knows")
    status, out, _ = init(folder / "k.db", plan(folder), stdin=f"{SAULE} {PASSWORDS[0]}\n")
    want(json.loads(out)["error"]["key"], "setup.error.password", "an administrator without one")
    status, out, _ = init(folder / "k.db", plan(folder), stdin=f"999 {PASSWORDS[0]}\n")
    want(json.loads(out)["error"]["key"], "init.error.passwords", "a line that is nobody's")
    (folder / "bad.yaml").write_text("organ: \"pgo\"\nwhat: 1\n", "utf-8")
    status, out, _ = init(folder / "k.db", folder / "bad.yaml")
    holds(json.loads(out)["error"]["text"], "bad.yaml:2", "a plan with a key that there is not")


@test
def dry_run_writes_nothing(folder):
    status, out, err = init(folder / "k.db", plan(folder), "--dry-run")
    want((status, json.loads(out)["made"]), (0, False), err)
    want(sorted(p.name for p in folder.iterdir()), ["plan.json"], "nothing but the plan")


@test
def an_installation_is_made_once(folder):
    """run again it says what to use instead; no demonstration comes into it, and it into none"""
    db = folder / "k.db"
    want(init(db, plan(folder))[0], 0, "first")
    before = rows(db, "SELECT COUNT(*) FROM journal_entry")
    status, out, _ = init(db, plan(folder))
    want((status, json.loads(out)["error"]["key"]), (1, "setup.error.made"), "again")
    holds(json.loads(out)["error"]["text"], "konkurs user", "what to use")
    status, _, err = konkurs("demo", "--db", db)
    want(status, 1, "demo into it")
    holds(err, "real installation", "demo into it")
    want(rows(db, "SELECT COUNT(*) FROM journal_entry"), before, "nothing was written")
    play = folder / "play.db"
    want(konkurs("demo", "--db", play)[0], 0, "demo")
    status, out, _ = init(play, plan(folder))
    want((status, json.loads(out)["error"]["key"]), (1, "setup.error.demonstration"), "of a demonstration")
    for words in (["--secure"], ["--origin", "https://konkurs.example"]):
        status, _, err = konkurs("serve", "--db", play, "--listen", "127.0.0.1:0", *words)
        want(status, 1, f"a demonstration {words}")
        holds(err, "--demonstration", "what to say")


@test
def law_is_entered_later(folder):
    """a file at a time, checked with all others, with its reason"""
    db = folder / "k.db"
    want(init(db, plan(folder))[0], 0, "made")
    posts = konkurs("law", "show", "posts.yaml", "--db", db)[1]
    (folder / "posts.yaml").write_text(posts.replace("assumed: true", "assumed: false"), "utf-8")
    words = ("law", "enter", "posts.yaml", folder / "posts.yaml", "--db", db)
    want(konkurs(*words)[0], 1, "without a reason")
    want(konkurs(*words, "--reason", "Бұйрық № 5")[0], 0, "entered")
    want(konkurs(*words, "--reason", "Бұйрық № 5")[0], 1, "the same again")
    holds(konkurs("law", "show", "posts.yaml", "--db", db)[1], "assumed: false", "it is the law")
    (folder / "posts.yaml").write_text(posts.replace('"C-2"', '"C-99"'), "utf-8")
    status, _, err = konkurs(*words, "--reason", "Бұйрық № 6")
    want(status, 1, "a category that no table has")
    want(rows(db, "SELECT COUNT(*) FROM own_law"), [(2,)], "the rule set and one file more")
    want(konkurs("verify", "--db", db)[0], 0, "verify")


@test
def killed_in_the_middle_nothing_is_there(folder):
    """at any moment: all of it or nothing, and it can be run again"""
    made = 0
    for step in range(6):
        db = folder / f"k{step}.db"
        child = subprocess.Popen([PROGRAM, "init", "--db", db, "--from", plan(folder), "--passwords", "-"],
                                 stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        child.stdin.write(passwords().encode())
        child.stdin.close()
        # from the first page of the file on: a little later each time
        until = time.monotonic() + 60
        while not db.exists() and child.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        time.sleep(0.1 * step)
        child.send_signal(signal.SIGKILL)
        child.wait()
        there = lambda sql: rows(db, sql)[0][0] if db.exists() else 0
        try:
            people, marks = there("SELECT COUNT(*) FROM person"), there("SELECT COUNT(*) FROM installation")
        except sqlite3.OperationalError:
            people, marks = 0, 0  # not even the tables are there
        want((people, marks) in ((0, 0), (3, 1)), True, f"step {step}: {people} people, {marks}")
        made += marks
        status, out, _ = init(db, plan(folder))
        want(status, 1 if marks else 0, out)
    want(made < 6, True, "some were broken off")


# ---- tables -----------------------------------------------------------------------

SHEET = """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>"""


def workbook(path, table):
    """The least that is an XLSX; numbers as numbers, as spreadsheets keep them."""
    def cell(text):
        if text.isdigit():
            return f"<c><v>{int(text)}</v></c>"
        return f'<c t="inlineStr"><is><t>{text}</t></is></c>'

    with zipfile.ZipFile(path, "w") as book:
        book.writestr("xl/workbook.xml", '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
                      ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
                      '<sheet name="People" sheetId="1" r:id="r1"/></sheets></workbook>')
        book.writestr("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
                      'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
                      'relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        book.writestr("xl/worksheets/sheet1.xml", SHEET % "".join(
            f"<row>{''.join(cell(text) for text in row)}</row>" for row in table))


@test
def people_come_from_a_workbook(folder):
    """XLSX, names of columns in Kazakh, an IIN whose zeros a spreadsheet has taken; all or nothing"""
    db, path = folder / "k.db", folder / "people.xlsx"
    young = iin(200, "010101", 5)
    head = ["ЖСН", "Тегі", "Аты", "Орган", "Лауазымы"]
    workbook(path, [head, [ASIA, "Асанова", "Асия", "pgo", "Прокурор"],
                    [young, "Жасов", "Жас", "Ақмола облысының прокуратурасы", ""]])
    words = ("people", "import", path, "--db", db, "--json")
    status, out, err = konkurs(*words, "--dry-run")
    want((status, json.loads(out)["added"], json.loads(out)["done"]), (0, 2, False), err)
    want(rows(db, "SELECT COUNT(*) FROM person"), [(0,)], "dry run")
    want(json.loads(konkurs(*words)[1])["done"], True, "taken over")
    want(rows(db, "SELECT iin, organ FROM person ORDER BY iin"), sorted([(ASIA, "pgo"), (young, "reg-akmola")]), "people")
    want(rows(db, "SELECT COUNT(*) FROM account"), [(0,)], "no account has a password")
    workbook(path, [head, [ASIA, "Асанова", "Асель", "pgo", "Прокурор"], ["123", "Х", "Х", "pgo", ""]])
    status, out, _ = konkurs(*words)
    told = json.loads(out)
    want((status, told["changed"], told["bad"], told["done"]), (1, 1, 1, False), "a bad line")
    want([(r["line"], r["column"], r["key"]) for r in told["rows"] if r["what"] == "bad"], [(3, "ЖСН", "error.iin")], "where")
    want(rows(db, "SELECT COUNT(*) FROM person WHERE given = 'Асель'"), [(0,)], "nothing of it")
    (folder / "no.xlsx").write_bytes(b"PK\x03\x04nonsense")
    want(konkurs("people", "import", folder / "no.xlsx", "--db", db)[0], 1, "no workbook")
    want(konkurs("people", "template")[1], "iin,family,given,patronymic,organ,position_kk,position_ru\n", "template")
    want(konkurs("verify", "--db", db)[0], 0, "verify")


@test
def posts_come_from_a_table(folder):
    """the list of the installation, entered with its act"""
    db, path = folder / "k.db", folder / "posts.csv"
    path.write_text("Код;Категория;Атауы;Наименование\nregional-prosecutor;C-1;Облыс прокуроры;Прокурор области\n"
                    "new-post;C-4;Жаңа лауазым;Новая должность\n", "utf-8")
    words = ("posts", "import", path, "--db", db, "--json")
    status, out, err = konkurs(*words, "--dry-run")
    told = json.loads(out)
    want((status, told["added"], told["unchanged"], told["removed"]), (0, 1, 1, 13), err)
    want(konkurs(*words)[0], 2, "without the act")
    want(konkurs(*words, "--reason", "Бұйрық № 5")[0], 0, "entered")
    body = konkurs("law", "show", "posts.yaml", "--db", db)[1]
    holds(body, "assumed: false", "no assumed list")
    holds(body, 'code: "new-post", category: "C-4"', "the new one")
    want(konkurs(*words, "--reason", "Бұйрық № 5")[0], 1, "the same again")
    want(konkurs("verify", "--db", db)[0], 0, "verify")


# ---- at a terminal ----------------------------------------------------------------

class Terminal:
    def __init__(self, *words, lang="en"):
        self.seen, self.raw, self.at = "", b"", 0
        self.child, self.fd = pty.fork()
        if self.child == 0:
            os.environ["LANG"] = lang
            os.environ.pop("LC_ALL", None)
            os.execv(PROGRAM, [PROGRAM, *map(str, words)])

    def until(self, text, most=60):
        """Reads until the terminal shows it, behind what was waited for before."""
        end = time.monotonic() + most
        while text not in self.seen[self.at:]:
            if time.monotonic() > end or not self.read():
                raise AssertionError(f"no {text!r} in {self.seen[self.at:]!r}")
        self.at = self.seen.index(text, self.at) + len(text)

    def read(self):
        """What has come; False at the end."""
        if select.select([self.fd], [], [], 0.2)[0]:
            try:
                self.raw += os.read(self.fd, 65536)
            except OSError:
                return False
            self.seen = self.raw.decode("utf-8", "ignore")
        return True

    def say(self, text, then):
        os.write(self.fd, f"{text}\n".encode())
        self.until(then)

    def end(self):
        while True:
            try:
                if not os.read(self.fd, 65536):
                    break
            except OSError:
                break
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])


def person(t, number, word, label, last):
    """Answers for one person, up to the question behind it."""
    t.say(number, "family name: ")
    t.say("Асанов", "given name: ")
    t.say("Асан", "patronymic (may be empty): ")
    t.say("", "position in Kazakh (may be empty): ")
    t.say("", "position in Russian (may be empty): ")
    t.say("", "first password: ")
    t.say(word, "again: ")
    t.say(word, last)


@test
def at_a_terminal(folder):
    """errors at once, back, help, passwords unseen, all shown before it is written"""
    db = folder / "k.db"
    t = Terminal("init", "--db", db, "--lang", "en")
    t.until("Code of the organ: ")
    t.say("?", "reg-akmola")
    t.until("Code of the organ: ")
    t.say("nowhere", "  ! ")
    t.until("Code of the organ: ")
    t.say("reg-akmola", "How many administrators [2]: ")
    t.say("<", "Code of the organ [reg-akmola]: ")
    t.say("", "How many administrators [2]: ")
    t.say("1", "  ! ")
    t.until("How many administrators [2]: ")
    t.say("", "1, IIN: ")
    t.say("123", "  ! ")
    t.until("1, IIN: ")
    t.say(ASIA, "family name: ")
    t.say("Асанова", "given name: ")
    t.say("Асия", "patronymic (may be empty): ")
    t.say("", "position in Kazakh (may be empty): ")
    t.say("", "position in Russian (may be empty): ")
    t.say("", "first password: ")
    t.say("short", "  ! ")
    t.until("first password: ")
    t.say(PASSWORDS[0], "again: ")
    t.say("another one altogether", "  ! ")
    t.until("again: ")
    t.say(PASSWORDS[0], "2, IIN: ")
    t.say(ASIA, "  ! ")
    t.until("2, IIN: ")
    person(t, BOLAT, PASSWORDS[1], "2", "How many officers of HR [1]: ")
    t.say("", "1, IIN: ")
    person(t, SAULE, PASSWORDS[2], "1", "[3/7]")
    t.until(": ")
    t.say("5000", "  ! ")
    t.say("80", "clause: ")
    t.say("36", "(empty: these Rules): ")
    while "[4/7]" not in t.seen:
        t.say("", ": ")
    t.until("Requirements: ")
    t.say("", "working-day calendar: ")
    t.say("", "Type the year: ")
    t.say("1999", "  ! ")
    t.until("Type the year: ")
    t.say(str(YEAR), "root certificate (empty: no more): ")
    t.say("", "with its chain: ")
    t.say("", 'Type "yes"')
    holds(t.seen, "Асанова Асия", "the summary")
    want(db.exists(), False, "nothing before the word")
    t.say("<", "with its chain: ")
    t.say("", 'Type "yes"')
    t.say("yes", "The installation is made")
    want(t.end(), 0, "status")
    for word in PASSWORDS:
        want(word in t.seen, False, "a password on the screen")
    want(rows(db, "SELECT COUNT(*) FROM person"), [(3,)], "people")
    holds(konkurs("law", "show", "order-118/2025-05-17.yaml", "--db", db)[1],
          '"pass_mark", value: 80, clause: "36", assumed: false }', "the value")


@test
def ended_at_a_terminal(folder):
    """the end of input, and killed between questions: nothing is there"""
    for lang, question in (("ru_RU.UTF-8", "Код органа: "), ("kk_KZ.UTF-8", "Органның коды: ")):
        t = Terminal("init", "--db", folder / "k.db", lang=lang)
        t.until(question)
        os.write(t.fd, b"\x04")
        want(t.end(), 1, "status")
        t = Terminal("init", "--db", folder / "k.db", lang=lang)
        t.until(question)
        os.write(t.fd, b"pgo\n")
        os.kill(t.child, signal.SIGKILL)
        want(t.end(), -signal.SIGKILL, "killed")
    want(list(folder.iterdir()), [], "nothing is there")
    status, _, err = konkurs("init", "--db", folder / "k.db")
    want(status, 2, "no terminal")
    holds(err, "--from", "what to say")


@test
def templates(folder):
    """a plan to fill in, in three languages, that reads as a plan"""
    for lang in ("kk", "ru", "en"):
        status, out, _ = konkurs("init", "--template", "--lang", lang)
        want(status, 0, lang)
        for serial, number in enumerate((ASIA, BOLAT, SAULE)):
            out = out.replace("000000000000", number, 1)
        out = re.sub("#(calendar_checked)", r"\1", out)
        (folder / "plan.yaml").write_text(out, "utf-8")
        status, said, err = init(folder / "k.db", folder / "plan.yaml", "--dry-run")
        want(status, 0, said + err)


def main():
    print(f"1..{len(tests)}")
    failed = 0
    for number, run in enumerate(tests, 1):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-init-"))
        try:
            run(folder)
            print(f"ok {number} - {run.__name__}", flush=True)
        except Exception as why:  # noqa: BLE001: a test that breaks has failed
            failed += 1
            print(f"not ok {number} - {run.__name__}\n# " + str(why).replace("\n", "\n# ")[:3000], flush=True)
        finally:
            shutil.rmtree(folder)
    return 1 if failed else 0


sys.exit(main())
