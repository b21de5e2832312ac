"""Puts files that the build has made into the program: embed_files.py OUT.c NAME=MEDIA=PATH ...

Each NAME becomes `const struct handout handout_NAME` (web/evidence/receipt.h), called as the file is (without
".stripped")."""
import hashlib
import pathlib
import sys


def main(out, *files):
    text = '#include "web/evidence/receipt.h"\n'
    for spec in files:
        name, media, path = spec.split("=", 2)
        file = pathlib.Path(path).resolve()
        content = file.read_bytes()
        shown = file.name.removesuffix(".stripped")
        text += (f'\n__asm__(".section .rodata\\n.balign 16\\nhandout_{name}_bytes:\\n'
                 f'.incbin \\"{file}\\"\\n.byte 0\\n.previous"); '
                 f"/* {hashlib.sha256(content).hexdigest()[:16]} */\n"
                 f"extern const unsigned char handout_{name}_bytes[];\n"
                 f"const struct handout handout_{name} = {{\n"
                 f'\t"{shown}", "{media}", handout_{name}_bytes, {len(content)},\n'
                 f'\t"{hashlib.sha256(content).hexdigest()}"\n}};\n')
    pathlib.Path(out).write_text(text, "utf-8")


main(*sys.argv[1:])
