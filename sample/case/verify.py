#!/usr/bin/env python3
"""Checks an exported case without Konkurs: python3 verify.py (in the unpacked folder).

The files against SHA256SUMS; every line of journal.json against its own hash, which is
SHA-256(0x00 || header) over the canonical JSON of the header (RFC 6962, 2.1); every content
against the hash in its header, which is SHA-256(salt || content); every proof against the root
in the checkpoint (RFC 9162, 2.1.3.2); SHA256SUMS against what the journal has of the export, by
the receipt export.json: without that the list of sums is proved by nothing.  The signature of the checkpoint is Ed25519, which Python
does not bring along: konkurs-verify and verify.html check that too.
"""
import base64
import hashlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
HEADER = ("actor", "at", "competition", "content", "kind", "previous", "seq", "subject")


def check_files():
    wrong = []
    for line in (HERE / "SHA256SUMS").read_text("utf-8").splitlines():
        wanted, name = line.split("  ", 1)
        path = HERE / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            wrong.append(f"{name}: not as it was exported")
    return wrong


def read_export():
    """The receipt of the entry that the case was taken out; None in a case of before there was one."""
    path = HERE / "export.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def root_in(note):
    """Size and root of a checkpoint."""
    _, size, root = note.split("\n")[:3]
    return int(size), base64.b64decode(root)


def check_export(export):
    if export is None:
        print("export.json is missing: nothing proves the list of files, facts and papers may have "
              "been changed, entries left out")
        return []
    header = json.loads(export["leaf"])
    content = bytes.fromhex(export["salt"]) + export["content"].encode()
    sums = hashlib.sha256((HERE / "SHA256SUMS").read_bytes()).hexdigest()
    size, root = root_in(export["checkpoint"])
    leaf = hashlib.sha256(b"\0" + export["leaf"].encode()).digest()
    proof = [base64.b64decode(text) for text in export["proof"]]
    wrong = []
    if header["kind"] != "case.exported" or hashlib.sha256(content).hexdigest() != header["content"]:
        wrong.append("export.json: the entry was changed")
    if json.loads(export["content"]).get("sums") != sums:
        wrong.append("SHA256SUMS: not the list that the journal has of this export")
    if root_of(leaf, header["seq"] - 1, size, proof) != root:
        wrong.append("export.json: is not in the journal of the checkpoint")
    return wrong


def may_be_gone(entry, acts):
    """By an act of destruction, which has a list of entries ("3,7-19"), or takes single clicks."""
    runs = [run.split("-") for act in acts for run in act.get("seqs", "").split(",") if run]
    return (entry["kind"] in ("test.answer", "test.entered", "test.resumed")
            or any(int(run[0]) <= entry["seq"] <= int(run[-1]) for run in runs))


def check_entry(entry, acts):
    header = {name: entry[name] for name in HEADER}
    text = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if hashlib.sha256(b"\0" + text.encode()).hexdigest() != entry["hash"]:
        return f"entry {entry['seq']}: the header was changed"
    if entry["text"] is None:
        return None if may_be_gone(entry, acts) else f"entry {entry['seq']}: the content was taken out"
    content = bytes.fromhex(entry["salt"]) + entry["text"].encode()
    if hashlib.sha256(content).hexdigest() != entry["content"]:
        return f"entry {entry['seq']}: the content was changed"
    return None


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaf, index, size, proof):
    """The root that a proof leads to; None if it has too many or too few hashes."""
    fn, sn, value = index, size - 1, leaf
    for other in proof:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            value = node(other, value)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            value = node(value, other)
        fn, sn = fn >> 1, sn >> 1
    return value if sn == 0 else None


def check_proof(entry, size, root, export):
    texts = entry["proof"]
    if entry["seq"] > size:  # newer than the checkpoint: proved under that of the export
        if export is None:
            return None
        texts = export["later"].get(str(entry["seq"]), [])
        size, root = root_in(export["checkpoint"])
    proof = [base64.b64decode(text) for text in texts]
    if root_of(bytes.fromhex(entry["hash"]), entry["seq"] - 1, size, proof) != root:
        return f"entry {entry['seq']}: is not in the journal of the checkpoint"
    return None


def check_proofs(journal, export):
    if journal["checkpoint"] is None and export is None:
        return ["the journal had no checkpoint yet"]
    size, root = root_in(journal["checkpoint"]) if journal["checkpoint"] else (0, b"")
    found = (check_proof(entry, size, root, export) for entry in journal["entries"])
    return [wrong for wrong in found if wrong]


def main():
    journal = json.loads((HERE / "journal.json").read_text("utf-8"))
    export = read_export()
    acts = [json.loads(e["text"]) for e in journal["entries"] if e["kind"] == "records.destroyed"]
    wrong = check_files() + [w for w in (check_entry(e, acts) for e in journal["entries"]) if w]
    wrong += check_export(export) + check_proofs(journal, export)
    if not journal["entries"]:
        wrong.append("journal.json: no entries")
    for fault in wrong:
        print(fault)
    print(f"{len(journal['entries'])} entries, {len(wrong)} faults; "
          f"the journal's newest entry then was {journal['head']['seq']}: {journal['head']['hash']}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
