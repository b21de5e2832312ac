#!/usr/bin/env python3
"""Checks an exported case without Konkurs: python3 verify.py (in the unpacked folder).

The files against SHA256SUMS; every line of journal.json against its own hash, which is
SHA-256(0x00 || header) over the canonical JSON of the header (RFC 6962, 2.1); every content
against the hash in its header, which is SHA-256(salt || content).
"""
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


def main():
    journal = json.loads((HERE / "journal.json").read_text("utf-8"))
    wrong = check_files() + [w for w in map(check_entry, journal["entries"]) if w]
    for fault in wrong:
        print(fault)
    print(f"{len(journal['entries'])} entries, {len(wrong)} faults; "
          f"the journal's newest entry then was {journal['head']['seq']}: {journal['head']['hash']}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
