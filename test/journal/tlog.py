#!/usr/bin/python3
"""A second implementation of what docs/journal.md says, with the standard library and openssl alone.

    tlog.py FOLDER [--key VKEY] [--witness VKEY]...

FOLDER is what `konkurs journal export-tiles` wrote, or what a monitor fetched from /log.  Everything
is made anew from the entries: leaves, tiles, root; then the signatures are checked.
"""
import base64
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

WIDTH = 256


def leaf_hash(leaf):
    return hashlib.sha256(b"\0" + leaf).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root(leaves):
    """RFC 6962, 2.1: MTH(D[n])."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node(root(leaves[:k]), root(leaves[k:]))


def proves(leaf, index, size, proof, wanted):
    """RFC 9162, 2.1.3.2."""
    fn, sn, r = index, size - 1, leaf
    if index >= size:
        return False
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == wanted


def grew(older, older_root, newer, newer_root, proof):
    """RFC 9162, 2.1.4.2."""
    if older == newer:
        return not proof and older_root == newer_root
    if not proof or not 0 < older < newer:
        return False
    path = list(proof)
    if older & (older - 1) == 0:
        path.insert(0, older_root)
    fn, sn = older - 1, newer - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == older_root and sr == newer_root


# ---- signed notes --------------------------------------------------------------------------

def ed25519(public_key, message, signature):
    """By openssl: a SubjectPublicKeyInfo is twelve bytes and the key."""
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        (place / "key").write_bytes(bytes.fromhex("302a300506032b6570032100") + public_key)
        (place / "message").write_bytes(message)
        (place / "signature").write_bytes(signature)
        return subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", place / "key",
             "-rawin", "-in", place / "message", "-sigfile", place / "signature"],
            capture_output=True, check=False).returncode == 0


def read_key(vkey):
    name, key_id, data = vkey.split("+", 2)
    data = base64.b64decode(data, validate=True)
    assert hashlib.sha256(name.encode() + b"\n" + data).digest()[:4].hex() == key_id, "key id"
    assert data[0] in (1, 4) and len(data) == 33, "kind of key"
    return name, bytes.fromhex(key_id), data[0], data[1:]


def signed(note, vkey):
    """Whether the note is signed by that key; of a cosignature also its time."""
    name, key_id, kind, public_key = read_key(vkey)
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    for line in lines.splitlines():
        dash, who, data = line.split(" ")
        data = base64.b64decode(data, validate=True)
        if dash != "\u2014" or who != name or data[:4] != key_id:
            continue
        if kind == 1:
            return ed25519(public_key, text.encode(), data[4:])
        seconds = int.from_bytes(data[4:12], "big")
        message = f"cosignature/v1\ntime {seconds}\n{text}"
        return ed25519(public_key, message.encode(), data[12:])
    return False


def checkpoint(note):
    origin, size, hash_text = note.split("\n\n")[0].split("\n")
    return origin, int(size), base64.b64decode(hash_text, validate=True)


# ---- tiles ---------------------------------------------------------------------------------

def path_of(folder, level, number, width):
    groups = []
    while True:
        groups.insert(0, f"{number % 1000:03}")
        number //= 1000
        if number == 0:
            break
    parts = ["x" + g for g in groups[:-1]] + [groups[-1]]
    path = folder / "tile" / str(level) / "/".join(parts)
    return path if width == WIDTH else path.parent / (path.name + ".p") / str(width)


def entries_of(folder, size):
    for number in range((size + WIDTH - 1) // WIDTH):
        width = min(WIDTH, size - number * WIDTH)
        data = path_of(folder, "entries", number, width).read_bytes()
        at = 0
        for _ in range(width):
            length = int.from_bytes(data[at:at + 2], "big")
            yield data[at + 2:at + 2 + length]
            at += 2 + length
        assert at == len(data), "a bundle is longer than its entries"


def check_tiles(folder, leaves):
    """Every tile of a tree of these leaves is there and is right; how many there are."""
    hashes, level, count = leaves, 0, 0
    while hashes:
        for number in range((len(hashes) + WIDTH - 1) // WIDTH):
            part = hashes[number * WIDTH:(number + 1) * WIDTH]
            tile = path_of(folder, level, number, len(part)).read_bytes()
            assert tile == b"".join(part), f"tile {level}/{number}"
            count += 1
        hashes = [root(hashes[i:i + WIDTH]) for i in range(0, len(hashes) // WIDTH * WIDTH, WIDTH)]
        level += 1
    return count


def check_chain(entries):
    """Each header names the hash of the one before."""
    previous = bytes(32)
    for seq, entry in enumerate(entries, 1):
        header = json.loads(entry)
        assert header["seq"] == seq and header["previous"] == previous.hex(), f"entry {seq}"
        assert json.dumps(header, sort_keys=True, separators=(",", ":"),
                          ensure_ascii=False).encode() == entry, f"entry {seq} is not canonical"
        previous = leaf_hash(entry)


def check(folder, key=None, witnesses=()):
    folder = pathlib.Path(folder)
    note = (folder / "checkpoint").read_text("utf-8")
    key = key or (folder / "key").read_text("utf-8").strip()
    origin, size, wanted = checkpoint(note)
    assert origin == read_key(key)[0], "the checkpoint is another log's"
    assert signed(note, key), "the log has not signed the checkpoint"
    for witness in witnesses:
        assert signed(note, witness), f"{witness} has not signed the checkpoint"
    entries = list(entries_of(folder, size))
    leaves = [leaf_hash(e) for e in entries]
    assert root(leaves) == wanted, "the root is not that of the entries"
    tiles = check_tiles(folder, leaves)
    check_chain(entries)
    return size, tiles


def main(words):
    folder, key, witnesses = words[0], None, []
    for option, value in zip(words[1::2], words[2::2]):
        if option == "--key":
            key = value
        else:
            witnesses.append(value)
    size, tiles = check(folder, key, witnesses)
    print(f"{size} entries, {tiles} tiles, {len(witnesses)} witnesses: all of it fits")


if __name__ == "__main__":
    main(sys.argv[1:])
