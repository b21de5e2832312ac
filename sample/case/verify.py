#!/usr/bin/env python3
"""Checks an exported case without Konkurs: python3 verify.py (in the unpacked folder).

The files against SHA256SUMS; every line of journal.json against its own hash, which is
SHA-256(0x00 || header) over the canonical JSON of the header (RFC 6962, 2.1); every content
against the hash in its header, which is SHA-256(salt || content); every proof against the root
in the checkpoint (RFC 9162, 2.1.3.2).  The signature of the checkpoint is Ed25519, which Python
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


def check_entry(entry):
    header = {name: entry[name] for name in HEADER}
    text = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if hashlib.sha256(b"\0" + text.encode()).hexdigest() != entry["hash"]:
        return f"entry {entry['seq']}: the header was changed"
    if entry["text"] is None:
        return None  # destroyed by act
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


def check_proof(entry, size, root):
    if entry["seq"] > size:
        return None  # newer than the checkpoint
    proof = [base64.b64decode(text) for text in entry["proof"]]
    if root_of(bytes.fromhex(entry["hash"]), entry["seq"] - 1, size, proof) != root:
        return f"entry {entry['seq']}: is not in the journal of the checkpoint"
    return None


def check_proofs(journal):
    if journal["checkpoint"] is None:
        return ["the journal had no checkpoint yet"]
    _, size, root = journal["checkpoint"].split("\n")[:3]
    found = (check_proof(entry, int(size), base64.b64decode(root)) for entry in journal["entries"])
    return [wrong for wrong in found if wrong]


def main():
    journal = json.loads((HERE / "journal.json").read_text("utf-8"))
    wrong = check_files() + [w for w in map(check_entry, journal["entries"]) if w]
    wrong += check_proofs(journal)
    for fault in wrong:
        print(fault)
    print(f"{len(journal['entries'])} entries, {len(wrong)} faults; "
          f"the journal's newest entry then was {journal['head']['seq']}: {journal['head']['hash']}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
