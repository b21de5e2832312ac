"""What stands in pages and in locale/ is what the law says (F54).

  - no page and no script holds words of its own: they would be in one language for all;
  - rules/glossary.json is whole, and each term is used by the messages of its language;
  - no message says in another word what the glossary has a word for;
  - no message mixes alphabets within a word, and all address whoever reads in one way.

    words_test.py ROOT
"""
import json
import pathlib
import re
import sys

import polib

ROOT = pathlib.Path(sys.argv[1])
LANGUAGES = ("kk", "ru", "en")
# Names of files, programs and formats, which are the same in every language.
NAMES = re.compile(r"(?:[\w-]+/)?[\w-]+\.(?:json|html|py|txt)|SHA256SUMS|SHA-256|BLAKE2b-256|CSV|XLSX|konkurs-verify"
                   r"|signatures/|sitting/1|/log/checkpoint|is-invalid")
WORD = re.compile(r"[^\W\d_]{2}")
READ_OUT = re.compile(r'\b(?:title|aria-label|placeholder|alt|data-confirm|data-label)="([^"]*)"')

problems = []


def texts(language):
    for path in sorted((ROOT / "locale").glob(f"*.{language}.po")):
        for entry in polib.pofile(str(path)):
            yield path.name, entry.msgid, entry.msgstr


def own_words(text):
    return WORD.search(NAMES.sub("", text))


def pages_hold_no_words():
    for folder in ("pages", "papers"):
        for path in sorted((ROOT / folder).rglob("*.html")):
            if path.parent.name == "field" and path.stem in ("attributes", "mark", "after"):
                continue  # parts of a tag
            text = re.sub(r"\{\{.*?\}\}", " ", path.read_text("utf-8"), flags=re.S)
            text = re.sub(r"<(code|kbd|pre|script)\b.*?</\1>", " ", text, flags=re.S)
            seen = READ_OUT.findall(text) + re.sub(r"<[^>]*>", "\n", text).split("\n")
            problems.extend(f"{path.relative_to(ROOT)}: '{part.strip()}' is no message"
                            for part in seen if own_words(part))


def scripts_hold_no_words():
    for path in sorted((ROOT / "assets").glob("*.js")):
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
            code = line.split("//")[0]
            said = re.search(r"""(?:textContent|title|ariaLabel|placeholder|innerText)\s*=\s*["'`]([^"'`$]*)""", code)
            if re.search(r"[а-яёәғқңөұүһі]{2}", code, re.I) or (said and own_words(said[1])):
                problems.append(f"{path.name}:{number}: words that are no message")


def glossary():
    terms = json.loads((ROOT / "rules/glossary.json").read_text("utf-8"))
    ids = [term["id"] for term in terms]
    if len(ids) != len(set(ids)):
        problems.append("glossary: a term stands there twice")
    for language in LANGUAGES:
        every = [(name, key, text.lower()) for name, key, text in texts(language)
                 if name.split(".")[0] != "glossary"]
        joined = "\n".join(text for _, _, text in every)
        for term in terms:
            # Endings change; the beginning of its longest word does not.
            stem = max(term[language].lower().split(), key=len)
            stem = stem[:max(4, len(stem) - 3)]
            if stem not in joined:
                problems.append(f"glossary: no {language} message says '{term[language]}'")
            for wrong in term["not"].get(language, []):
                problems.extend(f"{name}: {key} says '{wrong}' for '{term[language]}'"
                                for name, key, text in every
                                if re.search(rf"(?<!\w){re.escape(wrong)}", text))


# Look-alikes: a Latin or Ukrainian-typed letter within a Cyrillic word, unseen by the eye and by search.
MIXED = re.compile(r"[Ѐ-ӿ][A-Za-z]|[A-Za-z][Ѐ-ӿ]")

# Whoever reads is addressed with a capital letter, as in a letter.
SMALL = {"ru": r"\bв(?:ы|ас|ам|ами|аш(?:а|е|и|у|ей|его|ему|их|им|ими|ем)?)\b", "kk": r"(?<!-)\bсіз(?:дің|ге|ді|ден|бен|де)?\b"}


def letters():
    for language in ("kk", "ru"):
        for name, key, text in texts(language):
            plain = re.sub(r"\{[^}]*\}", "", text)
            if MIXED.search(plain):
                problems.append(f"{name}: {key} mixes alphabets: {MIXED.search(plain)[0]}")
            if language == "ru" and re.search(r"[әғқңөұүһі]", plain, re.I) and not re.search(r"«[^»]*[әғқңөұүһі]|\(", plain, re.I):
                problems.append(f"{name}: {key} has Kazakh letters")
            if re.search(SMALL[language], plain):
                problems.append(f"{name}: {key} addresses a person with a small letter")
            if " – " in text:
                problems.append(f"{name}: {key}: a dash between words is —")
            if name.split(".")[0] != "init" and re.search(r"  | ,|\s$|^\s", text):  # there columns of a terminal
                problems.append(f"{name}: {key}: spaces: '{text}'")


pages_hold_no_words()
scripts_hold_no_words()
glossary()
letters()
print("\n".join(problems) or "nothing is wrong")
sys.exit(1 if problems else 0)
