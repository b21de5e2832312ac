// A candidate sends an application, looks at the receipt of it, takes it home, and a clerk has it
// checked: axe on each page (F15, F60).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { konkurs, startWorld } from "./harness.mjs";
import * as play from "./play.mjs";

let world;
before(async () => { world = await startWorld({ now: "2026-03-02T10:00" }); });
after(async () => { await world.stop(); });

test("kk, ru: a receipt is taken home and checked", { timeout: 240000 }, async () => {
	const hr = await world.signIn("hr1", "ru"), who = await world.signIn("candidate1", "kk");
	const competition = await play.announce(world, hr);
	await play.apply(world, who, competition, { testLanguage: "kk", signer: "head_of_body", wrongSigner: "direct_supervisor" });
	await play.visit(who, world, "/receipts");
	await who.page.locator('main a[href^="/receipts/"]:not([href*="."])').first().click();
	await play.look(who, "/receipts/1");
	const code = await who.page.locator(".receipt-code").textContent();
	const [file] = await Promise.all([who.page.waitForEvent("download"), who.page.locator('a[href$="receipt.json"]').click()]);
	const path = await file.path();
	const said = spawnSync(join(dirname(konkurs), "verify", "konkurs-verify"), ["--language", "kk", "receipt", path], { encoding: "utf8" });
	assert.equal(said.status, 0, said.stdout);
	assert.match(said.stdout, new RegExp(code));
	await play.visit(hr, world, "/verify");
	for (const text of [code.toLowerCase(), readFileSync(path, "utf8")]) {
		await hr.page.locator("#f-text").fill(text);
		await hr.page.locator("main form[action='/verify'] button[type=submit]").click();
		await hr.page.locator("main .say-success").first().waitFor();
		await play.look(hr, "/verify/found");
	}
});
