// A hall with incidents, seen from both sides: the board calls out a silent seat by itself, the clock
// stands for the hall and goes on, an act of a breach is signed by HR (F43 to F45; section 4 of
// rules.md).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { startWorld } from "./harness.mjs";
import { consent, expectRefusal, look, send, visit } from "./play.mjs";
import * as at from "./seat.mjs";

let world;
let sitting;
let attempt;
const people = {};
const as = async (key, language) => (people[key] ??= await world.signIn(key, language));

before(async () => {
	world = await startWorld({ sealed: false });
	sitting = at.openSitting(world);
	attempt = at.openSeat(world, sitting, "candidate1", { language: "ru", seat: 7 });
});
after(async () => { await world.stop(); });

const now = (page, phase, timeout = 90000) => page.waitForSelector(`[data-now="${phase}"]`, { timeout });

test("the board calls out a silent seat without being asked", { timeout: 600000 }, async () => {
	const candidate = await as("candidate1", "ru");
	const operator = await as("operator", "kk");
	await at.sit(world, candidate, attempt);
	await visit(operator, world, `/sittings/${sitting}`);
	await operator.page.waitForSelector("#board .board-calm");
	await at.choose(candidate.page, 1, 0);
	await at.waitSaved(candidate.page, 1);
	// The same page, renewed: no navigation.
	const marked = await operator.page.evaluate(() => { globalThis.same = true; return true; });
	await candidate.context.setOffline(true);
	await operator.page.waitForSelector("#board [data-troubled]", { timeout: 90000 });
	assert.match(await operator.page.locator("#board").innerText(), /байланыс/);
	await look(operator, "/sittings/1/troubled");
	await candidate.context.setOffline(false);
	await operator.page.waitForSelector("#board .board-calm", { timeout: 90000 });
	assert.equal(await operator.page.evaluate(() => globalThis.same), marked);
	const name = await candidate.page.locator(".top").innerText();
	assert.ok(!(await operator.page.locator("main").innerText()).includes(name.split(/\s+/).at(-3)),
		"no name on the board");
});

test("the clock of the hall stands, and goes on with the time given back", { timeout: 600000 }, async () => {
	const { page } = await as("candidate1", "ru");
	const operator = await as("operator", "kk");
	await visit(operator, world, `/sittings/${sitting}`);
	await operator.page.locator("summary", { hasText: "Бүкіл залдың" }).click();
	const stop = { kind: "failure", reason: "Желі үзілді", ...await consent(operator.page) };
	await send(operator, `/sittings/${sitting}/stops`, { ...stop, second_password: "менікі емес құпиясөз" });
	await expectRefusal(operator, { field: "second_password" });
	await look(operator, "/sittings/1/second");
	assert.equal(await operator.page.inputValue("[name=reason]"), stop.reason, "what was typed stays");
	assert.equal(await operator.page.inputValue("[name=second_password]"), "", "a secret does not");
	// the board renews itself beside the refused form, which stays as it is and is not sent again
	await operator.page.evaluate(() => { globalThis.same = true; });
	const renewed = (answer) => answer.request().method() === "GET" && new URL(answer.url()).pathname === `/sittings/${sitting}`;
	for (let i = 0; i < 2; i++) await operator.page.waitForResponse(renewed);
	assert.equal(await operator.page.evaluate(() => globalThis.same), true);
	assert.equal(at.sql(world, `SELECT COUNT(*) AS n FROM stop`)[0].n, 0);
	assert.equal(at.sql(world, `SELECT COUNT(*) AS n FROM journal_entry WHERE kind = 'second.refused'`)[0].n, 1);
	// another one looks on: the list of stops beside the board follows by itself
	const watcher = { ...operator, page: await operator.context.newPage() };
	await visit(watcher, world, `/sittings/${sitting}`);
	await watcher.page.evaluate(() => { globalThis.same = true; });
	const stops = watcher.page.locator("#stops tbody tr");
	assert.equal(await stops.count(), 0);
	await send(operator, `/sittings/${sitting}/stops`, stop);
	await stops.filter({ hasText: stop.reason }).waitFor({ timeout: 20000 });
	const goOn = watcher.page.locator("#stops form button[id^='resume-']");
	await goOn.focus();
	await watcher.page.waitForResponse(renewed);
	assert.match(await watcher.page.evaluate(() => document.activeElement.id), /^resume-/, "what has the focus keeps it");
	await now(page, "stopped");
	await look(operator, "/sittings/1/stopped");
	// the server's word on the time left has come, and is shown
	await page.waitForResponse((answer) => /\/(pulse|state)$/.test(new URL(answer.url()).pathname));
	await page.waitForTimeout(500);
	const before = await page.locator("[data-clock]").innerText();
	await page.waitForTimeout(2500);
	assert.equal(await page.locator("[data-clock]").innerText(), before, "the time stands");
	await send(operator, `/sittings/${sitting}/stops/end`);
	await watcher.page.locator("#stops form").waitFor({ state: "detached", timeout: 20000 });
	assert.equal(await stops.count(), 1);
	assert.equal(await watcher.page.evaluate(() => globalThis.same), true, "nobody has loaded it again");
	await watcher.page.close();
	await now(page, "running");
	assert.equal(at.sql(world, `SELECT COUNT(*) AS n FROM stop_hold`)[0].n, 1);
});

test("a breach: stopped at once, annulled when HR signs", { timeout: 600000 }, async () => {
	const { page } = await as("candidate1", "ru");
	const operator = await as("operator", "kk");
	await visit(operator, world, `/sittings/${sitting}/attempts/${attempt}`);
	await operator.page.locator("summary", { hasText: "Тестілеу тәртібін бұзу" }).click();
	await look(operator, "/sittings/1/attempt");
	await send(operator, `/sittings/${sitting}/breach`, { breach_number: "5",
		breach_text: "Кандидат телефон пайдаланды." });
	await look(operator, "/sitting-acts/1");
	await now(page, "stopped");
	const hr = await as("hr1", "ru");
	await visit(hr, world, "/");
	await hr.page.locator("a[href^='/sitting-acts/']").click();
	await look(hr, "/sitting-acts/1");
	await send(hr, new URL(hr.page.url()).pathname + "/answer", {}, "[value=yes]");
	await now(page, "annulled");
	await look(await as("candidate1", "ru"), "/tests/1/annulled");
	assert.equal(at.sql(world, `SELECT finish FROM attempt WHERE id = ${attempt}`)[0].finish, "breach");
});
