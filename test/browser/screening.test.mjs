// Signs in the answers of a sitting, and figures with data: HR screens, looks at each sign and settles one; an
// approver finds the questions that need a look.
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { expectAccessible, konkurs, press, shot, startWorld } from "./harness.mjs";

const bank = join(dirname(konkurs), "..", "bench", "bank");
let world;
let sitting;
before(async () => {
	world = await startWorld({ more: (db, key) => {
		sitting = JSON.parse(execFileSync(bank, ["--world", db, "--key", key, "--sittings", "10", "--seats", "60"],
			{ stdio: ["ignore", "pipe", "ignore"] })).sitting;
	} });
});
after(async () => { await world.stop(); });

async function look(page, name) {
	await expectAccessible(page, name);
	await shot(page, name);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	assert.ok(wide <= 0, `${name}: ${wide} pixels too wide`);
}

const settle = (page) => press(page, page.locator("main form.card button[type=submit]"));

const signs = "main table tbody a";

test("HR screens a closed sitting and settles a sign", async () => {
	const { page, context, broken } = await world.signIn("hr1", "kk");
	await page.goto(world.url("/"));
	// ten sittings that nobody has screened, and whose codes and names nobody has joined
	assert.ok(Number(await page.locator("section[aria-labelledby=due] h2 .mark").innerText()) >= 20);
	await page.goto(world.url(`/sittings/${sitting}/protocol`));
	await page.locator(`main a[href='/sittings/${sitting}/screening']`).click();
	await look(page, "screening-never-kk");
	await page.locator("main form[method=post] button").click();
	await page.locator(signs).first().waitFor();
	assert.equal(await page.locator(signs).count(), 3, "who copied, who guessed, who knew");
	await look(page, "screening-list-kk");
	const addresses = await page.locator(signs).evaluateAll((all) => all.map((a) => a.getAttribute("href")));
	for (const address of addresses) {
		await page.goto(world.url(address));
		await page.locator("main svg.figure-plot").waitFor();
		await page.locator("main details summary").first().click();
		await look(page, `screening-sign-${addresses.indexOf(address)}-kk`);
	}
	assert.equal(await settle(page), 422); // nothing is said yet
	await page.locator("#d-outcome").getByText(/./).first().waitFor();
	await page.check("[name=looked][value=record]");
	await page.check("[name=outcome][value=nothing]");
	await page.fill("[name=reason]", "Жазба қаралды: орындар арасында қалқан тұр.");
	assert.equal(await settle(page), 303);
	await page.waitForURL(/\/screening$/);
	assert.equal(await page.locator("main [data-state=nothing]").count(), 1);
	assert.equal(await page.locator("main [data-state=open]").count(), 2);
	assert.deepEqual(broken, []);
	await context.close();
});

test("an auditor reads the signs on a phone, in the dark, and changes nothing", async () => {
	const { page, context, broken } = await world.signIn("auditor", "ru");
	await page.setViewportSize({ width: 390, height: 844 });
	await page.emulateMedia({ colorScheme: "dark" });
	await page.goto(world.url(`/sittings/${sitting}/screening`));
	await look(page, "screening-list-ru-phone");
	assert.equal(await page.locator("main form[method=post]").count(), 0);
	await page.locator(signs).last().click();
	await look(page, "screening-sign-ru-phone");
	assert.equal(await page.locator("main form[method=post]").count(), 0);
	assert.deepEqual(broken, []);
	await context.close();
});

test("figures with data: what to look at, by act and flag, down to one question", async () => {
	const { page, context, broken } = await world.signIn("approver", "ru");
	await page.goto(world.url("/bank/statistics"));
	await page.locator("main .chart-bar").first().waitFor();
	await look(page, "figures-ru");
	await page.selectOption("[name=flag]", "key");
	await page.locator("main form.filters button").click();
	await page.waitForURL(/flag=key/);
	assert.ok(await page.locator("main table tbody tr").count() > 0, "questions with a wrong key");
	await look(page, "figures-key-ru");
	await page.locator("main table tbody a").first().click();
	assert.equal(await page.locator("main .chart-curve").count() >= 4, true, "a line for each option");
	await look(page, "figures-item-ru");
	await page.setViewportSize({ width: 390, height: 844 });
	await page.emulateMedia({ colorScheme: "dark" });
	await page.reload();
	await look(page, "figures-item-ru-phone");
	await page.emulateMedia({ media: "print" });
	await shot(page, "figures-item-ru-print");
	assert.deepEqual(broken, []);
	await context.close();
});
