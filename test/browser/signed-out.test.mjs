// The page of a test that is refused as if nobody were signed in (F46, F48): once is nothing, for long it says so and
// asks on; a session that is really over is followed by another one, and what waited is sent.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { password, person, startWorld } from "./harness.mjs";
import { look } from "./play.mjs";
import * as at from "./seat.mjs";
import { allSaved, clicksOf } from "./seat.mjs";

let world;
let sitting;
before(async () => {
	world = await startWorld({ sealed: false });
	sitting = at.openSitting(world);
});
after(async () => { await world.stop(); });

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const phase = (page) => page.locator("[data-test]").getAttribute("data-now");
const door = (page, timeout = 60000) => page.waitForSelector("[data-now=signed-out]", { timeout });

test("one 401, 403 or 404 in the middle ends no test: it goes on, and clicks arrive", { timeout: 600000 }, async () => {
	const who = await world.signIn("candidate1", "ru");
	const { page, context } = who;
	const attempt = at.openSeat(world, sitting, "candidate1", { seat: 1 });
	await at.sit(world, who, attempt);
	await page.evaluate(() => { globalThis.same = true; });
	const clicks = [];
	let question = 0;
	for (const path of ["answers", "state", "pulse", "questions/*"]) {
		for (const status of [401, 403, 404]) {
			question++;
			let left = 1;
			let refused = 0;
			const refuse = (route) => {
				if (left-- <= 0) return route.continue();
				refused++;
				return route.fulfill({ status, contentType: "application/json", body: '{"error":{"key":"error.signed_out"}}' });
			};
			// what the page asks for is one of two: whichever comes
			const paths = path === "state" ? ["state", "pulse"] : [path];
			for (const one of paths) await context.route(`**/tests/${attempt}/${one}`, refuse);
			clicks.push(await at.choose(page, question, question % 4));
			await at.waitSaved(page, question);
			for (const end = Date.now() + 20000; refused === 0 && Date.now() < end;) await pause(100);
			assert.equal(refused, 1, `${path} was refused once with ${status}`);
			await pause(300);
			assert.equal(await phase(page), "running", `${path} ${status}`);
			for (const one of paths) await context.unroute(`**/tests/${attempt}/${one}`);
		}
	}
	assert.deepEqual(clicksOf(at.events(world, attempt)), clicks);
	assert.equal(await page.evaluate(() => globalThis.same), true, "it is the same page");
	await context.close();
});

test("refused for long it says so, asks on, and goes on by itself", { timeout: 600000 }, async () => {
	const who = await world.signIn("candidate2", "kk");
	const { page, context } = who;
	const attempt = at.openSeat(world, sitting, "candidate2", { language: "kk", seat: 2 });
	await at.sit(world, who, attempt);
	await page.evaluate(() => { globalThis.same = true; });
	await at.goTo(page, 2);
	// a node without its database, a proxy in between: everything is refused, for longer than is believed
	await context.route(`**/tests/${attempt}/**`, (route) => route.fulfill({ status: 401,
		contentType: "application/json", body: "{}" }));
	const clicks = [await at.choose(page, 2, 1)];
	await pause(2500);
	assert.equal(await phase(page), "running", "not at once");
	await door(page);
	assert.match(await page.locator("[data-panel=signed-out] [data-waiting-text]").innerText(), /1/, "the click waits");
	await look(who, "/signed-out/refused");
	await context.unroute(`**/tests/${attempt}/**`);
	await page.waitForSelector("[data-now=running] .test-option", { timeout: 30000 });
	await at.waitSaved(page, 2);
	assert.equal(await page.evaluate(() => globalThis.same), true, "nobody has loaded it again");
	assert.deepEqual(clicksOf(at.events(world, attempt)), clicks);
	await context.close();
});

async function endSession(who, attempt) {
	at.sql(world, `DELETE FROM session WHERE token_hash = (SELECT pen FROM attempt WHERE id = ${attempt})`);
	const { page } = who;
	const clicks = [await at.choose(page, 1, 3), await at.choose(page, 2, 0)];
	await door(page);
	assert.equal(at.events(world, attempt).length, 0);
	return clicks;
}

async function signInOn(page, key) {
	const { iin } = person(key);
	await page.fill("[name=iin]", iin);
	await page.fill("[name=password]", password);
	await page.click("form[action^='/sign-in'] button[type=submit]");
}

test("a session that is over: its door leads back to the test, and what waited is sent", { timeout: 600000 }, async () => {
	const who = await world.signIn("candidate3", "ru");
	const { page, context } = who;
	const attempt = at.openSeat(world, sitting, "candidate3", { seat: 3 });
	await at.sit(world, who, attempt);
	await at.goTo(page, 2);
	const clicks = await endSession(who, attempt);
	await page.locator("[data-door]").click();
	await page.waitForURL(/\/sign-in/);
	await signInOn(page, "candidate3");
	await page.waitForURL(new RegExp(`/tests/${attempt}$|/tests/${attempt}#`));
	await page.waitForSelector("[data-now=running] .test-option");
	await allSaved(page);
	assert.deepEqual(clicksOf(at.events(world, attempt)), clicks);
	await context.close();
});

test("a computer that cannot keep clicks signs in beside the test", { timeout: 600000 }, async () => {
	const who = await world.signIn("candidate4", "kk");
	const { page, context } = who;
	const attempt = at.openSeat(world, sitting, "candidate4", { language: "kk", seat: 4 });
	await context.addInitScript(() => { Object.defineProperty(globalThis.crypto, "subtle", { value: undefined }); });
	await at.sit(world, who, attempt);
	await page.evaluate(() => { globalThis.same = true; });
	await at.goTo(page, 2);
	const clicks = await endSession(who, attempt);
	assert.equal(await page.locator("[data-door-beside]").isVisible(), true);
	await look(who, "/signed-out/beside");
	const opened = context.waitForEvent("page");
	await page.locator("[data-door]").click();
	const beside = await opened;
	await beside.waitForURL(/\/sign-in/);
	await signInOn(beside, "candidate4");
	await beside.waitForURL((url) => url.pathname === "/");
	await page.waitForSelector("[data-now=running] .test-option", { timeout: 30000 });
	await allSaved(page);
	assert.equal(await page.evaluate(() => globalThis.same), true, "the page was not left");
	assert.deepEqual(clicksOf(at.events(world, attempt)), clicks);
	await context.close();
});
