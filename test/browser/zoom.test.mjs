// The test at 400 %: a window of 1280 by 1024 is then 320 by 256 CSS pixels.  Nothing has to be
// scrolled sideways, everything can be reached and is big enough to be hit (F55; WCAG 2.2: 1.4.10,
// 2.4.11, 2.5.8).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { look, visit } from "./play.mjs";
import { startWorld } from "./harness.mjs";
import * as at from "./seat.mjs";

const WIDTH = 320;
const HEIGHT = 256;
const TARGET = 24;
let world;
let sitting;
before(async () => {
	world = await startWorld({ sealed: false });
	sitting = at.openSitting(world);
});
after(async () => { await world.stop(); });

const now = (page, phase) => page.waitForSelector(`[data-now="${phase}"]`, { timeout: 90000 });

// Every control of the page as it stands: scrolled to by the focus, whole in the width, not hidden
// behind anything, and of a size.
async function reachable(page, name, within = "main") {
	const faults = await page.evaluate(async ({ inside, width, height, target }) => {
		const found = [];
		const controls = document.querySelectorAll(
			`${inside} :is(a[href], button, input:not([type=hidden]), summary)`);
		for (const control of controls) {
			if (!control.checkVisibility() || control.disabled) continue;
			const label = control.closest("label");
			control.focus();
			await new Promise((r) => requestAnimationFrame(r));
			const box = (label ?? control).getBoundingClientRect();
			const own = control.getBoundingClientRect();
			const say = (what) => found.push(`${what}: ${control.outerHTML.slice(0, 90)}`);
			if (own.left < 0 || own.right > width + 0.5) say("sideways");
			if (own.top < -1 || own.bottom > height + 1) say(`out of sight ${own.top} ${own.bottom}`);
			if (box.width < target || box.height < target) say(`small ${box.width}x${box.height}`);
			const top = document.elementFromPoint(own.left + own.width / 2, own.top + own.height / 2);
			if (!top || !(control.contains(top) || label?.contains(top))) say("covered");
		}
		const page = document.documentElement;
		if (page.scrollWidth > width) {
			const wide = [...document.querySelectorAll("body *")].find((e) =>
				e.getBoundingClientRect().right > width + 0.5 && e.checkVisibility());
			found.push(`the page is ${page.scrollWidth} wide: ${wide?.outerHTML.slice(0, 120)}`);
		}
		return found;
	}, { inside: within, width: WIDTH, height: HEIGHT, target: TARGET });
	assert.deepEqual(faults, [], name);
}

for (const [language, key, seat] of [["kk", "candidate1", 1], ["ru", "candidate2", 2]]) {
	test(`${language}: every state of the test at 400 %`, { timeout: 600000 }, async () => {
		const who = await world.signIn(key, language,
			{ viewport: { width: WIDTH, height: HEIGHT }, reducedMotion: "reduce" });
		const { page } = who;
		const attempt = at.openSeat(world, sitting, key, { language, seat, leftMs: 0 });
		await visit(who, world, `/tests/${attempt}`);
		await reachable(page, "waiting");
		await look(who, "/zoom/waiting");
		at.start(world, attempt);
		await page.waitForSelector("[data-now=running] .test-option", { timeout: 90000 });
		await page.locator(".test-help summary").click();
		await reachable(page, "running");
		await look(who, "/zoom/running");
		// The longest question of the form and its options.
		await at.choose(page, 3, 1);
		await at.waitSaved(page, 3);
		await reachable(page, "question 3");
		assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".test-head")).position),
			"static", "what stays in view would cover the question");
		await page.locator("[data-finish] button").click();
		await page.waitForSelector("dialog[open]");
		await reachable(page, "the question before the end", "dialog");
		await look(who, "/zoom/ask");
		await page.keyboard.press("Escape");
		at.stop(world, attempt);
		await now(page, "stopped");
		await reachable(page, "stopped");
		await look(who, "/zoom/stopped");
		at.goOn(world, attempt);
		await now(page, "running");
		await who.context.setOffline(true);
		await page.waitForSelector("[data-note=away]:not([hidden])", { timeout: 90000 });
		await reachable(page, "away");
		await look(who, "/zoom/away");
		await who.context.setOffline(false);
		await page.waitForSelector("[data-note=away][hidden]", { state: "attached", timeout: 90000 });
		at.leave(world, attempt, 500);
		await now(page, "over");
		await reachable(page, "over");
		await visit(who, world, `/results/${attempt}`);
		await reachable(page, "result");
		await look(who, "/zoom/result");
		await who.context.close();
	});
}

test("the question stays in view of its clock where there is room", { timeout: 600000 }, async () => {
	const who = await world.signIn("candidate3", "ru", { viewport: { width: 1280, height: 720 } });
	const attempt = at.openSeat(world, sitting, "candidate3", { seat: 3 });
	await at.sit(world, who, attempt);
	assert.equal(await who.page.evaluate(() => getComputedStyle(document.querySelector(".test-head")).position),
		"sticky");
	// What has the focus is never behind it.
	const last = who.page.locator('[data-question="120"]');
	await last.evaluate((b) => { b.focus(); scrollTo(0, document.body.scrollHeight); });
	await who.page.locator("[data-question='1']").evaluate((b) => b.focus());
	const box = await who.page.locator("[data-question='1']").boundingBox();
	const head = await who.page.locator(".test-head").boundingBox();
	assert.ok(box.y >= head.y + head.height || box.y + box.height <= head.y, "the focus is not covered");
	await who.context.close();
});
