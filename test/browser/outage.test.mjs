// What the page of a candidate bears alone (docs/halls.md): the server is away for 1, 5 and 15 minutes,
// the clocks of both sides go on by that much; what was clicked on questions that were seen arrives, in
// order, once; what arrives after the end of time is late, and shown so (F47 to F49, F53).
//
// Prints one line for each outage: "outage 5 min: clicks 40, arrived 40, lost 0, ...".
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { startWorld } from "./harness.mjs";
import * as at from "./seat.mjs";
import { clicksOf } from "./seat.mjs";

const MINUTE = 60 * 1000;
const SEEN = 20;
const CLICKS = 40;
let world;
let sitting;

before(async () => {
	world = await startWorld({ sealed: false });
	sitting = at.openSitting(world);
});
after(async () => { await world.stop(); });

const settled = (page) => page.waitForFunction(() =>
	!document.querySelector("[data-question][data-state=sending], [data-question][data-state=unsaved]"));
// The zone's wall clock, as --now has it.
const inZone = (ms) => new Date(ms + 5 * 60 * MINUTE).toISOString().slice(0, 16);

async function seat(key, leftMs) {
	const who = await world.signIn(key, "kk");
	await who.page.clock.install();
	const attempt = at.openSeat(world, sitting, key, { language: "kk", seat: Number(key.slice(-1)), leftMs });
	await at.sit(world, who, attempt);
	for (let number = 1; number <= SEEN; number++) await at.goTo(who.page, number);
	return { ...who, attempt };
}

async function click(page, count) {
	const clicks = [];
	for (let i = 0; i < count; i++) clicks.push(await at.choose(page, 1 + i % SEEN, Math.floor(i / SEEN) % 4));
	return clicks;
}

for (const [key, minutes] of [["candidate1", 1], ["candidate2", 5], ["candidate3", 15]])
	test(`${minutes} minutes without the server lose nothing`, { timeout: 600000 }, async (t) => {
		const begun = Date.now();
		const { page, context, attempt } = await seat(key, 120 * MINUTE);
		await world.kill();
		const clicks = await click(page, CLICKS);
		assert.equal(await page.locator("[data-question][data-state=unsaved], [data-question][data-state=sending]").count(), SEEN);
		// one that was not seen before waits for the server
		await page.locator(`[data-question="${SEEN + 1}"]`).click();
		assert.equal(await page.locator(".test-option").count(), 0);
		await page.clock.fastForward(minutes * MINUTE);
		const back = Date.now();
		await world.start({ at: inZone(back + minutes * MINUTE) });
		await settled(page);
		const took = Date.now() - back;
		const events = at.events(world, attempt);
		assert.deepEqual(clicksOf(events), clicks);
		assert.equal(events.every((e) => e.accepted === 1), true);
		await page.waitForSelector(".test-option input:not(:disabled)");
		t.diagnostic(`outage ${minutes} min: clicks ${clicks.length}, arrived ${events.length}, lost 0, late 0, ` +
			`all saved ${(took / 1000).toFixed(1)} s after the server came back (${((back - begun) / 1000).toFixed(0)} s before it)`);
		await context.close();
		await world.kill();
		await world.start(); // the clock of this machine again
	});

test("time that ends in an outage ends: what comes later is kept, late, and shown so", { timeout: 600000 }, async (t) => {
	const { page, context, attempt } = await seat("candidate4", 4 * MINUTE);
	const saved = await click(page, 3);
	await settled(page);
	await world.kill();
	// the option that is chosen already is no click once more
	const clicks = (await click(page, SEEN)).slice(saved.length);
	await page.clock.fastForward(5 * MINUTE);
	await world.start({ at: inZone(Date.now() + 5 * MINUTE) });
	await page.waitForSelector("[data-now=over]");
	const events = at.events(world, attempt);
	assert.deepEqual(clicksOf(events), [...saved, ...clicks]);
	assert.deepEqual(events.map((e) => e.refusal), [...saved.map(() => ""), ...clicks.map(() => "late")]);
	t.diagnostic(`outage 5 min over the end of time: clicks ${clicks.length}, arrived ${clicks.length}, late ${clicks.length}`);
	await context.close();
});
