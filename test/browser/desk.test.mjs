// The commissioner's reading room and the auditor's desk, in Kazakh and Russian, with scripts and without,
// on a telephone, in the dark and on paper: papers read within the page, two beside each other, own notes; the
// journal explored, an entry proved in the browser (R16-1, F76, F81, F85, F86).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appoint, openInterview } from "./commission.mjs";
import { konkurs, startWorld } from "./harness.mjs";
import { expectRefusal, look, nameOf, send, visit } from "./play.mjs";

let world, applications, interview;

// Three pages, each with its number.
function paper(title) {
	const pages = [1, 2, 3], first = 5;
	const objects = ["<</Type/Catalog/Pages 2 0 R>>",
		`<</Type/Pages/Count 3/Kids[${pages.map((n) => `${first + 2 * n - 2} 0 R`).join(" ")}]/MediaBox[0 0 595 842]>>`,
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", "<</Font<</F 3 0 R>>>>"];
	for (const n of pages) {
		const lines = Array.from({ length: 28 }, (_, i) => `0 -22 Td (Line ${i + 1} of page ${n}) Tj`).join("\n");
		const text = `BT /F 26 Tf 60 760 Td (${title}, page ${n}) Tj /F 13 Tf ${lines} ET`;
		objects.push(`<</Type/Page/Parent 2 0 R/Resources 4 0 R/Contents ${first + 2 * n - 1} 0 R>>`,
			`<</Length ${text.length}>>stream\n${text}\nendstream`);
	}
	return { name: "қызмет тізімі.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n" +
		objects.map((o, i) => `${i + 1} 0 obj\n${o}\nendobj\n`).join("") + "trailer<</Root 1 0 R>>\n%%EOF\n") };
}

before(async () => {
	world = await startWorld({ now: "2026-03-26T09:00" });
	const held = openInterview(world, "2026-03-26T10:00", ["candidate1", "candidate2"]);
	({ applications } = held);
	interview = `/interviews/${held.id}`;
	const hr = await world.signIn("hr1", "kk");
	await appoint(world, hr);
	for (const id of applications) {
		await visit(hr, world, `/applications/${id}/dossier`);
		await send(hr, `/applications/${id}/service-list`, { file: paper(`Service list ${id}`) });
		assert.match(hr.page.url(), /\/dossier$/, "the paper was taken");
	}
	await hr.context.close();
});
after(async () => { await world.stop(); });

// As it is on a telephone, at a desk, in the dark and on paper; nothing is wider than the window.
async function everywhere(who, path) {
	const { page } = who;
	for (const [name, width, scheme, media] of [["telephone", 390, "light", "screen"], ["dark", 1280, "dark", "screen"],
		["telephone-dark", 390, "dark", "screen"], ["paper", 1280, "light", "print"]]) {
		await page.setViewportSize({ width, height: 800 });
		await page.emulateMedia({ colorScheme: scheme, media });
		await page.goto(world.url(path));
		const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		assert.ok(over <= 0, `${path}: too wide by ${over} (${name})`);
		await look(who, `${path.split("?")[0]}/${name}`);
	}
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.emulateMedia({ colorScheme: "light", media: "screen" });
}

// The page that the paper shows is there as a picture.
const drawn = (page) => page.waitForFunction(() => [...document.querySelectorAll(".reader-frame img")]
	.every((img) => img.complete && img.naturalWidth > 300));

const number = async (page) => (await page.locator(".reader-number").first().innerText()).match(/\d+/)[0];

for (const language of ["kk", "ru"]) {
	test(`${language}: papers are read within the page`, { timeout: 600000 }, async () => {
		const chair = await world.signIn("chair", language), { page } = chair;
		const reader = `/applications/${applications[0]}/reader?item=service_list`;
		await visit(chair, world, `${interview}/reading`);
		await page.locator(`a[href="${reader}"]`).click();
		await drawn(page);
		await look(chair, "/reader");
		assert.equal(await number(page), "1");
		await Promise.all([page.waitForURL(/[?&]page=2/), page.keyboard.press("ArrowRight")]);
		await drawn(page);
		assert.equal(await number(page), "2");
		await Promise.all([page.waitForURL(/turn=1/), page.keyboard.press("r")]);
		await drawn(page);
		const [width, height] = await page.locator(".reader-frame img").evaluate((i) => [i.naturalWidth, i.naturalHeight]);
		assert.ok(width > height, "it lies on its side");
		await Promise.all([page.waitForURL(/size=100/), page.keyboard.press("+")]);
		// a key that is typed into a note is a letter
		await page.locator("textarea[name=note]").pressSequentially("rl+");
		await page.waitForSelector("[data-autosave-state][data-state=saved]");
		await page.goto(world.url(reader));
		assert.match(await page.inputValue("textarea[name=note]"), /rl\+/);
		await everywhere(chair, reader);
		await page.goto(world.url(`${interview}/reading`));
		assert.ok(await page.locator(".reading-items [href$=service_list]").count() >= 1);
		await everywhere(chair, `${interview}/reading`);
		await chair.context.close();
	});

	test(`${language}: two dossiers lie beside each other, without scripts`, { timeout: 600000 }, async () => {
		const member = await world.signIn("member1", language, { javaScriptEnabled: false }), { page } = member;
		await page.goto(world.url(`${interview}/reading`));
		await page.locator(`a[href="/applications/${applications[0]}/reader?beside=${applications[1]}"]`).click();
		await page.locator("a[href*='item=service_list']").first().click();
		assert.equal(await page.locator(".reader > section").count(), 2);
		await page.locator(".reader > section").nth(1).locator("[rel=next]").click();
		const numbers = await page.locator(".reader-number").allInnerTexts();
		assert.deepEqual(numbers.map((n) => n.match(/\d+/)[0]), ["1", "2"]);
		const pictures = await page.locator(".reader-frame img").evaluateAll((all) => all.map((i) => i.src));
		for (const src of pictures)
			assert.equal((await member.context.request.get(src)).headers()["content-type"], "image/jpeg");
		await page.locator("textarea[name=note]").first().fill(`ескерту ${nameOf("candidate1")}`);
		await page.locator("form[data-autosave] button").first().click();
		assert.match(page.url(), /\/reader\?/);
		assert.match(await page.locator("textarea[name=note]").first().inputValue(), /ескерту/);
		await member.context.close();
		const chair = await world.signIn("chair", language);
		await everywhere(chair, `/applications/${applications[0]}/reader?item=service_list&beside=${applications[1]}`);
		await chair.page.goto(world.url(`/applications/${applications[0]}/reader?item=service_list&beside=${applications[1]}`));
		await drawn(chair.page);
		await look(chair, "/reader/beside");
		assert.doesNotMatch(await chair.page.locator("main").innerText(), /ескерту/, "notes are one's own");
		await chair.context.close();
	});

	test(`${language}: the journal is explored, an entry proved in the browser`, { timeout: 600000 }, async () => {
		const auditor = await world.signIn("auditor", language), { page } = auditor;
		await visit(auditor, world, "/journal/entries");
		await page.locator(".filters-more > summary").click();
		await page.locator("#role").selectOption("commission");
		await page.locator("#kind").selectOption("document.viewed");
		await Promise.all([page.waitForNavigation(), page.locator("form.filters button[type=submit]").click()]);
		await look(auditor, "/journal/entries/filtered");
		assert.ok(await page.locator("main tbody tr").count() >= 1);
		assert.equal(await page.locator("#role").inputValue(), "commission");
		await page.locator("main tbody a").first().click();
		await look(auditor, "/journal/entries/uncovered");
		await visit(auditor, world, "/journal");
		await send(auditor, "/journal/checkpoints");
		await visit(auditor, world, "/journal/entries/5");
		await page.locator("[data-proof] button").click();
		await page.locator("[data-proof] .say-success").waitFor();
		await look(auditor, "/journal/entries/proved");
		await page.evaluate(() => { document.getElementById("entry-header").textContent += " "; });
		await page.locator("[data-proof] button").click();
		await page.locator("[data-proof] .say-danger").waitFor();
		await everywhere(auditor, "/journal/entries/5");
		await everywhere(auditor, "/journal/entries?kind=document.viewed&role=commission");
		await auditor.context.close();
	});

	test(`${language}: and without scripts`, { timeout: 600000 }, async () => {
		const auditor = await world.signIn("auditor", language, { javaScriptEnabled: false }), { page } = auditor;
		await page.goto(world.url("/journal/entries"));
		const first = await page.locator("main tbody a").first().innerText();
		await page.locator("[rel=next]").click();
		assert.notEqual(await page.locator("main tbody a").first().innerText(), first);
		await page.locator("[rel=prev]").click();
		assert.equal(await page.locator("main tbody a").first().innerText(), first);
		await page.goto(world.url("/journal/entries/5"));
		assert.equal(await page.locator("[data-proof] button").isVisible(), false);
		const [file] = await Promise.all([page.waitForEvent("download"), page.locator("a[download]").click()]);
		assert.equal(file.suggestedFilename(), "entry-5.json");
		await auditor.context.close();
	});
}

for (const language of ["kk", "ru"]) {
	test(`${language}: the auditor's desk, and a report that is brought`, { timeout: 600000 }, async () => {
		const auditor = await world.signIn("auditor", language), { page } = auditor;
		await visit(auditor, world, "/audit");
		await everywhere(auditor, "/audit");
		await page.goto(world.url("/audit/drill"));
		await everywhere(auditor, "/audit/drill");
		await page.goto(world.url("/audit/drill"));
		await send(auditor, "/audit/reports", { file: { name: "x.json", mimeType: "application/json", buffer: Buffer.from("{}") } });
		await expectRefusal(auditor, { field: "file" });
		// rows that the test has written itself are findings
		const report = spawnSync(konkurs, ["verify", "--db", world.db, "--json"], { encoding: "utf8" }).stdout;
		await page.goto(world.url("/audit/drill"));
		await send(auditor, "/audit/reports", { file: { name: "verify.json", mimeType: "application/json", buffer: Buffer.from(report) } });
		assert.match(page.url(), /\/audit\/reports\/\d+$/);
		assert.equal(await page.locator(".say-success").count() >= 1, true, "this journal had that root");
		await everywhere(auditor, new URL(page.url()).pathname);
		await visit(auditor, world, "/audit");
		await auditor.context.close();
	});

	test(`${language}: the secretary's console`, { timeout: 600000 }, async () => {
		const secretary = await world.signIn("secretary", language), { page } = secretary;
		await visit(secretary, world, interview);
		assert.ok(await page.locator("#console").count() === 1);
		const next = await page.locator("section[aria-labelledby=console] .btn-primary").getAttribute("href");
		assert.equal(await page.locator(next).count(), 1, `${next} is on the page`);
		await everywhere(secretary, interview);
		await secretary.context.close();
	});
}
