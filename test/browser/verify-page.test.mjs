// verify.html from a folder, with the network off: good and forged receipts, a case, copies of the
// journal, in Kazakh and Russian, with the same findings as konkurs-verify (F15, F60, F89).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { konkurs } from "./harness.mjs";

const build = join(dirname(konkurs), "..");
const program = join(build, "src", "verify", "konkurs-verify");
const html = join(build, "src", "verify", "verify.html");
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const titles = { kk: "Түбіртекті тексеру", ru: "Проверка квитанции" };
const verdicts = { own: { kk: /өз ішінде сәйкес/, ru: /сам по себе сходится/ },
	bad: { kk: /СӘЙКЕС ЕМЕС/, ru: /НЕ СХОДИТСЯ/ }, good: { kk: /бәрі дұрыс/, ru: /всё сходится/ } };
let folder, browser;

const file = (name) => join(folder, name);
const read = (name) => readFileSync(file(name), "utf8");

before(async () => {
	folder = mkdtempSync(join(tmpdir(), "konkurs-verify-page-"));
	execFileSync(join(build, "test", "receipt", "verify_world"), [folder]);
	execFileSync("/usr/bin/python3", ["-m", "zipfile", "-c", file("tiles.zip"),
		...readdirSync(file("tiles")).map((n) => join(file("tiles"), n))]);
	const receipt = JSON.parse(read("result.json"));
	writeFileSync(file("forged.json"), JSON.stringify({ ...receipt,
		content: receipt.content.replace('"correct":61', '"correct":99') }));
	writeFileSync(file("moved.json"), JSON.stringify({ ...receipt, proof: receipt.proof.slice(1) }));
	const lines = read("journal.jsonl").split("\n");
	writeFileSync(file("removed.jsonl"), [...lines.slice(0, 9), ...lines.slice(10)].join("\n"));
	writeFileSync(file("cut.jsonl"), lines.slice(0, -3).join("\n"));
	writeFileSync(file("cut.zip"), readFileSync(file("case.zip")).subarray(0, 5000));
	writeFileSync(file("nothing.txt"), "nothing");
	browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync"] });
});
after(async () => {
	await browser?.close();
	rmSync(folder, { recursive: true });
});

async function open(language) {
	const context = await browser.newContext({ locale: language === "kk" ? "kk-KZ" : "ru-RU", offline: true });
	const page = await context.newPage();
	const broken = [], asked = [];
	page.on("pageerror", (e) => broken.push(String(e)));
	page.on("console", (m) => { if (m.type() === "error") broken.push(m.text()); });
	page.on("request", (r) => { if (!r.url().startsWith("file:") && !r.url().startsWith("blob:")) asked.push(r.url()); });
	await page.goto(pathToFileURL(html).href);
	return { context, page, broken, asked };
}

async function check(page, name, { text, key = "" } = {}) {
	await page.locator("#key").fill(key);
	if (text === undefined)
		await page.locator("#file").setInputFiles(file(name));
	else
		await page.locator("#text").fill(text);
	await page.evaluate(() => { document.getElementById("verdict").textContent = ""; });
	await page.locator("button[type=submit]").click();
	await page.waitForFunction(() => document.getElementById("verdict").textContent !== "", null, { timeout: 60000 });
	return { verdict: await page.locator("#verdict").textContent(),
		findings: await page.locator("#findings li").allTextContents() };
}

// What the program says of the same: marks and words.
function said(language, ...words) {
	const done = spawnSync(program, ["--language", language, ...words], { encoding: "utf8" });
	const lines = done.stdout.trim().split("\n");
	return { verdict: lines.pop(), findings: lines, status: done.status };
}

async function accessible(page) {
	await page.evaluate(axeSource);
	const found = await page.evaluate(() => globalThis.axe.run());
	assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
}

for (const language of ["kk", "ru"]) {
	test(`${language}: what was handed out, and what was forged`, { timeout: 180000 }, async () => {
		const { context, page, broken, asked } = await open(language);
		assert.equal(await page.locator("h1").textContent(), titles[language]);
		assert.equal(await page.locator("html").getAttribute("lang"), language);
		const cases = [["receipt", "result.json", "own"], ["receipt", "result.txt", "own"], ["receipt", "forged.json", "bad"],
			["receipt", "moved.json", "bad"], ["case", "case.zip", "own"], ["journal", "journal.jsonl", "own"],
			["journal", "removed.jsonl", "bad"], ["journal", "cut.jsonl", "bad"], ["journal", "tiles.zip", "own"]];
		for (const [command, name, verdict] of cases) {
			const page_ = await check(page, name), program_ = said(language, command, file(name));
			assert.match(page_.verdict, verdicts[verdict][language], name);
			assert.deepEqual(page_, { verdict: program_.verdict, findings: program_.findings }, name);
			assert.equal(program_.status, verdict === "bad" ? 1 : 0, name);
		}
		for (const name of ["cut.zip", "nothing.txt"]) {
			const page_ = await check(page, name);
			assert.equal(page_.verdict, said(language, name.endsWith("zip") ? "case" : "receipt", file(name)).verdict);
		}
		await accessible(page);
		await page.setViewportSize({ width: 360, height: 640 });
		assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "too wide for a telephone");
		assert.deepEqual(broken, []);
		assert.deepEqual(asked, []);
		await context.close();
	});
}

test("the text of a code, the key one knows, and the language while one looks", { timeout: 60000 }, async () => {
	const { context, page, broken } = await open("kk");
	const packed = read("result.txt"), key = read("key");
	await accessible(page);
	assert.match((await check(page, "", { text: `  ${packed}\n` })).verdict, verdicts.own.kk);
	assert.match((await check(page, "", { text: packed, key })).verdict, verdicts.good.kk);
	const other = said("kk", "--key", key, "receipt", "--text", packed);
	assert.deepEqual(await page.locator("#findings li").allTextContents(), other.findings);
	await page.locator("[data-language=ru]").click();
	assert.match(await page.locator("#verdict").textContent(), verdicts.good.ru);
	assert.equal(await page.locator("html").getAttribute("lang"), "ru");
	await page.locator("[data-language=en]").click();
	assert.match(await page.locator("#verdict").textContent(), /it holds/);
	assert.match((await check(page, "", { text: packed, key: "nonsense" })).verdict, /DOES NOT HOLD/);
	assert.match((await check(page, "", { text: packed.slice(0, -3) })).verdict, /cannot be read/);
	assert.match((await check(page, "", { text: "KMW9-FWVD-ZRZX-N8Z4" })).verdict, /short code/);
	assert.deepEqual(broken, []);
	await context.close();
});

test("nothing may be fetched from the page", async () => {
	const text = readFileSync(html, "utf8");
	assert.match(text, /default-src 'none'/);
	assert.doesNotMatch(text.replace(/<script[\s\S]*<\/script>/g, ""), /(?:src|href)=/);
	const { context, page } = await open("ru");
	const refused = await page.evaluate(async () => fetch("https://example.org/").then(() => "fetched", () => "refused"));
	assert.equal(refused, "refused");
	await context.close();
});
