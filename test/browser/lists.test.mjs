// Long lists in a browser: 500 competitions, 5,000 candidates.  Words, order, pages, a file, and one
// decision for thousands with its progress, stopped half-way and seen to the end.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expectAccessible, konkurs, shot, startWorld } from "./harness.mjs";

const lists = join(dirname(konkurs), "..", "bench", "lists");
let world;
before(async () => {
	world = await startWorld({ more: (db, key) => execFileSync(lists, ["--world", db, "--key", key], { stdio: "pipe" }) });
});
after(async () => { await world.stop(); });

const rows = (page) => page.locator("tbody tr").count();
const found = async (page) => Number((await page.locator(".list-files .text-secondary").innerText()).replace(/\D/g, ""));

for (const language of ["kk", "ru"]) {
	test(`searching, ordering and turning pages (${language})`, async () => {
		const hr = await world.signIn("hr1", language);
		const { page } = hr;
		await page.goto(world.url("/competitions"));
		assert.equal(await rows(page), 25);
		assert.ok(await found(page) >= 500);
		await expectAccessible(page, "competitions");
		await page.locator("th a.sorts").first().click();
		const first = await page.locator("tbody tr td").first().innerText();
		await page.locator("th[aria-sort=ascending] a.sorts").click();
		assert.notEqual(await page.locator("tbody tr td").first().innerText(), first);
		await page.locator("a[rel=next]").click();
		assert.match(page.url(), /sort=-id/);
		assert.match(page.url(), /page=2/);
		await shot(page, `lists-competitions-${language}`);

		// the competition with thousands: a word finds few, and the words stay in the field
		const big = `/competitions/${await bigCompetition(page)}/candidates`;
		await page.goto(world.url(big));
		assert.ok(await found(page) >= 3000);
		await page.fill("#q", "үлгіев100");
		await page.locator("form[role=search] button, form.filters button").first().click();
		const few = await found(page);
		assert.ok(few > 0 && few < 100, `${few} found`);
		assert.equal(await page.inputValue("#q"), "үлгіев100");
		await shot(page, `lists-candidates-${language}`);
		await expectAccessible(page, "candidates");

		const [file] = await Promise.all([page.waitForEvent("download"),
			page.locator(".list-files a", { hasText: "CSV" }).click()]);
		const text = readFileSync(await file.path(), "utf8");
		assert.equal(text.trim().split("\r\n").length, few + 1);

		await page.fill("#q", "жоқ мұндай");
		await page.locator("form.filters button").first().click();
		await page.waitForSelector(".nothing");
		assert.equal(await found(page), 0);
		await shot(page, `lists-nothing-${language}`);
		assert.deepEqual(hr.broken, []);
		await hr.context.close();
	});
}

// Of the list of competitions, sorted by applications: the one that has the most.
async function bigCompetition(page) {
	await page.goto(world.url("/competitions?sort=-sent"));
	return (await page.locator("tbody tr td").first().innerText()).replace(/\D/g, "");
}

test("papers of hundreds at once, stopped half-way, and the rest to the end", async () => {
	const hr = await world.signIn("hr1", "kk");
	const { page } = hr;
	const big = await bigCompetition(page);
	page.on("dialog", (dialog) => dialog.accept());
	const sure = async () => {
		const yes = page.locator("dialog[open] [data-go-on], dialog[open] button.btn-primary").first();
		await yes.click();
	};
	await page.goto(world.url(`/competitions/${big}/candidates?step=papers&state=sent`));
	const waiting = await found(page);
	assert.ok(waiting > 1000);

	// nobody is ticked: told so, and the list is there again
	await page.selectOption("#kind", "papers");
	await page.locator(".bulk-acts button[type=submit]").click();
	await sure();
	await page.waitForSelector("#refusal");
	assert.equal(await found(page), waiting);

	await page.locator("[data-tick-all] input").check();
	assert.equal(await page.locator("[data-tick]:checked").count(), 50);
	await shot(page, "bulk-choose-kk");
	await page.locator("[data-tick-all] input").uncheck();
	await page.check("[name=everybody]");
	await page.selectOption("#kind", "papers");
	await page.locator(".bulk-acts button[type=submit]").click();
	await sure();
	await page.waitForSelector("#bulk[data-running]");
	await page.locator("#bulk form button").click();
	// the first of them are done before it is stopped; the page itself asks once a second only
	const settled = () => page.evaluate(async () => {
		const text = await (await fetch(location.href, { headers: { Accept: "text/html" } })).text();
		return new DOMParser().parseFromString(text, "text/html").getElementById("bulk-bar").value;
	});
	while (await settled() === 0) await page.waitForTimeout(30);
	await sure();
	await page.waitForSelector("#bulk:not([data-running])");
	const done = Number(await page.locator("#bulk-bar").getAttribute("value"));
	assert.ok(done > 0 && done < waiting, `${done} of ${waiting} when it was stopped`);

	await page.goto(world.url(`/competitions/${big}/candidates?step=papers&state=sent`));
	assert.equal(await found(page), waiting - done);
	await page.check("[name=everybody]");
	await page.selectOption("#kind", "papers");
	await page.locator(".bulk-acts button[type=submit]").click();
	await sure();
	await page.waitForSelector("#bulk[data-running]");
	await shot(page, "bulk-running-kk");
	await page.waitForSelector("#bulk:not([data-running])", { timeout: 90000 });
	assert.equal(Number(await page.locator("#bulk-bar").getAttribute("value")), waiting - done);
	await shot(page, "bulk-ended-kk");
	await expectAccessible(page, "bulk ended");

	// the law refuses one by one: nobody's service is on record
	await page.goto(world.url(`/competitions/${big}/candidates?step=decision&state=sent`));
	await page.locator("[data-tick]").first().check();
	await page.selectOption("#kind", "met");
	await page.locator(".bulk-acts button[type=submit]").click();
	await sure();
	await page.waitForSelector("#bulk:not([data-running])", { timeout: 90000 });
	assert.equal(await page.locator("tbody tr").count(), 1);
	assert.match(await page.locator("tbody tr").innerText(), /13/);
	await shot(page, "bulk-refused-kk");
	assert.deepEqual(hr.broken, []);
	await hr.context.close();
});
