// A moved Kurban Ait makes the day of an interview unlawful: what it would do is seen before it is
// done, it is flagged with the nearest lawful day, and the interview is moved there (F5, F6, R15-1).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { press, startWorld } from "./harness.mjs";
import * as play from "./play.mjs";

let world;
before(async () => { world = await startWorld({ now: "2026-05-12T09:00" }); });
after(async () => { await world.stop(); });

const change = { day: "2026-05-27", other: "2026-05-28", order: "61-ө", order_day: "2026-05-12" };

async function seeWhatWouldMove(hr, competition) {
	const { page } = hr;
	await play.visit(hr, world, "/calendar/new");
	await page.locator("[name=kind][value=moved]").check();
	for (const [name, value] of Object.entries(change))
		await page.locator(`form[method=get] [name=${name}]`).fill(value);
	await Promise.all([page.waitForNavigation(), page.locator("form[method=get] button[type=submit]").click()]);
	await play.look(hr, "/calendar/new/preview");
	const flagged = page.locator("li", { has: page.locator(`a[href="/competitions/${competition}/terms"]`) })
		.filter({ has: page.locator(".text-danger") });
	assert.equal(await flagged.count(), 1);
}

for (const language of ["kk", "ru"]) {
	test(`${language}: Kurban Ait moves onto the day of an interview`, { timeout: 600000 }, async () => {
		const hr = await world.signIn(language === "kk" ? "hr1" : "hr2", language);
		const { page } = hr;
		await play.visit(hr, world, "/calendar?year=2026");
		if (language === "kk") await moved(hr);
		else await again(hr);
		await play.visit(hr, world, "/terms");
		await play.visit(hr, world, "/feed");
		await play.send(hr, "/feed");
		const address = await page.locator("#feed-address").inputValue();
		const feed = await (await fetch(address)).text();
		assert.match(feed, /BEGIN:VCALENDAR[\s\S]+UID:interview-\d+@konkurs/);
		await play.look(hr, "/feed/made");
	});
}

async function moved(hr) {
	const { page } = hr;
	const competition = await play.announce(world, hr);
	await play.visit(hr, world, `/competitions/${competition}/terms`);
	const plan = `/competitions/${competition}/interview`;
	await play.visit(hr, world, plan);
	await play.send(hr, plan, { start: "2026-05-28T10:00", place: "Мәжіліс залы" });
	await play.visit(hr, world, `/competitions/${competition}/terms`);
	assert.match(await page.locator(".steps-story").innerText(), /20/); // R15-1: 20 May
	await seeWhatWouldMove(hr, competition);
	await play.send(hr, "/calendar/changes");
	await play.look(hr, "/calendar/changed");
	await play.visit(hr, world, plan);
	assert.equal(await page.locator(".text-danger").first().isVisible(), true);
	const lawful = await page.locator("form.one-button [name=start]").inputValue();
	assert.equal(lawful, "2026-05-29T10:00");
	await press(page, page.locator("form.one-button button[type=submit]"));
	assert.equal(await page.locator(".text-danger").count(), 0);
	await play.look(hr, `${plan}/moved`);
}

// The change is there for whoever looks, and may be taken back by an order.
async function again(hr) {
	const { page } = hr;
	await page.locator("main details summary").first().click();
	await play.send(hr, "/calendar/changes/1/withdraw", { order: "62-ө" });
	assert.match(await page.locator("main").innerText(), /62-ө/);
	await play.look(hr, "/calendar/withdrawn");
}
