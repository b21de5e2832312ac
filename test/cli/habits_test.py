"""The habits of a command line: help, exit codes, JSON, bars on a terminal and lines in a pipe, colours, the manual.
Prints TAP.

    habits_test.py PROGRAM SOURCE
"""
import json
import os
import pathlib
import pty
import re
import select
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]
SOURCE = pathlib.Path(sys.argv[2])
MANUAL = SOURCE / "docs" / "konkurs.1"
ESCAPE = "\033["
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


def run(*words, **environment):
    done = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8",
                          timeout=300, check=False, env={**os.environ, **environment})
    return done.returncode, done.stdout, done.stderr


def read_terminal(main, process):
    told = b""
    while True:
        if select.select([main], [], [], 0.1)[0]:
            try:
                piece = os.read(main, 65536)
            except OSError:  # nobody holds the other end any more
                return told
            told += piece
        elif process.poll() is not None:
            return told


def on_terminal(*words, out=True, **environment):
    """Status, and what is seen on a real terminal; without `out` standard output is a pipe, and comes beside it."""
    main, side = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", **environment}
    environment = {name: value for name, value in environment.items() if value is not None}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as beside:
        process = subprocess.Popen([PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=side if out else beside, stderr=side,
                                   env=environment)
        os.close(side)
        told = read_terminal(main, process).decode("utf-8").replace("\r\n", "\n")
        os.close(main)
        process.wait(timeout=300)
        beside.seek(0)
        return process.returncode, told, beside.read()


# ---- the table --------------------------------------------------------------------

def table():
    """{command: its forms, as `konkurs COMMAND --help` tells them}"""
    _, out, _ = run("--help")
    names = re.findall(r"^  ([a-z-]+)(?:  |$)", out.split("\nCommands\n")[1], re.MULTILINE)
    told = {}
    for name in names:
        status, one, err = run(name, "--help")
        want((status, err), (0, ""), f"{name} --help")
        told[name] = one
    return told


HELP = table()


def usage_of(name):
    return HELP[name].split("\nUsage\n")[1].split("\n\nOptions\n")[0]


def options_of(name):
    return set(re.findall(r"(?<![\w-])--[a-z-]+", usage_of(name)))


def parsers():
    """{command: options that its parser knows}, from the tables of getopt in the sources."""
    folder = SOURCE / "src" / "cli"
    shared = {"draw": "one", "vote": "one", "drill": "verify"}
    files = {}
    for path in folder.glob("*.c"):
        for function in re.findall(r"^int cli_(\w+)\(int argc", path.read_text("utf-8"), re.MULTILINE):
            files[function.replace("_", "-")] = path.stem
    told = {}
    for name in HELP:
        text = (folder / f"{shared.get(name, files[name])}.c").read_text("utf-8")
        known = {f"--{option}" for option in re.findall(r'\{ "([a-z-]+)", (?:no|required)_argument', text)}
        told[name] = known - {"verify": {"--key", "--work"}, "drill": {"--files"}, "people": {"--reason"}}.get(name, set())
    return told


@test
def the_table_says_what_the_parsers_know():
    """each option of a command stands in its forms, and each one there is understood"""
    for name, known in parsers().items():
        if name in ("version", "api"):  # which read it themselves
            known = {"--json"}
        want(options_of(name), known, name)
        for option in options_of(name):
            _, _, err = run(name, option)
            if "unrecognized option" in err:
                raise AssertionError(f"{name} does not know {option}")


@test
def help_of_every_command():
    """usage on standard output, status 0, a sentence for each option; no line is wider than a terminal"""
    for name, text in HELP.items():
        want(run("help", name)[1], text, name)
        want(run(name, "-h")[1], text, name)
        for line in text.splitlines():
            if len(line) > 80:
                raise AssertionError(f"{name}: {line!r}")
        described = re.findall(r"^  (--[a-z-]+)(?: \S+)?(\n)? +(\S.*)$", text.split("\nOptions\n")[1], re.MULTILINE)
        want({option for option, *_ in described}, options_of(name) | {"--help"}, f"{name}: a sentence for each")
        want(len(described), len(options_of(name)) + 1, f"{name}: each once")
    holds(run("bank", "import", "--help")[1], "--dry-run", "of one action")
    want("--hold" in run("bank", "import", "--help")[1], False, "only of that one")
    holds(run("bank", "--db", "x", "--help")[1], "--hold", "wherever it stands")


@test
def the_manual():
    """docs/konkurs.1 names every command and every option of it, and man has nothing to complain of"""
    manual = MANUAL.read_text("utf-8").replace("\\-", "-")
    for name in HELP:
        start = re.search(rf'^\.SS "konkurs {name}\b', manual, re.MULTILINE)
        if not start:
            raise AssertionError(f"no section of {name}")
        section = re.split(r"\n\.S[SH] ", manual[start.start():], maxsplit=1)[0]
        for option in options_of(name):
            holds(section, option, name)
    for page in ("konkurs.1", "konkurs-verify.1"):
        done = subprocess.run(["man", "--warnings", "-l", "-Tutf8", "-Z", str(SOURCE / "docs" / page)], capture_output=True,
                              encoding="utf-8", env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80"}, check=False)
        want((done.returncode, done.stderr), (0, ""), page)


@test
def version():
    """in words and for programs"""
    status, out, _ = run("--version")
    want(status, 0, "status")
    wanted = re.search(r"^  version: '([0-9.]+)'", (SOURCE / "meson.build").read_text("utf-8"), re.MULTILINE).group(1)
    want(out, f"konkurs {wanted}\n", "words")
    want(run("-V")[1], out, "short")
    want(json.loads(run("version", "--json")[1]), {"program": "konkurs", "version": wanted}, "for programs")


# ---- what goes wrong --------------------------------------------------------------

@test
def a_slip_of_the_finger():
    """the nearest command is suggested, and nothing that is far off"""
    for typed, meant in (("bakup", "backup"), ("verfy", "verify"), ("migrate_to", "migrate-to"), ("serv", "serve"),
                         ("calender", "calendar"), ("jornal", "journal")):
        status, out, err = run(typed)
        want((status, out), (2, ""), typed)
        holds(err, f"did you mean {meant}?", typed)
    status, _, err = run("nothing-of-the-kind")
    want(status, 2, "status")
    holds(err, "konkurs --help", "where to look")
    want("did you mean" in err, False, err)
    want(run("help", "bakup")[0], 2, "help on none")


@test
def exit_codes(folder):
    """0 all is well, 1 failed or found, 2 not understood; results on standard output, complaints on the other"""
    want(run()[0], 2, "no command")
    status, out, err = run("backup", "--nothing")
    want((status, out), (2, ""), "unknown option")
    holds(err, "konkurs backup --db FILE", "the usage is told")
    holds(err, "--help", "and where there is more")
    status, out, err = run("verify", "--db", f"{folder}/none.db")
    want((status, out), (1, ""), "no database")
    holds(err, "konkurs verify:", "who says it")
    want(run("verify", "--db", f"{folder}/demo.db")[0], 0, "well")
    want(run("check", "--db", f"{folder}/none.db", "--json")[0], 1, "found: no database")
    manual = MANUAL.read_text("utf-8").split(".SH EXIT STATUS")[1]
    for code in ("0", "1", "2"):
        holds(manual, code, "the manual tells it")


@test
def for_programs(folder):
    """--json is one document on standard output, with nothing beside it"""
    db = f"{folder}/demo.db"
    os.makedirs(f"{folder}/copies", exist_ok=True)
    for words in (("calendar", "year", "2026"), ("verify", "--db", db), ("journal", "verify", "--db", db),
                  ("bank", "stats", "--db", db), ("vault", "status", "--db", db),
                  ("trust", "list", "--db", db), ("hall", "status", "--db", db), ("migrate", "--db", db),
                  ("demo", "--accounts", "--db", db), ("version",), ("backup", "--db", db, "--to", f"{folder}/copies"),
                  ("restore", "--check", "--from", f"{folder}/copies"),
                  ("restore", "--from", f"{folder}/copies", "--to", f"{folder}/again.db")):
        status, out, err = run(*words, "--json")
        want(status, 0, f"{words} {err}")
        json.loads(out)
        want(ESCAPE in out + err, False, f"{words}: no colour in a pipe")


# ---- terminals --------------------------------------------------------------------

@test
def a_bar_on_a_terminal(folder):
    """it moves, and is gone at the end; the result stays as in a pipe"""
    db = f"{folder}/demo.db"
    status, seen, out = on_terminal("verify", "--db", db, out=False)
    want(status, 0, seen)
    holds(seen, "\r[", "a bar")
    holds(seen, "#", "that moves")
    want(seen.endswith("\r\033[K"), True, f"and goes: {seen[-60:]!r}")
    want(out, run("verify", "--db", db)[1], "the result")
    for words in (("journal", "verify", "--db", db), ("bank", "stats", "--db", db),
                  ("backup", "--db", db, "--to", f"{folder}/copies"), ("restore", "--check", "--from", f"{folder}/copies")):
        status, seen, _ = on_terminal(*words, out=False)
        want(status, 0, f"{words}: {seen}")
        if words[0] != "bank":  # no attempts, nothing to count
            holds(seen, "\r[", words)
        _, seen, _ = on_terminal(*words, "--quiet", out=False)
        want(seen, "", f"{words} --quiet")


@test
def plain_lines_in_a_pipe(folder):
    """few, without control characters; none of what is over in a moment"""
    want(run("verify", "--db", f"{folder}/demo.db")[2], "", "a moment")
    status, out, err = run("drill", "--db", f"{folder}/demo.db", "--work", folder)
    want(status, 0, err)
    lines = err.splitlines()
    want(re.search(r"[\x00-\x09\x0b-\x1f]", err), None, err)
    for line in lines:
        if not re.fullmatch(r"[a-z ]+: \d+ of \d+(, \d+/s)?(, \d+ s left)?", line):
            raise AssertionError(line)
    if len(lines) > 20:
        raise AssertionError(f"{len(lines)} lines")
    print(f"# drill: {len(lines)} lines in a pipe")
    want(run("drill", "--db", f"{folder}/demo.db", "--work", folder, "--quiet")[2], "", "--quiet")
    want(ESCAPE in out, False, "no colour")


@test
def colours(folder):
    """on a terminal that knows them, unless NO_COLOR is set (also against TERM); never in a pipe"""
    db = f"{folder}/demo.db"
    for words in (("--help",), ("verify", "--db", db, "--quiet"), ("check", "--db", db), ("verify", "--db", f"{folder}/none.db")):
        _, seen, _ = on_terminal(*words, NO_COLOR=None)
        holds(seen, ESCAPE, words)
        for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": None}):
            _, seen, _ = on_terminal(*words, **{"NO_COLOR": None, **environment})
            want(ESCAPE in seen, False, f"{words} {environment}")
        _, seen, _ = on_terminal(*words, NO_COLOR="")
        holds(seen, ESCAPE, f"{words}: an empty NO_COLOR is none")
        _, out, err = run(*words)
        want(ESCAPE in out + err, False, f"{words} in a pipe")


# ---- all of them ------------------------------------------------------------------

def main():
    print(f"1..{len(tests)}")
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        want(run("demo", "--db", f"{folder}/demo.db")[0], 0, "a demonstration")
        for number, one in enumerate(tests, 1):
            try:
                one(*([folder] if one.__code__.co_argcount else []))
                print(f"ok {number} - {one.__name__}: {one.__doc__}")
            except (AssertionError, ValueError, OSError, subprocess.SubprocessError) as why:
                bad += 1
                print(f"not ok {number} - {one.__name__}: {one.__doc__}\n# {why}")
    return bad > 0


sys.exit(main())
