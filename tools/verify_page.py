"""Puts verify.html together: one file that works without a network.

    verify_page.py OUT.html PAGE.html PAGE.css WORDS.json SCRIPT.js

The script is one module: ours and the libraries it takes from npm, put together by esbuild and not
shortened, so that whoever gets the page can read it.  The policy in the page allows exactly this
script and this style, and nothing from anywhere else.
"""
import base64
import hashlib
import pathlib
import re
import sys


def digest(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def main(out, page, css, words, script):
    def read(path):
        return pathlib.Path(path).read_text("utf-8")

    script = "\n" + read(script)
    if (re.search(r"^(export|import)\b", script, flags=re.M) or "</script" in script or
            re.search(r"\beval\s*\(|\bnew Function\b|\bimport\s*\(", script)):
        sys.exit("verify.html: the script is not one module that can stand in a page")
    style = read(css)
    parts = {"SCRIPT": digest(script), "STYLE": digest(style), "CSS": style, "JS": script,
             "WORDS": read(words).replace("<", "\\u003c")}
    text = re.sub("@([A-Z]+)@", lambda found: parts[found[1]], read(page))
    pathlib.Path(out).write_text(text, "utf-8")


main(*sys.argv[1:])
