"""Exported packages of QTI are what the standard says (F27).

    schema_test.py 2 EXPORT_MADE SCHEMAS    QTI 2.2 against its XML schema, by xmllint; exit status 77
                                            (skipped) where the folder with the schemas is not there
    schema_test.py 3 EXPORT_MADE            QTI 3.0, whose schema we do not have: names, order and
                                            attributes against the tables below
"""

import io
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
import zipfile

SKIPPED = 77
QTI3 = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# Of each element of QTI 3: the attributes it must have, those it may have, its children in order.
STRUCTURE = {
    "qti-assessment-item": (
        {"identifier", "title", "adaptive", "time-dependent"},
        {LANG},
        ["qti-response-declaration", "qti-outcome-declaration", "qti-item-body", "qti-response-processing"],
    ),
    "qti-response-declaration": ({"identifier", "cardinality", "base-type"}, set(), ["qti-correct-response"]),
    "qti-correct-response": (set(), set(), ["qti-value"]),
    "qti-value": (set(), set(), []),
    "qti-outcome-declaration": ({"identifier", "cardinality", "base-type"}, set(), []),
    "qti-choice-interaction": ({"response-identifier", "max-choices"}, {"shuffle"}, ["qti-simple-choice"]),
    "qti-simple-choice": ({"identifier"}, set(), ["p", "pre"]),
    "qti-item-body": (set(), set(), ["p", "pre", "qti-choice-interaction"]),
    "qti-response-processing": ({"template"}, set(), []),
    "p": (set(), set(), []),
    "pre": (set(), set(), []),
}


def unpack(export, version, folder):
    """The names of the items below the folder."""
    package = subprocess.run([export, version], stdout=subprocess.PIPE, check=True).stdout
    with zipfile.ZipFile(io.BytesIO(package)) as files:
        files.extractall(folder)
        return [name for name in files.namelist() if name.startswith("items/")]


def valid(schema, folder, names):
    """Which of the files the schema accepts; reading it takes seconds, so all are given at once."""
    command = ["xmllint", "--noout", "--nonet", "--schema", schema] + names
    done = subprocess.run(command, cwd=folder, stderr=subprocess.PIPE, text=True, check=False)
    lines = done.stderr.splitlines()
    print("\n".join([line for line in lines if "validity error" in line][:20]))
    return {line.removesuffix(" validates") for line in lines if line.endswith(" validates")}


def break_item(folder, name):
    """An item whose interaction answers to nothing: a schema that accepts it does not bite."""
    broken = os.path.join(folder, "broken.xml")
    with open(os.path.join(folder, name), encoding="utf-8") as item, open(broken, "w", encoding="utf-8") as file:
        file.write(item.read().replace(' responseIdentifier="RESPONSE"', ""))


def by_schema(export, schemas):
    qti = os.path.join(os.path.abspath(schemas), "qti")
    if not os.path.isdir(qti):
        print(f"no schemas in {schemas}: nothing is validated (meson configure -Dschemas=FOLDER)")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        names = unpack(export, "2", folder)
        break_item(folder, names[0])
        schema = os.path.join(qti, "qtiv2p2p4", "imsqti_v2p2p4.xsd")
        items = valid(schema, folder, names + ["broken.xml"])
        manifest = valid(os.path.join(qti, "imscp_v1p1.xsd"), folder, ["imsmanifest.xml"])
        print(f"{len(items)} of {len(names)} items, {len(manifest)} of 1 manifest; broken.xml is refused")
        return 0 if names and items == set(names) and manifest == {"imsmanifest.xml"} else 1


def complaints(element):
    name = element.tag.removeprefix(QTI3)
    if name not in STRUCTURE or not element.tag.startswith(QTI3):
        return [f"{element.tag} is not known"]
    must, may, order = STRUCTURE[name]
    children = [child.tag.removeprefix(QTI3) for child in element]
    found = [f"{name} has no {missing}" for missing in must - set(element.keys())]
    found += [f"{name} has {more}" for more in set(element.keys()) - must - may]
    if any(child not in order for child in children):
        found.append(f"{name} holds {children}")
    elif name != "qti-simple-choice" and children != sorted(children, key=order.index):
        found.append(f"{name} has its children out of order: {children}")
    for child in element:
        found += complaints(child)
    return found


def check_item(path):
    root = ElementTree.parse(path).getroot()
    found = complaints(root)
    choices = [c.get("identifier") for c in root.iter(QTI3 + "qti-simple-choice")]
    key = root.findtext(f".//{QTI3}qti-value")
    response = root.find(QTI3 + "qti-response-declaration").get("identifier")
    if key not in choices or len(set(choices)) != len(choices) or len(choices) < 2:
        found.append(f"the key {key} of {choices}")
    if root.find(f".//{QTI3}qti-choice-interaction").get("response-identifier") != response:
        found.append("the interaction answers to another declaration")
    if root.get(LANG) not in ("kk", "ru"):
        found.append("no language")
    return found


def by_structure(export):
    with tempfile.TemporaryDirectory() as folder:
        names = unpack(export, "3", folder)
        found = [f"{name}: {what}" for name in names for what in check_item(os.path.join(folder, name))]
        manifest = ElementTree.parse(os.path.join(folder, "imsmanifest.xml")).getroot()
        space = "{http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1}"
        listed = [r.get("href") for r in manifest.iter(space + "resource") if r.get("type") == "imsqti_item_xmlv3p0"]
        if sorted(listed) != sorted(names):
            found.append("the manifest does not list what is there")
        if [child.tag for child in manifest][:3] != [space + tag for tag in ("metadata", "organizations", "resources")]:
            found.append("the manifest is out of order")
        print("\n".join(found[:20]) or f"{len(names)} items")
        return 1 if found or not names else 0


def main(arguments):
    if arguments[0] == "2":
        return by_schema(arguments[1], arguments[2])
    return by_structure(arguments[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
