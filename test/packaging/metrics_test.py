"""What a node tells about itself: figures, read with Debian's own parser of OpenMetrics; lines of JSON; traces.
Dashboard, alerts and docs/observe.md name what there is, and all of it.

usage: metrics_test.py KONKURS"""
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest

import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from served import Client, Site
from support import ROOT, free_port

KONKURS = pathlib.Path(sys.argv.pop()).resolve()
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
SLOW_S = 30
MEDIA = "application/openmetrics-text; version=1.0.0; charset=utf-8"
NAME = re.compile(r"\b(?:konkurs|process)_[a-z_]+")
WORDS = {"and", "or", "unless", "bool", "offset", "inf", "up"}  # the last one is the scraper's own
LABELS = {"version", "node", "check", "of", "class", "code", "le", "result", "queue", "service"}
SUFFIXES = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"], "info": ["_info"], "gauge": [""]}
DOCS = (ROOT / "docs/observe.md").read_text("utf-8")
RULES = yaml.safe_load((ROOT / "packaging/prometheus/konkurs.rules.yml").read_text("utf-8"))
DASHBOARD = json.loads((ROOT / "packaging/grafana/konkurs.json").read_text("utf-8"))


def names_in(expr):
    """Of all series that an expression reads, however they are called, and the labels that it names."""
    expr = re.sub(r'"(?:[^"\\]|\\.)*"', '""', expr)
    clauses = r"\b(?:by|without|on|ignoring|group_left|group_right) *\(([^)]*)\)"
    labels = {word for clause in re.findall(clauses, expr) for word in re.findall(r"\w+", clause)}
    labels |= set(re.findall(r"(\w+) *[=!]~?(?= *\"\")", expr))
    expr = re.sub(clauses + r"|\{[^}]*\}|\[[^\]]*\]", " ", expr)
    expr = re.sub(r"\$\w+", " ", expr)
    aggregates = {"sum", "max", "min", "count", "avg", "topk", "bottomk"}  # "sum by (...) (...)"
    return set(re.findall(r"\b[a-zA-Z_:]\w*\b(?! *\()", expr)) - WORDS - aggregates, labels


class Observed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.port = free_port()
        cls.site = Site(KONKURS, "--metrics", f"127.0.0.1:{cls.port}", "--log", "json", "--log-requests",
                        "--node", "n1")

    @classmethod
    def tearDownClass(cls):
        status = cls.site.close()
        assert status == 0, status

    def ask(self, method, path, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=20)
        self.addCleanup(connection.close)
        connection.request(method, path)
        answer = connection.getresponse()
        answer.content = answer.read()
        return answer

    def client(self, who=None):
        connection = self.site.connect()
        self.addCleanup(connection.close)
        return Client(connection, who)

    def families(self):
        """All that there are: the loop's, for which /metrics waits half a second and no longer, and the database's,
        which come with the first look at it."""
        end = time.monotonic() + SLOW_S
        while True:
            answer = self.ask("GET", "/metrics")
            self.assertEqual((answer.status, answer.getheader("Content-Type")), (200, MEDIA))
            families = list(text_string_to_metric_families(answer.content.decode()))
            if {"konkurs_requests", "konkurs_journal_entries"} <= {family.name for family in families}:
                return families
            self.assertLess(time.monotonic(), end, "a loop that is silent, or a database that nobody looks at")
            time.sleep(0.1)

    def value(self, name, **labels):
        found = [s.value for f in self.families() for s in f.samples if s.name == name and s.labels == labels]
        self.assertEqual(len(found), 1, (name, labels))
        return found[0]

    def names(self):
        """Of all samples that there can be."""
        return {family.name + suffix for family in self.families() for suffix in SUFFIXES[family.type]}

    def lines(self):
        return [json.loads(line) for line in self.site.lines().splitlines()]

    # ---- figures ----

    def test_families(self):
        families = self.families()
        self.assertEqual(len({f.name for f in families}), len(families))
        for family in families:
            self.assertRegex(family.name, NAME)
            self.assertTrue(family.documentation.endswith("."), family.name)
            for sample in family.samples:
                self.assertLessEqual(sample.labels.keys(), LABELS, sample)
                for value in sample.labels.values():
                    self.assertRegex(value, r"^[a-zA-Z0-9.+]*$", sample)
        self.assertLess(sum(len(f.samples) for f in families), 600)

    def test_figures_of_the_database(self):
        self.assertGreater(self.value("konkurs_journal_entries"), 0)
        self.assertGreater(self.value("konkurs_database_size_bytes"), 100000)
        self.assertEqual(self.value("konkurs_queue_items", queue="mail"), 0)
        self.assertEqual(self.value("konkurs_queue_items", queue="hooks"), 0)
        self.assertEqual(self.value("konkurs_backup_whole"), 0)  # there is no copy of a demonstration
        self.assertEqual(self.value("konkurs_build_info", version="0.1.0", node="n1"), 1)
        self.assertEqual(self.value("konkurs_ready", check="database"), 1)

    def test_process(self):
        memory = int(self.site.status()["VmRSS"].split()[0]) * 1024
        self.assertAlmostEqual(self.value("process_resident_memory_bytes") / memory, 1, delta=0.2)
        there = len(list(pathlib.Path(f"/proc/{self.site.process.pid}/fd").iterdir()))
        self.assertAlmostEqual(self.value("process_open_fds"), there, delta=3)
        self.assertLess(abs(time.time() - self.value("process_start_time_seconds")), 120)
        self.assertGreater(self.value("process_cpu_seconds_total"), 0)

    def test_requests_are_counted(self):
        client = self.client("hr1")
        pages = self.value("konkurs_requests_total", **{"class": "page", "code": "200"})
        took = self.value("konkurs_request_duration_seconds_count", **{"class": "page"})
        commits = self.value("konkurs_commit_duration_seconds_count")
        client.get("/competitions", Accept="text/html")
        self.assertEqual(client.post("/language", {"to": "ru"}, client.token("/competitions")).status, 200)
        self.assertEqual(self.value("konkurs_requests_total", **{"class": "page", "code": "200"}), pages + 2)
        self.assertEqual(self.value("konkurs_request_duration_seconds_count", **{"class": "page"}), took + 2)
        self.assertGreater(self.value("konkurs_commit_duration_seconds_count"), commits)
        self.assertGreaterEqual(self.value("konkurs_connections"), 1)

    def test_nothing_else_is_there(self):
        self.assertEqual(self.ask("GET", "/metrics", self.site.port).status, 404, "not for people")
        for path in "/", "/metricsx", "/readyzx", "/competitions":
            self.assertEqual(self.ask("GET", path).status, 404, path)
        for path in "/healthz", "/readyz":
            here, there = self.ask("GET", path), self.ask("GET", path, self.site.port)
            self.assertEqual((here.status, json.loads(here.content)), (there.status, json.loads(there.content)), path)
        self.assertGreaterEqual(self.ask("POST", "/metrics").status, 400)
        self.assertEqual(self.ask("HEAD", "/metrics").status, 200)

    def test_nobody_listens_unless_asked(self):
        site = Site(KONKURS)
        self.addCleanup(site.close)
        process = pathlib.Path(f"/proc/{site.process.pid}")
        own = {file.readlink().name for file in (process / "fd").iterdir()}
        rows = [line.split() for line in (process / "net/tcp").read_text("ascii").splitlines()[1:]]
        listening = [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in own]
        self.assertEqual(listening, [f"0100007F:{site.port:04X}"])

    # ---- what names them ----

    def named(self, expr, there):
        """Each name of an expression is one that /metrics has."""
        names, labels = names_in(expr)
        self.assertLessEqual(names, there, expr)
        self.assertTrue(names or "up" in expr, expr)
        self.assertLessEqual(labels, LABELS | {"instance", "job"}, expr)

    def check_rules(self, text):
        """Prometheus' own tool; whether it is content, and what it says."""
        promtool = shutil.which("promtool")
        if not promtool:
            self.assertNotIn("KONKURS_CI", os.environ, "promtool (package prometheus) is not installed")
            self.skipTest("promtool is not installed")
        done = subprocess.run([promtool, "check", "rules", "/dev/stdin"], input=text, capture_output=True, text=True,
                              check=False, timeout=60)
        return done.returncode == 0, done.stdout + done.stderr

    def test_names_are_found(self):
        self.assertEqual(names_in('sum by (le) (rate(konkurs_a_bucket{class="x", code=~"5.."}[5m])) > on (y) up'),
                         ({"konkurs_a_bucket"}, {"le", "class", "code", "y"}))
        self.assertEqual(names_in("histogram_quantile(0.9, konkrus_typo)")[0], {"konkrus_typo"})

    def test_prometheus_takes_them(self):
        """The alerts, and each expression of the dashboard as a rule, with what Grafana puts in its variables."""
        fine, said = self.check_rules((ROOT / "packaging/prometheus/konkurs.rules.yml").read_text("utf-8"))
        self.assertTrue(fine, said)
        rules = [{"record": f"panel:{panel['id']}:{n}", "expr": re.sub(
                    r"\$__\w+", "5m", target["expr"]).replace("$instance", "node")}
                 for panel in DASHBOARD["panels"] for n, target in enumerate(panel.get("targets", []))]
        self.assertGreater(len(rules), 10)
        for rule in rules:
            self.assertNotIn("$", rule["expr"])
        group = {"groups": [{"name": "dashboard", "rules": rules}]}
        fine, said = self.check_rules(yaml.safe_dump(group))
        self.assertTrue(fine, said)
        rules[0]["expr"] += " )"
        self.assertFalse(self.check_rules(yaml.safe_dump(group))[0], "what is wrong is told")

    def test_alerts(self):
        there = self.names()
        alerts = [rule for group in RULES["groups"] for rule in group["rules"]]
        self.assertEqual(len({a["alert"] for a in alerts}), len(alerts))
        for alert in alerts:
            self.named(alert["expr"], there)
            self.assertIn(alert["labels"]["severity"], ["info", "warning", "critical"])
            self.assertIn("summary", alert["annotations"])
            self.assertIn(f"`{alert['alert']}`", DOCS)

    def test_dashboard(self):
        there = self.names()
        panels = DASHBOARD["panels"]
        self.assertEqual(len({p["id"] for p in panels}), len(panels))
        places = set()
        used = set()
        for panel in panels:
            at = panel["gridPos"]
            own = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            self.assertFalse(own & places, panel["title"])
            self.assertLessEqual(at["x"] + at["w"], 24)
            places |= own
            for target in panel.get("targets", []):
                self.assertEqual(target["datasource"]["uid"], "${datasource}")
                self.named(target["expr"], there)
                used |= names_in(target["expr"])[0]
        self.assertLessEqual(used, there)
        self.assertEqual([v["name"] for v in DASHBOARD["templating"]["list"]], ["datasource", "instance"])
        # all that there is can be seen
        seen = {f.name for f in self.families() if any(f.name + s in used for s in SUFFIXES[f.type])}
        self.assertEqual({f.name for f in self.families()} - seen, set())

    def test_described(self):
        families = {f.name for f in self.families()}
        described = {name for line in DOCS.splitlines() if line.startswith("| `")
                     for name in NAME.findall(line.split("|")[1])}
        self.assertEqual(families ^ described, set())

    # ---- readiness, traces, lines ----

    def test_ready(self):
        answer = self.ask("GET", "/readyz", self.site.port)
        self.assertEqual((answer.status, json.loads(answer.content)["ready"]), (200, True))

    def test_trace(self):
        client = self.client()
        answer = client.get("/nothing", traceparent=PARENT)
        self.assertRegex(answer.getheader("Traceresponse"), f"^00-{TRACE}-[0-9a-f]{{16}}-01$")
        self.assertNotEqual(answer.getheader("Traceresponse"), PARENT)
        page = client.get("/nothing", traceparent=PARENT, Accept="text/html").content.decode()
        self.assertIn(f"<code>{TRACE[:8]}</code>", page)
        mine = [line for line in self.lines() if line.get("trace") == TRACE]
        self.assertEqual([line["status"] for line in mine], [404, 404])
        other = client.get("/nothing", traceparent="00-rubbish").getheader("Traceresponse")
        self.assertRegex(other, "^00-[0-9a-f]{32}-[0-9a-f]{16}-01$")

    def test_a_refusal_is_found_by_its_trace(self):
        client = self.client("hr1")
        self.assertEqual(client.get("/help/routes", traceparent=PARENT.replace("4b", "5c")).status, 403)
        mine = [line for line in self.lines() if line.get("trace") == TRACE.replace("4b", "5c")]
        self.assertEqual([line["event"] for line in mine], ["note", "request"])
        self.assertIn("refused: /help/routes, person ", mine[0]["text"])

    def test_lines(self):
        client = self.client("hr1")
        client.get("/competitions?q=Serikkyzy")
        client.get("/announcements/987654321")
        lines = self.lines()
        for line in lines:
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertIn(line["level"], ["info", "warning", "fatal"])
            self.assertEqual(line["node"], "n1")
        requests = [line for line in lines if line["event"] == "request"]
        for line in requests:
            self.assertEqual(set(line) - {"time", "level", "event", "node"},
                             {"trace", "method", "route", "status", "us", "turn"})
        self.assertIn("/announcements/:competition", [line["route"] for line in requests])
        self.assertNotIn("987654321", self.site.lines())
        self.assertNotIn("q=", self.site.lines())
        # Argon2id is a worker's: the request has one line all the same
        self.assertIn(("POST", "/sign-in", 200), [(r["method"], r["route"], r["status"]) for r in requests])

    def test_options(self):
        for words in (["--metrics", "9118"], ["--metrics", "127.0.0.1:x"], ["--log", "xml"], ["--node", "a b"],
                      ["--node", ""], ["--node", "n" * 33]):
            done = subprocess.run([KONKURS, "serve", "--db", "x.db", *words], capture_output=True, text=True,
                                  check=False, timeout=20)
            self.assertEqual((done.returncode, words[0] in done.stderr), (2, True), words)
        for command in "hooks", "mail", "scan", "video":
            done = subprocess.run([KONKURS, command, "--db", "x.db", "--log", "xml"], capture_output=True, text=True,
                                  check=False, timeout=20)
            self.assertEqual((done.returncode, "--log text|json" in done.stderr), (2, True), command)

    def test_beside_the_server(self):
        """Processes that work beside it speak as it does."""
        done = subprocess.run([KONKURS, "mail", "--db", self.site.db, "--server", "smtp://127.0.0.1:1", "--from",
                               "a@example.kz", "--address", "https://example.kz", "--plain", "--once", "--log",
                               "json"], capture_output=True, text=True, check=True, timeout=60)
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        self.assertEqual([(line["event"], line["level"]) for line in lines[:1]], [("note", "info")])


if __name__ == "__main__":
    unittest.main()
