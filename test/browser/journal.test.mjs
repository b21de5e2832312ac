// The journal as who watches over it sees it, in Kazakh and Russian: checkpoints, entries, witnesses;
// texts are copied with and without a clipboard; a witness of the real program signs, and its
// signature comes as a file or as a text; what is hostile is refused at its field (F85 to F87).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { konkurs, startWorld } from "./harness.mjs";
import * as play from "./play.mjs";

let world, folder;
before(async () => {
	folder = mkdtempSync(join(tmpdir(), "konkurs-journal-"));
	world = await startWorld();
});
after(async () => {
	await world.stop();
	rmSync(folder, { recursive: true });
});

const witness = (name, ...words) => execFileSync(konkurs,
	["witness", "--key", join(folder, `${name}.key`), ...words], { encoding: "utf8" });

// Proposed by the administrator, confirmed by the auditor.
async function makeWitness(admin, auditor, name) {
	const vkey = witness(name, "--make-key", "--name", `${name}.example/w1`).trim();
	await play.visit(admin, world, "/journal/witnesses");
	await play.send(admin, "/journal/witnesses", { holder: `Екінші орган ${name}`, vkey: "nonsense" });
	await play.expectRefusal(admin, { field: "vkey" });
	await play.look(admin, "/journal/witnesses/refused");
	await play.send(admin, "/journal/witnesses", { holder: `Екінші орган ${name}`, vkey });
	await play.visit(auditor, world, "/journal/witnesses");
	await play.send(auditor, await auditor.page.locator('form[action$="/confirm"]').getAttribute("action"));
	await play.look(auditor, "/journal/witnesses/confirmed");
}

// What the witness prints of the newest checkpoint.
async function sign(auditor, name, older) {
	await play.visit(auditor, world, "/journal");
	const key = await auditor.page.locator("#log-key").textContent();
	await play.send(auditor, "/journal/checkpoints");
	const path = new URL(auditor.page.url()).pathname;
	await play.visit(auditor, world, `${path}?older=${older}`);
	const request = await auditor.page.locator("#checkpoint-request").textContent();
	writeFileSync(join(folder, "request"), request);
	return { path, size: Number(path.split("/").pop()), request,
		signed: witness(name, "--state", join(folder, `${name}.state`), "--log", key, join(folder, "request")) };
}

const asFile = (text, name = "signed.txt") => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });

async function pages(auditor, path) {
	const { page } = auditor;
	await play.visit(auditor, world, "/journal/entries");
	await page.locator('main td a[href^="/journal/entries/"]').last().click();
	await play.look(auditor, "/journal/entries/1");
	await play.visit(auditor, world, "/journal?reason=asked");
	await play.visit(auditor, world, "/journal?reason=vote");
	await page.setViewportSize({ width: 360, height: 740 });
	for (const at of ["/journal", "/journal/entries", "/journal/entries/1", path, "/journal/witnesses", "/journal/cosign"]) {
		await page.goto(world.url(at));
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		assert.ok(wide <= 0, `${at} is too wide for a telephone by ${wide}`);
		await play.look(auditor, `${at}/telephone`);
	}
	await page.setViewportSize({ width: 1280, height: 720 });
}

async function hostile(auditor, signed) {
	const cases = [["", "note"], [asFile("\u0000\u0001\u0002"), "file"], [asFile("x".repeat(9000)), "file"],
		[asFile("%PDF-1.4\n%%EOF\n"), "file"], [asFile(signed.replace(/^konkurs\/./, "konkurs/z")), "file"],
		["<script>alert(1)</script>", "note"], [signed.replace("\n\n", "\n"), "note"]];
	for (const [given, field] of cases) {
		await play.visit(auditor, world, "/journal/cosign");
		await play.send(auditor, "/journal/cosign", typeof given === "string" ? { note: given } : { file: given });
		await play.expectRefusal(auditor, { field });
	}
	await play.look(auditor, "/journal/cosign/refused");
}

for (const [language, name] of [["kk", "bir"], ["ru", "dva"]]) {
	test(`${language}: witnesses sign, as a file and as a text`, { timeout: 600000 }, async () => {
		const admin = await world.signIn("admin", language), auditor = await world.signIn("auditor", language);
		await makeWitness(admin, auditor, name);
		const first = await sign(auditor, name, 0);
		await play.visit(auditor, world, "/journal/cosign");
		await play.send(auditor, "/journal/cosign", { file: asFile(first.signed) });
		assert.match(await auditor.page.locator("main").innerText(), new RegExp(`Екінші орган ${name}`));
		await play.look(auditor, "/journal/checkpoints/1/cosigned");
		const second = await sign(auditor, name, first.size);
		await hostile(auditor, second.signed);
		await play.visit(auditor, world, "/journal/cosign");
		await play.send(auditor, "/journal/cosign", { note: second.signed });
		assert.match(await auditor.page.locator("main").innerText(), new RegExp(`Екінші орган ${name}`));
		await pages(auditor, second.path);
	});
}

test("a text is copied; without leave it is chosen", { timeout: 600000 }, async () => {
	const auditor = await world.signIn("auditor", "ru"), { page, context } = auditor;
	await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: world.url("/").slice(0, -1) });
	await play.visit(auditor, world, "/journal");
	await play.send(auditor, "/journal/checkpoints");
	const note = await page.locator("#checkpoint-note").textContent();
	const button = page.locator("[data-copy=checkpoint-note]"), say = page.locator("[data-copy=checkpoint-note] + [role=status]");
	await button.click();
	await page.waitForFunction(() => document.querySelector("[role=status][data-copied]").textContent !== "");
	assert.equal(await say.textContent(), "Скопировано");
	assert.equal(await page.evaluate(() => navigator.clipboard.readText()), note);
	// no clipboard at all, as over a plain line; then not even the old way
	await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
	await button.click();
	await page.waitForFunction(() => getSelection().toString() !== "");
	assert.equal((await page.evaluate(() => getSelection().toString())).trim(), note.trim());
	await page.evaluate(() => { document.execCommand = () => false; getSelection().removeAllRanges(); });
	await button.click();
	await page.waitForFunction(() => getSelection().toString() !== "");
	assert.match(await say.textContent(), /Ctrl\+C/);
	assert.equal((await page.evaluate(() => getSelection().toString())).trim(), note.trim());
	await play.look(auditor, "/journal/checkpoints/1/copied");
});
