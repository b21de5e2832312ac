"""konkurs journal and konkurs witness, checked by another implementation (tlog.py).  Prints TAP.

    log_cli_test.py PROGRAM

The journal itself is written by this file, entry for entry, as docs/journal.md says (F86 to F88).
"""
import base64
import fcntl
import hashlib
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
import time

import tlog

PROGRAM = sys.argv[1]
tests = []


def konkurs(*words, stdin=None):
    done = subprocess.run([PROGRAM, *map(str, words)], input=stdin, capture_output=True,
                          encoding="utf-8", timeout=1200, check=False)
    return done.returncode, done.stdout, done.stderr


def test(run):
    tests.append(run)
    return run


def want(got, expected, why):
    if got != expected:
        raise AssertionError(f"{why}: {got!r}, wanted {expected!r}")


def good(*words, stdin=None):
    status, out, err = konkurs(*words, stdin=stdin)
    want(status, 0, f"{words}: {err}")
    return out


# ---- a journal ---------------------------------------------------------------------------

def unguard(connection):
    for name, in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"
                                    ).fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')


def append(db, count, kind="test.done"):
    connection = sqlite3.connect(db)
    seq, previous = connection.execute(
        "SELECT COALESCE(MAX(seq), 0), COALESCE((SELECT hash FROM journal_entry"
        " ORDER BY seq DESC LIMIT 1), zeroblob(32)) FROM journal_entry").fetchone()
    for n in range(seq + 1, seq + count + 1):
        salt, content = hashlib.sha256(b"salt%d" % n).digest(), f'{{"number":{n}}}'
        committed = hashlib.sha256(salt + content.encode()).digest()
        header = {"actor": 0, "at": 1772427600000 + n, "competition": 0,
                  "content": committed.hex(), "kind": kind, "previous": previous.hex(), "seq": n,
                  "subject": f"thing/{n % 7}"}
        leaf = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
        digest = tlog.leaf_hash(leaf)
        connection.execute("INSERT INTO journal_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                           (n, header["at"], 0, kind, 0, header["subject"], committed, previous,
                            digest))
        connection.execute("INSERT INTO journal_content VALUES (?, ?, ?)", (n, salt, content))
        previous = digest
    connection.commit()
    connection.close()


def rewrite(db, seq):
    """All rights on the database: entry `seq` tells something else, the chain fits again, and what
    was kept of the tree goes."""
    connection = sqlite3.connect(db)
    unguard(connection)
    previous = bytes(32)
    rows = connection.execute("SELECT seq, at_ms, actor_id, kind, competition_id, subject,"
                              " content_hash FROM journal_entry ORDER BY seq").fetchall()
    for n, at, actor, kind, competition, subject, committed in rows:
        if n == seq:
            subject = "thing/999"
        header = {"actor": actor, "at": at, "competition": competition,
                  "content": committed.hex(), "kind": kind, "previous": previous.hex(), "seq": n,
                  "subject": subject}
        digest = tlog.leaf_hash(
            json.dumps(header, sort_keys=True, separators=(",", ":")).encode())
        connection.execute("UPDATE journal_entry SET subject = ?, previous_hash = ?, hash = ?"
                           " WHERE seq = ?", (subject, previous, digest, n))
        previous = digest
    for table in ("checkpoint_reason", "checkpoint", "journal_tile"):
        connection.execute(f"DELETE FROM {table}")
    connection.commit()
    connection.close()


def make_journal(folder, count):
    db = f"{folder}/journal.db"
    good("user", "add", "--db", db, "--iin", "791028302728", "--family", "Бөкенбаев", "--given",
         "Әділ", "--organ", "pgo")
    append(db, count)
    return db


def checkpoint(db, path, *words):
    out = good("journal", "checkpoint", "--db", db, *words)
    pathlib.Path(path).write_text(out, "utf-8")
    return out


def key_of(db):
    return json.loads(good("journal", "show", "--db", db, "--json"))["key"]


# ---- tiles -------------------------------------------------------------------------------

@test
def another_implementation_reads_the_tiles(folder):
    """export-tiles: 66,000 entries, tiles of three levels"""
    db = make_journal(folder, 66000)
    note = checkpoint(db, f"{folder}/c1", "--make")
    size = tlog.checkpoint(note)[1]
    good("journal", "export-tiles", f"{folder}/tiles", "--db", db)
    tiles = size // 256 + (size % 256 > 0) + size // 65536 + 1 + 1
    want(tlog.check(f"{folder}/tiles", key_of(db)), (size, tiles), "what was exported")
    # more entries: what was there in full is not written again, and all of it fits again
    append(db, 300)
    checkpoint(db, f"{folder}/c2", "--make")
    before = os.stat(f"{folder}/tiles/tile/0/000").st_mtime_ns
    good("journal", "export-tiles", f"{folder}/tiles", "--db", db)
    want(os.stat(f"{folder}/tiles/tile/0/000").st_mtime_ns, before, "a full tile is left alone")
    want(tlog.check(f"{folder}/tiles", key_of(db))[0], size + 301, "the longer log")
    tile = pathlib.Path(f"{folder}/tiles/tile/0/001")
    data = bytearray(tile.read_bytes())
    data[5] ^= 1
    tile.write_bytes(data)
    try:
        tlog.check(f"{folder}/tiles")
    except AssertionError as why:
        want(str(why), "tile 0/1", "a changed tile is found")
    else:
        raise AssertionError("a changed tile was not found")


@test
def proofs_hold_for_another_implementation(folder):
    """prove, consistency"""
    db = make_journal(folder, 700)
    first = checkpoint(db, f"{folder}/c1", "--make")
    append(db, 345)
    second = checkpoint(db, f"{folder}/c2", "--make")
    _, older, older_root = tlog.checkpoint(first)
    _, newer, newer_root = tlog.checkpoint(second)
    for entry in (1, 2, 255, 256, 257, 512, 700, older):
        for size, root in ((older, older_root), (newer, newer_root)):
            proof = json.loads(good("journal", "prove", entry, "--at", size, "--db", db, "--json"))
            hashes = [base64.b64decode(h) for h in proof["proof"]]
            leaf = tlog.leaf_hash(proof["leaf"].encode())
            want(base64.b64decode(proof["hash"]), leaf, "the hash of the leaf")
            want(tlog.proves(leaf, proof["index"], size, hashes, root), True, f"{entry} of {size}")
            want(tlog.proves(leaf, proof["index"] + 1, size, hashes, root), False, "another place")
    out = json.loads(good("journal", "consistency", older, newer, "--db", db, "--json"))
    hashes = [base64.b64decode(h) for h in out["proof"]]
    want(tlog.grew(older, older_root, newer, newer_root, hashes), True, "it has only grown")
    want(tlog.grew(older, newer_root, newer, newer_root, hashes), False, "not from another root")
    for words in (("prove", newer + 1), ("prove", 0), ("prove", 5, "--at", 17),
                  ("consistency", newer, older), ("consistency", 1, newer + 1)):
        want(konkurs("journal", *words, "--db", db)[0], 1, f"{words}")
    for words in (("prove",), ("prove", "x"), ("consistency", 1), ("prove", "-1"), ("nothing",)):
        want(konkurs("journal", *words, "--db", db)[0], 2, f"{words}")


# ---- what is printed ---------------------------------------------------------------------

@test
def a_rewritten_journal_does_not_fit_the_paper(folder):
    """verify --checkpoint: chain, tiles and checkpoints made anew with the log's own key"""
    db = make_journal(folder, 600)
    checkpoint(db, f"{folder}/paper", "--make")
    append(db, 50)
    checkpoint(db, f"{folder}/later", "--make")
    vkey = key_of(db)
    verify = ("journal", "verify", "--db", db, "--json", "--checkpoint")
    report = json.loads(good(*verify, f"{folder}/paper", f"{folder}/later", "--log-key", vkey))
    want([p["good"] for p in report["papers"]], [True, True], "both fit")
    want((report["log"]["whole"], report["log"]["checkpoints"]), (True, 2), "the log fits")
    rewrite(db, 300)
    status, out, _ = konkurs("journal", "verify", "--db", db, "--json")
    report = json.loads(out)
    want((status, report["broken_entry"], report["log"]["why"]),
         (1, 0, "an entry that had a checkpoint has none"), "the chain alone says nothing of it")
    checkpoint(db, f"{folder}/forged", "--make")
    status, out, _ = konkurs(*verify, f"{folder}/paper", "--log-key", vkey)
    report = json.loads(out)
    want((status, report["papers"][0]["why"]),
         (1, "the entries are not those that were signed"), "the paper shows it")
    # the tail is cut behind the checkpoint that somebody has
    connection = sqlite3.connect(db)
    for table in ("checkpoint_reason", "checkpoint", "journal_tile"):
        connection.execute(f"DELETE FROM {table}")
    connection.execute("DELETE FROM journal_content WHERE seq > 500")
    connection.execute("DELETE FROM journal_entry WHERE seq > 500")
    connection.commit()
    connection.close()
    status, out, _ = konkurs(*verify, f"{folder}/paper", "--log-key", vkey)
    want((status, json.loads(out)["papers"][0]["why"]), (1, "the journal has fewer entries"),
         "a tail that was cut")


@test
def a_paper_that_is_not_ours_is_told(folder):
    """verify --checkpoint: another log's, a changed one, none at all; a swapped key"""
    db = make_journal(folder, 10)
    note = checkpoint(db, f"{folder}/paper", "--make")
    other_folder = pathlib.Path(folder, "other")
    other_folder.mkdir()
    other = make_journal(other_folder, 10)
    checkpoint(other, f"{folder}/other-paper", "--make")
    pathlib.Path(f"{folder}/changed").write_text(note.replace("\n12\n", "\n11\n"), "utf-8")
    pathlib.Path(f"{folder}/nothing").write_text("nothing\n", "utf-8")
    status, out, _ = konkurs("journal", "verify", "--db", db, "--json", "--checkpoint",
                             f"{folder}/other-paper", f"{folder}/changed", f"{folder}/nothing")
    want((status, [p["why"] for p in json.loads(out)["papers"]]),
         (1, ["another log's", "not signed by this log's key", "no checkpoint"]), "each is told")
    status, out, _ = konkurs("journal", "verify", "--db", db, "--json", "--log-key", key_of(other),
                             "--checkpoint", f"{folder}/paper")
    want((status, json.loads(out)["papers"][0]["why"]), (1, "another log's"),
         "the key that is on paper counts")
    want(konkurs("journal", "verify", "--db", db, "--checkpoint", f"{folder}/absent")[0], 1,
         "no such file")
    want(konkurs("journal", "verify", "--db", db, "--checkpoint")[0], 2, "no file")


# ---- guards ------------------------------------------------------------------------------

@test
def the_guarded_tables_are_those_that_are_documented(_folder):
    """docs/journal.md names each table that @append_only guards, in the text and in the grants"""
    root = pathlib.Path(__file__).resolve().parents[2]
    guarded = set()
    for path in (root / "src/db/schema").glob("*.sql"):
        guarded |= set(re.findall(r"^@append_only (\w+)", path.read_text("utf-8"), re.M))
    text = (root / "docs/journal.md").read_text("utf-8")
    text = text[text.index("## Guards in the database"):text.index("## When something goes wrong")]
    want(guarded - set(re.findall(r"`(\w+)`", text)), set(), "not in the text")
    granted = re.findall(r"GRANT ([A-Z, ]+) ON ([\w,\s]+?) TO konkurs", text)
    want({table for _, tables in granted for table in re.split(r",\s*", tables)}, guarded, "the grants")
    for rights, tables in granted:
        want((rights, "journal_entry" in tables),
             ("SELECT, INSERT, DELETE", False) if "DELETE" in rights else ("SELECT, INSERT", True), tables)


# ---- a witness ---------------------------------------------------------------------------

@test
def a_witness_signs_what_has_only_grown(folder):
    """witness: the first, the next with a proof, and nothing else"""
    db = make_journal(folder, 300)
    key, state = f"{folder}/w.key", f"{folder}/w.state"
    witness = good("witness", "--make-key", "--name", "second.body/w1", "--key", key).strip()
    want(stat.S_IMODE(os.stat(key).st_mode), 0o600, "nobody else reads the key")
    want(konkurs("witness", "--make-key", "--name", "x", "--key", key)[0], 1, "no key is lost")
    want(konkurs("witness", "--make-key", "--name", "a b", "--key", key + "2")[0], 1, "no name")
    checkpoint(db, f"{folder}/c1", "--make")
    sign = ("witness", "--key", key, "--state", state)
    want(konkurs(*sign, f"{folder}/c1")[0], 1, "the first time it wants the log's key")
    want(konkurs(*sign, "--log", witness, f"{folder}/c1")[0], 1, "another's key")
    first = good(*sign, "--log", key_of(db), f"{folder}/c1")
    want((tlog.signed(first, witness), tlog.signed(first, key_of(db))), (True, True), "both sign")
    want(tlog.signed(good(*sign, "-", stdin=first), witness), True, "the same again, with its line")
    size = tlog.checkpoint(first)[1]
    append(db, 900)
    checkpoint(db, f"{folder}/c2", "--make")
    status, _, err = konkurs(*sign, f"{folder}/c2")
    want((status, f"--old {size}" in err), (1, True), "it wants a proof and says from where")
    checkpoint(db, f"{folder}/wrong", "--old", size - 1)
    want(konkurs(*sign, f"{folder}/wrong")[0], 1, "a proof from elsewhere")
    request = checkpoint(db, f"{folder}/r2", "--old", size)
    lines = request.split("\n")
    lines[1] = lines[2]
    want(konkurs(*sign, "-", stdin="\n".join(lines))[0], 1, "a proof that is none")
    second = good(*sign, f"{folder}/r2")
    want(tlog.signed(second, witness), True, "with the proof it signs")
    want(konkurs(*sign, f"{folder}/c1")[0], 1, "never an older one")
    pathlib.Path(state).write_text("broken\n", "utf-8")
    want(konkurs(*sign, f"{folder}/r2")[0], 1, "a broken state is not overwritten")


@test
def a_witness_sees_a_split_view(folder):
    """witness: two databases with one key"""
    db = make_journal(folder, 300)
    key, state, fork = f"{folder}/w.key", f"{folder}/w.state", f"{folder}/fork.db"
    good("witness", "--make-key", "--name", "second.body/w1", "--key", key)
    sign = ("witness", "--key", key, "--state", state)
    checkpoint(db, f"{folder}/c1", "--make")
    good(*sign, "--log", key_of(db), f"{folder}/c1")
    size = tlog.checkpoint(pathlib.Path(f"{folder}/c1").read_text("utf-8"))[1]
    shutil.copy(db, fork)
    shutil.copy(db + ".key", fork + ".key")
    append(db, 20)
    append(fork, 20, "test.other")
    checkpoint(db, f"{folder}/c2", "--make")
    checkpoint(fork, f"{folder}/f2", "--make")
    good(*sign, "-", stdin=checkpoint(db, f"{folder}/r2", "--old", size))
    # the same size with another root, and then one that grew from there
    status, _, err = konkurs(*sign, f"{folder}/f2")
    want((status, "SPLIT VIEW" in err), (1, True), "another root of the same size")
    forked = tlog.checkpoint(pathlib.Path(f"{folder}/f2").read_text("utf-8"))[1]
    append(fork, 5)
    checkpoint(fork, f"{folder}/f3", "--make")
    status, _, err = konkurs(*sign, "-", stdin=checkpoint(fork, f"{folder}/fr", "--old", forked))
    want((status, "SPLIT VIEW" in err), (1, True), "a tree that did not grow from what was seen")


@test
def a_witness_signs_one_history_of_two_at_once(folder):
    """witness: two forks given at once; one is signed, and it is the one that is remembered"""
    db = make_journal(folder, 30)
    key, state, fork = f"{folder}/w.key", f"{folder}/w.state", f"{folder}/fork.db"
    witness = good("witness", "--make-key", "--name", "second.body/w1", "--key", key).strip()
    sign = [PROGRAM, "witness", "--key", key, "--state", state]
    checkpoint(db, f"{folder}/c1", "--make")
    good(*sign[1:], "--log", key_of(db), f"{folder}/c1")
    size = tlog.checkpoint(pathlib.Path(f"{folder}/c1").read_text("utf-8"))[1]
    shutil.copy(db, fork)
    shutil.copy(db + ".key", fork + ".key")
    for name, one, kind in (("a", db, "test.done"), ("b", fork, "test.other")):
        append(one, 20, kind)
        checkpoint(one, f"{folder}/{name}", "--make", "--old", size)
    # what was broken off by a power cut is in nobody's way
    pathlib.Path(f"{state}.new").write_text("half a sta", "utf-8")
    with open(f"{state}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        both = [subprocess.Popen([*sign, f"{folder}/{name}"], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, encoding="utf-8") for name in "ab"]
        time.sleep(1.5)
        want([one.poll() for one in both], [None, None], "both wait for who holds the state")
    said = [one.communicate(timeout=1200) for one in both]
    signed = [out for out, _ in said if out]
    want((sorted(one.returncode for one in both), len(signed)), ([0, 1], 1), said)
    want("SPLIT VIEW" in "".join(err for _, err in said), True, said)
    want(tlog.signed(signed[0], witness), True, "one is signed")
    remembered = pathlib.Path(state).read_text("utf-8").split("\n", 1)[1]
    want(signed[0].startswith(remembered), True, "and that one is remembered")
    want(os.path.exists(f"{state}.new"), False, "nothing is left lying about")


def main():
    print(f"1..{len(tests)}")
    failed = 0
    for number, run in enumerate(tests, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                run(folder)
                print(f"ok {number} - {run.__doc__}")
            except Exception as why:  # each test tells for itself
                failed += 1
                print(f"not ok {number} - {run.__doc__}")
                print(f"# {type(why).__name__}: {why}".replace("\n", "\n# "))
    sys.exit(failed > 0)


main()
