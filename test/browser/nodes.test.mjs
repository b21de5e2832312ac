// Two nodes over one PostgreSQL, seen from pages in front of them (docs/nodes.md): what happens at one is on the board
// at the other at once, also after its connections were cut; behind HAProxy, set up as packaging/ha does, a page
// outlives its node and a time without any, and no click is lost (F46, F49).
//
//   script/postgres run node --test test/browser/nodes.test.mjs
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, openNode, startWorld } from "./harness.mjs";
import { consent, look, send, visit } from "./play.mjs";
import * as at from "./seat.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const LOOKS_MS = 2000; // assets/hall.js: as often a board looks by itself
// Until a board shows what was answered at another node.  Where more than two want each processor, the browser itself
// is late: then by as much longer.
const seenMs = () => 2000 * Math.max(1, loadavg()[0] / cpus().length / 2);
const AGAIN_MS = 20_000; // the same, through a node that was killed and has to be noticed by the proxy

let a;
let b;
let sitting;
let operator;
let desk; // the operator's own page, at b
let candidate;
let attempt;

before(async () => {
	a = await startWorld({ sealed: false, serve: ["--node", "a"] });
	assert.ok(a.server, "several nodes need PostgreSQL: script/postgres run node --test ...");
	b = await openNode(a.words, ["--node", "b"]);
	await b.start();
	sitting = at.openSitting(a);
	attempt = at.openSeat(a, sitting, "candidate1", { language: "ru", seat: 1 });
	candidate = await a.signIn("candidate1", "ru");
	await at.sit(b, candidate, attempt);
	operator = await a.signIn("operator", "ru");
	desk = { ...operator, page: await operator.context.newPage() };
});
after(async () => {
	await b?.kill("SIGTERM");
	await a?.stop();
});

const state = (page, words) => page.locator("#board tbody tr", { hasText: words });
const stopped = (page, timeout) => state(page, "время остановлено").waitFor({ timeout });
const goesOn = (page, timeout) => state(page, "время остановлено").waitFor({ state: "detached", timeout });

// The clock of the hall is stopped, or goes on, at a node; how long the page did not show it then.
async function stopAt(node, page, timeout) {
	await visit(desk, node, `/sittings/${sitting}`);
	await desk.page.locator("summary", { hasText: "всего зала" }).click();
	await send(desk, `/sittings/${sitting}/stops`, { kind: "failure", reason: "Сбой сети", ...await consent(desk.page) });
	const begun = Date.now();
	await stopped(page, timeout);
	return Date.now() - begun;
}
async function goOnAt(node, page, timeout) {
	await visit(desk, node, `/sittings/${sitting}`);
	await send(desk, `/sittings/${sitting}/stops/end`);
	const begun = Date.now();
	await goesOn(page, timeout);
	return Date.now() - begun;
}

// Such a page is told what is new, or never sees it.
const looksNever = (context) => context.addInitScript((often) => {
	const later = globalThis.setTimeout;
	globalThis.setTimeout = (go, ms, ...more) => later(go, ms === often ? 3_600_000 : ms, ...more);
}, LOOKS_MS);

const mark = (page) => page.evaluate(() => { globalThis.same = true; });
const expectSame = async (page) => assert.equal(await page.evaluate(() => globalThis.same), true, "it is the same page");

function cut(name) {
	const text = `SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'konkurs/${name}'`;
	const count = Number(execFileSync("psql", [a.db, "-qAtX", "-c", text], { encoding: "utf8" }));
	assert.ok(count > 1, `${count} connections of ${name}`);
}

test("a board at one node shows what happens at the other, by the notice alone", { timeout: 300000 }, async (t) => {
	const watcher = await a.signIn("operator", "ru");
	await looksNever(watcher.context);
	await visit(watcher, a, `/sittings/${sitting}`);
	await mark(watcher.page);
	const took = [await stopAt(b, watcher.page, seenMs()), await goOnAt(b, watcher.page, seenMs())];
	// the connections of the page's node are cut: that one too with which it listens
	cut("a");
	took.push(await stopAt(b, watcher.page, seenMs()));
	cut("a");
	took.push(await goOnAt(b, watcher.page, seenMs()));
	// in the background it holds no connection, and is told when it is looked at again
	let listens = 0;
	watcher.page.on("request", (request) => { if (new URL(request.url()).pathname === "/live") listens++; });
	const hide = (hidden) => watcher.page.evaluate((is) => {
		Object.defineProperty(document, "hidden", { value: is, configurable: true });
		document.dispatchEvent(new Event("visibilitychange"));
	}, hidden);
	await hide(true);
	await stopAt(b, watcher.page, seenMs()); // answers what it was waiting with
	await visit(desk, b, `/sittings/${sitting}`);
	await send(desk, `/sittings/${sitting}/stops/end`);
	await new Promise((r) => setTimeout(r, 1000));
	assert.equal(listens, 0);
	assert.equal(await state(watcher.page, "время остановлено").count(), 1);
	await hide(false);
	await goesOn(watcher.page, seenMs());
	await expectSame(watcher.page);
	assert.deepEqual(watcher.broken, []);
	t.diagnostic(`shown at the other node after ${took.slice(0, 2).join(", ")} ms; after a cut ${took.slice(2).join(", ")} ms`);
	await watcher.context.close();
});

// ---- behind the proxy ---------------------------------------------------------------------------

// The part for the nodes of HAProxy as it is installed, without its certificates.
async function startProxy() {
	const port = await freePort();
	const text = readFileSync(join(root, "packaging", "ha", "haproxy.cfg.in"), "utf8");
	const between = (from, to) => text.slice(text.indexOf(from), to && text.indexOf(to));
	const servers = [["a", a.port], ["b", b.port]].map(([name, at]) => `\tserver ${name} 127.0.0.1:${at}`).join("\n");
	const config = (between("defaults\n", "# ---- the database that leads") + between("frontend web\n"))
		.replace(/^\tlog global\n/m, "").replaceAll(/ssl verify required ca-file \S+ crt \S+ /g, "")
		.replace("@ADDRESS_WEB@:@WEB@", `127.0.0.1:${port}`).replaceAll("@READY@", "/readyz").replaceAll("@LIVES@", "/healthz")
		.replaceAll("@HOST@", "127.0.0.1").replaceAll("@SERVERS_WEB@", servers);
	assert.doesNotMatch(config, /@[A-Z_]+@/);
	const path = join(a.folder, "haproxy.cfg");
	writeFileSync(path, config);
	const child = spawn("haproxy", ["-q", "-db", "-f", path], { stdio: ["ignore", "ignore", "inherit"] });
	const url = (path) => `http://127.0.0.1:${port}${path}`;
	await ready(url);
	return { url, stop: () => new Promise((r) => { child.once("exit", r); child.kill("SIGTERM"); }) };
}

// Until a balancer would send people there.
async function ready(url) {
	for (const end = Date.now() + 30_000; ;) {
		const answer = await fetch(url("/readyz")).catch(() => null);
		if (answer?.ok) return;
		assert.ok(Date.now() < end, "nobody is ready");
		await new Promise((r) => setTimeout(r, 100));
	}
}

test("behind the proxy a page outlives its node, and a time without any", { timeout: 600000 }, async (t) => {
	const proxy = await startProxy();
	t.after(() => proxy.stop());
	const watcher = await a.signIn("operator", "ru");
	await visit(watcher, proxy, `/sittings/${sitting}`);
	await mark(watcher.page);
	await at.sit(proxy, candidate, attempt);
	for (let number = 1; number <= 4; number++) await at.goTo(candidate.page, number);
	const clicks = [await at.choose(candidate.page, 1, 0)];
	await at.waitSaved(candidate.page, 1);

	// one node and then the other: whichever the page was at, that one was killed
	await a.kill();
	const took = [await stopAt(b, watcher.page, AGAIN_MS)];
	await a.start();
	await ready(a.url);
	await new Promise((r) => setTimeout(r, 1000)); // the proxy's next look
	await b.kill();
	took.push(await goOnAt(a, watcher.page, AGAIN_MS));
	clicks.push(await at.choose(candidate.page, 2, 1));
	await at.waitSaved(candidate.page, 2);
	assert.equal(await watcher.page.locator(".stale-note .say").isVisible(), false);

	// no node at all: the proxy answers for itself, and what was shown stays
	await a.kill();
	await watcher.page.locator(".stale-note .say").waitFor({ timeout: AGAIN_MS });
	assert.equal((await fetch(proxy.url("/sittings"))).status, 503);
	await look(watcher, "/sittings/1/stale");
	clicks.push(await at.choose(candidate.page, 3, 2), await at.choose(candidate.page, 4, 0));
	assert.equal(await at.stateOf(candidate.page, 4) === "saved", false);
	await new Promise((r) => setTimeout(r, 2 * LOOKS_MS));
	await expectSame(watcher.page);

	const back = Date.now();
	await b.start();
	await watcher.page.locator(".stale-note .say").waitFor({ state: "hidden", timeout: AGAIN_MS });
	const seen = Date.now() - back;
	await at.waitSaved(candidate.page, 3);
	await at.waitSaved(candidate.page, 4);
	took.push(await stopAt(b, watcher.page, AGAIN_MS), await goOnAt(b, watcher.page, AGAIN_MS));
	await expectSame(watcher.page);
	const events = at.events(a, attempt);
	assert.deepEqual(events.map(({ number, choice }) => ({ number, choice })), clicks);
	assert.equal(events.every((e) => e.accepted === 1), true);
	t.diagnostic(`shown after ${took.join(", ")} ms; alive again ${seen} ms after a node was started; clicks ` +
		`${clicks.length}, arrived ${events.length}, lost 0`);
	await watcher.context.close();
});
