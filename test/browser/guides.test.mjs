// The pictures of docs/guide, each as its role sees the page, in both languages: script/guides keeps them.  Without
// GUIDES it only looks that every page of the guides can be reached as they say, and that each picture they show is made here.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startWorld } from "./harness.mjs";
import * as play from "./play.mjs";

const guide = new URL("../../docs/guide/", import.meta.url);
const codes = { code_1: "Алма-2026-ай", code_2: "Жұлдыз-77-су" };
const made = new Set();
const people = {};
let world;
let competition;
const applications = [];

before(async () => { world = await startWorld({ now: "2026-03-02T09:00" }); });
after(async () => { await world?.stop(); });

const as = async (key, language = "kk") => (people[`${key}.${language}`] ??= await world.signIn(key, language,
	{ viewport: { width: 1000, height: 700 } }));

// The page as that role sees it, in Kazakh and in Russian, from its head or from the element that is named on.
async function picture(name, key, path, from = null, prepare = null) {
	for (const language of ["kk", "ru"]) {
		const { page } = await as(key, language);
		const answer = await page.goto(world.url(path));
		assert.equal(answer.status(), 200, `${path} as ${key}`);
		await prepare?.(page, language);
		if (from) await page.locator(from).first().evaluate((e) => { e.scrollIntoView(); scrollBy(0, -48); });
		made.add(`${name}.${language}.png`);
		if (!process.env.GUIDES) continue;
		mkdirSync(process.env.GUIDES, { recursive: true });
		await page.screenshot({ path: join(process.env.GUIDES, `${name}.${language}.png`) });
	}
}

test("a competition with two candidates who meet the requirements", { timeout: 600000 }, async () => {
	const hr = await as("hr1");
	competition = await play.announce(world, hr);
	for (const [key, language] of [["candidate1", "kk"], ["candidate2", "ru"]])
		applications.push(await play.apply(world, await as(key, language), competition,
			{ testLanguage: language, signer: "head_of_body_deputy", wrongSigner: "head_of_subdivision" }));
	for (const application of applications) await play.check(world, hr, application);
});

test("own security is asked for its information", { timeout: 600000 }, async () => {
	const hr = await as("hr1");
	await play.visit(hr, world, `/competitions/${competition}/security-list`);
	await play.send(hr, `/competitions/${competition}/security-list`, { number: "12-34" });
	await picture("security-inbox", "security", "/security");
	await picture("security-form", "security", `/applications/${applications[0]}/security/new`);
});

test("the studies", { timeout: 600000 }, async () => {
	await picture("study-inbox", "psycho", "/studies/psycho");
	await picture("study-form", "psycho", `/applications/${applications[0]}/studies/psycho`);
});

test("the operator's sitting", { timeout: 600000 }, async () => {
	const operator = await as("operator");
	const { page } = operator;
	await play.visit(operator, world, "/sittings/new");
	const hall = await page.locator("[name=hall] option", { hasText: "Бас прокуратура" }).getAttribute("value");
	await play.send(operator, "/sittings", { competition, hall, planned: "2026-03-02T10:00" });
	const sitting = new URL(page.url()).pathname;
	const admit = async (application, seat) => {
		await play.visit(operator, world, sitting);
		await play.send(operator, `${sitting}/admit`, { candidate: application, document_seen: "id_card", seat });
	};
	await admit(applications[0], 1);
	await picture("operator-check-in", "operator", sitting, "section:has(form[action$='/admit'])");
	await admit(applications[1], 2);
	for (const witness of ["Куә Бірінші", "Свидетель Второй"]) {
		await play.visit(operator, world, sitting);
		await play.send(operator, `${sitting}/coins`, { witness, coin: "бүркіт, сан, сан" });
	}
	await play.openBankFor(world, operator, Number(sitting.split("/")[2]), [await as("keeper1"), await as("keeper2")]);
	await picture("operator-seal", "operator", sitting, "section:has(form[action$='/seal'])");
	await play.visit(operator, world, sitting);
	await play.send(operator, `${sitting}/seal`, { ...codes, ...await play.consent(page) });
	await play.visit(operator, world, sitting);
	await play.send(operator, `${sitting}/recording`, {}, "[value=switched_off]");
	await picture("operator-start", "operator", sitting);
	await play.visit(operator, world, sitting);
	await play.send(operator, `${sitting}/start`, { ...codes, ...await play.consent(page) });
	for (const [key, language] of [["candidate1", "kk"], ["candidate2", "ru"]]) {
		const who = await as(key, language);
		await who.page.goto(world.url("/test"));
		await play.answer(who, language, key === "candidate1" ? 5 : 3);
	}
	await picture("operator-board", "operator", sitting, null, (page) => page.setViewportSize({ width: 1240, height: 620 }));
});

test("a question from its author to the approver", { timeout: 600000 }, async () => {
	const fill = async (page) => {
		const text = { kk: ["Мәміленің жазбаша нысаны қашан міндетті?", "әрқашан", "заңды тұлғалар арасында", "ешқашан", "тек жылжымайтын мүлік үшін"],
			ru: ["Когда обязательна письменная форма сделки?", "всегда", "между юридическими лицами", "никогда", "только для недвижимости"] };
		await page.selectOption("[name=act]", "civil-code");
		await page.fill("[name=article]", "152");
		await page.fill("[name=text_date]", "2025-05-01");
		await page.selectOption("[name=key]", "b");
		for (const language of ["kk", "ru"]) {
			await page.fill(`[name=${language}_stem]`, text[language][0]);
			for (const [i, letter] of ["a", "b", "c", "d"].entries()) await page.fill(`[name=${language}_${letter}]`, text[language][i + 1]);
		}
	};
	await picture("author-bank", "author", "/bank");
	await picture("author-form", "author", "/bank/questions/new", "[name=kk_stem]", fill);
	const author = await as("author");
	await play.visit(author, world, "/bank/questions/new");
	await fill(author.page);
	await author.page.locator("main form.card button[type=submit]").click();
	await author.page.waitForURL(/\/bank\/questions\/\d+$/);
	const question = new URL(author.page.url()).pathname;
	await author.page.locator("button[name=step][value=send]").click();
	await author.page.locator("[data-state=review]").first().waitFor();
	await picture("author-review", "reviewer1", question);
});

test("each picture that a guide shows is made here", () => {
	const shown = readdirSync(guide).filter((name) => /\.(kk|ru)\.md$/.test(name)).flatMap((name) =>
		[...readFileSync(new URL(name, guide), "utf8").matchAll(/pictures\/guide\/([a-z-]+\.(?:kk|ru)\.png)/g)].map((m) => m[1]));
	assert.ok(shown.length > 0);
	assert.deepEqual(shown.filter((name) => !made.has(name)), []);
});
