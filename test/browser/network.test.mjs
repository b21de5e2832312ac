// The network goes away in the middle of a test (F48, F49): what was clicked meanwhile arrives, in
// the order of clicking, once; reloading the page or ending the browser loses none of it.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { look } from "./play.mjs";
import { startWorld } from "./harness.mjs";
import * as at from "./seat.mjs";
import { allSaved, clicksOf } from "./seat.mjs";

const AWAY_MS = 60 * 1000;
let world;
let sitting;
before(async () => {
	world = await startWorld({ sealed: false });
	sitting = at.openSitting(world);
});
after(async () => { await world.stop(); });

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test("a minute without network: all clicks arrive, in order, once", { timeout: 600000 }, async () => {
	const who = await world.signIn("candidate1", "kk");
	const { page, context } = who;
	const attempt = at.openSeat(world, sitting, "candidate1", { language: "kk", seat: 1 });
	const traces = [];
	page.on("request", (request) => {
		if (request.url().endsWith("/answers")) traces.push(request.headers().traceparent);
	});
	await at.sit(world, who, attempt);
	// Questions that have been seen stay readable; nothing else is fetched ahead.
	for (let number = 1; number <= 8; number++) await at.goTo(page, number);
	const clicks = [await at.choose(page, 1, 0)];
	await at.waitSaved(page, 1);
	await look(who, "/network/saved");

	const top = () => page.locator('[data-question="8"]').evaluate((one) => one.getBoundingClientRect().top + scrollY);
	const before = await top();
	await context.setOffline(true);
	const cut = Date.now();
	const plan = [[2, 1], [3, 2], [1, 3], [4, 0], [2, 2], [5, 1], [2, 0], [6, 3], [7, 2], [2, 3],
		[8, 1], [3, 0]];
	for (const [number, place] of plan) {
		clicks.push(await at.choose(page, number, place));
		await pause(3500);
	}
	await page.locator("[data-clear]").click(); // takes back the answer of question 3
	clicks.push({ number: 3, choice: null });
	assert.equal(await at.stateOf(page, 8), "unsaved");
	await page.waitForFunction(() => /\b13\)/.test(document.querySelector("[data-age]").textContent));
	assert.equal(await page.locator("[data-note=away]").isVisible(), true);
	assert.equal(await top(), before); // what is said moves nothing under a hand that is about to click
	await page.waitForFunction(() => document.querySelector("[data-announce]").textContent !== "");
	await look(who, "/network/away");
	// A question that was not seen before waits for the network.
	await page.locator('[data-question="9"]').click();
	await pause(Math.max(0, cut + AWAY_MS - Date.now()));
	assert.equal(await page.locator(".test-option").count(), 0);
	assert.equal(at.events(world, attempt).length, 1, "nothing arrived meanwhile");

	await context.setOffline(false);
	await allSaved(page);
	await page.waitForSelector('.test-option input:not(:disabled)');
	assert.equal(new URL(page.url()).hash, "#9");
	const events = at.events(world, attempt);
	assert.deepEqual(clicksOf(events), clicks);
	assert.equal(new Set(events.map((e) => e.client_key)).size, clicks.length);
	assert.equal(events.every((e) => e.accepted === 1), true);
	// Each time that a click was sent has a name of its own in the server's log.
	assert.ok(traces.length >= clicks.length);
	assert.equal(new Set(traces).size, traces.length);
	for (const trace of traces) assert.match(trace, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
	await page.waitForFunction(() => document.querySelector("[data-age]").dataset.state === "");
	assert.equal(await page.locator("[data-question][data-answered]").count(), 7);
	// The seat's log tells how long it was without the server.
	await pause(6000);
	const gaps = at.gaps(world, attempt);
	assert.equal(gaps.length, 1);
	assert.ok(gaps[0] > AWAY_MS - 10000 && gaps[0] < AWAY_MS + 20000, `a gap of ${gaps[0]} ms`);
	assert.equal(at.pulse(world, attempt).unsaved, 0);
	await look(who, "/network/back");
	await page.reload();
	await page.waitForSelector("[data-now=running] .test-option");
	assert.equal(await page.locator("[data-question][data-answered]").count(), 7);
	await context.close();
});

test("a reload while clicks wait loses none; they lie encrypted", { timeout: 600000 }, async () => {
	const who = await world.signIn("candidate2", "ru");
	const { page, context } = who;
	const attempt = at.openSeat(world, sitting, "candidate2", { seat: 2 });
	await at.sit(world, who, attempt);
	await context.route("**/answers", (route) => route.abort());
	const clicks = [];
	for (const [number, place] of [[1, 1], [2, 2], [1, 0], [3, 3]])
		clicks.push(await at.choose(page, number, place));
	await page.waitForSelector('[data-question="1"][data-state=unsaved]');
	const kept = await page.evaluate(() => new Promise((resolve, reject) => {
		const open = indexedDB.open("konkurs-test");
		open.onerror = () => reject(open.error);
		open.onsuccess = () => {
			const read = open.result.transaction(["click", "attempt"]);
			const rows = read.objectStore("click").getAll();
			const attempts = read.objectStore("attempt").getAll();
			read.oncomplete = () => {
				open.result.close();
				resolve({ rows: rows.result.map((r) => Object.keys(r).sort().join()),
					plain: rows.result.some((r) => new TextDecoder().decode(r.box).includes("number")),
					key: attempts.result[0].key.extractable });
			};
		};
	}));
	assert.deepEqual(kept, { rows: Array(4).fill("attempt,box,iv,place"), plain: false, key: false });

	await page.reload();
	await page.waitForSelector("[data-now=running] .test-option");
	assert.equal(await page.locator("[data-question][data-state=unsaved]").count(), 3,
		"after the reload they are still not saved, and shown so");
	await at.goTo(page, 1);
	assert.equal(await page.locator(".test-option input").nth(0).isChecked(), true,
		"the choice that waits is the one to be seen");
	assert.equal(at.events(world, attempt).length, 0);
	clicks.push(await at.choose(page, 4, 1));
	await context.unroute("**/answers");
	await allSaved(page);
	assert.deepEqual(clicksOf(at.events(world, attempt)), clicks);
	await page.waitForFunction(() => new Promise((resolve) => {
		const open = indexedDB.open("konkurs-test");
		open.onsuccess = () => {
			const count = open.result.transaction("click").objectStore("click").count();
			count.onsuccess = () => { open.result.close(); resolve(count.result === 0); };
		};
	}));
	await context.close();
});

test("an acknowledgement that is lost does not make two of a click", { timeout: 600000 }, async () => {
	const who = await world.signIn("candidate3", "ru");
	const { page, context } = who;
	const attempt = at.openSeat(world, sitting, "candidate3", { seat: 3 });
	await at.sit(world, who, attempt);
	let lost = 0;
	await context.route("**/answers", async (route) => {
		if (lost++ > 0) return route.continue();
		await route.fetch(); // it reaches the server, the answer does not come back
		return route.abort();
	});
	const clicks = [await at.choose(page, 5, 2), await at.choose(page, 6, 0)];
	await allSaved(page);
	assert.ok(lost >= 3);
	assert.deepEqual(clicksOf(at.events(world, attempt)), clicks);
	await context.close();
});

test("the end of the browser loses no click", { timeout: 600000 }, async () => {
	const folder = mkdtempSync(join(tmpdir(), "konkurs-profile-"));
	const attempt = at.openSeat(world, sitting, "candidate4", { seat: 4 });
	const first = await world.openProfile(folder, "candidate4", "kk");
	await world.enter(first);
	await at.sit(world, first, attempt);
	await first.context.route("**/answers", (route) => route.abort());
	const clicks = [await at.choose(first.page, 1, 2), await at.choose(first.page, 2, 0)];
	await first.page.waitForSelector('[data-question="1"][data-state=unsaved]');
	const cookies = await first.context.cookies();
	await first.context.close();
	// The kiosk restores the session (packaging/); here it is put back by hand.
	const second = await world.openProfile(folder, "candidate4", "kk");
	await second.context.addCookies(cookies);
	await at.sit(world, second, attempt);
	await allSaved(second.page);
	assert.deepEqual(clicksOf(at.events(world, attempt)), clicks);
	await second.context.close();
	rmSync(folder, { recursive: true, force: true });
});

test("what waits here after answers elsewhere is out of date, and is said so", { timeout: 600000 }, async () => {
	const who = await world.signIn("candidate5", "ru");
	const { page, context } = who;
	const attempt = at.openSeat(world, sitting, "candidate5", { seat: 5 });
	await at.sit(world, who, attempt);
	await at.choose(page, 1, 0);
	await at.waitSaved(page, 1);
	await context.route("**/answers", (route) => route.abort());
	await at.choose(page, 2, 1);
	await page.waitForSelector('[data-question="2"][data-state=unsaved]');
	// Meanwhile question 2 was answered at another seat.
	at.sql(world, `INSERT INTO answer_event (attempt_id, number, choice, accepted, refusal, client_key,
		at_ms, previous_id) SELECT ${attempt}, 2, 3, 1, '', 'from-elsewhere', ${Date.now()}, event_id
		FROM answer_newest WHERE attempt_id = ${attempt}`);
	at.sql(world, `UPDATE answer_newest SET event_id = (SELECT MAX(id) FROM answer_event),
		counted_id = (SELECT MAX(id) FROM answer_event) WHERE attempt_id = ${attempt}`);
	await context.unroute("**/answers");
	await page.reload();
	await page.waitForSelector("[data-now=running] .test-option");
	assert.equal(await page.locator("[data-note=dropped]").isVisible(), true);
	await look(who, "/network/dropped");
	await at.goTo(page, 2);
	assert.equal(await page.locator(".test-option input").nth(3).isChecked(), true);
	assert.deepEqual(clicksOf(at.events(world, attempt)), [{ number: 1, choice: 0 }, { number: 2, choice: 3 }]);
	await context.close();
});

test("a computer that cannot keep clicks says so, and asks before it is left", { timeout: 600000 }, async () => {
	const who = await world.signIn("candidate6", "kk");
	const { page, context } = who;
	const attempt = at.openSeat(world, sitting, "candidate6", { language: "kk", seat: 6 });
	// As over http: no cryptography for scripts.
	await context.addInitScript(() => {
		Object.defineProperty(globalThis.crypto, "subtle", { value: undefined });
		Object.defineProperty(globalThis.crypto, "randomUUID", { value: undefined });
	});
	await at.sit(world, who, attempt);
	await page.waitForSelector("[data-note=memory]:not([hidden])");
	await look(who, "/network/memory");
	await at.choose(page, 1, 1);
	await at.waitSaved(page, 1);
	await context.route("**/answers", (route) => route.abort());
	await at.choose(page, 2, 0);
	await page.waitForSelector('[data-question="2"][data-state=unsaved]');
	const asked = page.waitForEvent("dialog");
	page.close({ runBeforeUnload: true });
	const dialog = await asked;
	assert.equal(dialog.type(), "beforeunload");
	await dialog.dismiss();
	await context.unroute("**/answers");
	await at.waitSaved(page, 2);
	assert.deepEqual(clicksOf(at.events(world, attempt)), [{ number: 1, choice: 1 }, { number: 2, choice: 0 }]);
	await context.close();
});
