// The question bank in a browser: four people bring a question into use, a change of its act holds it.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { expectAccessible, press, shot, startWorld } from "./harness.mjs";

let world;
let address;
before(async () => { world = await startWorld(); });
after(async () => { await world.stop(); });

const words = {
	kk: ["Мәміленің жазбаша нысаны қашан міндетті?", "әрқашан", "заңды тұлғалар арасында", "ешқашан", "тек жылжымайтын мүлік үшін"],
	ru: ["Когда обязательна письменная форма сделки?", "всегда", "между юридическими лицами", "никогда", "только для недвижимости"],
};

async function fill(page, language) {
	await page.fill(`[name=${language}_stem]`, words[language][0]);
	for (const [i, letter] of ["a", "b", "c", "d"].entries())
		await page.fill(`[name=${language}_${letter}]`, words[language][i + 1]);
}

async function look(page, name) {
	await expectAccessible(page, name);
	await shot(page, name);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	assert.ok(wide <= 0, `${name}: ${wide} pixels too wide`);
}

const decide = (page, step) => press(page, page.locator(`button[name=step][value=${step}]`));

test("an author writes a question in both languages", async () => {
	const { page, context, broken } = await world.signIn("author", "ru");
	await page.goto(world.url("/bank"));
	await look(page, "bank-ru");
	await page.locator("main a[href='/bank/questions/new']").click();
	await page.selectOption("[name=act]", "civil-code");
	await page.fill("[name=article]", "152");
	await page.fill("[name=text_date]", "2025-05-01");
	await page.selectOption("[name=key]", "b");
	await fill(page, "kk");
	await fill(page, "ru");
	const seen = page.locator("[data-preview-of=kk]");
	assert.equal(await seen.locator(".test-stem").innerText(), words.kk[0], "as the candidate sees it");
	assert.deepEqual(await seen.locator(".test-option").allInnerTexts(), words.kk.slice(1));
	await page.fill("[name=ru_d]", words.ru[1]); // the same as the first
	await page.locator("main form.card button[type=submit]").click();
	assert.equal(await page.inputValue("[name=kk_stem]"), words.kk[0], "what was typed stays");
	await page.locator("#d-ru_d, [name=ru_d][aria-invalid=true]").first().waitFor();
	await look(page, "bank-form-ru");
	await page.fill("[name=ru_d]", words.ru[4]);
	await page.locator("main form.card button[type=submit]").click();
	await page.waitForURL(/\/bank\/questions\/\d+$/);
	address = new URL(page.url()).pathname;
	await look(page, "bank-question-ru");
	assert.equal(await decide(page, "send"), 303);
	await page.locator("[data-state=review]").first().waitFor();
	assert.deepEqual(broken, []);
	await context.close();
});

test("a second one that reads nearly like it says so, and may be sent all the same", async () => {
	const { page, context, broken } = await world.signIn("author", "kk");
	await page.goto(world.url("/bank/questions/new"));
	await page.selectOption("[name=act]", "civil-code");
	await page.fill("[name=article]", "152");
	await page.fill("[name=text_date]", "2025-05-01");
	await page.selectOption("[name=key]", "b");
	await fill(page, "kk");
	await fill(page, "ru");
	await page.fill("[name=ru_stem]", "Когда бывает обязательна письменная форма сделки?");
	await page.locator("main form.card button[type=submit]").click();
	await page.waitForURL(/\/bank\/questions\/\d+$/);
	await page.locator(`#alike a[href='${address}']`).waitFor();
	assert.match(await page.locator("#alike").innerText(), /100 %/); // the Kazakh is the same
	await look(page, "bank-alike-kk");
	await page.setViewportSize({ width: 390, height: 844 });
	await look(page, "bank-alike-phone");
	assert.equal(await decide(page, "send"), 303);
	await page.locator("#alike").waitFor(); // the reviewers see it, too
	assert.deepEqual(broken, []);
	await context.close();
});

test("two reviewers sign, an approver approves; nobody does two of it", async () => {
	for (const [who, language, step] of [["reviewer1", "kk", "agree_kk"], ["reviewer2", "ru", "agree_ru"], ["approver", "kk", "approve"]]) {
		const { page, context, broken } = await world.signIn(who, language);
		await page.goto(world.url("/bank/questions?mine=1"));
		await look(page, `bank-mine-${who}`);
		await page.locator(`main a[href='${address}']`).click();
		await look(page, `bank-question-${who}`);
		assert.equal(await decide(page, step), 303, who);
		if (who === "reviewer1") {
			assert.equal(await decide(page, "agree_ru"), 409);
			await page.locator(".say-danger, [role=alert]").first().waitFor(); // the other language is another's
		}
		broken.length = 0; // the refusal is told by its status
		await context.close();
	}
});

test("the act changes: its questions are held, the blueprint says so at once", async () => {
	const { page, context, broken } = await world.signIn("approver", "kk");
	await page.setViewportSize({ width: 390, height: 844 });
	await page.emulateMedia({ colorScheme: "dark" });
	await page.goto(world.url(address));
	await look(page, "bank-approved-phone");
	await page.goto(world.url("/bank/acts"));
	await look(page, "bank-acts-phone");
	await page.selectOption("[name=act]", "civil-code");
	await page.fill("[name=text_date]", "2026-01-01");
	await page.fill("[name=document]", "2025 жылғы 30 желтоқсандағы № 1 Заң");
	await page.locator("main form.card button[type=submit]").click();
	await page.locator("dialog[open] button").last().waitFor();
	await page.locator("dialog[open] .btn-primary, dialog[open] .btn-danger").first().click();
	await page.waitForURL(/\/bank$/);
	await page.locator(".say-danger").waitFor(); // short of items
	await look(page, "bank-short-phone");
	await page.goto(world.url(address));
	await page.locator("[data-state=hold]").first().waitFor();
	await page.goto(world.url("/bank/questions"));
	await look(page, "bank-list-phone");
	await page.goto(world.url("/bank/statistics"));
	await look(page, "bank-statistics-phone");
	assert.deepEqual(broken, []);
	await context.close();
});
