"""Copies of a database and back, on real files (F91).  Prints TAP.

    backup_test.py PROGRAM WORLD

A server that is written to meanwhile, and kill -9, are in test/faults/backup.py.
"""
import hashlib
import json
import os
import pathlib
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time

PROGRAM, WORLD = sys.argv[1:3]
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-backup-"))
MASTER = FOLDER / "master.db"
tests = []


def test(run):
    tests.append(run)
    return run


def want(got, expected, why):
    if got != expected:
        raise AssertionError(f"{why}: {got!r}, wanted {expected!r}")


def konkurs(*words, **more):
    done = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, encoding="utf-8",
                          timeout=1200, check=False, **more)
    return done.returncode, done.stdout, done.stderr


class Place:
    """A folder of one test: a database in use, and a folder of copies."""

    def __init__(self, name):
        self.folder = FOLDER / name
        self.copies = self.folder / "copies"
        self.copies.mkdir(parents=True)
        self.db = self.folder / "konkurs.db"
        shutil.copy(MASTER, self.db)
        shutil.copy(f"{MASTER}.key", f"{self.db}.key")

    def backup(self, *words):
        status, out, err = konkurs("backup", "--db", self.db, "--to", self.copies, "--json", *words)
        want(status, 0, err)
        told = json.loads(out)
        return self.copies / told["copy"], told

    def check(self, copy, *words, db=None):
        status, out, err = konkurs("restore", "--check", "--json", "--from", copy, "--db",
                                   db or self.db, *words)
        if not out:
            raise AssertionError(f"{status}: {err}")
        told = json.loads(out)
        want(status, 0 if told["whole"] else 1, "the status says what the answer says")
        return told["why"]

    def write(self, script):
        doctor(self.db, script)

    def names(self):
        return sorted(path.name for path in self.copies.iterdir())

    def beside(self):
        return sorted(path.name for path in self.folder.iterdir()
                      if not path.name.endswith(("-wal", "-shm")))


def doctor(path, script):
    """As somebody does who has the file: what guards the journal goes first."""
    with sqlite3.connect(path) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"
                                  ).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.executescript(script)


def flip(path, at):
    with open(path, "r+b") as f:
        f.seek(at)
        byte = f.read(1)
        f.seek(at)
        f.write(bytes([byte[0] ^ 1]))


def mend(copy):
    """As a forger would: the manifest fits the file again."""
    path = copy / "manifest.json"
    told = json.loads(path.read_text())
    content = (copy / told["file"]).read_bytes()
    told["sha256"], told["size"] = hashlib.sha256(content).hexdigest(), len(content)
    path.write_text(json.dumps(told))


@test
def a_copy_is_whole():
    """named by time, journal size and root; nobody else's; on record in the journal"""
    p = Place("whole")
    copy, told = p.backup()
    manifest = json.loads((copy / "manifest.json").read_text())
    day, size, root = copy.name.removeprefix("konkurs-").split("-")
    want((len(day), int(size), told["root"].startswith(root)),
         (15, manifest["journal"]["size"], True), copy.name)
    content = (copy / "konkurs.db").read_bytes()
    want(manifest["checkpoint"].startswith("konkurs/"), True, "the newest checkpoint")
    want((manifest["sha256"], manifest["size"]),
         (hashlib.sha256(content).hexdigest(), len(content)), "the manifest")
    want([stat.S_IMODE(path.stat().st_mode) for path in (copy, *sorted(copy.iterdir()))],
         [0o700, 0o600, 0o600], "modes")
    want(sorted(path.name for path in copy.iterdir()), ["konkurs.db", "manifest.json"],
         "the key is not in it, and no log")
    want(p.check(copy), "", "restored and compared")
    with sqlite3.connect(p.db) as db:
        kinds = [k for (k,) in db.execute("SELECT kind FROM journal_entry ORDER BY seq DESC"
                                          " LIMIT 2")]
        want(kinds, ["backup.checked", "backup.made"], "the journal")
        want(db.execute("SELECT name, removed_ms, why FROM backup JOIN backup_check"
                        " ON backup_id = backup.id").fetchall(), [(copy.name, None, "")], "rows")
    want(konkurs("journal", "verify", "--db", p.db)[0], 0, "the journal goes on")
    want([n for n in p.beside() if n.startswith(".")], [], "what the check leaves behind")


@test
def back_again():
    """restored, a database with all rows that verify agrees with; never over another file"""
    p = Place("back")
    copy, _ = p.backup()
    to = p.folder / "again.db"
    want(konkurs("restore", "--from", copy, "--to", to)[0], 0, "restored")
    want(konkurs("verify", "--db", to)[0], 0, "verified")
    before = to.read_bytes()
    for name in ("again.db", "log.db"):
        if name == "log.db":  # a log that lies there would be played into it
            (p.folder / "log.db-wal").write_bytes(b"")
        status, _, err = konkurs("restore", "--from", copy, "--to", p.folder / name)
        want((status, "error.conflict" in err), (1, True), name)
    want(to.read_bytes() == before, True, "the file that was there")
    want((p.folder / "log.db").exists(), False, "nothing beside a foreign log")
    want(konkurs("restore", "--from", p.copies / "none", "--to", p.folder / "x.db")[0], 1, "none")
    want(konkurs("restore", "--from", copy)[0], 2, "neither --to nor --check")
    status, out, _ = konkurs("restore", "--from", copy / "konkurs.db", "--to", p.folder / "f.db")
    want(status, 0, "by the file in it")
    want((p.folder / "f.db.key").exists(), False, "no key is made up")


@test
def what_was_changed_is_found():
    """a flipped byte anywhere, also with a manifest that fits; a manifest that was changed"""
    p = Place("changed")
    copy, told = p.backup()
    size = told["size"]
    for at in (30, size // 3, size // 2, size - 5):
        flip(copy / "konkurs.db", at)
        want(p.check(copy), "sha256", f"byte {at}")
        flip(copy / "konkurs.db", at)
    want(p.check(copy), "", "as it was")
    original = (copy / "konkurs.db").read_bytes()
    manifest = (copy / "manifest.json").read_bytes()
    for script, why in (
            ("UPDATE journal_content SET content = REPLACE(content, '\"correct\":', '\"correct\":1')",
             "journal"),
            ("UPDATE journal_entry SET at_ms = at_ms + 1 WHERE seq = 9", "journal"),
            ("DELETE FROM answer_event WHERE id = (SELECT MAX(id) FROM answer_event)", "damaged"),
            ("DELETE FROM seat_event", "manifest"),
            ("UPDATE schema_done SET number = 9999 WHERE number = 1", ""),
    ):
        doctor(copy / "konkurs.db", script)
        mend(copy)
        want(p.check(copy), why, script)
        (copy / "konkurs.db").write_bytes(original)
        (copy / "manifest.json").write_bytes(manifest)
    for at in (100, 5000, size // 2):
        (copy / "konkurs.db").write_bytes(original[:at])
        mend(copy)
        want(p.check(copy), "damaged", f"cut off at {at}")
    (copy / "konkurs.db").write_bytes(b"\0" * 8192)
    mend(copy)
    want(p.check(copy), "damaged", "no database at all")
    (copy / "konkurs.db").write_bytes(original)
    for text in ("", "{}", "[]", manifest.decode().replace('"size": ', '"size": "x" , "y": ')):
        (copy / "manifest.json").write_text(text)
        want(p.check(copy) in ("manifest", "sha256"), True, text[:20])
    (copy / "manifest.json").write_bytes(manifest)
    newer = json.loads(manifest)
    newer["schema"] = 9999
    (copy / "manifest.json").write_text(json.dumps(newer))
    want(p.check(copy), "newer", "of a program that is newer")
    with sqlite3.connect(p.db) as db:
        want(db.execute("SELECT COUNT(*) FROM backup_check WHERE why <> ''").fetchone()[0] > 10,
             True, "every finding is on record")


@test
def the_journal_in_use_is_compared():
    """another installation, a journal whose end was cut off, one that was written anew"""
    p = Place("compare")
    copy, _ = p.backup()
    other = FOLDER / "stranger.db"
    if not other.exists():
        subprocess.run([WORLD, other], check=True, capture_output=True, timeout=1200)
    want(p.check(copy, db=other), "stranger", "another installation")
    want(p.check(copy), "", "its own, which has grown")
    p.write("DELETE FROM backup_check; DELETE FROM journal_content WHERE seq > 180;"
            " DELETE FROM journal_entry WHERE seq > 180;")
    want(p.check(copy), "shorter", "the end was cut off")
    q = Place("rewritten")
    copy, _ = q.backup()
    q.write("UPDATE journal_entry SET hash = (SELECT content_hash FROM journal_entry WHERE"
            " seq = 7) WHERE seq = 50;")
    want(q.check(copy), "rewritten", "another entry")


@test
def rows_are_compared_with_the_journal():
    """a database that was doctored before it was copied is found by its nightly check, and is red"""
    for name, script, what in (
            ("receipt", "UPDATE application SET receipt = 'x' WHERE id = 1", "rows of application"),
            ("right", "INSERT INTO role_grant (person_id, role, organ, granted_ms) VALUES"
             " (1, 'auditor', 'pgo', 0)", "rows of role_grant"),
            ("file", "UPDATE blob SET body = x'00' WHERE hash NOT IN"
             " (SELECT blob_hash FROM document_signature)", "bytes of a file")):
        p = Place(f"rows-{name}")
        p.write(script)
        copy, _ = p.backup()
        status, out, _ = konkurs("restore", "--check", "--json", "--from", copy, "--db", p.db)
        told = json.loads(out)
        want((status, told["why"], told["rows"], what in told["detail"]), (1, "rows", True, True),
             told)
        status, out, _ = konkurs("check", "--db", p.db, "--json")
        want([f["what"] for f in json.loads(out)["findings"] if f["what"].startswith("backup")],
             ["backup_bad"], "konkurs check says so")
    p = Place("rows-good")
    copy, _ = p.backup()
    status, out, _ = konkurs("restore", "--check", "--from", copy, "--db", p.db)
    want((status, "its rows those that the journal tells of" in out), (0, True), out)


@test
def a_sealed_copy_shows_nothing():
    """no row of it can be read without the key; with the key it is whole, key file and all"""
    p = Place("sealed")
    key = p.folder / "key"
    want(konkurs("backup", "make-key", key)[0], 0, "a key")
    want(stat.S_IMODE(key.stat().st_mode), 0o600, "its mode")
    want(konkurs("backup", "make-key", key)[0], 1, "no key is written over")
    copy, _ = p.backup("--to-key", f"{key}.pub", "--with-key")
    want(sorted(path.name for path in copy.iterdir()),
         ["konkurs.db.sealed", "manifest.json", "service.key.sealed"], "files")
    with sqlite3.connect(p.db) as db:
        words = [w for (w,) in db.execute("SELECT family FROM person UNION SELECT iin FROM person"
                                          " UNION SELECT title FROM (SELECT 'SQLite format 3' AS"
                                          " title)") if len(w) >= 8]
    loot = b"".join(path.read_bytes() for path in copy.iterdir())
    service = pathlib.Path(f"{p.db}.key").read_text().split()[1]
    for word in (*words, service, "journal_entry", "CREATE TABLE"):
        if word.encode() in loot:
            raise AssertionError(f"{word} is in a sealed copy")
    want(len(words) > 5, True, "something was looked for")
    want(p.check(copy, "--from-key", key), "", "with the key")
    status, _, err = konkurs("restore", "--check", "--from", copy, "--db", p.db)
    want((status, "backup.error.sealed" in err), (1, True), "without")
    konkurs("backup", "make-key", p.folder / "other")
    want(p.check(copy, "--from-key", p.folder / "other"), "seal", "another key")
    want(konkurs("restore", "--check", "--from", copy, "--from-key", key)[0], 2,
         "not opened among the copies")
    want(konkurs("restore", "--check", "--from", copy, "--from-key", key, "--work",
                 p.folder)[0], 0, "but in a folder that is named")
    flip(copy / "konkurs.db.sealed", 70000)
    mend(copy)
    want(p.check(copy, "--from-key", key), "seal", "a changed byte under a manifest that fits")
    flip(copy / "konkurs.db.sealed", 70000)
    mend(copy)
    to = p.folder / "again.db"
    want(konkurs("restore", "--from", copy, "--from-key", key, "--with-key", "--to", to)[0], 0, "")
    want(pathlib.Path(f"{to}.key").read_text().split()[1], service, "the service key")
    want([n for n in p.beside() if n.startswith(".")], [], "no plain copy is left")


@test
def the_key_goes_into_no_open_copy():
    """--with-key without a seal is refused, and nothing is written"""
    p = Place("open")
    status, _, err = konkurs("backup", "--db", p.db, "--to", p.copies, "--with-key")
    want((status, "backup.error.key_open" in err, p.names()), (1, True, []), err)
    for words in (("--keep", "0,0,0"), ("--keep", "x"), ("--nothing",), ("more",)):
        want(konkurs("backup", "--db", p.db, "--to", p.copies, *words)[0], 2, words)
    want(konkurs("backup", "--db", p.folder / "none.db", "--to", p.copies)[0], 1, "no database")
    want((p.folder / "none.db").exists(), False, "none is made")
    want(konkurs("backup", "--db", p.db, "--to", p.folder / "none")[0], 1, "no folder")


@test
def old_copies_go():
    """what --keep does not keep is removed, copies of others and other files are not"""
    p = Place("keep")
    copies = []
    for _ in range(3):
        copies.append(p.backup("--keep", "5,0,0")[0])
        time.sleep(1.1)  # the name has seconds
    want(p.names(), [copies[2].name], "three of one day: the newest")
    # an older day, and one of another installation
    manifest = json.loads((copies[2] / "manifest.json").read_text())
    for name, day, first in (("konkurs-older", 3, manifest["journal"]["first"]),
                             ("konkurs-foreign", 900, "ab" * 32)):
        shutil.copytree(copies[2], p.copies / name)
        manifest["made_ms"] -= day * 86400000
        manifest["journal"]["first"] = first
        (p.copies / name / "manifest.json").write_text(json.dumps(manifest))
    (p.copies / "notes.txt").write_text("mine")
    (p.copies / ".part-broken").mkdir()
    (p.copies / ".part-broken" / "konkurs.db").write_text("half a copy")
    newest, told = p.backup("--keep", "1,0,0")
    want(p.names(), sorted(["konkurs-foreign", "notes.txt", newest.name]), "what stays")
    want(sorted(told["removed"]), sorted(["konkurs-older", copies[2].name]), "what is told")
    with sqlite3.connect(p.db) as db:
        want(db.execute("SELECT COUNT(*) FROM backup WHERE removed_ms IS NOT NULL").fetchone()[0],
             3, "what is on record as gone")


def limited(size):
    """A disk that takes no more than so many bytes of a file."""
    def run():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return run


@test
def a_full_disk_leaves_nothing():
    """wherever the writing ends, there is no folder that looks like a copy"""
    p = Place("full")
    key = p.folder / "key"
    konkurs("backup", "make-key", key)
    whole, told = p.backup()
    beside = p.beside()
    for words in ((), ("--to-key", f"{key}.pub")):
        for size in (0, 100, 4096, 100000, told["size"] - 4096):
            status, _, err = konkurs("backup", "--db", p.db, "--to", p.copies, *words,
                                     preexec_fn=limited(size))
            want(status, 1, f"{size} bytes {words}: {err}")
            want(p.names(), [whole.name], f"{size} bytes {words}")
            want(p.beside(), beside, f"{size} bytes beside the database {words}")
    to = p.folder / "again.db"
    status, _, _ = konkurs("restore", "--from", whole, "--to", to, preexec_fn=limited(100000))
    want((status, to.exists()), (1, False), "a restore that ends half way leaves no file")
    want(p.check(whole), "", "the copy that was there")


@test
def one_at_a_time():
    """while another is at work in the folder nothing is made, removed or waited for"""
    import fcntl
    p = Place("busy")
    hold = os.open(p.copies, os.O_RDONLY)
    fcntl.flock(hold, fcntl.LOCK_EX)
    status, _, err = konkurs("backup", "--db", p.db, "--to", p.copies)
    want((status, "backup.error.busy" in err, p.names()), (1, True, []), err)
    os.close(hold)
    p.backup()


@test
def check_says_so():
    """konkurs check: none, fresh and whole, a fault, and too old"""
    p = Place("says")

    def found(*words):
        out = konkurs("check", "--db", p.db, "--json", *words)[1]
        return [f["what"] for f in json.loads(out)["findings"] if f["what"].startswith("backup")]
    want(found(), ["backup_none"], "none")
    copy, _ = p.backup()
    want(found(), ["backup_late"], "made and not checked")
    p.check(copy)
    want(found(), [], "made and checked")
    flip(copy / "konkurs.db", 5000)
    p.check(copy)
    want(found(), ["backup_bad"], "a fault")
    flip(copy / "konkurs.db", 5000)
    p.check(copy)
    later = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + (5 + 27) * 3600))
    want(found("--now", later), ["backup_late"], "27 hours later")


@test
def the_nightly_unit_works():
    """the commands of packaging/systemd, with the paths of this machine"""
    p = Place("unit")
    unit = (pathlib.Path(__file__).resolve().parents[2] /
            "packaging/systemd/konkurs-backup.service").read_text()
    lines = [line.partition("=")[2] for line in unit.split("\n") if line.startswith("ExecStart=")]
    want(len(lines), 2, "a copy, and its check")
    for line in lines:
        words = [{"/var/lib/konkurs/konkurs.db": str(p.db), "/var/backups/konkurs": str(p.copies)}
                 .get(word, word) for word in line.split()[1:]]
        status, out, err = konkurs(*words)
        want(status, 0, f"{line}: {out} {err}")
    with sqlite3.connect(p.db) as db:
        want(db.execute("SELECT why FROM backup_check").fetchall(), [("",)], "restored and whole")
    done = subprocess.run([PROGRAM, "check", "--db", p.db, "--json"], capture_output=True,
                          encoding="utf-8", check=False)
    found = [finding["what"] for finding in json.loads(done.stdout)["findings"]]
    want([what for what in found if what.startswith("backup")], [], done.stdout)


def main():
    subprocess.run([WORLD, MASTER], check=True, capture_output=True, timeout=1200)
    failed = 0
    print(f"1..{len(tests)}")
    for number, run in enumerate(tests, 1):
        try:
            run()
            print(f"ok {number} - {run.__name__}: {run.__doc__}")
        except Exception as why:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} - {run.__name__}: {run.__doc__}")
            for line in f"{type(why).__name__}: {why}".split("\n"):
                print(f"# {line}")
    shutil.rmtree(FOLDER, ignore_errors=True)
    return 1 if failed else 0


sys.exit(main())
