"""The second implementation draws the forms of a sitting again from `draw export` (F30 to F33).

usage: export_test.py WORLD    (the program test/draw/world.c)"""
import json
import subprocess
import sys
import unittest

import draw

WORLD = sys.argv.pop()


class Export(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.told = json.loads(subprocess.run([WORLD], check=True, capture_output=True).stdout)
        cls.items = [dict(item, hash=bytes.fromhex(item["hash"])) for item in cls.told["bank"]["items"]]
        cls.enemies = [tuple(pair) for pair in cls.told["bank"]["enemies"]]
        secret = bytes.fromhex(cls.told["secret"])
        cls.commitment = draw.commitment(secret).hex()
        bank = draw.bank_hash(cls.items, cls.enemies)
        cls.seed = draw.seed(secret, cls.told["coins"], cls.told["sitting"], bank)

    def test_world_is_worth_it(self):
        self.assertEqual({item["stratum"] for item in self.items}, {0, 1, 2, 3})
        self.assertEqual(len(self.enemies), 3)
        self.assertTrue(any(c["seen"] for c in self.told["candidates"]))

    def test_commitment(self):
        self.assertEqual(self.commitment, self.told["commitment"])

    def test_forms(self):
        self.assertGreaterEqual(len(self.told["candidates"]), 2)
        candidates = [(c["candidate"], set(c["seen"])) for c in self.told["candidates"]]
        drawn = draw.forms(self.told["programme"], self.items, self.enemies, self.seed, candidates)
        for c, questions in zip(self.told["candidates"], drawn, strict=True):
            self.assertEqual(len(questions), 120)
            self.assertEqual(draw.form_hash(self.items, questions).hex(), c["form"])

    def test_order_matters(self):
        """A form depends on those before it (F31): the second alone is another one."""
        c = self.told["candidates"][1]
        alone = draw.form(self.told["programme"], self.items, self.enemies, self.seed, c["candidate"],
                          set(c["seen"]))
        self.assertNotEqual(draw.form_hash(self.items, alone).hex(), c["form"])


if __name__ == "__main__":
    unittest.main()
