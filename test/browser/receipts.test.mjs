// A candidate sends an application, looks at the receipt of it, takes it home, and checks it there
// without a network: as a file, and as a photograph of the paper; a clerk has it checked; an auditor
// looks for the checkpoint of a printed sheet in a copy of the journal.  axe on each page, on a
// telephone and on paper (F15, F60, F86, F88).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { konkurs, shot, startWorld } from "./harness.mjs";
import { photograph, scan } from "./picture.mjs";
import * as play from "./play.mjs";

const build = join(dirname(konkurs), "..");
const program = join(build, "src", "verify", "konkurs-verify");
const noNetwork = join(build, "test", "receipt", "no_network");
let world, folder, hr, who, application, code;
const file = (name) => join(folder, name);

before(async () => {
	folder = mkdtempSync(join(tmpdir(), "konkurs-receipts-"));
	world = await startWorld({ now: "2026-03-02T10:00" });
	hr = await world.signIn("hr1", "ru");
	who = await world.signIn("candidate1", "kk");
});
after(async () => {
	await world.stop();
	rmSync(folder, { recursive: true });
});

// Takes what a link of the person's gives into the folder.
async function take(person, path, name) {
	const answer = await person.context.request.get(world.url(path));
	assert.ok(answer.ok(), `${path}: ${answer.status()}`);
	writeFileSync(file(name), await answer.body());
	return file(name);
}

// What the program says where the kernel ends whoever asks for a socket.
function said(language, ...words) {
	const done = spawnSync(noNetwork, [program, "--language", language, ...words], { encoding: "utf8" });
	const lines = done.stdout.trim().split("\n");
	assert.equal(done.signal, null, "the program asked for a network");
	return { status: done.status, verdict: lines.pop(), findings: lines };
}

// Fits a telephone, and paper has none of the buttons: in a window beside.
async function fits(person, path, name) {
	const page = await person.context.newPage();
	await page.setViewportSize({ width: 360, height: 740 });
	await page.goto(world.url(path));
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	assert.ok(wide <= 0, `${name} is too wide for a telephone by ${wide}`);
	await play.look({ ...person, page }, `${name}/telephone`);
	await page.emulateMedia({ media: "print" });
	await shot(page, `${person.language}${name.replace(/\W+/g, "-")}-print`);
	for (const button of await page.locator("main .btn").all())
		assert.equal(await button.isVisible(), false, `${name}: a button on paper`);
	await page.close();
}

test("kk, ru: a receipt is taken home and checked", { timeout: 600000 }, async () => {
	await play.visit(who, world, "/receipts");
	assert.match(await who.page.locator("main .nothing").innerText(), /\S/, "nobody has a receipt before");
	await fits(who, "/receipts", "/receipts/none");
	const competition = await play.announce(world, hr);
	application = await play.apply(world, who, competition, { testLanguage: "kk", signer: "head_of_body", wrongSigner: "direct_supervisor" });
	await play.visit(who, world, "/receipts");
	await fits(who, "/receipts", "/receipts/some");
	await who.page.locator('main a[href^="/receipts/"]:not([href*="."])').first().click();
	await play.look(who, "/receipts/1");
	await fits(who, new URL(who.page.url()).pathname, "/receipts/1");
	code = await who.page.locator(".receipt-code").textContent();
	const [download] = await Promise.all([who.page.waitForEvent("download"), who.page.locator('a[href$="receipt.json"]').click()]);
	await download.saveAs(file("receipt.json"));
	writeFileSync(file("packed.txt"), await who.page.locator("code.hash").last().textContent());
	const of = said("kk", "receipt", file("receipt.json"));
	assert.equal(of.status, 0, of.findings.join("\n"));
	assert.ok(of.findings.some((line) => line.includes(code)));
	await play.visit(hr, world, "/verify");
	for (const text of [code.toLowerCase(), readFileSync(file("receipt.json"), "utf8")]) {
		await hr.page.locator("#f-text").fill(text);
		await hr.page.locator("main form[action='/verify'] button[type=submit]").click();
		await hr.page.locator("main .say-success").first().waitFor();
		await play.look(hr, "/verify/found");
	}
});

// ---- at home, without a network -----------------------------------------------------------------

// The page as the server hands it out, opened from a folder.
async function atHome(language) {
	await take(who, "/verify/verify.html", "verify.html");
	const context = await world.browser.newContext({ locale: language === "kk" ? "kk-KZ" : "ru-RU", offline: true });
	const page = await context.newPage(), broken = [];
	page.on("pageerror", (e) => broken.push(String(e)));
	page.on("console", (m) => { if (m.type() === "error") broken.push(m.text()); });
	await page.goto(pathToFileURL(file("verify.html")).href);
	return { context, page, broken };
}

async function check(page, name, kept) {
	await page.evaluate(() => {
		document.querySelector("details").open = true;
		document.getElementById("verdict").textContent = "";
	});
	await page.locator("#file").setInputFiles(name);
	await page.locator("#kept-file").setInputFiles(kept ? [kept] : []);
	await page.locator("button[type=submit]").click();
	await page.waitForFunction(() => document.getElementById("verdict").textContent !== "", null, { timeout: 90000 });
	return { verdict: await page.locator("#verdict").textContent(),
		findings: await page.locator("#findings li").allTextContents() };
}

const same = (found, program_, why) =>
	assert.deepEqual(found, { verdict: program_.verdict, findings: program_.findings }, why);

test("kk: the paper of a receipt, scanned and photographed, says what the program says", { timeout: 600000 }, async () => {
	const { context, page, broken } = await atHome("kk");
	same(await check(page, file("receipt.json")), said("kk", "receipt", file("receipt.json")), "the file");
	const pdf = await take(who, `/applications/${application}/receipt.pdf`, "receipt.pdf");
	const wanted = said("kk", "receipt", "--text", readFileSync(file("packed.txt"), "utf8").trim());
	assert.equal(wanted.status, 0);
	assert.ok(wanted.findings.some((line) => line.includes(code)));
	for (const dpi of [150, 300]) {
		const sheet = scan(pdf, dpi);
		same(await check(page, sheet), wanted, `${dpi} dpi`);
		for (const degrees of [3, -7, 94])
			same(await check(page, await photograph(page, sheet, degrees)), wanted, `${dpi} dpi, ${degrees} degrees`);
	}
	assert.deepEqual(broken, []);
	await context.close();
});

test("ru: pictures of other things", { timeout: 600000 }, async () => {
	const { context, page, broken } = await atHome("ru");
	const foot = scan(await take(hr, "/announcements/1/announcement.pdf?language=ru", "announcement.pdf"), 300);
	assert.match((await check(page, foot)).verdict, /код внизу документа/);
	const blank = await page.evaluate(() => {
		const canvas = document.createElement("canvas");
		canvas.width = canvas.height = 400;
		return canvas.toDataURL("image/png").split(",")[1];
	});
	writeFileSync(file("blank.png"), Buffer.from(blank, "base64"));
	assert.match((await check(page, file("blank.png"))).verdict, /не читается/);
	writeFileSync(file("cut.png"), Buffer.from(blank, "base64").subarray(0, 40));
	assert.match((await check(page, file("cut.png"))).verdict, /не открывается/);
	assert.deepEqual(broken, []);
	await context.close();
});

test("ru: the checkpoint of a printed sheet is found in a copy of the journal", { timeout: 600000 }, async () => {
	const auditor = await world.signIn("auditor", "ru");
	await play.visit(auditor, world, "/journal");
	await play.send(auditor, "/journal/checkpoints");
	const size = new URL(auditor.page.url()).pathname.split("/").pop();
	writeFileSync(file("note.txt"), await auditor.page.locator("#checkpoint-note").textContent());
	const pdf = await take(auditor, `/journal/checkpoints/${size}/checkpoint.pdf?language=ru`, "checkpoint.pdf");
	execFileSync(konkurs, ["journal", "export-lines", file("journal.jsonl"), "--db", world.db]);
	const { context, page, broken } = await atHome("ru");
	const sheet = await photograph(page, scan(pdf, 150), 4);
	same(await check(page, sheet), said("ru", "checkpoint", file("note.txt")), "the sheet");
	const found = await check(page, file("journal.jsonl"), sheet);
	same(found, said("ru", "journal", file("journal.jsonl"), "--checkpoint", file("note.txt")), "in the copy");
	assert.ok(found.findings.some((line) => line.startsWith("✓") && line.includes(`(их число: ${size})`)));
	assert.deepEqual(broken, []);
	await context.close();
});
