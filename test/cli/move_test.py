"""An installation moves to PostgreSQL, and is kept there: konkurs migrate-to, and backup, restore,
verify, drill, check of a database on a server.  Prints TAP.

    move_test.py PROGRAM        with KONKURS_TEST_DB: a server where databases can be made
"""
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

PROGRAM = sys.argv[1]
SERVER = os.environ["KONKURS_TEST_DB"]
SEED = int(os.environ.get("KONKURS_SEED", "0")) or random.randrange(1 << 30)
MANY = 100 * 1000
tests = []
made = {}


def run(*words, env=None, limit=600):
    done = subprocess.run([PROGRAM, *words], capture_output=True, encoding="utf-8",
                          timeout=limit, check=False, env=env)
    return done.returncode, done.stdout, done.stderr


def must(*words):
    status, out, err = run(*words)
    if status != 0:
        raise AssertionError(f"{words[0]}: {status} {out[-400:]} {err[-400:]}")
    return out


def test(body):
    tests.append(body)
    return body


def want(got, expected, why):
    if got != expected:
        raise AssertionError(f"{why}: {got!r}, wanted {expected!r}")


def holds(text, part, why):
    if part not in text:
        raise AssertionError(f"{why}: no {part!r} in {text!r}")


# ---- databases --------------------------------------------------------------------

def psql(url, sql):
    done = subprocess.run(["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", url],
                          input=sql, capture_output=True, encoding="utf-8", timeout=120, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout.strip()


def new_database():
    """Its URL; main() drops it."""
    name = f"move_{os.getpid()}_{len(made)}"
    psql(SERVER, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    parts = urllib.parse.urlsplit(SERVER)
    url = urllib.parse.urlunsplit(parts._replace(path=f"/{name}"))
    made[name] = url
    return url if "://" in url else url.replace("postgresql:", "postgresql://", 1)


def demonstration(folder):
    """A copy of one that is made once, with its key."""
    if "demo" not in globals():
        globals()["demo"] = tempfile.mkdtemp(prefix="konkurs-move-")
        must("demo", "--db", f"{globals()['demo']}/konkurs.db")
    where = f"{folder}/konkurs.db"
    for ending in ("", ".key"):
        shutil.copy(f"{globals()['demo']}/konkurs.db{ending}", where + ending)
    return where


def enlarge(path, rows):
    """Sessions with keys of text in no order, which nothing rests on."""
    db = sqlite3.connect(path)
    db.executemany("INSERT INTO session (token_hash, person_id, csrf, created_ms, seen_ms,"
                   " expires_ms) VALUES (?, 1, ?, 1, ?, 9000000000000)",
                   ((f"{(n * 2654435761) % (1 << 32):08x}-{'ә' if n % 2 else 'z'}", "c" * 40, n)
                    for n in range(rows)))
    db.commit()
    db.close()


def rows_of(path):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    count = sum(db.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name, in db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        " AND name NOT IN ('commit_mark', 'schema_done', 'move')").fetchall())
    db.close()
    return count


def arrived(url):
    """How many sessions are there by now; none while there is no such table yet."""
    if not psql(url, "SELECT to_regclass('session')"):
        return 0
    return int(psql(url, "SELECT COUNT(*) FROM session"))


def await_rows(one, url):
    """Until the process has brought some, or has ended."""
    while one.poll() is None and arrived(url) == 0:
        time.sleep(0.01)


# ---- the move ---------------------------------------------------------------------

@test
def everything_arrives_and_the_old_one_is_closed(folder):
    """all rows are compared, the journal goes on there, and the file is served no more"""
    db, url = demonstration(folder), new_database()
    rows = rows_of(db)
    before = json.loads(must("journal", "verify", "--db", db, "--json"))
    done = json.loads(must("migrate-to", "--db", db, url, "--quiet", "--json"))
    want((done["rows"], done["copied"]), (rows, rows), "rows")
    after = json.loads(must("journal", "verify", "--db", url, "--json"))
    want((done["entries"], after["entries"]), (before["entries"], before["entries"] + 1),
         "one entry tells of the move")
    must("verify", "--db", url)
    told = psql(url, "SELECT content FROM journal_content ORDER BY seq DESC LIMIT 1")
    want(json.loads(told)["root"], done["root"], "and which journal came")
    holds(must("migrate-to", "--db", db, url), "already", "again")
    for words in (("serve", "--listen", "127.0.0.1:0"), ("user", "grant", "--iin", "791028302728",
                  "--role", "hr", "--organ", "gp"), ("backup", "--to", folder)):
        status, _, err = run(*words, "--db", db)
        want(status, 1, words[0])
        holds(err, "move.error.gone", words[0])
    must("verify", "--db", db)  # it can be looked at


@test
def killed_at_any_point_it_goes_on(folder):
    """kill -9 at random points of 100,000 rows: what arrives in the end is the same"""
    db, url = demonstration(folder), new_database()
    enlarge(db, MANY)
    rows = rows_of(db)
    dice = random.Random(SEED)
    kills = 0
    while True:
        log = open(f"{folder}/out", "w+", encoding="utf-8")
        one = subprocess.Popen([PROGRAM, "migrate-to", "--db", db, url, "--json"], stdout=log,
                               stderr=subprocess.PIPE, encoding="utf-8")
        if kills < 8:
            # a little after it has begun; among small tables; in the large one, a piece (20,000) further each time
            if kills % 4 == 0:
                time.sleep(dice.uniform(0.05, 0.3))
            elif kills % 4 == 1:
                await_rows(one, url)
            else:
                pieces = {2: 0, 3: 1, 6: 2, 7: 3}[kills]
                while one.poll() is None and arrived(url) <= pieces * MANY // 5:
                    pass
                time.sleep(dice.uniform(0, 0.05))
            if one.poll() is None:
                one.send_signal(signal.SIGKILL)
                kills += 1
        _, err = one.communicate(timeout=600)
        if one.returncode != -signal.SIGKILL:
            want(one.returncode, 0, f"seed {SEED}: {err[-500:]}")
            break
        status, _, said = run("serve", "--db", url, "--key", f"{db}.key", "--listen",
                              "127.0.0.1:0", limit=5) if kills == 5 else (1, "", "move.error.half")
        want(status, 1, f"half of it is not served: {said}")
    log.seek(0)
    done = json.loads(log.read())
    want(done["rows"], rows, f"seed {SEED}")
    want(kills, 8, f"seed {SEED}")
    want(done["copied"] < MANY, True, f"seed {SEED}: the last run went on, {done['copied']} rows")
    print(f"# killed {kills} times, seed {SEED}: {done['copied']} of {rows} rows in the last run")
    must("verify", "--db", url)
    want(psql(url, "SELECT COUNT(*) FROM session"), str(MANY), "sessions")


@test
def the_speed_of_a_hundred_thousand_rows(folder):
    """is told, with what was copied and compared"""
    db, url = demonstration(folder), new_database()
    enlarge(db, MANY)
    status, out, err = run("migrate-to", "--db", db, url, "--json")
    want(status, 0, err[-400:])
    done = json.loads(out)
    want(done["copied"] >= MANY and done["rows"] >= done["copied"], True, f"rows: {done}")
    print(f"# {done['rows']} rows copied and compared in {done['took_ms']} ms")


@test
def another_database_is_not_touched(folder):
    """one with rows of others, or of another installation, or that is in use here"""
    db, url = demonstration(folder), new_database()
    psql(url, "CREATE TABLE theirs (a INTEGER)")
    status, _, err = run("migrate-to", "--db", db, url)
    want(status, 1, "a table of others")
    holds(err, "move.error.not_empty", "a table of others")
    want(psql(url, "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'"), "1", "as it was")
    other = f"{folder}/other"
    os.mkdir(other)
    taken = new_database()
    must("migrate-to", "--db", demonstration(other), taken, "--quiet")
    status, _, err = run("migrate-to", "--db", db, taken)
    want(status, 1, "another installation's")
    holds(err, "move.error.not_empty", "another installation's")
    reader = sqlite3.connect(db)
    reader.execute("PRAGMA journal_mode = WAL").fetchone()
    reader.execute("SELECT COUNT(*) FROM person").fetchone()
    status, _, err = run("migrate-to", "--db", db, new_database())
    want(status, 1, "in use")
    holds(err, "is it in use?", "in use")
    reader.close()
    must("backup", "--db", db, "--to", folder)  # it was not touched


@test
def a_move_can_be_given_up(folder):
    """on record, and the new one is refused as the target of another move"""
    db, url = demonstration(folder), new_database()
    enlarge(db, MANY)
    one = subprocess.Popen([PROGRAM, "migrate-to", "--db", db, url], stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE, encoding="utf-8")
    await_rows(one, url)
    one.kill()
    one.communicate(timeout=60)
    status, _, err = run("backup", "--db", db, "--to", folder)
    want(status, 1, "while it moves")
    holds(err, "move.error.under_way", "while it moves")
    want(run("migrate-to", "--db", db, "--give-up")[0], 2, "a reason is needed")
    must("migrate-to", "--db", db, "--give-up", "--reason", "the other server is late")
    status, _, err = run("migrate-to", "--db", db, url)
    want(status, 1, "half a copy of an old move")
    holds(err, "move.error.not_empty", "half a copy of an old move")
    must("verify", "--db", db)
    must("migrate-to", "--db", db, new_database(), "--quiet")


# ---- an installation on a server --------------------------------------------------

@test
def it_is_backed_up_and_restored_like_any_other(folder):
    """F91: plain and sealed copies, checked against it; and a copy becomes a server's again"""
    db, url = demonstration(folder), new_database()
    must("migrate-to", "--db", db, url, "--quiet")
    copies, work, key = f"{folder}/copies", f"{folder}/work", f"{db}.key"
    os.mkdir(copies)
    os.mkdir(work)
    made_one = json.loads(must("backup", "--db", url, "--to", copies, "--json"))
    found = json.loads(must("restore", "--check", "--from", f"{copies}/{made_one['copy']}", "--db",
                            url, "--json"))
    want((found["whole"], found["compared"], found["rows"]), (True, True, True), "plain")
    must("backup", "make-key", f"{folder}/seal")
    want(run("backup", "--db", url, "--to", copies, "--to-key", f"{folder}/seal.pub")[0], 2,
         "nowhere to be plain")
    sealed = json.loads(must("backup", "--db", url, "--to", copies, "--to-key",
                             f"{folder}/seal.pub", "--work", work, "--with-key", "--key", key,
                             "--json"))
    place = f"{copies}/{sealed['copy']}"
    found = json.loads(must("restore", "--check", "--from", place, "--db", url, "--from-key",
                            f"{folder}/seal", "--work", work, "--json"))
    want((found["whole"], found["why"]), (True, ""), "sealed")
    want(os.listdir(work), [], "nothing is left in plain")
    back = f"{folder}/back.db"
    must("restore", "--from", place, "--to", back, "--from-key", f"{folder}/seal", "--with-key")
    must("verify", "--db", back)
    want(run("restore", "--from", place, "--to", url)[0], 2, "not straight onto a server")
    again = new_database()
    must("migrate-to", "--db", back, again, "--quiet")
    must("verify", "--db", again)
    want(pathlib.Path(f"{back}.key").read_bytes(), pathlib.Path(key).read_bytes(), "the key")


@test
def a_copy_that_was_changed_is_found(folder):
    """a row fewer than the server's journal tells of"""
    db, url = demonstration(folder), new_database()
    must("migrate-to", "--db", db, url, "--quiet")
    copies = f"{folder}/copies"
    os.mkdir(copies)
    name = json.loads(must("backup", "--db", url, "--to", copies, "--json"))["copy"]
    file = f"{copies}/{name}/konkurs.db"
    changed = sqlite3.connect(file)
    changed.execute("DELETE FROM notice WHERE id = (SELECT MAX(id) FROM notice)")
    changed.execute("UPDATE person SET organ = 'other' WHERE id = 2")
    changed.commit()
    changed.close()
    status, out, _ = run("restore", "--check", "--from", f"{copies}/{name}", "--db", url, "--json")
    want((status, json.loads(out)["why"]), (1, "sha256"), "the file")


@test
def it_is_examined_like_any_other(folder):
    """F86 F88: checkpoints, lines, tiles, proofs; and the drill finds every attack"""
    db, url = demonstration(folder), new_database()
    must("migrate-to", "--db", db, url, "--quiet")
    must("journal", "checkpoint", "--make", "--db", url, "--key", f"{db}.key")
    entries = json.loads(must("journal", "verify", "--db", url, "--json"))["entries"]
    must("journal", "export-lines", f"{folder}/lines", "--db", url)
    must("journal", "export-tiles", f"{folder}/tiles", "--db", url)
    want(len(pathlib.Path(f"{folder}/lines").read_text("utf-8").splitlines()) >= entries - 1, True,
         "lines")
    holds(must("journal", "prove", "3", "--db", url), "3", "a proof")
    want(run("drill", "--db", url)[0], 2, "nowhere for its copies")
    drill = json.loads(must("drill", "--db", url, "--work", folder, "--key", f"{db}.key", "--json"))
    want((drill["good"], drill["missed"], drill["untouched_passes"]), (True, 0, True), "drill")
    # what its owner changes is seen there as well
    psql(url, "UPDATE person SET organ = 'other' WHERE id = 2")
    want(run("verify", "--db", url)[0], 1, "a changed row")


@test
def what_the_server_lacks_is_told(folder):
    """settings that lose answers, a superuser, a reference that leads nowhere"""
    db, url = demonstration(folder), new_database()
    must("migrate-to", "--db", db, url, "--quiet")
    durable = psql(url, "SHOW fsync") == "on"

    def found():
        out = run("check", "--db", url, "--key", f"{db}.key", "--json")[1]
        return {row["what"]: row["text"] for row in json.loads(out)["findings"]}
    now = found()
    want("server_durable" in now, not durable, "fsync")
    want("server_super" in now, True, "it is a superuser's")
    want("server_alone" in now, True, "no standby")
    want("server_rows" in now, False, "whole")
    for never in ("server_version", "server_encoding", "server_open", "no_database"):
        want(never in now, False, never)
    psql(url, "SET session_replication_role = replica; DELETE FROM person WHERE id = 2")
    holds(found()["server_rows"], "a reference leads nowhere", "rows")


def main():
    print(f"1..{len(tests)}")
    failed = 0
    for number, body in enumerate(tests, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                body(folder)
                print(f"ok {number} - {body.__doc__}", flush=True)
            except Exception as why:  # each test tells for itself
                failed += 1
                print(f"not ok {number} - {body.__doc__}")
                print(f"# {type(why).__name__}: {why}".replace("\n", "\n# "), flush=True)
    for name in made:
        psql(SERVER, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    if "demo" in globals():
        shutil.rmtree(globals()["demo"])
    sys.exit(failed > 0)


main()
