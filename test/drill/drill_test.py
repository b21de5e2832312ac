"""The auditor's drill on a database with a played test and a vote (F88).  Prints TAP.

    drill_test.py PROGRAM WORLD
"""
import base64
import hashlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

PROGRAM, WORLD = sys.argv[1:3]
tests = []

# What must have found each attack, whatever else has.
FOUND_BY = {
    "answer_changed": "click", "click_removed": "click", "click_added": "click",
    "click_time_moved": "click", "clicks_reordered": "click", "click_discounted": "click",
    "key_swapped": "draw", "key_swapped_quietly": "draw", "options_reordered": "draw",
    "forms_swapped": "draw", "people_swapped": "draw", "secret_swapped": "draw",
    "coin_swapped": "draw", "bank_changed": "draw", "result_raised": "result",
    "points_changed": "result", "act_changed": "result", "time_given": "row",
    "record_waived": "row", "start_moved": "row", "end_moved": "row", "vote_flipped": "vote", "roll_changed": "row",
    "decision_changed": "vote", "ballot_removed": "vote", "minutes_changed": "minutes",
    "signature_removed": "minutes", "dissent_removed": "minutes",
    "key_signature_removed": "signature", "signer_replaced": "signature",
    "signature_bytes_swapped": "signature", "revocations_removed": "signature",
    "actor_changed": "journal",
    "entry_time_moved": "journal", "entries_swapped": "journal", "entry_removed": "journal",
    "content_changed": "journal", "content_committed": "journal", "salts_swapped": "journal",
    "content_destroyed": "journal", "destruction_invented": "journal",
    "act_invented": "journal", "checkpoints_removed": "checkpoint", "vote_checkpoints_removed": "checkpoint",
    "tail_cut": "checkpoint", "tail_replaced": "checkpoint", "entry_inserted": "checkpoint",
    "vote_rewritten": "checkpoint", "click_rewritten": "checkpoint",
    "chain_rewritten": "checkpoint", "chain_resigned": "checkpoint",
    "checkpoint_edited": "checkpoint", "tile_changed": "checkpoint",
    "document_swapped": "state", "file_changed": "file", "file_removed": "file",
    "scan_forged": "state", "scanning_ended": "state",
    "receipts_swapped": "state", "check_changed": "state", "finding_changed": "state",
    "refusal_erased": "state", "withdrawal_undone": "state", "event_removed": "state",
    "complaint_changed": "state", "opinion_changed": "state", "person_changed": "state",
    "person_destroyed": "state", "password_changed": "state", "role_given": "state",
    "role_erased": "state", "role_rewritten": "checkpoint", "seat_taken": "state",
    "order_changed": "state", "announcement_changed": "state", "term_moved": "state",
    "law_changed": "file", "calendar_changed": "state", "proposal_invented": "state",
    "hall_changed": "state", "hall_invented": "state", "hall_opened": "state",
    "trust_added": "state",
    "reviewer_changed": "state", "row_appended": "state", "row_appended_quietly": "state",
    "password_used": "state",
    "clock_moved_back": "journal", "state_rewritten": "checkpoint",
    "time_given_early": "row", "place_changed_early": "row", "warning_moved": "row",
    "mark_raised": "vote", "roll_rewritten": "vote", "result_raised_quietly": "result",
    "attendance_removed": "vote", "paper_forged": "file", "setting_changed": "state",
    "account_disabled": "state", "rating_raised_early": "state",
    "law_removed": "file", "question_slipped_in": "row",
    **dict.fromkeys((
        "record_byte_changed", "record_exchanged", "record_removed", "record_added",
        "segment_hash_changed", "segment_dropped", "segment_moved", "seat_swapped",
        "incident_closed", "incident_removed", "choice_invented", "view_removed"), "video"),
    "segment_entries_swapped": "journal",
}
# What was touched is named: the thing with its number, and the table.
TOUCHED = {
    "document_swapped": ("application", "document"), "role_given": ("person", "role_grant"),
    "password_changed": ("person", "account"), "seat_taken": ("commission", "commission_member"),
    "trust_added": ("trust", "trust_certificate"), "term_moved": ("competition", "competition"),
    "calendar_changed": ("calendar_change", "calendar_change"),
    "hall_changed": ("hall", "hall"), "hall_opened": ("hall", "hall_closing"),
    "receipts_swapped": ("application", "application"), "scan_forged": ("scan", "scan"),
    "scanning_ended": ("scan_service", "scan_service"),
}
# In these everything that is in the database fits together: only what lies outside can tell.
ONLY_OUTSIDE = ("click_rewritten", "entry_inserted", "chain_resigned", "state_rewritten")


def konkurs(*words):
    done = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, encoding="utf-8",
                          timeout=1200, check=False)
    return done.returncode, done.stdout, done.stderr


def test(run):
    tests.append(run)
    return run


def want(got, expected, why):
    if got != expected:
        raise AssertionError(f"{why}: {got!r}, wanted {expected!r}")


class World:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-drill-"))
    db = folder / "konkurs.db"
    records = folder / "konkurs.db.records"
    told = {}  # by the drill

    @classmethod
    def records_hash(cls):
        files = sorted(path for path in cls.records.rglob("*") if path.is_file())
        return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def root_of(db):
    """RFC 6962 over the hashes of the entries, written down from the RFC."""
    def tree(leaves):
        if not leaves:
            return hashlib.sha256(b"").digest()
        if len(leaves) == 1:
            return leaves[0]
        k = 1
        while k * 2 < len(leaves):
            k *= 2
        return hashlib.sha256(b"\1" + tree(leaves[:k]) + tree(leaves[k:])).digest()
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as open_db:
        leaves = [row[0] for row in open_db.execute("SELECT hash FROM journal_entry ORDER BY seq")]
    return len(leaves), tree(leaves)


def checkpoint(name, size, root):
    path = World.folder / name
    path.write_text(f"konkurs/test\n{size}\n{base64.b64encode(root).decode()}\n\n"
                    "\u2014 konkurs/test AAAA\n", encoding="utf-8")
    return path


@test
def the_world_agrees():
    """verify finds nothing in a database that nobody touched, and has looked at something"""
    status, out, err = konkurs("verify", "--db", World.db, "--records", World.records, "--json")
    told = json.loads(out)
    want((status, told["findings"]), (0, []), err)
    for name, least in (("entries", 260), ("checkpoints", 5), ("sittings", 1), ("forms", 3), ("results", 3),
                        ("clicks", 200), ("votes", 1), ("minutes", 1),
                        ("states", 40), ("segments", 4), ("records", 9)):
        if told[name] < least:
            raise AssertionError(f"{name}: only {told[name]} were looked at")
    size, root = root_of(World.db)
    want((told["entries"], told["root"]), (size, base64.b64encode(root).decode()),
         "size and root of the journal's tree by another program")


@test
def every_attack_is_found():
    """F88: each doctored copy is found by what ought to find it, none is left out, nothing is written"""
    before = hashlib.sha256(World.db.read_bytes()).hexdigest()
    files = World.records_hash()
    status, out, err = konkurs("drill", "--db", World.db, "--records", World.records, "--json")
    told = World.told = json.loads(out)
    want(hashlib.sha256(World.db.read_bytes()).hexdigest(), before, "the bytes of the database")
    want(World.records_hash(), files, "the files of the records")
    rows = {row["attack"]: row for row in told["attacks"]}
    want(sorted(rows), sorted(FOUND_BY), "the attacks of the drill and of this test")
    for name, part in FOUND_BY.items():
        want(rows[name]["found"], "yes", name)
        if part not in rows[name]["by"]:
            raise AssertionError(f"{name} is found by {rows[name]['by']}, not by {part}")
    for name, (at, table) in TOUCHED.items():
        want((rows[name]["at"], f"rows of {table} " in rows[name]["why"]), (at, True), name)
    want((told["untouched_passes"], told["missed"], told["absent"], told["played"]),
         (True, 0, 0, len(FOUND_BY)), "untouched, missed, absent, played")
    want((status, told["good"]), (0, True), err)
    left = [path.name for path in World.folder.iterdir() if path.name.startswith(".drill")]
    want(left, [], "what the drill leaves behind")


@test
def a_byte_of_a_record():
    """F69: one byte of a file is found, a file too many, one that is gone; without the folder rows are compared alone"""
    path = sorted(World.records.rglob("*.mjr"))[0]
    good = path.read_bytes()
    name = str(path.relative_to(World.records))
    for why, bad in (("bytes of a file", b"X" + good[1:]), ("another length", good + b"X"), ("is gone", None)):
        path.unlink()
        if bad is not None:
            path.write_bytes(bad)
        status, out, err = konkurs("verify", "--db", World.db, "--records", World.records, "--json")
        found = json.loads(out)["findings"]
        want((status, len(found), found[0]["part"], name in found[0]["why"], why in found[0]["why"]),
             (1, 1, "video", True, True), (why, found, err))
    want(konkurs("verify", "--db", World.db)[0], 0, "rows alone")
    path.write_bytes(good)
    stray = World.records / "r1" / ".hidden.webm"
    stray.write_bytes(good)
    status, out, _ = konkurs("verify", "--db", World.db, "--records", World.records)
    want((status, ".hidden.webm: a file that no segment knows" in out), (1, True), out)
    stray.unlink()
    want(konkurs("verify", "--db", World.db, "--records", World.records)[0], 0, "all is as it was")
    status, _, err = konkurs("verify", "--db", World.db, "--records", World.folder / "none")
    want((status, "none" in err), (1, True), "a folder there is not")


@test
def only_paper_knows():
    """what is rewritten with every hash right is found by the checkpoint alone"""
    rows = {row["attack"]: row["by"] for row in World.told["attacks"]}
    for name in ONLY_OUTSIDE:
        want(rows[name], ["checkpoint"], name)


@test
def checkpoints_from_outside():
    """an older checkpoint still binds what it covers; one of another history is found"""
    size, root = root_of(World.db)
    good = checkpoint("now.txt", size, root)
    want(konkurs("verify", "--db", World.db, "--checkpoint", good)[0], 0, "the printed one")
    for name, bad in (("other.txt", (size, bytes(32))), ("longer.txt", (size + 1, root))):
        status, out, _ = konkurs("verify", "--db", World.db, "--json", "--checkpoint",
                                 checkpoint(name, *bad))
        want((status, [f["part"] for f in json.loads(out)["findings"]]), (1, ["checkpoint"]), name)
    broken = World.folder / "broken.txt"
    for text in ("", "origin\n", "origin\n12\n", "origin\nx\nAAAA\n", "origin\n12\nAAAA\n",
                 "\n12\n" + base64.b64encode(root).decode() + "\n"):
        broken.write_text(text, encoding="utf-8")
        status, _, err = konkurs("verify", "--db", World.db, "--checkpoint", broken)
        want((status, "verify.error.checkpoint" in err), (1, True), repr(text))


@test
def an_old_checkpoint_misses_what_is_newer():
    """the drill says so, and fails: that is why there is one at each sitting and vote"""
    with sqlite3.connect(f"file:{World.db}?mode=ro", uri=True) as db:
        first = db.execute("SELECT hash FROM journal_entry WHERE seq = 1").fetchone()[0]
    status, out, _ = konkurs("drill", "--db", World.db, "--json", "--checkpoint",
                             checkpoint("first.txt", 1, first))
    missed = {row["attack"] for row in json.loads(out)["attacks"] if row["found"] == "no"}
    want((status, "click_rewritten" in missed, "answer_changed" in missed), (1, True, False),
         missed)


@test
def a_doctored_database_fails_the_drill():
    """the untouched copy has to pass: a drill on a doctored database says that it is one"""
    doctored = World.folder / "doctored.db"
    with sqlite3.connect(f"file:{World.db}?mode=ro", uri=True) as db:
        with sqlite3.connect(doctored) as to:
            db.backup(to)
            to.execute("UPDATE answer_event SET choice = 1 - MIN(choice, 1) WHERE id = 5")
    status, out, _ = konkurs("drill", "--db", doctored, "--json")
    want((status, json.loads(out)["untouched_passes"]), (1, False), "doctored before")
    status, out, _ = konkurs("verify", "--db", doctored)
    want((status, "An answer" in out or "answer" in out), (1, True), out)


@test
def three_languages():
    """with a checkpoint as it is printed and signed: the table in each language, no key in place of a text"""
    seen = set()
    signed = World.folder / "signed.db"
    for ending in ("", ".key"):
        shutil.copy(f"{World.db}{ending}", f"{signed}{ending}")
    status, note, err = konkurs("journal", "checkpoint", "--make", "--db", signed)
    want((status, "\n\n\u2014 konkurs/" in note), (0, True), err)
    printed = World.folder / "printed.txt"
    printed.write_text(note, encoding="utf-8")
    # each in a folder of its own beside its copy, at the same time
    running = {}
    for language in ("kk", "ru", "en"):
        copy = World.folder / language / "konkurs.db"
        copy.parent.mkdir()
        for ending in ("", ".key"):
            shutil.copy(f"{signed}{ending}", f"{copy}{ending}")
        running[language] = subprocess.Popen(
            [PROGRAM, "drill", "--db", copy, "--language", language, "--checkpoint", printed],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    for language, process in running.items():
        out, _ = process.communicate(timeout=1200)
        want(process.returncode, 0, f"{language}: {out}")
        for part in ("drill.", "verify."):
            if part in out:
                raise AssertionError(f"{language}: a message is missing: {out}")
        seen.add(out)
        want(len(out.split("\n")) >= 2 * len(FOUND_BY), True, f"{language}: a row for each")
        status, out, _ = konkurs("verify", "--db", World.db, "--language", language)
        want((status, "verify." in out), (0, False), language)
    want(len(seen), 3, "three different texts")
    want(konkurs("drill", "--db", World.db, "--language", "xx")[0], 2, "a language there is not")
    want(konkurs("drill", "--db", World.folder / "none.db")[0], 1, "a database there is not")
    want((World.folder / "none.db").exists(), False, "nothing is made")


def main():
    subprocess.run([WORLD, World.db], check=True, capture_output=True, timeout=1200)
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
    if os.environ.get("KEEP"):
        print(f"# kept in {World.folder}")
    else:
        shutil.rmtree(World.folder, ignore_errors=True)
    return 1 if failed else 0


sys.exit(main())
