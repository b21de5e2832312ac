"""Passwords that everybody knows, as a C table: embed_passwords.py LIST OUT.c LEAST

LIST has one password a line.  Of those with at least LEAST characters the table holds the 64-bit
FNV-1a of the lower-case text, sorted: enough to say "this is one of them", and no list to read.
"""
import pathlib
import sys
import unicodedata


def fnv(text):
    value = 14695981039346656037
    for byte in text.encode():
        value = (value ^ byte) * 1099511628211 % 2**64
    return value


def main(source, out, least):
    known = set()
    for line in pathlib.Path(source).read_text("utf-8", "ignore").split("\n"):
        text = unicodedata.normalize("NFC", line.strip()).lower()
        if len(text) >= int(least):
            known.add(fnv(text))
    rows = "".join("\t0x%016xULL,\n" % value for value in sorted(known))
    pathlib.Path(out).write_text(
        '#include "app/access/password.h"\n\n'
        f"const uint64_t common_passwords[] = {{\n{rows}}};\n"
        f"const size_t common_password_count = {len(known)};\n", "utf-8")


main(*sys.argv[1:])
