// Two hall computers, enrolled by their browsers' keys: the candidate of seat 1 writes at the first
// and is told at the second that it is not his; after a move it is the other way round (F35, F42).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { expectAccessible, password, person, startWorld } from "./harness.mjs";
import { look } from "./play.mjs";
import * as at from "./seat.mjs";

let world;
before(async () => { world = await startWorld({ sealed: false }); });
after(async () => { await world.stop(); });

// A computer keeps what its browser keeps, whoever signs in.
async function signInAt(computer, key) {
	const { context, page } = computer;
	const language = (await context.cookies()).find((c) => c.name === "konkurs_language");
	await context.clearCookies();
	await context.addCookies([language]);
	await page.goto(world.url("/sign-in"));
	await page.fill("[name=iin]", person(key).iin);
	await page.fill("[name=password]", password);
	await Promise.all([page.waitForURL((u) => !u.pathname.startsWith("/sign-in")),
		page.click("form[action^='/sign-in'] button[type=submit]")]);
}

async function enrol(computer, seat) {
	const { page } = computer;
	await page.goto(world.url("/halls/1/enrol"));
	await page.fill("[name=seat]", String(seat));
	await Promise.all([page.waitForURL(/\/halls\/1$/), page.locator("[data-enrol] button[type=submit]").click()]);
	await expectAccessible(page, "/halls/1");
}

const sits = (page) => page.waitForSelector("[data-now=running] .test-option");

test("a test opens at the computer of its seat alone", { timeout: 600000 }, async () => {
	const first = await world.signIn("operator", "kk");
	const second = await world.signIn("operator", "ru");
	await first.page.goto(world.url("/halls"));
	await expectAccessible(first.page, "/halls");
	await enrol(first, 1);
	await look(first, "/halls/1");
	await enrol(second, 2);
	await look(second, "/halls/1");
	// One computer is one seat.
	await first.page.goto(world.url("/halls/1/enrol"));
	await first.page.fill("[name=seat]", "3");
	await first.page.locator("[data-enrol] button[type=submit]").click();
	await first.page.waitForSelector(".is-invalid", { timeout: 90000 });
	assert.equal(at.sql(world, "SELECT seat FROM seat_key WHERE revoked_ms IS NULL").length, 2);
	await first.page.goto(world.url("/halls/1/enrol"));
	await expectAccessible(first.page, "/halls/1/enrol");
	await look(first, "/halls/1/enrol");

	const sitting = at.openSitting(world);
	at.sql(world, `UPDATE sitting SET binding = 'key' WHERE id = ${sitting}`);
	const attempt = at.openSeat(world, sitting, "candidate1", { language: "kk", seat: 1 });
	await signInAt(second, "candidate1");
	await second.page.goto(world.url(`/tests/${attempt}`));
	await second.page.waitForSelector("[data-seat-wrong]:not([hidden])");
	await expectAccessible(second.page, "the wrong computer");
	await look(second, "/tests/1/wrong");
	await signInAt(first, "candidate1");
	await first.page.goto(world.url(`/tests/${attempt}`));
	await sits(first.page);
	await at.choose(first.page, 1, 0);
	await at.waitSaved(first.page, 1);

	// The operator moves the candidate to seat 2: this page is cut, that one goes on.
	const begun = Date.now();
	at.sql(world, `UPDATE attempt SET seat = '2', pen = '' WHERE id = ${attempt}`);
	await second.page.goto(world.url(`/tests/${attempt}`));
	await sits(second.page);
	assert.ok(Date.now() - begun < 30000, "a move takes less than half a minute");
	await first.page.waitForSelector("[data-now=moved]", { timeout: 90000 });
	assert.equal(await second.page.locator("[data-question][data-answered]").count(), 1);
});
