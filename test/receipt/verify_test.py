"""konkurs-verify on what Konkurs hands out, on every kind of forgery of it, and without a network
(F15, F60, F89); and against a second verifier, test/receipt/receipt.py.

usage: verify_test.py KONKURS-VERIFY WORLD NO-NETWORK static|dynamic
"""
import base64
import copy
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

import receipt as second

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "draw"))
import draw

VERIFY, WORLD, NO_NETWORK, LINKED = sys.argv[1:5]
del sys.argv[1:5]
GOOD, WRONG, UNREADABLE, UNPROVED = 0, 1, 2, 3


def verify(*arguments, language="en"):
    said = subprocess.run([NO_NETWORK, VERIFY, "--language", language, *map(str, arguments)],
                          capture_output=True, text=True, check=False)
    return said.returncode, said.stdout


def findings(*arguments):
    said = subprocess.run([NO_NETWORK, VERIFY, "--json", *map(str, arguments)], capture_output=True,
                          text=True, check=False)
    report = json.loads(said.stdout)
    return said.returncode, {f["key"] for f in report["findings"]}, report["verdict"]


class Verify(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-verify-"))
        subprocess.run([WORLD, str(cls.folder)], check=True)
        cls.key = (cls.folder / "key").read_text()
        cls.text = (cls.folder / "result.json").read_text()
        cls.receipt = json.loads(cls.text)
        cls.packed = (cls.folder / "result.txt").read_text()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def check_receipt(self, changed, *options):
        return verify(*options, "receipt", self.write("changed.json", json.dumps(changed)))[0]

    # ---- the program

    @unittest.skipIf(LINKED != "static", "sanitizers need a dynamic program")
    def test_static_without_network_and_database(self):
        elf = subprocess.run(["readelf", "-ld", VERIFY], capture_output=True, text=True, check=True).stdout
        self.assertNotIn("INTERP", elf)
        self.assertNotIn("NEEDED", elf)
        symbols = subprocess.run(["nm", VERIFY], capture_output=True, text=True, check=True).stdout
        self.assertIn("crypto_sign_verify_detached", symbols)
        for name in ("socket", "connect", "bind", "sendto", "getaddrinfo", r"sqlite3_\w+", r"PQ\w+"):
            self.assertIsNone(re.search(rf" (__|_)?{name}$", symbols, re.M), name)

    def test_network_is_really_off(self):
        said = subprocess.run([NO_NETWORK, "/usr/bin/python3", "-c", "import socket; socket.socket()"],
                              capture_output=True, check=False)
        self.assertLess(said.returncode, 0)

    def test_usage(self):
        for words in ((), ("receipt",), ("weather", "x"), ("checkpoint", "x", "y", "z"), ("--key", "x", "receipt", "x"),
                      ("--checkpoint", "x", "receipt", "x"), ("journal", "x", *["--checkpoint", "x"] * 17)):
            self.assertEqual(verify(*words)[0], UNREADABLE, words)
        for word in "--help", "-h":
            code, said = verify(word)
            self.assertEqual(code, GOOD)
            self.assertIn("konkurs-verify [OPTIONS] receipt FILE", said)

    # ---- receipts

    def test_good(self):
        for arguments in (("receipt", self.folder / "result.json"), ("receipt", self.folder / "result.txt"),
                          ("receipt", "--text", self.packed),
                          ("receipt", "--text", self.packed[:40], self.packed[40:])):
            code, keys, verdict = findings(*arguments)
            self.assertEqual((code, verdict), (GOOD, "verify.verdict.own"))
            self.assertLessEqual({"verify.log.good", "verify.proof.good", "verify.key.own"}, keys)
            self.assertEqual(findings("--key", self.key, *arguments)[::2], (GOOD, "verify.verdict.good"))
            self.assertIn("verify.content.good", keys)

    def test_code_shows_what_it_says(self):
        """Finding 4: a code pasted on another sheet says its own figures; one without any says that it proves none."""
        code, said = verify("--key", self.key, "receipt", self.folder / "result.txt")
        self.assertEqual(code, GOOD)
        for value in ("right answers: 61", "questions: 120", "form: " + json.loads(self.receipt["content"])["form"]):
            self.assertIn(value, said)
        self.assertLessEqual(len(self.packed), 4296)
        bare = self.folder / "result-bare.txt"
        code, keys, verdict = findings("--key", self.key, "receipt", bare)
        self.assertEqual((code, verdict), (UNPROVED, "verify.verdict.part"))
        self.assertIn("verify.content.none", keys)
        self.assertEqual(findings("receipt", bare)[::2], (GOOD, "verify.verdict.own"))
        old, new = second.unpack(bare.read_text()), second.unpack(self.packed)
        self.assertEqual({k: v for k, v in new.items() if k not in ("salt", "content")}, old)
        self.assertEqual((new["salt"], new["content"]), (self.receipt["salt"], self.receipt["content"]))

    def test_second_implementation(self):
        self.assertTrue(second.check(self.receipt))
        unpacked = second.unpack(self.packed)
        self.assertTrue(second.check(unpacked))
        for name in ("leaf", "index", "proof", "checkpoint", "key"):
            self.assertEqual(unpacked[name], self.receipt[name], name)
        self.assertIn(second.code(self.receipt), verify("receipt", self.folder / "result.json")[1])

    def test_result_is_bound_to_form_and_answers(self):
        told = json.loads(self.receipt["content"])
        self.assertEqual(told["correct"], 61)
        forms = [c["form"] for c in json.loads((self.folder / "draw.json").read_text())["candidates"]]
        self.assertIn(told["form"], forms)
        self.assertRegex(told["answers"], "^[0-9a-f]{64}$")

    def test_languages(self):
        said = {l: verify("receipt", self.folder / "result.json", language=l)[1] for l in ("kk", "ru", "en")}
        self.assertIn("НӘТИЖЕ", said["kk"])
        self.assertIn("ИТОГ", said["ru"])
        self.assertIn("VERDICT", said["en"])
        self.assertIn("результат тестирования", said["ru"])
        self.assertIn("тестілеу нәтижесі", said["kk"])

    def test_every_letter_counts(self):
        """A change of any letter of leaf, content, salt, checkpoint or key is found."""
        for name in ("leaf", "content", "salt", "checkpoint", "key"):
            text = self.receipt[name]
            for i in range(0, len(text), 3):
                other = "0" if text[i] != "0" else "1"
                changed = dict(self.receipt, **{name: text[:i] + other + text[i + 1:]})
                self.assertNotEqual(self.check_receipt(changed), GOOD, (name, i))

    def test_every_letter_of_the_code_counts(self):
        for i in range(9, len(self.packed), 7):
            other = "0" if self.packed[i] != "0" else "1"
            self.assertNotEqual(verify("receipt", "--text", self.packed[:i] + other + self.packed[i + 1:])[0],
                                GOOD, i)
        self.assertEqual(verify("receipt", "--text", self.packed[:-3])[0], UNREADABLE)

    def test_forged_better_result(self):
        better = self.receipt["content"].replace('"correct":61', '"correct":99')
        self.assertNotEqual(better, self.receipt["content"])
        self.assertEqual(self.check_receipt(dict(self.receipt, content=better)), WRONG)
        # with the header made to fit
        header = json.loads(self.receipt["leaf"])
        header["content"] = hashlib.sha256(bytes.fromhex(self.receipt["salt"]) + better.encode()).hexdigest()
        leaf = json.dumps(header, sort_keys=True, separators=(",", ":"))
        self.assertEqual(self.check_receipt(dict(self.receipt, content=better, leaf=leaf)), WRONG)

    def test_proof(self):
        proof = self.receipt["proof"]
        self.assertGreaterEqual(len(proof), 3)
        zeros = base64.b64encode(bytes(32)).decode()
        for changed in (proof[:-1], proof + [zeros], proof[::-1], [zeros] + proof[1:], []):
            self.assertEqual(self.check_receipt(dict(self.receipt, proof=changed)), WRONG)
        self.assertEqual(self.check_receipt(dict(self.receipt, index=self.receipt["index"] + 1)), WRONG)

    def make_key(self, name):
        """A key pair of somebody else, and the note signed by it."""
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.folder / "other.pem"], check=True)
        public = subprocess.run(["openssl", "pkey", "-in", self.folder / "other.pem", "-pubout", "-outform", "DER"],
                                capture_output=True, check=True).stdout[-32:]
        raw = b"\1" + public
        key_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        return f"{name}+{key_id.hex()}+{base64.b64encode(raw).decode()}", key_id

    def sign(self, text, name, key_id):
        self.write("note.txt", text)
        signature = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.folder / "other.pem",
                                    "-in", self.folder / "note.txt"], capture_output=True, check=True).stdout
        return f"{text}\n\u2014 {name} {base64.b64encode(key_id + signature).decode()}\n"

    def test_key_of_another(self):
        """A whole log of somebody else, of the same name: fits together, and --key finds it out."""
        name = self.key.split("+")[0]
        other, key_id = self.make_key(name)
        text = self.receipt["checkpoint"].rpartition("\n\n")[0] + "\n"
        forged = dict(self.receipt, key=other, checkpoint=self.sign(text, name, key_id))
        self.assertEqual(self.check_receipt(forged), GOOD)
        self.assertEqual(self.check_receipt(forged, "--key", self.key), WRONG)
        self.assertEqual(self.check_receipt(self.receipt, "--key", other), WRONG)
        self.assertEqual(self.check_receipt(dict(self.receipt, key=other)), WRONG)

    def test_witness_must_have_signed(self):
        raw = b"\4" + hashlib.sha256(b"any").digest()
        key_id = hashlib.sha256(b"witness\n" + raw).hexdigest()[:8]
        vkey = f"witness+{key_id}+{base64.b64encode(raw).decode()}"
        self.assertEqual(self.check_receipt(self.receipt, "--key", self.key, "--witness", vkey), WRONG)

    def test_no_receipt(self):
        good = self.receipt
        for changed in ({}, [], 1, "x", dict(good, format="konkurs-receipt-2"), dict(good, index=-1), dict(good, index="1"),
                        dict(good, proof="x"), dict(good, proof=["AA=="]), dict(good, salt="00"), dict(good, leaf=1),
                        {k: v for k, v in good.items() if k != "salt"}, dict(good, proof=good["proof"] * 30)):
            self.assertEqual(self.check_receipt(changed), UNREADABLE, str(changed)[:60])
        twice = self.text.replace('"index":', '"index":0,"index":', 1)
        self.assertEqual(verify("receipt", self.write("twice.json", twice))[0], UNREADABLE)
        self.assertEqual(verify("receipt", self.write("large.json", b" " * 300000))[0], UNREADABLE)
        self.assertEqual(verify("receipt", self.folder / "nothing")[0], UNREADABLE)
        self.assertEqual(verify("receipt", self.folder)[0], UNREADABLE)
        self.assertIn("short code", verify("receipt", "--text", second.code(good))[1])

    def test_no_control_characters_reach_the_terminal(self):
        header = json.loads(self.receipt["leaf"])
        header["kind"] = "\u009b31m\u001b[2J"
        changed = dict(self.receipt, leaf=json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
        said = verify("receipt", self.write("escape.json", json.dumps(changed)))[1]
        self.assertNotRegex(said, "[\u001b\u009b]")
        # the content is shown before anything is known of the signature: nothing in it moves, ends or turns a line
        bad = "\u001b\u007f\u009b\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069"
        content = json.dumps({f"na{bad}me": f"shown{bad} қала"}, separators=(",", ":"))
        header["kind"] = "test.result"
        header["content"] = hashlib.sha256(bytes.fromhex(self.receipt["salt"]) + content.encode()).hexdigest()
        changed = dict(changed, content=content, leaf=json.dumps(header, sort_keys=True, separators=(",", ":")))
        said = verify("receipt", self.write("turned.json", json.dumps(changed)))[1]
        self.assertIn("name: shown қала", said)
        self.assertNotRegex(said, f"[{bad}]")

    # ---- copies of the journal

    def check_lines(self, lines):
        return findings("journal", self.write("copy.jsonl", "\n".join(lines) + "\n"))[:2]

    def test_lines(self):
        lines = (self.folder / "journal.jsonl").read_text().splitlines()
        self.assertGreater(len(lines), 60)
        self.assertEqual(self.check_lines(lines)[0], GOOD)
        head = json.loads(lines[0])
        leaves = [hashlib.sha256(b"\0" + l.encode()).digest() for l in lines[1:]]
        self.assertEqual(second.check_note(head["checkpoint"], head["key"]), (len(leaves), second.tree_root(leaves)))
        for why, changed, key in (
                ("removed", lines[:9] + lines[10:], "verify.copy.number"),
                ("reordered", lines[:9] + [lines[10], lines[9]] + lines[11:], "verify.copy.number"),
                ("cut off", lines[:-1], "verify.copy.bad"),
                ("one more", lines + [lines[-1]], "verify.copy.number"),
                ("time moved", lines[:9] + [re.sub('"at":(\\d+)', '"at":\\g<1>0', lines[9])] + lines[10:], "verify.copy.chain"),
                ("last one", lines[:-1] + [lines[-1].replace('"actor":', '"actor":9')], "verify.copy.bad"),
                ("damaged", lines[:9] + [lines[9] + " "] + lines[10:], "verify.copy.header")):
            code, keys = self.check_lines(changed)
            self.assertEqual((code, key in keys), (WRONG, True), (why, keys))
        self.assertEqual(self.check_lines(["{}"])[0], UNREADABLE)

    def test_chain_rewritten(self):
        """An administrator who makes the whole chain anew cannot make the signature."""
        lines, previous = (self.folder / "journal.jsonl").read_text().splitlines(), "0" * 64
        for i in range(1, len(lines)):
            header = json.loads(lines[i])
            header["previous"] = previous
            if i == 10:
                header["actor"] += 1
            lines[i] = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            previous = hashlib.sha256(b"\0" + lines[i].encode()).hexdigest()
        self.assertEqual(self.check_lines(lines), (WRONG, self.check_lines(lines)[1]))
        self.assertIn("verify.copy.bad", self.check_lines(lines)[1])

    def test_tiles(self):
        tiles = self.folder / "tiles"
        code, keys, _ = findings("--key", self.key, "journal", tiles)
        self.assertEqual(code, GOOD, keys)
        self.assertIn("verify.tiles.good", keys)
        packed = shutil.make_archive(str(self.folder / "tiles"), "zip", tiles)
        self.assertEqual(findings("journal", packed)[0], GOOD)
        for path in sorted(tiles.rglob("*")):
            if path.is_file() and path.name != "key":
                kept = path.read_bytes()
                path.write_bytes(kept[:-2] + bytes([kept[-2] ^ 1]) + kept[-1:])
                self.assertNotEqual(findings("journal", tiles)[0], GOOD, path)
                path.unlink()
                self.assertNotEqual(findings("journal", tiles)[0], GOOD, path)
                path.write_bytes(kept)
        self.assertEqual(findings("journal", tiles)[0], GOOD)

    # ---- checkpoints

    def test_one(self):
        for name in ("new.checkpoint", "new.request"):
            code, keys, verdict = findings("--key", self.key, "checkpoint", self.folder / name)
            self.assertEqual((code, verdict), (GOOD, "verify.verdict.good"))
            self.assertLessEqual({"verify.log.good", "verify.checkpoint.root"}, keys)
        code, keys, verdict = findings("checkpoint", self.folder / "new.checkpoint")
        self.assertEqual((code, verdict, "verify.key.none" in keys), (GOOD, "verify.verdict.own", True))

    def test_without_any_key_it_is_compared_all_the_same(self):
        old, request = self.folder / "old.checkpoint", self.folder / "new.request"
        self.assertIn("verify.growth.good", findings("checkpoint", old, request)[1])
        self.assertEqual(findings("checkpoint", self.forge_root(), request)[::2], (WRONG, "verify.verdict.bad"))

    def forge_root(self):
        """The checkpoint of the old size with the root of the new one; its signature is left."""
        old = (self.folder / "old.checkpoint").read_text().split("\n")
        old[2] = (self.folder / "new.checkpoint").read_text().split("\n")[2]
        return self.write("forged.checkpoint", "\n".join(old))

    def test_kept(self):
        old, new = self.folder / "old.checkpoint", self.folder / "new.checkpoint"
        lines, tiles = self.folder / "journal.jsonl", self.folder / "tiles"
        for copy_ in (lines, tiles):
            code, keys, verdict = findings("--key", self.key, "journal", copy_, "--checkpoint", old, "--checkpoint", new)
            self.assertEqual((code, verdict, "verify.kept.good" in keys), (GOOD, "verify.verdict.good", True), copy_)
            code, keys, _ = findings("journal", copy_, "--checkpoint", self.forge_root())
            self.assertEqual((code, "verify.log.bad" in keys), (WRONG, True), copy_)
        self.assertEqual(verify("journal", lines, "--checkpoint", self.folder / "nothing")[0], UNREADABLE)
        # without a key in the copy nothing is signed, and the roots are compared
        head, *rest = lines.read_text().splitlines()
        bare = {k: v for k, v in json.loads(head).items() if k != "key"}
        unsigned = self.write("unsigned.jsonl", "\n".join([json.dumps(bare), *rest]) + "\n")
        self.assertIn("verify.kept.good", findings("journal", unsigned, "--checkpoint", old)[1])
        self.assertIn("verify.kept.bad", findings("journal", unsigned, "--checkpoint", self.forge_root())[1])
        # an older copy ends before what was kept
        size = int(old.read_text().split("\n")[1])
        short = self.write("short.jsonl", "\n".join([json.dumps(dict(bare, checkpoint=old.read_text())), *rest[:size]]) + "\n")
        self.assertEqual(findings("journal", short, "--checkpoint", old)[0], GOOD)
        code, keys, _ = findings("journal", short, "--checkpoint", new)
        self.assertEqual((code, "verify.kept.ahead" in keys), (WRONG, True))

    def test_code_of_a_paper(self):
        said = verify("receipt", self.write("paper.txt", "KONKURS 12 " + "89AB" * 16))
        self.assertEqual((said[0], "foot of a paper" in said[1]), (UNREADABLE, True))

    def test_growth(self):
        old, new, request = (self.folder / n for n in ("old.checkpoint", "new.checkpoint", "new.request"))
        self.assertEqual(findings("--key", self.key, "checkpoint", old, request)[0], GOOD)
        self.assertEqual(findings("--key", self.key, "checkpoint", new, new)[0], GOOD)
        self.assertIn("verify.growth.unproved", findings("--key", self.key, "checkpoint", old, new)[1])
        self.assertEqual(findings("--key", self.key, "checkpoint", new, old)[0], WRONG)
        text = request.read_text().splitlines(keepends=True)
        shorter = self.write("short.request", "".join(text[:1] + text[2:]))
        self.assertIn("verify.growth.bad", findings("--key", self.key, "checkpoint", old, shorter)[1])

    def test_split(self):
        """Two notes of one size with different roots, both signed: whoever holds both has proof of it."""
        name = self.key.split("+")[0]
        other, key_id = self.make_key(name)
        text = (self.folder / "new.checkpoint").read_text().rpartition("\n\n")[0] + "\n"
        size, root = text.splitlines()[1:]
        twin = f"{name}\n{size}\n{base64.b64encode(hashlib.sha256(root.encode()).digest()).decode()}\n"
        a, b = (self.write(n, self.sign(t, name, key_id)) for n, t in (("a.note", text), ("b.note", twin)))
        self.assertEqual(findings("--key", other, "checkpoint", a, a)[0], GOOD)
        code, keys, _ = findings("--key", other, "checkpoint", a, b)
        self.assertEqual((code, "verify.same.bad" in keys), (WRONG, True))

    # ---- the case

    def test_case(self):
        path = self.folder / "case.zip"
        code, keys, verdict = findings("--key", self.key, "case", path)
        self.assertEqual((code, verdict), (GOOD, "verify.verdict.good"), keys)
        self.assertLessEqual({"verify.case.sums.good", "verify.case.bound.good", "verify.case.form.good",
                              "verify.form.good", "verify.case.journal", "verify.case.receipt",
                              "verify.content.good", "verify.proof.good"}, keys)
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            self.assertLessEqual({"index.html", "README.txt", "konkurs-verify", "verify.html", "verify.py"}, names)
            self.assertTrue([n for n in names if n.startswith("receipts/test.result-")])
            archive.extractall(self.folder / "case")
        folder = self.folder / "case"
        self.assertEqual(findings("--key", self.key, "case", folder)[0], GOOD)
        (folder / "konkurs-verify").chmod(0o755)
        own = subprocess.run([folder / "konkurs-verify", "--key", self.key, "case", "."], cwd=folder, check=False,
                             capture_output=True)
        self.assertEqual(own.returncode, GOOD, own.stdout)

    def unpacked(self, name="case.zip"):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        with zipfile.ZipFile(self.folder / name) as archive:
            archive.extractall(folder)
        return folder

    def old(self, name="case.zip"):
        """A case as it was before the journal had anything of its files."""
        folder = self.unpacked(name)
        (folder / "export.json").unlink()
        return folder

    def judge(self, folder, *wanted):
        """Exit code and findings with the key of the log, as somebody who trusts it would ask."""
        code, keys, verdict = findings("--key", self.key, "case", folder)
        self.assertLessEqual(set(wanted), keys)
        self.assertEqual(verdict, {GOOD: "verify.verdict.good", WRONG: "verify.verdict.bad",
                                   UNPROVED: "verify.verdict.part"}[code])
        return code, keys

    def change_journal(self, folder, change):
        journal = json.loads((folder / "journal.json").read_text())
        change(journal)
        self.put(folder, "journal.json", json.dumps(journal).encode())

    # Findings 2 and 3: each with the sums made to fit, as one would who exports for himself.

    FORGERIES = (
        ("facts", lambda t, f: t.put(f, "facts.json", (f / "facts.json").read_bytes().replace(b": 61", b": 99")), None),
        ("page", lambda t, f: t.put(f, "index.html", (f / "index.html").read_bytes() + b"99"), None),
        ("result left out", lambda t, f: t.drop_result(f), None),
        ("all left out", lambda t, f: t.change_journal(f, lambda j: j.update(entries=[])), "verify.case.empty"),
        ("content taken out", lambda t, f: t.change_journal(f, t.blank("test.result")), "verify.entry.missing"),
        ("clicks taken out", lambda t, f: t.change_journal(f, t.blank("test.answer")), None),
        ("a later result", lambda t, f: t.change_journal(f, t.add_later), None),
        ("a content", lambda t, f: t.change_journal(f, t.of_result(
            lambda e: e.update(text=e["text"].replace("61", "99")))), "verify.entry.content"),
        ("a time", lambda t, f: t.change_journal(f, t.of_result(lambda e: e.update(at=e["at"] + 1))), "verify.entry.header"),
        ("a proof", lambda t, f: t.change_journal(f, t.of_result(lambda e: e.update(proof=e["proof"][1:]))), "verify.entry.proof"),
        ("a hash", lambda t, f: t.change_journal(f, t.of_result(lambda e: e.update(hash="0" * 64))), "verify.entry.header"),
        ("a draw", lambda t, f: t.put(f, "draws/sitting-1.json", json.dumps(t.invent_draw()).encode()), "verify.case.form.bad"),
    )

    @staticmethod
    def of_result(change):
        return lambda journal: [change(e) for e in journal["entries"] if e["kind"] == "test.result"]

    @staticmethod
    def blank(kind):
        return lambda journal: [e.update(text=None) for e in journal["entries"] if e["kind"] == kind]

    def drop_result(self, folder):
        self.change_journal(folder, lambda journal: journal.update(
            entries=[e for e in journal["entries"] if e["kind"] != "test.result"]))
        path = next((folder / "receipts").iterdir())
        path.unlink()
        sums = (folder / "SHA256SUMS").read_text()
        (folder / "SHA256SUMS").write_text("".join(line for line in sums.splitlines(keepends=True) if path.name not in line))

    @staticmethod
    def add_later(journal):
        entry = copy.deepcopy(next(e for e in journal["entries"] if e["kind"] == "test.result"))
        entry.update(seq=9999, proof=None, text=entry["text"].replace('"correct":61', '"correct":120'))
        entry["content"] = hashlib.sha256(bytes.fromhex(entry["salt"]) + entry["text"].encode()).hexdigest()
        names = ("actor", "at", "competition", "content", "kind", "previous", "seq", "subject")
        header = json.dumps({n: entry[n] for n in names}, sort_keys=True, separators=(",", ":"))
        entry["hash"] = hashlib.sha256(b"\0" + header.encode()).hexdigest()
        journal["entries"].append(entry)

    def test_forged_cases(self):
        for why, change, key in self.FORGERIES:
            with self.subTest(why):
                folder = self.unpacked()
                change(self, folder)
                code, _ = self.judge(folder, "verify.case.bound.bad", *([key] if key else []))
                self.assertEqual(code, WRONG)
                # without the entry of the export: found, or said to be proved by nothing
                (folder / "export.json").unlink()
                code, keys = self.judge(folder, "verify.case.unproved", *([key] if key else []))
                self.assertEqual(code, WRONG if key else UNPROVED)
                self.assertNotIn("verify.case.sums.good", keys)

    def test_old_case(self):
        """One from before: read, and what is not proved in it is named."""
        code, keys = self.judge(self.old(), "verify.case.unproved", "verify.case.sums.own", "verify.case.journal",
                                "verify.content.good")
        self.assertEqual(code, UNPROVED)
        self.assertEqual(self.judge(self.old("early.zip"), "verify.case.later")[0], UNPROVED)
        folder = self.old()
        self.change_journal(folder, self.add_later)
        self.assertEqual(self.judge(folder, "verify.case.later")[0], UNPROVED)
        self.assertIn("not proved", verify("--key", self.key, "case", folder)[1])

    def test_export_of_another(self):
        """The receipt of another export, or of another entry, is none of this case."""
        with zipfile.ZipFile(self.folder / "early.zip") as archive:
            other = archive.read("export.json")
        folder = self.unpacked()
        (folder / "export.json").write_bytes(other)
        self.assertEqual(self.judge(folder, "verify.case.bound.bad")[0], WRONG)
        (folder / "export.json").write_text(self.text)
        self.assertEqual(self.judge(folder, "verify.case.bound.bad")[0], WRONG)
        (folder / "export.json").write_text("{}")
        self.assertEqual(verify("case", folder)[0], UNREADABLE)
        folder = self.unpacked("early.zip")
        export = json.loads((folder / "export.json").read_text())
        self.assertTrue(export.pop("later"))
        (folder / "export.json").write_text(json.dumps(export))
        self.assertEqual(self.judge(folder, "verify.case.bound.good", "verify.entry.proof")[0], WRONG)

    def test_early_case(self):
        """Before the test is over: nothing is published of the draw, and all entries are proved all the same."""
        code, keys = findings("--key", self.key, "case", self.folder / "early.zip")[:2]
        self.assertEqual((code, "verify.case.journal" in keys, "verify.form.good" in keys), (GOOD, True, False))

    def test_sums(self):
        folder = self.unpacked()
        (folder / "facts.json").write_text("{}")
        self.judge(folder, "verify.case.file")
        folder = self.unpacked()
        (folder / "more.txt").write_text("more")
        self.judge(folder, "verify.case.sums.bad")

    def put(self, folder, name, content):
        (folder / name).write_bytes(content)
        sums = (folder / "SHA256SUMS").read_text()
        digest = hashlib.sha256(content).hexdigest()
        (folder / "SHA256SUMS").write_text(re.sub(f"^.{{64}}  {re.escape(name)}$", f"{digest}  {name}", sums, flags=re.M))

    def test_hostile_zips(self):
        kept = (self.folder / "case.zip").read_bytes()
        for size in (0, 4, 21, 22, 100, len(kept) // 2, len(kept) - 1):
            self.assertEqual(verify("case", self.write("cut.zip", kept[:size]))[0], UNREADABLE, size)
        for name in ("../x", "/x", "a/../../x", "a\\x"):
            with zipfile.ZipFile(self.folder / "path.zip", "w") as archive:
                archive.writestr(name, "x")
            self.assertEqual(verify("case", self.folder / "path.zip")[0], UNREADABLE, name)
        with zipfile.ZipFile(self.folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("SHA256SUMS", b"0" * (8 << 20))
        bomb = bytearray((self.folder / "bomb.zip").read_bytes())
        at = bomb.rfind(b"PK\1\2")
        bomb[at + 24:at + 28] = (0x7fffffff).to_bytes(4, "little")
        self.assertEqual(verify("case", self.write("bomb.zip", bytes(bomb)))[0], UNREADABLE)

    # ---- forms

    def test_forms(self):
        path = self.folder / "draw.json"
        self.assertEqual(findings("form", path)[::2], (GOOD, "verify.verdict.own"))
        code, keys, verdict = findings("--key", self.key, "form", path)
        self.assertEqual((code, verdict), (GOOD, "verify.verdict.good"))
        self.assertLessEqual({"verify.commitment.good", "verify.form.good", "verify.form.what", "verify.draw.order.good",
                              "verify.draw.coins.good", "verify.draw.bank.good", "verify.proof.good"}, keys)
        kept = json.loads(path.read_text())
        self.assertEqual(len(kept["candidates"]), 2)
        self.assertEqual([json.loads(r["leaf"])["kind"] for r in kept["receipts"]],
                         ["sitting.opened", "sitting.coin", "sitting.coin", "sitting.sealed"])
        for why, change, key in (
                ("another secret", lambda d: d.update(secret="0" * 64), "verify.commitment.bad"),
                ("another coin", lambda d: d["coins"].reverse(), "verify.form.bad"),
                ("another coin", lambda d: d["coins"].reverse(), "verify.draw.coins.bad"),
                ("another bank", lambda d: d["bank"]["items"][0].update(rests=True), "verify.draw.bank.bad"),
                ("one left out", lambda d: d["candidates"].pop(), "verify.form.count"),
                ("a forged entry", lambda d: d["receipts"][0].update(content="{}"), "verify.content.bad"),
                ("an entry of another log", lambda d: d["receipts"][3].update(proof=[]), "verify.proof.bad"),
                ("another item", lambda d: d["bank"]["items"][0].update(rests=True), "verify.form.bad"),
                ("another form", lambda d: d["candidates"][1].update(form="0" * 64), "verify.form.bad"),
                ("another order", lambda d: d["candidates"].reverse(), "verify.form.bad")):
            changed = copy.deepcopy(kept)
            change(changed)
            if changed["coins"] == kept["coins"] and why == "another coin":
                continue
            code, keys, _ = findings("form", self.write("other.json", json.dumps(changed)))
            self.assertEqual((code, key in keys), (WRONG, True), why)
        for change in (lambda d: d["bank"]["items"].reverse(), lambda d: d["candidates"][0].update(seen=[99999]),
                       lambda d: d.pop("coins"), lambda d: d.update(programme=[0]),
                       lambda d: d["receipts"].append(1), lambda d: d.update(receipts=d["receipts"] * 5)):
            changed = copy.deepcopy(kept)
            change(changed)
            self.assertEqual(verify("form", self.write("other.json", json.dumps(changed)))[0], UNREADABLE)


    def invent_draw(self):
        """Finding 1: another secret, coins and forms, made after the fact, that fit each other."""
        o = json.loads((self.folder / "draw.json").read_text())
        items = [dict(i, hash=bytes.fromhex(i["hash"]), act=int(i["act"])) for i in o["bank"]["items"]]
        enemies = [tuple(e) for e in o["bank"]["enemies"]]
        secret = bytes(range(32))
        o.update(secret=secret.hex(), commitment=draw.commitment(secret).hex(), coins=["invented", "afterwards"])
        seed = draw.seed(secret, o["coins"], o["sitting"], draw.bank_hash(items, enemies))
        wanted = [(c["candidate"], tuple(c["seen"])) for c in o["candidates"]]
        for c, form in zip(o["candidates"], draw.forms(o["programme"], items, enemies, seed, wanted), strict=True):
            c["form"] = draw.form_hash(items, form).hex()
        return o

    def test_invented_draw(self):
        """It comes out as the file says, and that is all that is said; with the true entries it does not hold."""
        invented = self.invent_draw()
        entries = invented.pop("receipts")
        path = self.write("invented.json", json.dumps(invented))
        code, keys, verdict = findings("--key", self.key, "form", path)
        self.assertEqual((code, verdict), (UNPROVED, "verify.verdict.part"))
        self.assertLessEqual({"verify.commitment.own", "verify.form.own", "verify.draw.unproved"}, keys)
        self.assertFalse({"verify.commitment.good", "verify.form.good"} & keys)
        self.assertEqual(findings("form", path)[::2], (GOOD, "verify.verdict.own"))
        code, keys, _ = findings("--key", self.key, "form",
                                 self.write("invented.json", json.dumps(dict(invented, receipts=entries))))
        self.assertEqual(code, WRONG)
        self.assertLessEqual({"verify.commitment.bad", "verify.draw.coins.bad", "verify.form.bad"}, keys)
        # the entries of another sitting are none of this one
        code, keys, _ = findings("--key", self.key, "form",
                                 self.write("other.json", json.dumps(dict(invented, sitting=2, receipts=entries))))
        self.assertEqual((code, "verify.draw.unproved" in keys), (WRONG, True), "another sitting is another seed")
        for i in range(4):
            good = json.loads((self.folder / "draw.json").read_text())
            good["receipts"].pop(i)
            code, keys, _ = findings("--key", self.key, "form", self.write("other.json", json.dumps(good)))
            self.assertEqual((code, "verify.draw.unproved" in keys), (UNPROVED, True), i)

    # ---- excerpts of records

    def make_excerpt(self, name, source=None, numbers=(1, 2), change=lambda files: None):
        """A zip as it is handed out: files of one source and the receipts of their segments."""
        entries = []
        for path in sorted((self.folder / "receipts").iterdir(), key=lambda p: int(p.stem)):
            content = json.loads(json.loads(path.read_text())["content"])
            entries.append((content, path))
        source = source or entries[0][0]["source"]
        files = {"README.txt": b"how to check", "excerpt.json": b"{}"}
        for content, path in entries:
            if content["source"] != source or content["number"] not in numbers:
                continue
            files[f"receipts/{path.name}"] = path.read_bytes()
            for piece in ("sound", "picture", "film"):
                if content.get(piece):
                    file = content[piece]["file"]
                    files[f"records/{file}"] = (self.folder / "records" / file).read_bytes()
        change(files)
        target = self.folder / name
        with zipfile.ZipFile(target, "w") as out:
            for file, content in files.items():
                out.writestr(file, content)
        return target

    def one_of(self, files, ending):
        return sorted(name for name in files if "/" in name and name.endswith(ending))[0]

    def test_excerpt_good(self):
        """F70, F74: an excerpt is checked without Konkurs, packed or unpacked, in three languages"""
        excerpt = self.make_excerpt("excerpt.zip")
        code, keys, verdict = findings("--key", self.key, "excerpt", excerpt)
        self.assertEqual((code, verdict), (GOOD, "verify.verdict.good"), keys)
        self.assertLessEqual({"verify.excerpt.segment", "verify.excerpt.file.good", "verify.excerpt.whole",
                              "verify.proof.good", "verify.content.good"}, keys)
        self.assertEqual(findings("excerpt", excerpt)[::2], (GOOD, "verify.verdict.own"))
        folder = self.folder / "excerpt"
        with zipfile.ZipFile(excerpt) as packed:
            packed.extractall(folder)
        self.assertEqual(findings("--key", self.key, "excerpt", folder)[::2], (GOOD, "verify.verdict.good"))
        said = {verify("--key", self.key, "excerpt", excerpt, language=language)[1] for language in ("kk", "ru", "en")}
        self.assertEqual(len(said), 3)
        for text in said:
            self.assertNotIn("verify.excerpt", text)
            self.assertEqual(len(re.findall(r"r\d+/s\d+-\d+", text)), 6, text)

    EXCERPT_FORGERIES = (
        ("a byte of a recording", lambda t, f: f.update({t.one_of(f, "-audio-0.mjr"): b"X"}),
         WRONG, "verify.excerpt.file.bad"),
        ("a film exchanged", lambda t, f: f.update({t.one_of(f, ".webm"): f[t.one_of(f, "-2.webm")]}),
         WRONG, "verify.excerpt.file.bad"),
        ("a file that was not recorded", lambda t, f: f.update({"records/r1/better.webm": b"X"}),
         WRONG, "verify.excerpt.foreign"),
        ("a receipt with another hash", lambda t, f: f.update({t.one_of(f, ".json"): re.sub(
            rb"[0-9a-f]{64}", lambda m: m.group()[::-1], f[t.one_of(f, ".json")], count=1)}), WRONG, None),
        ("a recording left out", lambda t, f: f.pop(t.one_of(f, "-video-1.mjr")),
         UNPROVED, "verify.excerpt.absent"),
        ("a receipt twice", lambda t, f: f.update({"receipts/again.json": f[t.one_of(f, ".json")]}),
         WRONG, "verify.excerpt.twice"),
        ("a receipt of something else", lambda t, f: f.update({"receipts/x.json": t.text.encode()}),
         GOOD, "verify.excerpt.other"),
        ("no receipts", lambda t, f: [f.pop(n) for n in list(f) if n.startswith("receipts/")], UNREADABLE, None),
    )

    def test_excerpt_forged(self):
        for what, change, wanted, key in self.EXCERPT_FORGERIES:
            excerpt = self.make_excerpt("forged.zip", change=lambda files, change=change: change(self, files))
            code, keys, _ = findings("--key", self.key, "excerpt", excerpt)
            self.assertEqual((what, code), (what, wanted), keys)
            if key:
                self.assertIn(key, keys, what)

    def test_excerpt_order(self):
        """a segment without its number in the row, two sources in one, a segment that is not looked at yet"""
        receipts = [(json.loads(json.loads(p.read_text())["content"]), p) for p in (self.folder / "receipts").iterdir()]
        first = min(content["source"] for content, _ in receipts)
        other = max(content["source"] for content, _ in receipts)

        def add_other(files):
            for content, path in receipts:
                if content["source"] == other:
                    files[f"receipts/{path.name}"] = path.read_bytes()
        code, keys, _ = findings("--key", self.key, "excerpt", self.make_excerpt("two.zip", change=add_other))
        self.assertEqual((code, "verify.excerpt.sources" in keys, "verify.excerpt.whole" in keys), (WRONG, True, False))

        def drop(kind, number):
            def change(files):
                for content, path in receipts:
                    if content["source"] == first and content["number"] == number and (
                            "film" in content) == (kind == "checked"):
                        del files[f"receipts/{path.name}"]
            return change
        code, keys, _ = findings("--key", self.key, "excerpt", self.make_excerpt("part.zip", change=drop("checked", 2)))
        self.assertEqual((code, "verify.excerpt.unchecked" in keys, "verify.excerpt.foreign" in keys), (WRONG, True, True))
        code, keys, _ = findings("--key", self.key, "excerpt", self.make_excerpt("film.zip", change=drop("segment", 2)))
        self.assertEqual((code, "verify.excerpt.film" in keys), (WRONG, True))


if __name__ == "__main__":
    unittest.main()
