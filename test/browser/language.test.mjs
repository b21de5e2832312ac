// The switch of languages keeps the page, the place and what was typed, with scripts and without; the test stays in
// the language that was chosen for it; an installation may offer further languages (F54, R28-2).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { look, visit } from "./play.mjs";
import { pdf, press, startWorld } from "./harness.mjs";
import * as at from "./seat.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
let world;
before(async () => {
	world = await startWorld({ sealed: false, serve: [
		"--locale", join(root, "locale", "kk-Latn.json"),
		"--locale", join(root, "test", "locale", "en-XA.json")] });
});
after(async () => { await world.stop(); });

const switchTo = (page, language, within = ".languages") =>
	press(page, page.locator(`${within} button[value="${language}"]`).first());
const shown = (page) => page.locator("html").getAttribute("lang");
const value = (page, name) => page.locator(`main [name="${name}"]`).first().inputValue();

test("a page without a form stays where it is: query, list, anchor and place", { timeout: 300000 }, async () => {
	const { page, context } = await world.visitor("ru");
	await page.goto(world.url("/help/glossary?q=%D0%BA%D0%BE%D0%BC&sort=kk#main"));
	await page.setViewportSize({ width: 800, height: 300 });
	// By a script: a click of the test's would scroll up to the head first.
	await Promise.all([page.waitForNavigation(), page.evaluate(() => {
		scrollTo({ top: 120, behavior: "instant" });
		document.querySelector(".languages button[value=kk]").click();
	})]);
	assert.equal(await shown(page), "kk");
	const url = new URL(page.url());
	assert.equal(url.pathname + url.search + url.hash, "/help/glossary?q=%D0%BA%D0%BE%D0%BC&sort=kk#main");
	assert.equal(await page.evaluate(() => scrollY), 120);
	// A word that was typed and not yet looked for is looked for.
	await page.fill("[name=q]", "хаттама");
	await switchTo(page, "en");
	assert.equal(await value(page, "q"), "хаттама");
	assert.equal(await page.locator("main tbody tr").count(), 1);
	await context.close();
});

for (const scripts of [true, false]) {
	const within = scripts ? ".languages" : "main .languages-in-form";
	const how = scripts ? "with scripts" : "without scripts";

	test(`half a form comes back ${how}`, { timeout: 300000 }, async () => {
		const who = await world.signIn("hr1", "ru", { javaScriptEnabled: scripts });
		const { page } = who;
		const competitions = () => at.sql(world, "SELECT id FROM competition").length;
		const before = competitions();
		await page.goto(world.url("/competitions/new"));
		await page.selectOption("main [name=post]", { index: 2 });
		const post = await value(page, "post");
		await page.fill("main [name=vacancies]", "3");
		const text = page.locator("main form textarea").first();
		const name = await text.getAttribute("name");
		await text.fill("Сынақ «тест» <b>&amp; ё");
		await switchTo(page, "kk", within);
		assert.equal(await shown(page), "kk");
		assert.equal(await value(page, "post"), post);
		assert.equal(await value(page, "vacancies"), "3");
		assert.equal(await value(page, name), "Сынақ «тест» <b>&amp; ё");
		assert.match(await page.locator("main [role=status]").first().innerText(), /Тіл ауыстырылды/);
		assert.equal(await page.locator("#refusal").count(), 0);
		// Once more, from the page that came: by the head of the page too.
		await switchTo(page, "en", within);
		assert.equal(await value(page, name), "Сынақ «тест» <b>&amp; ё");
		assert.equal(competitions(), before, "nothing was sent");
		await who.context.close();
	});

	test(`a refused form keeps its words ${how}`, { timeout: 300000 }, async () => {
		const { page, context } = await world.visitor("ru");
		const own = scripts ? context : await world.browser.newContext({ javaScriptEnabled: false, locale: "ru-RU" });
		const door = scripts ? page : await own.newPage();
		await door.goto(world.url("/sign-in"));
		await door.fill("[name=iin]", "123");
		await door.fill("[name=password]", "geheim");
		await press(door, door.locator("form[action^='/sign-in'] button[type=submit]").first());
		assert.equal(await door.locator("#refusal").count(), 1);
		await switchTo(door, "kk", within);
		assert.equal(await shown(door), "kk");
		assert.equal(await value(door, "iin"), "123");
		assert.equal(await value(door, "password"), "", "no page may fill in a password");
		assert.match(await door.locator("main [role=status]").first().innerText(), /Құпиясөздер мен файлдарды/);
		await own.close();
		await context.close();
	});
}

test("the test stays in the language of the sitting", { timeout: 300000 }, async () => {
	const sitting = at.openSitting(world);
	const who = await world.signIn("candidate1", "ru");
	const { page } = who;
	const attempt = at.openSeat(world, sitting, "candidate1", { language: "ru", seat: 1 });
	await at.sit(world, who, attempt);
	await page.keyboard.press("n");
	await page.waitForFunction(() => location.hash === "#2" && document.querySelector(".test-option input:not(:disabled)"));
	await page.keyboard.press("1");
	await at.waitSaved(page, 2);
	const stem = await page.locator("[data-stem]").innerText();
	await switchTo(page, "kk");
	await page.waitForSelector("[data-now=running] .test-option");
	assert.equal(await shown(page), "kk", "what is around the question is in Kazakh");
	assert.equal(new URL(page.url()).hash, "#2", "the same question");
	assert.equal(await page.locator("[data-stem]").innerText(), stem, "in the language of the sitting");
	assert.equal(await page.locator("[data-question-body]").getAttribute("lang"), "ru");
	assert.equal(await page.locator(".test-option input").first().isChecked(), true, "and its answer");
	await who.context.close();
});

// Letters that a person sees or hears, of which none may be Cyrillic: what is data says so by its language, or
// stands where names do.
const cyrillic = () => {
	const found = [];
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const passed = "script, style, noscript, code, [lang]:not([lang='kk-Latn']), .menu";
	for (let node = walk.nextNode(); node; node = walk.nextNode())
		if (/\p{Script=Cyrillic}/u.test(node.data) && !node.parentElement.closest(passed)) found.push(node.data.trim());
	for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
		for (const name of ["aria-label", "title", "placeholder", "alt"])
			if (/\p{Script=Cyrillic}/u.test(element.getAttribute(name) ?? "") && !element.closest(passed))
				found.push(element.getAttribute(name));
	return found;
};

// Organs and posts are named by the law.
const names = ["organs.yaml", "posts.yaml"].map((file) => readFileSync(join(root, "rules", file), "utf8")).join();

test("Kazakh in Latin letters is data", { timeout: 300000 }, async () => {
	const who = await world.visitor("kk");
	await who.page.goto(world.url("/sign-in"));
	await switchTo(who.page, "kk-Latn");
	who.language = "kk-Latn";
	for (const path of ["/", "/sign-in", "/announcements", "/results", "/help/glossary", "/help/accessibility"]) {
		await visit(who, world, path);
		assert.deepEqual((await who.page.evaluate(cyrillic)).filter((text) => !names.includes(text)), [], path);
	}
	assert.match(await who.page.locator("h1").innerText(), /^Qoljetımdılık$/);
	await who.context.close();
});

test("texts that are half as long again break no page", { timeout: 300000 }, async () => {
	for (const [key, paths] of [
		["hr1", ["/", "/competitions", "/competitions/new", "/terms", "/calendar", "/applications", "/notices", "/help/glossary", "/reports"]],
		["admin", ["/admin/accounts", "/installation", "/backups", "/help/routes"]],
		["auditor", ["/journal", "/records"]],
		["candidate1", ["/", "/announcements", "/applications", "/account", "/mail", "/password"]]]) {
		const who = await world.signIn(key, "en-XA", { viewport: { width: 390, height: 800 } });
		for (const path of paths) {
			const answer = await who.page.goto(world.url(path));
			if (answer.status() === 403 || answer.status() === 404) continue;
			const wide = await who.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			assert.ok(wide <= 0, `${path} for ${key} is ${wide} px too wide`);
			await look(who, path);
		}
		await who.context.close();
	}
});
