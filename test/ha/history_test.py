#!/usr/bin/python3
"""The checker of histories is given whole ones and broken ones: it must find each.

    /usr/bin/python3 -B test/ha/history_test.py
"""
import copy
import sys
import unittest

from history import Database, Stored, check

KEYS = [2, 0, 1]  # the right options of three questions


def whole():
    """Two candidates; one was not told of its last click, which is stored, and sent one twice."""
    clients, attempts = {}, {}
    for attempt in (7, 8):
        at, records, events = 100.0 + attempt, [], []
        for step, (number, place) in enumerate(((1, 2), (2, 1), (2, 0), (3, None), (1, 0))):
            key = f"{attempt}-{step}"
            records.append({"at": at, "what": "send", "key": key, "number": number, "place": place})
            if step == 1:  # no answer, again
                records.append({"at": at + 1, "what": "no", "key": key, "status": 502})
                records.append({"at": at + 2, "what": "send", "key": key, "number": number, "place": place})
                at += 2
            events.append((key, number, place))
            if (attempt, step) != (8, 4):
                records.append({"at": at + 0.1, "what": "told", "key": key, "number": number, "place": place})
            records.append({"at": at, "what": "state", "left_ms": (500 - at) * 1000, "spread": 0.01})
            at += 1
        records.append({"at": at, "what": "finished", "correct": 1})
        clients[attempt] = records
        attempts[attempt] = Stored(events, events[-1][0], "01-", 1, list(KEYS), 1, 1)
    return clients, Database(attempts, 1, {1000})


class Broken(unittest.TestCase):
    """Each takes a whole history, breaks it in one way, and says what must be found."""

    def setUp(self):
        self.clients, self.database = copy.deepcopy(whole())
        self.stored = self.database.attempts[7]

    def finds(self, *kinds):
        self.assertEqual(sorted(check(self.clients, self.database).counts), sorted(kinds))

    def test_whole(self):
        found = check(self.clients, self.database)
        self.assertEqual(found.faults, [])
        self.assertEqual(found.acknowledged, 9)
        self.assertAlmostEqual(found.wait_s, 2.1)

    def test_repeated_long_after(self):
        for what in ("send", "told"):
            self.clients[7].append({"at": 160.0, "what": what, "key": "7-0", "number": 1, "place": 2})
        found = check(self.clients, self.database)
        self.assertEqual(found.counts, {})
        self.assertAlmostEqual(found.wait_s, 2.1)

    def test_lost(self):
        del self.stored.events[2]
        self.finds("lost")

    def test_lost_last(self):
        self.stored.events.pop()
        self.finds("lost", "newest")

    def test_lost_attempt(self):
        del self.database.attempts[7]
        self.finds("lost")

    def test_other_option(self):
        self.stored.events[2] = ("7-2", 2, 1)
        self.finds("lost")

    def test_doubled(self):
        self.stored.events.insert(3, self.stored.events[2])
        self.finds("doubled")

    def test_reordered(self):
        self.stored.events[1], self.stored.events[2] = self.stored.events[2], self.stored.events[1]
        self.finds("out of order", "result")

    def test_reordered_other_questions(self):
        self.stored.events[0], self.stored.events[1] = self.stored.events[1], self.stored.events[0]
        self.finds("out of order")

    def test_invented(self):
        self.stored.events.insert(1, ("x-1", 3, 0))
        self.finds("invented")

    def test_invented_attempt(self):
        self.database.attempts[9] = Stored([("x-1", 3, 0)], "x-1", None, None, list(KEYS))
        self.finds("invented")

    def test_misheard(self):
        told = [r for r in self.clients[7] if r["what"] == "told"]
        told[2]["place"] = 1
        self.finds("misheard")

    def test_shown(self):
        self.stored.newest = "7-3"
        self.finds("newest")

    def test_double_start_of_the_sitting(self):
        self.database.starts = 2
        self.finds("double start")

    def test_no_start(self):
        self.database.starts = 0
        self.finds("double start")

    def test_started_at_two_times(self):
        self.database.started_ms.add(2000)
        self.finds("double start")

    def test_double_start_of_a_test(self):
        self.stored.entered = 2
        self.finds("double start")

    def test_two_results(self):
        self.stored.results = 2
        self.finds("double start")

    def test_no_result(self):
        self.stored.points = None
        self.finds("lost")

    def test_result_of_older_answers(self):
        self.stored.points, self.stored.correct = "11-", 2
        self.finds("result")

    def test_result_miscounted(self):
        self.stored.correct = 3
        self.finds("result")

    def test_clock_jumps(self):
        [r for r in self.clients[7] if r["what"] == "state"][3]["left_ms"] += 2600
        self.finds("clock")

    def test_clock_within_bounds(self):
        [r for r in self.clients[7] if r["what"] == "state"][3]["left_ms"] -= 1500
        self.finds()

    def test_clock_of_a_slow_answer(self):
        state = [r for r in self.clients[7] if r["what"] == "state"][3]
        state["left_ms"] += 5000
        state["spread"] = 4
        self.finds()

    def test_gap(self):
        for record in self.clients[7] + self.clients[8]:
            if record["at"] > 112:
                record["at"] += 30
                record["left_ms"] = record.get("left_ms", 0) - 30000
        found = check(self.clients, self.database)
        self.assertEqual(found.counts, {})
        self.assertGreater(found.gap_s, 30)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
