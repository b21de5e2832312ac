"""The page of a test in a real browser, open through all of it (page.mjs); nobody reloads it."""
import json
import subprocess
import threading

from cluster import Trouble, until
from world import HERE, die_with_parent


class Page:
    def __init__(self, world):
        self.world = world
        seat = world.people()["candidates"][0]
        self.attempt = seat["attempt"]
        self.ready, self.saved, self.faults, self.clicks = False, 0, [], []
        self.errors = open(world.folder / "page.log", "ab")
        self.process = subprocess.Popen(
            ["node", HERE / "page.mjs", world.cluster.entrance("app2"), str(self.attempt), seat["token"]],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, encoding="utf-8",
            preexec_fn=die_with_parent)
        self.reader = threading.Thread(target=self.follow, daemon=True)
        self.reader.start()

    def follow(self):
        for line in self.process.stdout:
            said = json.loads(line)
            self.ready = True
            if "number" in said:
                self.clicks.append((said["number"], said["choice"]))
            self.faults += said.get("faults", [])

    def until_ready(self):
        until("the page in the browser", 120, lambda: self.ready or self.process.poll() is not None)
        if not self.ready:
            raise Trouble("the browser does not show the test (page.log)")

    def end(self):
        """No more clicks; each that was made is on the server, in the order it was made."""
        self.process.stdin.close()
        if self.process.wait(150) != 0:
            self.faults.append("page: not all was saved (page.log)")
        self.reader.join(5)
        db = self.world.connect()
        with db, db.cursor() as rows:
            rows.execute("SELECT number, choice FROM answer_event WHERE attempt_id = %s AND accepted = 1 ORDER BY id",
                         (self.attempt,))
            stored = rows.fetchall()
        db.close()
        if stored != self.clicks or not stored:
            self.faults.append(f"page: clicked {len(self.clicks)}, stored {len(stored)}, the same: False")
        self.saved = len(stored)
