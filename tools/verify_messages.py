"""Makes the words of konkurs-verify from locale/verify.{kk,ru,en}.po.

    verify_messages.py OUT.c  KK.po RU.po EN.po     a table in C, sorted by key
    verify_messages.py OUT.json KK.po RU.po EN.po   {language: {key: text}}

That nothing is missing in a language is the test of tools/embed.py.
"""
import json
import pathlib
import sys

import polib

LANGUAGES = ("kk", "ru", "en")


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def main(out, *paths):
    texts = {language: {e.msgid: e.msgstr for e in polib.pofile(path, encoding="utf-8")}
             for language, path in zip(LANGUAGES, paths, strict=True)}
    if out.endswith(".json"):
        written = json.dumps(texts, ensure_ascii=False, sort_keys=True, indent=0)
    else:
        rows = "".join("\t{ %s,\n\t  { %s } },\n" % (
            quote(key), ",\n\t    ".join(quote(texts[l].get(key, key)) for l in LANGUAGES))
            for key in sorted(texts["en"], key=lambda k: k.encode()))
        written = ('#include "verify/message.h"\n\nconst struct verify_message verify_messages[] = '
                   "{\n" + rows + "};\nconst size_t verify_message_count = "
                   "COUNT(verify_messages);\n")
    pathlib.Path(out).write_text(written, "utf-8")


main(*sys.argv[1:])
