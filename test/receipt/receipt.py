"""A second verifier, written from docs/receipts.md alone, with Python's standard library and, for
Ed25519, the openssl command.  It shares no code with src/verify/ or src/journal/."""
import base64
import hashlib
import json
import os
import re
import subprocess
import tempfile

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*-./:"
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def signed(key, message, signature):
    """Whether an Ed25519 signature holds."""
    pem = (b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(ED25519_SPKI + key)
           + b"\n-----END PUBLIC KEY-----\n")
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("key", pem), ("message", message), ("signature", signature)):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        return subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key", "-rawin", "-in", "message",
             "-sigfile", "signature"], cwd=folder, capture_output=True, check=False).returncode == 0


def root_of(leaf, index, size, proof):
    """RFC 9162, 2.1.3.2; None if the proof does not fit."""
    fn, sn, value = index, size - 1, leaf
    for other in proof:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            value = sha256(b"\1", other, value)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            value = sha256(b"\1", value, other)
        fn, sn = fn >> 1, sn >> 1
    return value if sn == 0 else None


def tree_root(leaves):
    """RFC 6962, 2.1, as it stands there."""
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1", tree_root(leaves[:k]), tree_root(leaves[k:]))


def read_key(vkey):
    name, key_id, text = vkey.split("+", 2)
    raw = base64.b64decode(text, validate=True)
    assert raw[0] == 1 and len(raw) == 33
    assert sha256(name.encode(), b"\n", raw)[:4].hex() == key_id
    return name, bytes.fromhex(key_id), raw[1:]


def check_note(note, vkey):
    """The size and root of a checkpoint that the key has signed; None otherwise."""
    name, key_id, key = read_key(vkey)
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    origin, size, root = text.splitlines()
    for line in lines.splitlines():
        match = re.fullmatch("\u2014 (\\S+) (\\S+)", line)
        raw = base64.b64decode(match[2])
        if match[1] == name == origin and raw[:4] == key_id and signed(key, text.encode(), raw[4:]):
            return int(size), base64.b64decode(root)
    return None


def check(receipt):
    header = json.loads(receipt["leaf"])
    assert json.dumps(header, sort_keys=True, separators=(",", ":"),
                      ensure_ascii=False) == receipt["leaf"]
    found = check_note(receipt["checkpoint"], receipt["key"])
    if found is None or header["seq"] != receipt["index"] + 1:
        return False
    if "content" in receipt and sha256(bytes.fromhex(receipt["salt"]),
                                       receipt["content"].encode()).hex() != header["content"]:
        return False
    proof = [base64.b64decode(text) for text in receipt["proof"]]
    leaf = sha256(b"\0", receipt["leaf"].encode())
    return root_of(leaf, receipt["index"], found[0], proof) == found[1]


def code(receipt):
    number = int.from_bytes(sha256(b"\0", receipt["leaf"].encode())[:10], "big")
    text = "".join(LETTERS[number >> 5 * i & 31] for i in range(15, -1, -1))
    return "-".join(text[i:i + 4] for i in range(0, 16, 4))


def unpack(text):
    """The packed form as the JSON form; version 1 has no salt and content."""
    assert text.startswith("KONKURS1:")
    text, raw = text[9:], bytearray()
    for i in range(0, len(text), 3):
        part = text[i:i + 3]
        number = sum(DIGITS.index(c) * 41 ** k for k, c in enumerate(part))
        raw += number.to_bytes(len(part) - 1, "big")
    at = 0

    def take(size):
        nonlocal at
        at += size
        assert at <= len(raw)
        return bytes(raw[at - size:at])

    def number():
        value = shift = 0
        while True:
            byte = take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def word():
        return take(take(1)[0]).decode()

    version = take(1)[0]
    assert version in (1, 2)
    header = {name: number() for name in ("actor", "at", "competition", "seq")}
    header["kind"], header["subject"] = word(), word()
    header["content"], header["previous"] = take(32).hex(), take(32).hex()
    proof = [base64.b64encode(take(32)).decode() for _ in range(take(1)[0])]
    size, root, origin, key, signature = number(), take(32), word(), take(32), take(64)
    more = {}
    if version == 2:
        more["salt"] = take(32).hex()
        end, text = number() + at, b""
        assert end == len(raw)
        while at < end:
            byte = take(1)
            text += take(take(1)[0]).hex().encode() if byte == b"\1" else byte
        more["content"] = text.decode()
    assert at == len(raw)
    key_id = sha256(origin.encode(), b"\n\1", key)[:4]
    line = base64.b64encode(key_id + signature).decode()
    return {
        "leaf": json.dumps(header, sort_keys=True, separators=(",", ":")),
        "index": header["seq"] - 1,
        "proof": proof,
        "checkpoint": f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n\n"
                      f"\u2014 {origin} {line}\n",
        "key": f"{origin}+{key_id.hex()}+{base64.b64encode(bytes([1]) + key).decode()}",
        **more,
    }
