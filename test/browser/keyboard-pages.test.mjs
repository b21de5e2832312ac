// Pages by keyboard alone: past the head, through a list, a question that asks first, a menu, the switch of languages;
// and signing in asks for nothing that a password manager cannot fill in (WCAG 2.1.1, 2.1.2, 2.4.1, 2.4.3, 3.3.8).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { password, person, startWorld } from "./harness.mjs";
import * as at from "./seat.mjs";

let world;
before(async () => {
	world = await startWorld({ sealed: false });
	at.openSitting(world);
});
after(async () => { await world.stop(); });

// Tab until the focus is on what `selector` names.
async function tabTo(page, selector, most = 60) {
	for (let i = 0; i < most; i++) {
		await page.keyboard.press("Tab");
		if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return;
	}
	assert.fail(`Tab does not lead to ${selector}`);
}
const has = (page, selector) => page.evaluate((s) => document.activeElement.matches(s), selector);
const enter = (page) => Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);

test("signing in: pasted, filled in, sent by Enter", { timeout: 300000 }, async () => {
	const { page, context } = await world.visitor("ru");
	await page.goto(world.url("/sign-in"));
	assert.ok(await has(page, "[name=iin]"), "the first field has the focus");
	assert.equal(await page.locator("[name=iin]").getAttribute("autocomplete"), "username");
	assert.equal(await page.locator("[name=password]").getAttribute("autocomplete"), "current-password");
	const paste = (text) => page.evaluate((pasted) => {
		const data = new DataTransfer();
		data.setData("text/plain", pasted);
		const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
		return document.activeElement.dispatchEvent(event) && document.execCommand("insertText", false, pasted);
	}, text);
	assert.ok(await paste(person("hr1").iin), "nobody keeps a paste away");
	await page.keyboard.press("Tab");
	assert.ok(await has(page, "[name=password]"));
	assert.ok(await paste(password));
	await enter(page);
	assert.equal(await page.locator(".menu-name").count() > 0, true);
	await context.close();
});

test("past the head, to a list, its order and its search", { timeout: 300000 }, async () => {
	const { page, context } = await world.signIn("hr1", "kk");
	await page.goto(world.url("/competitions"));
	await page.keyboard.press("Tab");
	assert.ok(await has(page, ".skip"), "the first stop leads past the head");
	await page.keyboard.press("Enter");
	assert.ok(await page.evaluate(() => document.activeElement.matches("main")));
	await tabTo(page, "main [name=q]");
	await page.keyboard.type("жоқ мұндай");
	await enter(page);
	assert.equal(await page.locator("main tbody tr, main .list-group-item").count(), 0);
	await page.goBack();
	await page.goto(world.url("/help/glossary"));
	await tabTo(page, "main a.sorts[href*='sort=ru']");
	await enter(page);
	assert.equal(await page.locator("th[aria-sort=ascending]").count(), 1);
	await context.close();
});

test("a question that is asked first can be left, and the focus comes back", { timeout: 300000 }, async () => {
	const { page, context } = await world.signIn("hr1", "ru");
	const [{ id }] = at.sql(world, "SELECT id FROM competition WHERE state = 'announced' ORDER BY id LIMIT 1");
	await page.goto(world.url(`/competitions/${id}`));
	await tabTo(page, "button[data-confirm]", 120);
	const asked = await page.evaluate(() => document.activeElement.textContent.trim());
	await page.keyboard.press("Enter");
	await page.waitForSelector("dialog[open]");
	assert.ok(await page.evaluate(() => document.activeElement.closest("dialog[open]")), "the question has the focus");
	for (let i = 0; i < 4; i++) {
		await page.keyboard.press("Tab");
		assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest("dialog")),
			"Tab stays in the question");
	}
	await page.keyboard.press("Escape");
	await page.waitForSelector("dialog[open]", { state: "detached" });
	assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), asked);
	await context.close();
});

test("the menu and the switch of languages", { timeout: 300000 }, async () => {
	const { page, context } = await world.signIn("hr1", "ru");
	await page.goto(world.url("/notices"));
	await tabTo(page, ".languages button[value=kk]");
	await enter(page);
	assert.equal(await page.locator("html").getAttribute("lang"), "kk");
	assert.equal(new URL(page.url()).pathname, "/notices");
	await tabTo(page, ".menu summary");
	await page.keyboard.press("Enter");
	await tabTo(page, ".menu-panel a, .menu-panel button", 3);
	await page.keyboard.press("Escape");
	assert.ok(await has(page, ".menu summary"), "Escape closes the menu");
	assert.equal(await page.locator("details.menu[open]").count(), 0);
	await context.close();
});
