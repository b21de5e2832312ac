"""Puts pages, assets, messages, rules and samples into the program.

    embed.py ROOT OUT           writes OUT/share_table.c and what it includes
    embed.py ROOT --check       only looks, and fails if anything is wrong

Messages are locale/AREA.LANG.po (msgid = key).  What is wrong with them is printed by
the build and fails the check, which is one of the tests: so one unfinished translation
does not keep everybody from building.  Nothing is written that has not changed.
"""
import collections
import gzip
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # nothing into the sources
from notices import read_notices  # noqa: E402

LANGUAGES = ("kk", "ru", "en")
PLURAL = {"kk": ("one", "other"), "ru": ("one", "few", "many", "other"), "en": ("one", "other")}
FORMS = ("one", "few", "many", "other")
FORMATS = ("day", "time", "clock", "number")
PACKED = (".css", ".js", ".svg", ".html")


def below(root, folder, pattern="*"):
    """Files, sorted, without hidden ones; none if the folder is not there."""
    return sorted(p for p in (root / folder).rglob(pattern)
                  if p.is_file() and not any(part.startswith(".") for part in
                                             p.relative_to(root).parts))


# ---- messages ---------------------------------------------------------------------

def read_messages(root, problems):
    import polib

    texts = {language: {} for language in LANGUAGES}
    origin = {}
    for path in below(root, "locale", "*.po"):
        name = path.relative_to(root).as_posix()
        language = path.name.split(".")[-2]
        if language not in LANGUAGES:
            problems.append(f"{name}: not named AREA.LANG.po")
            continue
        try:
            entries = polib.pofile(str(path), encoding="utf-8")
        except (OSError, UnicodeDecodeError, ValueError) as why:
            problems.append(f"{name}: {why}")
            continue
        seen = set()
        for entry in entries:
            key, text, place = entry.msgid, entry.msgstr, f"{name}:{entry.linenum}"
            if entry.obsolete:
                continue
            if key in seen:
                problems.append(f"{place}: {key} stands here twice")
            seen.add(key)
            if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", key):
                problems.append(f"{place}: '{key}' is not a key")
            if not text.strip() or entry.fuzzy:
                problems.append(f"{place}: {key} has no translation")
                continue
            if texts[language].get(key, text) != text:
                problems.append(f"{place}: {key} has another text in {origin[language, key]}")
            texts[language][key] = text
            origin[language, key] = name
    return texts


def placeholders(key, text, problems):
    found = re.findall(r"\{([^{}]*)\}", text)
    if text.count("{") != len(found) or text.count("}") != len(found):
        problems.append(f"{key}: a brace stands alone")
    names = set()
    for inside in found:
        form, colon, name = inside.rpartition(":")
        if colon and form not in FORMATS or not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", name):
            problems.append(f"{key}: {{{inside}}} is not a placeholder")
        names.add(name)
    return names


def check_messages(texts, problems):
    everything = set().union(*texts.values())
    counted = {key[:-4] for key in everything
               if key.endswith(".one") and key[:-4] + ".other" in everything}
    family = {f"{base}.{form}": base for base in counted for form in FORMS}
    for key in sorted(everything - set(family)):
        sets = {}
        for language in LANGUAGES:
            if key in texts[language]:
                sets[language] = placeholders(key, texts[language][key], problems)
            else:
                problems.append(f"{key}: missing in {language}")
        if len({frozenset(s) for s in sets.values()}) > 1:
            problems.append(f"{key}: the languages have different placeholders")
    for base in sorted(counted):
        sets = {}
        for language in LANGUAGES:
            sets[language] = set()
            for form in FORMS:
                text = texts[language].get(f"{base}.{form}")
                if text is None and form in PLURAL[language]:
                    problems.append(f"{base}.{form}: missing in {language}")
                elif text is not None and form not in PLURAL[language]:
                    problems.append(f"{base}.{form}: {language} has no such form")
                elif text is not None:
                    sets[language] |= placeholders(base, text, problems)
        if len({frozenset(s) for s in sets.values()}) > 1:
            problems.append(f"{base}: the languages have different placeholders")


# ---- assets -----------------------------------------------------------------------

def lines(path):
    if not path.exists():
        return []
    return [line.split("#")[0].strip() for line in path.read_text("utf-8").split("\n")
            if line.split("#")[0].strip()]


def read_sprite(root, problems):
    symbols = []
    for name in sorted(set(lines(root / "assets/icons.txt"))):
        path = root / "node_modules/@tabler/icons/icons/outline" / f"{name}.svg"
        if not path.exists():
            problems.append(f"assets/icons.txt: there is no icon '{name}'")
            continue
        inner = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text("utf-8"), re.S).group(1)
        inner = re.sub(r"\s*\n\s*", "", inner)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">' + "\n".join(symbols) + "</svg>\n").encode()


def bundle(root, entry):
    """One module of what assets/NAME.txt names of the packages of npm, by esbuild; in front of it whose
    work they are."""
    with tempfile.TemporaryDirectory() as folder:
        out, meta = pathlib.Path(folder, "out.js"), pathlib.Path(folder, "meta.json")
        done = subprocess.run(
            ["node", root / "node_modules/esbuild/bin/esbuild", "--bundle", "--format=esm", "--minify",
             "--target=es2022", "--charset=ascii", "--log-level=warning", f"--outfile={out}",
             f"--metafile={meta}"],
            input=entry.read_bytes(), cwd=root, stderr=subprocess.PIPE, check=False)
        if done.returncode:
            sys.exit(f"{entry.name}: {done.stderr.decode()} (script/setup runs npm ci)")
        script, outputs = out.read_bytes(), json.loads(meta.read_bytes())["outputs"]
    (taken,) = (output["inputs"] for output in outputs.values())
    packages = sorted({found[0] for name, part in taken.items() if part["bytesInOutput"]
                       and (found := re.match(r"node_modules/(@[^/]+/)?[^/]+", name))})
    parts = []
    for package in packages:
        about = json.loads((root / package / "package.json").read_text("utf-8"))
        author = about.get("author", {})
        parts.append(f"{about['name']} {about['version']}, {about.get('license')}, "
                     f"{author.get('name') if isinstance(author, dict) else author}")
    return ("/* " + "; ".join(parts) + " */\n").encode() + script


def read_assets(root, problems):
    found = {"assets/icons.svg": read_sprite(root, problems)}
    for line in lines(root / "assets/npm.txt"):
        name, source = line.split()
        if source.endswith(".txt"):
            found[f"assets/{name}"] = bundle(root, root / "assets" / source)
            continue
        path = root / "node_modules" / source
        if not path.exists():
            sys.exit(f"node_modules/{source} is missing: run script/setup (it runs npm ci)")
        # The map of the source is not served, so nothing may point at it.
        found[f"assets/{name}"] = re.sub(rb"(/\*|//)# sourceMappingURL=\S*( ?\*/)?", b"",
                                         path.read_bytes())
    for path in below(root, "assets"):
        if path.suffix != ".txt":
            found[path.relative_to(root).as_posix()] = path.read_bytes()
    link_scripts(found, problems)
    return found


# A module names another as "./NAME.js"; browsers get its address, whose digits change with its
# content (src/view/share.h).  So do those of whoever imports it, and nothing old stays in use.
IMPORTED = re.compile(rb'''(\b(?:from|import)\s*\(?\s*)"\./([a-z0-9-]+)\.js"''')
HASH_DIGITS = 8


def link_scripts(files, problems):
    linked = {}

    def link(name, importers):
        if name in linked:
            return linked[name]

        def address(found):
            other = "assets/" + found[2].decode() + ".js"
            if other not in files or other in importers:
                problems.append(f"{name}: cannot import {other}")
                return found[0]
            digits = hashlib.sha256(link(other, importers + [other])).hexdigest()[:HASH_DIGITS]
            return found[1] + b'"/assets/' + found[2] + f'.{digits}.js"'.encode()

        linked[name] = IMPORTED.sub(address, files[name])
        return linked[name]

    for name in files:
        if name.endswith(".js"):
            link(name, [name])
    files.update(linked)


def check_icons(root, files, problems):
    known = set(lines(root / "assets/icons.txt"))
    for name, content in files.items():
        if not name.startswith("pages/"):
            continue
        text = content.decode("utf-8", "replace")
        used = re.findall(r"\{\{>icon name=\"?([a-z0-9-]+)", text)
        used += re.findall(r"\{\{>[^}]* icon=\"?([a-z0-9-]+)", text)
        problems += [f"{name}: icon '{icon}' is not in assets/icons.txt"
                     for icon in sorted(set(used) - known)]


# What the program says to people: err_set(e, ERR_LAW, "key", ...) and the like.
SAID = re.compile(r'''\berr_set\(\s*[^,"]+,\s*ERR_[A-Z]+,\s*"([^"]+)"
    | \berr_(?:input|law)\(\s*[^,"]+,\s*[^,]+,\s*"([^"]+)"
    | ->notice\s*=\s*"([^"]+)"''', re.X)

# What it tells them in a notice (app/notice/notice.h): notice.KIND.title and .text.
TOLD = re.compile(r'''\bstruct notice\b[^;{]*\{[^}]*\.kind\s*=\s*"([^"]+)"''')

# What the journal can tell: event.KIND of each word of the list.
HAPPENED = re.compile(r'"([a-z_.]+)",')


def check_code(root, texts, problems):
    for path in below(root, "src", "*.c"):
        text = path.read_text("utf-8", "replace")
        for found in TOLD.finditer(text):  # a kind that is put together is its caller's test
            for key in ("notice." + found[1] + part for part in (".title", ".text")):
                if key not in texts["kk"]:
                    problems.append(f"{path.relative_to(root)}: no message '{key}'")
        if path.name == "entry_kind.c":
            problems += [f"{path.relative_to(root)}: no message 'event.{kind}'"
                         for kind in HAPPENED.findall(text) if "event." + kind not in texts["kk"]]
        for found in SAID.finditer(text):
            key = next(filter(None, found.groups()))
            if key not in texts["kk"] and key + ".other" not in texts["kk"]:
                line = text.count("\n", 0, found.start()) + 1
                problems.append(f"{path.relative_to(root)}:{line}: no message '{key}'")


# ---- the program's data -------------------------------------------------------------

def read_everything(root, problems):
    texts = read_messages(root, problems)
    check_messages(texts, problems)
    check_code(root, texts, problems)
    files = read_assets(root, problems)
    for folder, pattern in (("pages", "*.html"), ("papers", "*.html"), ("rules", "*"),
                            ("sample", "*"), ("src/web/api", "*.json")):
        for path in below(root, folder, pattern):
            files[path.relative_to(root).as_posix()] = path.read_bytes()
    files["assets/notices.txt"] = read_notices(root, problems)
    check_icons(root, files, problems)
    for language in LANGUAGES:
        files[f"locale/{language}.json"] = json.dumps(
            texts[language], ensure_ascii=False, sort_keys=True, indent=0).encode()
    return files


def write_if_changed(path, content):
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def pack(name, content):
    if not name.startswith("assets/") or not name.endswith(PACKED):
        return None
    packed = gzip.compress(content, 9, mtime=0)
    return packed if len(packed) < len(content) * 0.9 else None


def blob(label, path, content):
    # The hash makes the text differ, and so the file compile again, when the content does.
    return (f'__asm__(".section .rodata\\n.balign 16\\n{label}:\\n.incbin \\"{path}\\"\\n'
            f'.byte 0\\n.previous"); /* {hashlib.sha256(content).hexdigest()[:16]} */\n'
            f"extern const unsigned char {label}[];\n")


def write_table(out, files):
    blobs, rows = [], []
    for number, name in enumerate(sorted(files, key=lambda n: n.encode())):
        content = files[name]
        kept = out / "share.d" / name
        write_if_changed(kept, content)
        blobs.append(blob(f"share_{number}", kept, content))
        packed, gz = pack(name, content), "NULL, 0"
        if packed:
            write_if_changed(out / "share.d" / (name + ".gz"), packed)
            blobs.append(blob(f"share_{number}_gz", out / "share.d" / (name + ".gz"), packed))
            gz = f"share_{number}_gz, {len(packed)}"
        rows.append('\t{ "%s", share_%d, %d, %s,\n\t  "%s" },\n' % (
            name, number, len(content), gz, hashlib.sha256(content).hexdigest()))
    text = '#include "view/share.h"\n\n' + "".join(blobs)
    text += "\nstatic const struct share_item items[] = {\n" + "".join(rows) + "};\n"
    text += "\nconst struct share share_built_in = { items, COUNT(items) };\n"
    write_if_changed(out / "share_table.c", text.encode())


def stamp(root):
    """Names, times and sizes of all that could matter: equal means nothing is to do."""
    paths = [pathlib.Path(__file__), root / "package-lock.json",
             root / "node_modules/.package-lock.json"]
    for folder in ("locale", "assets", "pages", "papers", "rules", "sample", "src"):
        paths += below(root, folder)
    digest = hashlib.sha256()
    for path in paths:
        if path.exists():
            status = path.stat()
            digest.update(f"{path} {status.st_mtime_ns} {status.st_size}\n".encode())
    return digest.hexdigest().encode()


def main(root, target):
    root = pathlib.Path(root)
    problems = []
    if target == "--check":
        read_everything(root, problems)
        print("\n".join(problems) or "nothing is wrong")
        sys.exit(1 if problems else 0)
    out = pathlib.Path(target).resolve()
    now, kept = stamp(root), out / "share.stamp"
    if (out / "share_table.c").exists() and kept.exists() and kept.read_bytes() == now:
        return
    write_table(out, read_everything(root, problems))
    for problem in problems[:5]:
        print("warning:", problem, file=sys.stderr)
    if len(problems) > 5:
        print(f"warning: and {len(problems) - 5} more; embed.py --check lists them",
              file=sys.stderr)
    kept.write_bytes(now)


main(*sys.argv[1:])
