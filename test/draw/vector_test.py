"""The second implementation against the test vector of docs/draw.md (F33)."""
import pathlib
import re
import unittest

import draw

DOC = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "draw.md").read_text("utf-8")


def value(name):
    return re.search(rf"^{name} +([0-9a-f]{{64}})$", DOC, re.M).group(1)


class Vector(unittest.TestCase):
    def setUp(self):
        self.items = [dict(id=i, hash=draw.blake(b"item %d" % i), act=i % 2, options=5 if i % 2 else 4,
                           stratum=0 if i % 2 else 1 + (i // 2) * 3 // 12, rests=int(i == 3))
                      for i in range(24)]
        self.items.sort(key=lambda item: item["hash"])
        place = {item["id"]: k for k, item in enumerate(self.items)}
        self.enemies = sorted(tuple(sorted((place[a], place[b]))) for a, b in ((0, 2), (1, 6), (5, 7)))
        self.seen = {place[4]}
        self.bank = draw.bank_hash(self.items, self.enemies)
        self.seed = draw.seed(bytes(range(32, 64)), ["heads", "Қазақ 7"], 5, self.bank)

    def test_hashes(self):
        self.assertEqual(draw.commitment(bytes(range(32, 64))).hex(), value("commitment"))
        self.assertEqual(self.bank.hex(), value("bank"))
        self.assertEqual(self.seed.hex(), value("seed"))

    def test_forms(self):
        lines = re.findall(r"^candidate (\d+): (.+)$", DOC, re.M)
        self.assertEqual(len(lines), 3)
        drawn = draw.forms([7, 6], self.items, self.enemies, self.seed,
                           [(int(candidate), self.seen) for candidate, _ in lines])
        for (candidate, questions), got in zip(lines, drawn, strict=True):
            told = " ".join(f"{self.items[p]['id']}:{''.join(map(str, shown))}" for p, shown in got)
            self.assertEqual(told, questions)
            self.assertEqual(draw.form_hash(self.items, got).hex(), value(f"form +{candidate}:"))


if __name__ == "__main__":
    unittest.main()
