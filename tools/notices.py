"""Notices of the parts of npm that are built into the program, for /help/licences.

Which they are: what package-lock.json has as no part of development alone (and what that wants), what the
page of the verifier imports, and the list of known passwords.  The text is the package's own file of
its licence; where it has none, assets/notices/NAME.txt."""
import json
import re
import sys

IMPORT = re.compile(r'\bfrom "(@[a-z0-9-]+/[a-z0-9-]+|[a-z][a-z0-9-]*)')
PASSWORDS = "fxa-common-password-list"
RULE = "=" * 78


def embedded(root):
    """Names of the packages, sorted."""
    lock = json.loads((root / "package-lock.json").read_text("utf-8"))["packages"]
    found = {path.rpartition("node_modules/")[2] for path, entry in lock.items()
             if path and not entry.get("dev")}
    for path in (root / "src/verify/page").glob("*.js"):
        found.update(IMPORT.findall(path.read_text("utf-8")))
    return sorted(found | {PASSWORDS})


def licence_text(root, name):
    folder = root / "node_modules" / name
    for path in sorted(folder.glob("LICEN[CS]E*")):
        text = path.read_text("utf-8")
        if "Apache License" not in text:  # of two the shorter may be chosen
            return text.strip()
    own = root / "assets/notices" / (name.replace("/", "-") + ".txt")
    return own.read_text("utf-8").strip() if own.exists() else None


def read_notices(root, problems):
    """The whole text, as bytes."""
    parts = []
    for name in embedded(root):
        package = root / "node_modules" / name / "package.json"
        if not package.exists():
            sys.exit(f"node_modules/{name} is missing: run script/setup (it runs npm ci)")
        package = json.loads(package.read_text("utf-8"))
        text = licence_text(root, name)
        if not text:
            problems.append(f"node_modules/{name} has no text of its licence, "
                            f"and there is no assets/notices/{name.replace('/', '-')}.txt")
            continue
        parts.append(f"{RULE}\n{name} {package['version']} ({package['license']})\n{RULE}\n\n{text}\n")
    return "\n".join(parts).encode()
