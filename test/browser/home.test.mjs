// The first page by role, and a candidate's path: what is due, by when, for whom one waits; on a desk,
// on a phone, in the dark, on paper, without scripts.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { startMidway } from "./midway.mjs";
import { expectAccessible, shot } from "./harness.mjs";

let world;
before(async () => { world = await startMidway(); });
after(async () => { await world.stop(); });

const roles = ["hr1", "hr2", "security", "polygraph", "psycho", "operator", "chair", "secretary", "invited",
	"auditor", "admin", "author", "reviewer1", "approver", "keeper1", "candidate1", "candidate4", "candidate5",
	"candidate6"];
const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

for (const language of ["kk", "ru"]) {
	test(`each role's first page leads to where it is done (${language})`, { timeout: 300000 }, async () => {
		for (const key of roles) {
			const who = await world.signIn(key, language);
			const { page } = who;
			await page.goto(world.url("/"));
			await expectAccessible(page, `home of ${key}`);
			await shot(page, `home-${key}-${language}`);
			const lines = await page.locator("a.due").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
			for (const href of new Set(lines)) {
				const answer = await page.request.get(world.url(href));
				assert.equal(answer.status(), 200, `${key}: ${href}`);
			}
			if (lines.length === 0)
				assert.ok(await page.locator(".start a, main a[href='/announcements']").first().isVisible(), `${key} is told where to begin`);
			assert.deepEqual(who.broken, []);
			await who.context.close();
		}
	});
}

test("HR's groups: late and at risk first, then what others do", async () => {
	const { context, page } = await world.signIn("hr2", "ru");
	await page.goto(world.url("/"));
	assert.deepEqual(await page.locator("main section[aria-labelledby] h2").evaluateAll((all) =>
		all.map((h) => h.id)), ["risk", "others", "tour"]);
	const risk = page.locator("section[aria-labelledby=risk]");
	// own security had until 16 March (R15-1), the check has two days left
	assert.match(await risk.locator("a.due", { hasText: "Кандидаты, по которым" }).innerText(), /пропущен/);
	assert.match(await risk.locator("a.due", { hasText: "Непроверенные" }).innerText(), /остал/);
	assert.match(await risk.locator("a.due", { hasText: "Отказы" }).getAttribute("href"), /^\/applications\/\d+\/check$/);
	assert.match(await page.locator("section[aria-labelledby=others]").innerText(), /Исполняет: секретарь/);
	await context.close();
});

for (const language of ["kk", "ru"]) {
	test(`a candidate's path on a phone (${language})`, { timeout: 120000 }, async () => {
		const { application } = world.midway;
		for (const [key, steps] of [["candidate1", 8], ["candidate4", 4], ["candidate5", 9]]) {
			const who = await world.signIn(key, language, { viewport: { width: 390, height: 844 } });
			const { page } = who;
			await page.goto(world.url("/"));
			await page.locator("section[aria-labelledby=own] a").first().click();
			await page.waitForURL(`**/applications/${application[key]}/story`);
			assert.ok(await sideways(page) <= 0);
			const now = page.locator("section[aria-labelledby=now]");
			assert.match(await now.innerText(), /\S/);
			// what lies behind is folded, what comes stands open
			assert.equal(await page.locator("section[aria-labelledby=path] .step:visible").count(), steps);
			await expectAccessible(page, `path of ${key}`);
			await shot(page, `path-${key}-${language}`);
			await page.emulateMedia({ colorScheme: "dark" });
			await expectAccessible(page, `path of ${key}, dark`);
			await shot(page, `path-${key}-${language}-dark`);
			assert.deepEqual(who.broken, []);
			await who.context.close();
		}
	});
}

test("how a day was counted, and all steps on paper", async () => {
	const { context, page } = await world.signIn("candidate4", "ru");
	await page.goto(world.url(`/applications/${world.midway.application.candidate4}/story`));
	const how = page.locator("section[aria-labelledby=now] details");
	await how.locator("summary").click();
	assert.ok(await how.locator("li").count() >= 3, "each day that was counted");
	const past = page.locator(".path-past");
	assert.equal(await past.getAttribute("open"), null);
	await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
	await page.emulateMedia({ media: "print" });
	assert.ok(await past.locator(".step").first().isVisible(), "what is folded is on paper");
	assert.equal(await page.locator(".path-act").count(), 0, "nothing to press");
	await page.emulateMedia({ media: "screen" });
	await page.evaluate(() => dispatchEvent(new Event("afterprint")));
	assert.equal(await past.getAttribute("open"), null);
	await context.close();
});

test("without scripts the same stands there", async () => {
	const { context, page } = await world.signIn("candidate4", "kk", { javaScriptEnabled: false });
	await page.goto(world.url(`/applications/${world.midway.application.candidate4}/story`));
	await page.locator(".path-past summary").click();
	assert.ok(await page.locator(".path-past .step").first().isVisible());
	await context.close();
});

const focused = (page) => page.evaluate(() => document.activeElement.getAttribute("href"));

for (const language of ["kk", "ru"]) {
	test(`keys lead through the pages (${language})`, { timeout: 120000 }, async () => {
		const who = await world.signIn("hr1", language);
		const { page } = who;
		await page.goto(world.url("/"));
		await page.keyboard.press("?");
		await page.waitForSelector("dialog#keys[open]");
		await expectAccessible(page, "the list of keys");
		await shot(page, `keys-${language}`);
		await page.keyboard.press("j"); // nothing behind the list
		await page.keyboard.press("Escape");
		await page.waitForSelector("dialog#keys:not([open])", { state: "attached" });
		// rows by j and k, to the page by Enter
		const rows = await page.locator("a.due").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
		await page.keyboard.press("j");
		assert.equal(await focused(page), rows[0]);
		await page.keyboard.press("j");
		await page.keyboard.press("k");
		assert.equal(await focused(page), rows[0]);
		await Promise.all([page.waitForURL(`**${rows[0]}`), page.keyboard.press("Enter")]);
		// g and a letter; on a Kazakh or Russian layout the same key has another sign
		await page.keyboard.press("g");
		await Promise.all([page.waitForURL("**/terms"), page.keyboard.press("t")]);
		const other = (code, key) => page.evaluate(([code, key]) => document.activeElement.dispatchEvent(
			new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true })), [code, key]);
		await other("KeyG", "п");
		await Promise.all([page.waitForURL("**/competitions"), other("KeyC", "с")]);
		// in the search they are words
		await page.keyboard.press("/");
		assert.equal(await page.evaluate(() => document.activeElement.name), "q");
		await page.keyboard.type("gt?/");
		assert.equal(await page.locator("main [name=q]").inputValue(), "gt?/");
		assert.equal(new URL(page.url()).pathname, "/competitions");
		assert.deepEqual(who.broken, []);
		await who.context.close();
	});
}

test("keys can be switched off, and stay so", async () => {
	const { context, page } = await world.signIn("hr1", "ru");
	await page.goto(world.url("/"));
	await page.locator("[data-keys-open]").click();
	await page.locator("[data-keys-on]").uncheck();
	await page.keyboard.press("Escape");
	await page.reload();
	for (const key of ["?", "g", "t", "j"]) await page.keyboard.press(key);
	await page.waitForTimeout(300);
	assert.equal(new URL(page.url()).pathname, "/");
	assert.equal(await page.locator("dialog#keys[open]").count(), 0);
	await page.locator("[data-keys-open]").click();
	assert.equal(await page.locator("[data-keys-on]").isChecked(), false);
	await page.locator("[data-keys-on]").check();
	await page.keyboard.press("Escape");
	await page.keyboard.press("g");
	await Promise.all([page.waitForURL("**/terms"), page.keyboard.press("t")]);
	await context.close();
});
