"""Puts verify.html together: one file that works without a network.

    verify_page.py OUT.html PAGE.html PAGE.css WORDS.json NOBLE.js SCRIPT.js...

The script is one module: @noble/ed25519 (its export taken away), then our own.  The policy in the
page allows exactly this script and this style, and nothing from anywhere else.
"""
import base64
import hashlib
import pathlib
import re
import sys


def digest(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def main(out, page, css, words, noble, *scripts):
    def read(path):
        return pathlib.Path(path).read_text("utf-8")

    library = re.sub(r"^export \{[^}]*\};\n?", "", read(noble), flags=re.M)
    own = "".join(read(path) for path in scripts)
    script = "\n" + library + own
    # An example in a comment of the library imports, so that word is looked for in ours alone.
    if (re.search(r"^export\b", script, flags=re.M) or re.search(r"^import\b", own, flags=re.M)
            or "</script" in script):
        sys.exit("verify.html: the script is not one module that can stand in a page")
    style = read(css)
    parts = {"SCRIPT": digest(script), "STYLE": digest(style), "CSS": style, "JS": script,
             "WORDS": read(words).replace("<", "\\u003c")}
    text = re.sub("@([A-Z]+)@", lambda found: parts[found[1]], read(page))
    pathlib.Path(out).write_text(text, "utf-8")


main(*sys.argv[1:])
