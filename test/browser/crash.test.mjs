// The server is killed with -9 in the middle of a sitting: every acknowledged answer is there
// afterwards, and the candidate goes on where he was (F46, F50).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { startWorld } from "./harness.mjs";
import * as play from "./play.mjs";

const language = "ru";
let world;
const people = {};
const as = async (key) => (people[key] ??= await world.signIn(key, language));

before(async () => { world = await startWorld({ now: "2026-03-02T09:00" }); });
after(async () => { await world.stop(); });

async function openTest() {
	const competition = await play.announce(world, await as("hr1"));
	const application = await play.apply(world, await as("candidate1"), competition,
		{ testLanguage: "ru", signer: "head_of_body", wrongSigner: "direct_supervisor" });
	await play.check(world, await as("hr1"), application);
	const sitting = await play.openSitting(world, await as("operator"), competition, [application],
		[await as("keeper1"), await as("keeper2")]);
	await play.startSitting(world, await as("operator"), sitting);
	await play.visit(await as("candidate1"), world, "/test");
}

test("kill -9 in the middle of the test loses no acknowledged answer", { timeout: 600000 }, async () => {
	await openTest();
	const candidate = await as("candidate1");
	const { page } = candidate;
	await play.answer(candidate, "ru", 5);
	const before = await page.locator("[data-question][data-answered]").count();
	assert.equal(before, 5);

	await world.kill();
	// A click while the server is away is shown as not saved, and is sent again.
	// One that is not chosen yet: checking it again would be no click.
	const chosen = await page.locator(".test-option input").evaluateAll((all) => all.findIndex((o) => o.checked));
	await page.locator(".test-option input").nth(chosen === 0 ? 1 : 0).check();
	await page.waitForSelector("[data-mark][data-state=unsaved]");
	await world.start({ at: "2026-03-02T09:05" });
	await page.waitForSelector("[data-mark][data-state=saved]", { timeout: 90000 });

	await page.reload();
	await page.waitForSelector("[data-test]");
	assert.equal(await page.locator("[data-question][data-answered]").count(), before);
	await play.answer(candidate, "ru", 7, 6);
	assert.equal(await page.locator("[data-question][data-answered]").count(), 7);
	await play.finish(candidate);
});

test("another's test does not exist", async () => {
	const stranger = await as("candidate2");
	const answer = await stranger.page.goto(world.url("/tests/1"));
	assert.equal(answer.status(), 404);
});
