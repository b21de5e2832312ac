"""Candidates of a hall, each with a connection of its own and a file of what it sent and was told.

    candidates.py HALL.json LOGS CA.pem DOOR... [--pace S] [--seed N]

A program of its own: whatever happens to the cluster or to the test, the files are what the clients know.
history.py says what stands in them.  As the page does, a candidate sends its clicks in order, one at a time, and
sends one again with the same key until it is acknowledged; a request that says nothing for 8 s is lost.  Like a
browser it tries another of the site's addresses when one does not take the connection.

Commands come on standard input, a line each: `stop` (no new clicks; ends when each has its last one
acknowledged), `finish` (the same, then everybody presses Finish).  On standard output, ten times a second: acknowledged
clicks so far, candidates who wait for one, how many have sat down.
"""
import argparse
import asyncio
import json
import os
import pathlib
import random
import ssl
import sys
import time
import urllib.parse

PATIENCE_S = 8.0     # assets/test-link.js
PAGE_S = 60.0        # of a browser that loads a page
AGAIN_S = (0.2, 0.4)  # sooner than the page, so that the gap that is seen is the system's and not the page's
STATE_EVERY_S = 4.0
QUESTIONS = 12
TWICE = 0.02         # of the clicks go out once more, long after they were acknowledged


class NoAnswer(Exception):
    """Nothing came, or nothing that a page could use; `status` 0 or HTTP's."""

    def __init__(self, status):
        super().__init__(str(status))
        self.status = status


class Line:
    """One connection, kept; opened again, at the next door, when it was cut or refused."""

    def __init__(self, doors, first, context, seat):
        self.doors, self.door, self.context = doors, first % len(doors), context
        self.seat = seat
        self.reader = self.writer = None

    def close(self):
        if self.writer:
            self.writer.transport.abort()
        self.reader = self.writer = None

    async def open(self):
        host, port = self.doors[self.door]
        try:
            self.reader, self.writer = await asyncio.open_connection(
                host, port, ssl=self.context, server_hostname="localhost", ssl_handshake_timeout=PATIENCE_S)
        except (OSError, asyncio.TimeoutError):
            self.door = (self.door + 1) % len(self.doors)
            raise

    async def exchange(self, method, path, form):
        if not self.writer:
            await self.open()
        body = urllib.parse.urlencode(form).encode() if form is not None else b""
        self.writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
            f"Cookie: __Host-konkurs_session={self.seat['token']}\r\nX-CSRF-Token: {self.seat['csrf']}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        data = await self.reader.readexactly(int(fields.get("content-length", 0)))
        if fields.get("connection", "").lower() == "close":
            self.close()
        return int(head[0].split(" ", 2)[1]), data

    async def ask(self, method, path, form=None, patience_s=PATIENCE_S):
        """The JSON of an answer of status 200; NoAnswer otherwise."""
        try:
            status, data = await asyncio.wait_for(self.exchange(method, path, form), patience_s)
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            self.close()
            raise NoAnswer(0) from None
        if status != 200:
            raise NoAnswer(status)
        try:
            return json.loads(data)
        except ValueError:
            raise NoAnswer(status) from None


class Candidate:
    def __init__(self, room, seat, number):
        self.room, self.seat = room, seat
        self.attempt = seat["attempt"]
        self.random = random.Random(f"{room.options.seed}-{number}")
        self.line = Line(room.doors, number, room.context, seat)
        self.file = open(room.options.logs / f"{self.attempt}.jsonl", "a", encoding="utf-8", buffering=1)
        self.tokens, self.told, self.waiting = {}, [], False
        self.clicks = 0
        self.next_state = 0.0

    def note(self, what, **more):
        self.file.write(json.dumps(dict(at=time.monotonic(), what=what, **more)) + "\n")

    def path(self, rest=""):
        return f"/tests/{self.attempt}{rest}"

    async def again(self):
        await asyncio.sleep(self.random.uniform(*AGAIN_S))

    async def until_answered(self, method, rest, form=None, most_s=180, patience_s=PATIENCE_S):
        """Asks until there is an answer."""
        end = time.monotonic() + most_s
        while True:
            try:
                return await self.line.ask(method, self.path(rest), form, patience_s)
            except NoAnswer as none:
                if 400 <= none.status < 500 and none.status not in (409, 429) or time.monotonic() > end:
                    raise
                await self.again()

    # ---- a click --------------------------------------------------------------------------------------

    async def options_of(self, number):
        if number not in self.tokens:
            question = await self.until_answered("GET", f"/questions/{number}")
            self.tokens[number] = [option["token"] for option in question["options"]]
        return self.tokens[number]

    async def new_click(self):
        number = self.random.randint(1, QUESTIONS)
        tokens = await self.options_of(number)
        place = None if self.random.random() < 0.1 else self.random.randrange(len(tokens))
        self.clicks += 1
        return {"key": f"{self.attempt}-{self.clicks}-{self.random.getrandbits(64):016x}", "number": number,
                "place": place, "token": "" if place is None else tokens[place]}

    async def send(self, click):
        """One try."""
        named = {name: click[name] for name in ("key", "number", "place")}
        self.note("send", **named)
        try:
            body = await self.line.ask("POST", self.path("/answers"), {
                "number": click["number"], "option": click["token"], "key": click["key"]})
        except NoAnswer as none:
            self.note("no", key=click["key"], status=none.status)
            return False
        if not body.get("saved"):
            self.note("no", key=click["key"], status=200, refusal=body.get("refusal"))
            return False
        place = self.tokens[click["number"]].index(body["option"]) if body["option"] else None
        self.note("told", key=click["key"], number=body["number"], place=place)
        return True

    async def deliver(self, click):
        self.waiting = True
        while not await self.send(click):
            if self.room.given_up:
                return
            await self.again()
        self.waiting = False
        self.told.append(click)
        self.room.acknowledged += 1

    async def look_at_clock(self):
        begun = time.monotonic()
        if begun < self.next_state:
            return
        self.next_state = begun + STATE_EVERY_S
        try:
            state = await self.line.ask("GET", self.path("/state"))
        except NoAnswer:
            return
        spread = (time.monotonic() - begun) / 2
        self.file.write(json.dumps({"at": begun + spread, "what": "state", "left_ms": state["left_ms"],
                                    "spread": spread}) + "\n")

    # ---- its test -----------------------------------------------------------------------------------------

    async def sit(self):
        pace = self.room.options.pace
        await asyncio.sleep(self.random.uniform(0, self.room.options.enter))
        await self.until_answered("GET", "", patience_s=PAGE_S)
        self.room.seated += 1
        while True:
            if await self.room.over_within(self.random.expovariate(1 / pace) if pace else 0):
                break
            if self.told and self.random.random() < TWICE:
                await self.send(self.random.choice(self.told))
            await self.look_at_clock()
            await self.deliver(await self.new_click())
        if self.room.finishing and not self.room.given_up:
            await self.until_answered("POST", "/finish", {})
            self.note("finished")
        self.line.close()


class Room:
    def __init__(self, options):
        self.options = options
        self.doors = [(url.hostname, url.port) for url in map(urllib.parse.urlsplit, options.door)]
        self.context = ssl.create_default_context(cafile=options.ca)
        self.over = asyncio.Event()
        self.finishing = self.given_up = False
        self.acknowledged = self.seated = self.failed = 0
        seats = json.loads(options.hall.read_text("utf-8"))["candidates"][options.skip:]
        options.logs.mkdir(parents=True, exist_ok=True)
        self.candidates = [Candidate(self, seat, number) for number, seat in enumerate(seats)]

    async def command(self):
        """Waits for a word of the test; none any more: it has ended, and so does this."""
        loop = asyncio.get_running_loop()
        while True:
            word = (await loop.run_in_executor(None, sys.stdin.readline)).strip()
            self.finishing = self.finishing or word == "finish"
            if word in ("finish", "stop", ""):
                self.over.set()
                return

    async def over_within(self, seconds):
        """Whether it has ended by then; among a thousand somebody thinks for a minute."""
        try:
            await asyncio.wait_for(self.over.wait(), seconds)
        except asyncio.TimeoutError:
            pass
        return self.over.is_set()

    async def tell(self):
        while True:
            waiting = sum(c.waiting for c in self.candidates)
            print(self.acknowledged, waiting, self.seated, self.failed, flush=True)
            await asyncio.sleep(0.1)

    async def one(self, candidate):
        try:
            await candidate.sit()
        except NoAnswer as none:
            self.failed += 1
            print(f"candidate {candidate.attempt}: gave up, status {none.status}", file=sys.stderr)

    async def end(self):
        await self.command()
        await asyncio.sleep(self.options.most)
        self.given_up = True

    async def run(self):
        others = [asyncio.create_task(self.tell()), asyncio.create_task(self.end())]
        await asyncio.gather(*(self.one(candidate) for candidate in self.candidates))
        print(self.acknowledged, 0, self.seated, self.failed, flush=True)
        for task in others:
            task.cancel()
        return 1 if self.failed or self.given_up else 0


def main():
    parser = argparse.ArgumentParser(description="candidates of a hall")
    parser.add_argument("hall", type=pathlib.Path)
    parser.add_argument("logs", type=pathlib.Path)
    parser.add_argument("ca")
    parser.add_argument("door", nargs="+")
    parser.add_argument("--pace", type=float, default=1.0, help="seconds between clicks of one, on average")
    parser.add_argument("--enter", type=float, default=2.0, help="seconds in which they sit down")
    parser.add_argument("--most", type=float, default=120.0, help="seconds for the last acknowledgements")
    parser.add_argument("--skip", type=int, default=0, help="seats that are left for somebody else")
    parser.add_argument("--seed", type=int, default=1)
    status = asyncio.run(Room(parser.parse_args()).run())
    sys.stdout.flush()
    # a thread may still wait for standard input
    os._exit(status)  # pylint: disable=protected-access


if __name__ == "__main__":
    main()
