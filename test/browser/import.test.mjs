// Questions of files in a browser: looked at first, taken over all at once, through a kill of the
// server; given to other systems with a second person's consent; printed as a test on paper.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectAccessible, press, shot, startWorld } from "./harness.mjs";

let world;
let folder;
before(async () => {
	folder = mkdtempSync(join(tmpdir(), "konkurs-import-"));
	world = await startWorld({ sealed: false });
});
after(async () => {
	await world.stop();
	rmSync(folder, { recursive: true, force: true });
});

async function look(page, name) {
	await expectAccessible(page, name);
	await shot(page, name);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	assert.ok(wide <= 0, `${name}: ${wide} pixels too wide`);
}

// The page of an import, as a program reads it.
const model = async (page, path) => (await page.request.get(world.url(path),
	{ headers: { Accept: "application/json" } })).json();

async function upload(page, name, text, { language = "ru", act = "", article = "" } = {}) {
	await page.goto(world.url("/bank/import"));
	await page.setInputFiles("[name=file]", { name, mimeType: "text/plain",
		buffer: Buffer.isBuffer(text) ? text : Buffer.from(text) });
	await page.check(`[name=language][value=${language}]`);
	if (act) await page.selectOption("[name=act]", act);
	await page.fill("[name=article]", article);
	await page.locator("main form.card button[type=submit]").click();
	await page.waitForURL(/\/bank\/import\/\d+$/);
	return new URL(page.url()).pathname;
}

const settled = (page, state) => page.locator(`#bulk [data-state=${state}]`).first().waitFor();

const answer = (text, right) =>
	`<answer fraction="${right ? 100 : 0}" format="html"><text><![CDATA[<p>${text}</p>]]></text></answer>`;
const question = (name, stem, answers) =>
	`<question type="multichoice"><name><text>${name}</text></name><questiontext format="html">` +
	`<text><![CDATA[<p>${stem}</p>]]></text></questiontext><idnumber>${name}</idnumber>` +
	`<single>true</single>${answers}</question>`;
const moodle = (questions) => `<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n${questions.join("\n")}\n</quiz>\n`;
const four = (right) => ["первый", "второй", "третий", "четвёртый"]
	.map((text, i) => answer(text, i === right)).join("");

test("a file of Moodle is looked at, its bad question left out, the rest taken over", async () => {
	const { page, context, broken } = await world.signIn("author", "ru");
	await page.goto(world.url("/bank"));
	await page.locator("main a[href='/bank/import']").click();
	await look(page, "import-list-ru");
	const path = await upload(page, "вопросы.xml", moodle([
		question("moodle-1", "Когда сделка считается заключённой сторонами?", four(1)),
		question("moodle-2", "Кто вправе обжаловать отказ органа?", four(2)),
		question("moodle-3", "Какой ответ верен, если верного нет?", four(9)),
	]), { act: "civil-code", article: "152" });
	await settled(page, "checked");
	await look(page, "import-checked-ru");
	assert.equal(await page.textContent("#added"), "2");
	assert.equal(await page.textContent("#bad"), "1");
	const bad = await model(page, `${path}?what=bad`);
	assert.equal(bad.rows[0].code, "moodle-3");
	assert.ok(bad.rows[0].line > 1 && bad.rows[0].reason.length > 10);
	await page.selectOption("#what", "added");
	await page.locator("form.filters button[type=submit]").click();
	await page.waitForURL(/what=added/);
	assert.equal(await page.locator("section table tbody tr").count(), 2);
	const refused = page.waitForResponse((r) => r.request().method() === "POST");
	await press(page, page.locator(".import-take button[type=submit]"));
	assert.equal((await refused).status(), 409, "a bad one, and nobody has said to leave it out");
	await page.goto(world.url(path));
	await page.check("[name=leave_bad]");
	await press(page, page.locator(".import-take button[type=submit]"));
	await settled(page, "taken");
	await look(page, "import-taken-ru");
	await page.goto(world.url("/bank/questions?mine=1&q=moodle"));
	assert.equal(await page.locator("main table [data-state=draft]").count(), 2);
	assert.deepEqual(broken, []);
	await context.close();
});

test("a file of one language on a phone, and it is dropped", async () => {
	const { page, context, broken } = await world.signIn("author", "kk");
	await page.setViewportSize({ width: 390, height: 844 });
	await page.emulateMedia({ colorScheme: "dark" });
	await page.goto(world.url("/bank/import"));
	await look(page, "import-list-phone");
	const path = await upload(page, "сұрақтар.gift",
		"::gift-1::Мәміленің жазбаша нысаны қашан міндетті? {=әрқашан ~ешқашан ~кейде ~сирек}\n",
		{ language: "kk", act: "civil-code", article: "152" });
	await settled(page, "checked");
	await look(page, "import-checked-phone");
	assert.equal((await model(page, path)).import.added, 1);
	await press(page, page.locator("form[action$='/drop'] button"));
	await page.waitForURL(/\/bank\/import$/);
	await page.goto(world.url(path));
	await settled(page, "dropped");
	await look(page, "import-dropped-phone");
	assert.equal((await model(page, "/bank/questions?q=gift-1")).questions.length, 0);
	assert.deepEqual(broken, []);
	await context.close();
});

const many = (count) => "code,act,article,text_date,key,ru,ru_a,ru_b,ru_c,ru_d\n" +
	Array.from({ length: count }, (_, i) => `many-${i},civil-code,${i},2025-05-01,a,` +
		`Вопрос ${i} о сроке ${i * 7 % 1000} и доле ${i * 13 % 997}?,да ${i},нет,иногда,никогда\n`).join("");

test("the server is killed while thousands are taken over: it goes on, all of them or none", async () => {
	const { page, context } = await world.signIn("author", "ru");
	const path = await upload(page, "many.csv", many(3000));
	await page.locator("#bulk[data-running] progress").waitFor();
	await shot(page, "import-running-ru");
	for (let i = 0; (await model(page, path)).import.done === 0 && i < 100; i++) ;
	await world.kill();
	await world.start();
	await page.goto(world.url(path));
	await settled(page, "checked");
	assert.equal(await page.textContent("#added"), (3000).toLocaleString("ru").replace(/\s/, "\u00a0"));
	await press(page, page.locator(".import-take button[type=submit]"));
	await page.locator("#bulk[data-running]").waitFor();
	let half = null;
	for (let i = 0; i < 500 && !half; i++) {
		const now = (await model(page, path)).import;
		if (now.state !== "taking" || now.done > 0) half = now;
	}
	assert.equal(half.state, "taking", "it was killed in the middle");
	assert.ok(half.done > 0 && half.done < half.total, "progress of what is really done");
	assert.equal((await model(page, "/bank/questions?q=many-")).listing.total, 0, "none before all");
	await world.kill();
	await world.start();
	await page.goto(world.url(path));
	await settled(page, "taken");
	assert.equal((await model(page, "/bank/questions?q=many-")).listing.total, 3000);
	await context.close();
});

test("an approver asks for the bank, a second person agrees; read again nothing is another", async () => {
	const { page, context, broken } = await world.signIn("approver", "ru");
	await page.goto(world.url("/bank/export"));
	await page.selectOption("[name=format]", "qti3");
	await page.selectOption("[name=act]", "civil-code");
	await page.selectOption("[name=state]", "approved");
	await page.fill("[name=reason]", "Для академии");
	await press(page, page.locator("main form.card button[type=submit]"));
	await page.locator("[data-state=waiting]").waitFor();
	await look(page, "export-ru");
	const admin = await world.signIn("admin", "kk");
	await admin.page.goto(world.url("/bank/export"));
	await look(admin.page, "export-admin-kk");
	await press(admin.page, admin.page.locator("form[action$='/agree'] button"));
	await admin.context.close();
	await page.reload();
	const fetched = page.waitForEvent("download");
	await page.locator("a[href$='/file']").click();
	const file = join(folder, "bank.zip");
	await (await fetched).saveAs(file);
	const author = await world.signIn("author", "kk");
	const path = await upload(author.page, "bank.zip", readFileSync(file));
	await settled(author.page, "checked");
	const { import: told } = await model(author.page, path);
	assert.ok(told.unchanged > 30);
	assert.equal(told.added + told.changed + told.bad, 0);
	await look(author.page, "import-unchanged-kk");
	await author.context.close();
	assert.deepEqual(broken, []);
	await context.close();
});

test("a test on paper and its key, as PDF in both languages", async () => {
	const { page, context, broken } = await world.signIn("approver", "kk");
	await page.goto(world.url("/bank/forms"));
	await page.fill("[name=reason]", "Залда жарық жоқ");
	await press(page, page.locator("main form.card button[type=submit]"));
	await page.waitForURL(/\/bank\/forms\/\d+$/);
	await look(page, "form-waits-kk");
	const admin = await world.signIn("admin", "ru");
	await admin.page.goto(world.url("/"));
	await admin.page.locator("main a[href='/bank/forms']").first().click();
	await admin.page.locator("main table a[href^='/bank/forms/']").click();
	await look(admin.page, "form-admin-ru");
	await press(admin.page, admin.page.locator("form[action$='/agree'] button"));
	await admin.page.locator("[data-state=ok]").first().waitFor();
	await admin.context.close();
	await page.reload();
	await look(page, "form-kk");
	for (const [name, language, words] of [["form", "kk", ["120.", "Жауап парағы"]],
		["form", "ru", ["120.", "Лист ответов", "ДЕМОНСТРАЦИЯ"]], ["key", "ru", ["Ключ билета", "120"]]]) {
		const fetched = page.waitForEvent("download");
		await page.locator(`a[href$='/${name}.pdf?language=${language}']`).click();
		const file = join(folder, `${name}-${language}.pdf`);
		await (await fetched).saveAs(file);
		const text = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
		for (const word of words) assert.ok(text.includes(word), `${name}-${language}: ${word}`);
	}
	await page.setViewportSize({ width: 390, height: 844 });
	await page.emulateMedia({ colorScheme: "dark" });
	await page.goto(world.url("/bank/forms"));
	await look(page, "forms-phone");
	assert.deepEqual(broken, []);
	await context.close();
});
