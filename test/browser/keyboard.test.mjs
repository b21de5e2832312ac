// The test by keyboard alone, what is read out, and every state it can be in (F55, F47, F42, F44).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { look } from "./play.mjs";
import { startWorld } from "./harness.mjs";
import * as at from "./seat.mjs";

const MINUTE = 60 * 1000;
let world;
let sitting;
let seats = 0;
before(async () => {
	world = await startWorld({ sealed: false });
	sitting = at.openSitting(world);
});
after(async () => { await world.stop(); });

// A candidate in front of the first question.
async function seated(key, language, options = {}) {
	const who = await world.signIn(key, language);
	const attempt = at.openSeat(world, sitting, key, { language, seat: ++seats, ...options });
	await at.sit(world, who, attempt);
	return { who, page: who.page, attempt };
}

const now = (page, phase, timeout = 90000) => page.waitForSelector(`[data-now="${phase}"]`, { timeout });
// What has the focus, in a word.
const focus = (page) => page.evaluate(() => {
	const e = document.activeElement;
	const names = ["heading", "previous", "next", "clear", "question", "finish", "keys"];
	return names.find((n) => e.hasAttribute(`data-${n}`)) ??
		(e.matches(".test-option input") ? "option" : e.closest("[data-finish]") ? "finish" :
			e.closest("dialog") ? "dialog" : e.tagName.toLowerCase());
});
const tab = async (page, to) => {
	for (let i = 0; i < 12; i++) {
		await page.keyboard.press("Tab");
		if (await focus(page) === to) return;
	}
	assert.fail(`Tab does not lead to ${to}`);
};
const opened = (page, number) => page.waitForFunction((n) => location.hash === `#${n}` &&
	document.querySelector(".test-option input:not(:disabled)"), number);

test("from the first question to the result without a mouse", { timeout: 600000 }, async () => {
	const { who, page, attempt } = await seated("candidate1", "kk");
	await page.keyboard.press("2");
	await at.waitSaved(page, 1);
	await page.keyboard.press("n");
	await opened(page, 2);
	assert.equal(await focus(page), "heading", "the heading of the question has the focus");
	// The Kazakh layout has a letter there; the key is the same.
	await page.evaluate(() => document.activeElement.dispatchEvent(
		new KeyboardEvent("keydown", { key: "ғ", code: "Digit4", bubbles: true, cancelable: true })));
	await at.waitSaved(page, 2);
	await page.keyboard.press("PageDown");
	await opened(page, 3);
	// In the order of reading: question, buttons, map, help, end.
	const order = [];
	for (let i = 0; i < 7; i++) {
		await page.keyboard.press("Tab");
		order.push(await focus(page));
	}
	assert.deepEqual(order,
		["option", "previous", "next", "clear", "question", "summary", "finish"]);
	await page.keyboard.press("p");
	await opened(page, 2);
	await page.keyboard.press("n");
	await opened(page, 3);
	await tab(page, "option");
	await page.keyboard.press("Space");
	await page.keyboard.press("ArrowDown");
	await at.waitSaved(page, 3);
	await tab(page, "clear");
	await page.keyboard.press("Enter");
	await page.waitForSelector('[data-question="3"]:not([data-answered])[data-state=saved]');
	// The map is one stop of Tab; arrows walk it.
	await tab(page, "question");
	for (const key of ["End", "ArrowLeft", "Home", "ArrowDown", "ArrowUp", "ArrowRight", "ArrowRight",
		"ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
	assert.equal(await page.evaluate(() => document.activeElement.dataset.question), "5");
	await page.keyboard.press("Enter");
	await opened(page, 5);
	assert.equal(await focus(page), "heading");
	await page.keyboard.press("1");
	await at.waitSaved(page, 5);
	assert.deepEqual(at.events(world, attempt).map((e) => [e.number, e.choice]),
		[[1, 1], [2, 3], [3, 0], [3, 1], [3, null], [5, 0]]);
	await look(who, "/keyboard/running");
	await finishByKeyboard(page, who);
	await who.context.close();
});

async function finishByKeyboard(page, who) {
	await tab(page, "finish");
	await page.keyboard.press("Enter");
	await page.waitForSelector("dialog[open]");
	assert.equal(await focus(page), "dialog");
	assert.match(await page.locator("[data-ask-empty]").innerText(), /117/);
	assert.equal(await page.locator("[data-ask-unsaved]").isVisible(), false);
	await look(who, "/keyboard/ask");
	await page.keyboard.press("1"); // keys of the test do nothing behind the question
	await page.keyboard.press("Escape");
	await page.waitForSelector("dialog[open]", { state: "detached" });
	assert.equal(await focus(page), "finish");
	await page.keyboard.press("Enter");
	await page.waitForSelector("dialog[open]");
	await page.waitForFunction(() => document.activeElement.closest("dialog"));
	await page.keyboard.press("Tab");
	await page.waitForFunction(() => document.activeElement.matches("dialog [data-go-on], dialog .btn-primary"));
	await page.keyboard.press("Enter");
	await now(page, "over");
	assert.match(await page.evaluate(() => document.activeElement.tagName), /H2/);
	await look(who, "/keyboard/over");
	await page.keyboard.press("Tab");
	await Promise.all([page.waitForURL(/\/results\//), page.keyboard.press("Enter")]);
	await look(who, "/results/1");
}

test("single keys can be switched off", { timeout: 600000 }, async () => {
	const { who, page, attempt } = await seated("candidate2", "ru");
	await page.locator(".test-help summary").focus();
	await page.keyboard.press("Enter");
	await page.keyboard.press("Tab");
	assert.equal(await focus(page), "keys");
	await page.keyboard.press("Space");
	await page.keyboard.press("2");
	await page.keyboard.press("n");
	await page.waitForTimeout(500);
	assert.equal(at.events(world, attempt).length, 0);
	assert.equal(new URL(page.url()).hash, "#1");
	await page.reload();
	await page.waitForSelector("[data-now=running] .test-option");
	assert.equal(await page.locator("[data-keys]").isChecked(), false, "it lasts for the window");
	await who.context.close();
});

test("only 30, 10, 5 and 1 minutes are read out", { timeout: 600000 }, async () => {
	const { who, page, attempt } = await seated("candidate3", "ru", { leftMs: 30 * MINUTE + 7000 });
	// Setting the computer's clock changes nothing: it is the server's time.
	await page.evaluate(() => {
		const real = Date.now;
		Date.now = () => real() + 3600000;
	});
	const said = () => page.locator("[data-announce]").innerText();
	await page.keyboard.press("1");
	await at.waitSaved(page, 1);
	assert.equal(await said(), "", "a saved click is not read out");
	for (const minutes of [30, 10, 5, 1]) {
		await page.waitForFunction((m) => new RegExp(`: ${m}$`).test(
			document.querySelector("[data-announce]").textContent), minutes, { timeout: 90000 });
		const next = { 30: 10, 10: 5, 5: 1 }[minutes];
		if (next) at.leave(world, attempt, next * MINUTE + 7000);
	}
	assert.equal(await page.locator("[data-announce]").getAttribute("role"), "status");
	assert.match(await page.locator("[data-clock]").innerText(), /^00:0(1:00|0:5\d)$/);
	await who.context.close();
});

test("the clock stands, and goes on by itself", { timeout: 600000 }, async () => {
	const { who, page, attempt } = await seated("candidate4", "kk");
	await page.keyboard.press("n");
	await opened(page, 2);
	at.stop(world, attempt);
	await now(page, "stopped");
	assert.equal(await page.locator(".test-option").first().isVisible(), false, "the question is hidden");
	assert.match(await page.evaluate(() => document.activeElement.tagName), /H2/);
	// The server's word: the wall clock of this machine, by which stop() wrote, may have been set.
	await page.waitForResponse((answer) => /\/(pulse|state)$/.test(new URL(answer.url()).pathname));
	await page.waitForTimeout(500);
	const clock = await page.locator("[data-clock]").innerText();
	await page.waitForTimeout(2500);
	assert.equal(await page.locator("[data-clock]").innerText(), clock, "and the clock stands");
	await look(who, "/state/stopped");
	at.goOn(world, attempt);
	await now(page, "running", 3000);
	await opened(page, 2);
	await page.keyboard.press("3");
	await at.waitSaved(page, 2);

	// The seat is cut: nothing more is sent from here.
	await world.signIn("candidate6", "kk").then((other) => other.context.close());
	at.move(world, attempt, "candidate6");
	await now(page, "moved");
	await look(who, "/state/moved");
	await page.waitForTimeout(1500);
	assert.equal(at.events(world, attempt).length, 1);
	at.sql(world, `UPDATE attempt SET pen = '' WHERE id = ${attempt}`);
	await page.locator("[data-panel=moved] a").click();
	await page.waitForSelector("[data-now=running] .test-option");

	at.sql(world, `UPDATE attempt SET void = 1, finish = 'technical', finished_ms = ${Date.now()}
		WHERE id = ${attempt}`);
	await now(page, "void");
	await look(who, "/state/void");
	at.sql(world, `UPDATE attempt SET void = 0, finish = 'breach' WHERE id = ${attempt}`);
	await page.reload();
	await now(page, "annulled");
	await look(who, "/state/annulled");
	await page.locator("[data-panel=annulled] a").click();
	await look(who, "/results/1/annulled");
	await who.context.close();
});

test("time is up: late clicks are shown as late, and nothing navigates", { timeout: 600000 }, async () => {
	const { who, page, attempt } = await seated("candidate5", "ru");
	await at.choose(page, 1, 0);
	await at.waitSaved(page, 1);
	await who.context.route("**/answers", (route) => route.abort());
	await at.choose(page, 1, 2);
	await at.choose(page, 4, 1);
	await page.waitForSelector('[data-question="4"][data-state=unsaved]');
	at.leave(world, attempt, 1000);
	await now(page, "ending");
	await look(who, "/state/ending");
	await page.evaluate(() => { globalThis.samePage = true; });
	await who.context.unroute("**/answers");
	await now(page, "over");
	assert.equal(await page.evaluate(() => globalThis.samePage), true);
	assert.match(await page.locator("[data-late-text]").innerText(), /1, 4/);
	assert.deepEqual(at.events(world, attempt).map((e) => [e.number, e.choice, e.accepted, e.refusal]),
		[[1, 0, 1, ""], [1, 2, 0, "late"], [4, 1, 0, "late"]]);
	await look(who, "/state/over");
	await page.reload();
	await now(page, "over");
	assert.match(await page.locator("[data-late-text]").innerText(), /1, 4/, "it survives a reload");
	await page.locator("[data-panel=over] a").click();
	await page.waitForURL(/\/results\//);
	await look(who, "/results/1");
	await who.context.close();
});

test("finishing waits for what is not saved; signing out loses nothing", { timeout: 600000 }, async () => {
	const { who, page, attempt } = await seated("candidate6", "ru");
	await who.context.route("**/answers", (route) => route.abort());
	await at.choose(page, 2, 1);
	await page.waitForSelector('[data-question="2"][data-state=unsaved]');
	await page.locator("[data-finish] button").click();
	assert.match(await page.locator("[data-ask-unsaved]").innerText(), /1/);
	await page.locator("dialog[open] button").last().click();
	await now(page, "finishing");
	await look(who, "/state/finishing");
	await page.locator("[data-back]").click();
	await now(page, "running");
	// Another window of this browser waits, and goes on when this one is closed.
	const second = await who.context.newPage();
	await second.goto(page.url());
	await now(second, "window");
	await look({ ...who, page: second }, "/state/window");
	await second.close();
	// The session ends on the server; the click waits on the computer.
	at.sql(world, "DELETE FROM session WHERE token_hash = (SELECT pen FROM attempt" +
		` WHERE id = ${attempt})`);
	await now(page, "signed-out");
	await look(who, "/state/signed-out");
	await who.context.unroute("**/answers");
	await page.locator("[data-panel=signed-out] a").click();
	await page.waitForURL(/\/sign-in/);
	await world.enter(who);
	await at.sit(world, who, attempt);
	await at.waitSaved(page, 2);
	assert.deepEqual(at.events(world, attempt).map((e) => [e.number, e.choice]), [[2, 1]]);
	await page.locator("[data-finish] button").click();
	await page.locator("dialog[open] button").last().click();
	await now(page, "over");
	assert.equal(await page.evaluate(() => new Promise((resolve) => {
		const open = indexedDB.open("konkurs-test");
		open.onsuccess = () => {
			const left = open.result.transaction("attempt").objectStore("attempt").count();
			left.onsuccess = () => resolve(left.result);
		};
	})), 0, "nothing of the test stays on the computer");
	await who.context.close();
});
