// Electronic signatures in the browser (F12): an application is signed through NCALayer's double in Kazakh and in
// Russian; somebody else's key, no NCALayer, no key chosen and a failure are said in words, and a file does
// instead. A paper that another than its signatory has signed is told, and HR decides (R10-1).
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { openAuthority } from "./authority.mjs";
import { expectAccessible, freePort, konkurs, person, press, shot, startWorld } from "./harness.mjs";
import { startNcalayer } from "./ncalayer.mjs";
import { bytes, sql } from "./seat.mjs";

let world;
let authority;
let port;
const applications = {};

// Sent applications of two candidates, written as test/web/stage.h does.
function apply(key) {
	const now = Date.now() - 60000;
	return sql(world, `INSERT INTO application (competition_id, person_id, state, organ, place_kind, position, phone,
		education, education_note, test_language, created_ms, changed_ms, sent_ms, receipt)
		SELECT 1, id, 'sent', 'pgo', 'central', 'прокурор', '', 'higher-law', '', 'kk', ${now}, ${now}, ${now},
		'${"ab".repeat(32)}' FROM person WHERE iin = '${person(key).iin}' RETURNING id`)[0].id;
}

before(async () => {
	authority = openAuthority();
	for (const key of ["candidate1", "candidate2"]) authority.issue(key, person(key).iin);
	port = await freePort();
	world = await startWorld({ sealed: false, ncalayer: `ws://127.0.0.1:${port}` });
	for (const key of ["candidate1", "candidate2"]) applications[key] = apply(key);
});
after(async () => {
	await world?.stop();
	authority?.close();
});

async function look(page, name) {
	await expectAccessible(page, name);
	await shot(page, name);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	assert.ok(wide <= 0, `${name}: ${wide} pixels too wide`);
}

const button = "#ncalayer-form button[type=submit]";
const open = (page, key) => page.goto(world.url(`/signatures/application/${applications[key]}`));
const signatures = () => sql(world, "SELECT id FROM document_signature").length;

const sign = (page) => press(page, page.locator(button));

test("the command line asks for an anchor, an administrator agrees", async () => {
	const said = execFileSync(konkurs, ["trust", "add", authority.root, "--db", world.db, "--reason", "сынақ"], { encoding: "utf8" });
	assert.match(said, /waits/);
	const { page, context, broken } = await world.signIn("admin", "kk");
	await page.goto(world.url("/trust"));
	await look(page, "trust-asked-kk");
	await page.locator("main form[action$='/answer'] button").first().click();
	await page.locator("dialog[open] .btn-primary, dialog[open] .btn-danger").first().click();
	await page.locator("main [data-state=trusted]").waitFor();
	await page.setInputFiles("[name=list]", authority.list);
	await page.locator("main form[action='/trust/lists'] button[type=submit]").click();
	await page.locator("main [data-state=ok]").waitFor();
	await look(page, "trust-kk");
	const listed = execFileSync(konkurs, ["trust", "list", "--db", world.db], { encoding: "utf8" });
	assert.match(listed, /anchor, trusted[^]*CRL 01/);
	assert.deepEqual(broken, []);
	await context.close();
});

test("what does not work is said, and somebody else's key is refused", { timeout: 600000 }, async () => {
	const { page, context, broken } = await world.signIn("candidate1", "ru");
	await open(page, "candidate1");
	await look(page, "signature-ru");
	await page.locator(button).click();
	await page.locator("#ncalayer-says", { hasText: "NCALayer не отвечает" }).waitFor();

	let layer = await startNcalayer(port, authority, { cancels: true });
	await page.locator(button).click();
	await page.locator("#ncalayer-says", { hasText: "Подписание отменено" }).waitFor();
	await layer.stop();

	layer = await startNcalayer(port, authority, { fails: "wrong password" });
	await page.locator(button).click();
	await page.locator("#ncalayer-says", { hasText: "NCALayer не смог подписать" }).waitFor();
	assert.match(await page.locator("#ncalayer-says").textContent(), /wrong password/);
	await look(page, "signature-failed-ru");
	await layer.stop();

	layer = await startNcalayer(port, authority, { signer: "candidate2" });
	assert.equal(await sign(page), 422);
	await page.locator("#d-file, .say-danger", { hasText: "ключ другого лица" }).first().waitFor();
	await look(page, "signature-refused-ru");
	await layer.stop();
	assert.equal(signatures(), 0);
	assert.deepEqual(broken, []);
	await context.close();
});

for (const [key, language, words] of [["candidate1", "kk", "Электрондық түрде қол қойды"],
	["candidate2", "ru", "Подписано электронно"]]) {
	test(`an application is signed in ${language}`, { timeout: 600000 }, async () => {
		const layer = await startNcalayer(port, authority, { signer: key });
		const { page, context, broken } = await world.signIn(key, language);
		await page.goto(world.url(`/applications/${applications[key]}`));
		await page.locator("main a[href^='/signatures/application/']").click();
		await look(page, `signature-${language}`);
		assert.equal(await sign(page), 303);
		await page.waitForURL(/\/applications\/[0-9]+$/);
		await page.locator("main [data-signature]", { hasText: words }).waitFor();
		await look(page, `signature-kept-${language}`);
		const [asked] = layer.heard;
		assert.equal(asked.args.locale, language);
		assert.equal(asked.args.signerParams.iin, person(key).iin);
		assert.equal(asked.args.signingParams.encapsulate, false);
		assert.equal(JSON.parse(Buffer.from(asked.args.data, "base64")).document, `application/${applications[key]}`);
		await layer.stop();
		assert.deepEqual(broken, []);
		await context.close();
	});
}

test("without NCALayer a file that was signed elsewhere does", { timeout: 600000 }, async () => {
	const guard = world.server ? "document_signature_no_change ON document_signature" : "document_signature_no_delete";
	sql(world, `DROP TRIGGER ${guard}; DELETE FROM document_signature`); // begins anew
	const { page, context, broken } = await world.signIn("candidate1", "kk");
	await open(page, "candidate1");
	const coming = page.waitForEvent("download");
	await page.locator("main a[href$='/text']").click();
	const text = await (await coming).path();
	await page.setInputFiles("[name=file]", authority.sign("candidate1", readFileSync(text)));
	await page.locator("main form[enctype] button[type=submit]").click();
	await page.locator("main [data-signature]").waitFor();
	assert.equal(signatures(), 1);
	assert.deepEqual(broken, []);
	await context.close();
});

// A paper of the candidate that names its signatory, and own security's letter about him.
function writePapers(key) {
	const now = Date.now() - 50000;
	const id = applications[key];
	sql(world, `INSERT INTO blob (hash, media, size, body, added_ms) VALUES ('6720892855c2539e728c6cb2027d679975f75c8a1c9e44f9822ae196ea15f864', 'application/pdf', 4, ${bytes(world, "%PDF")}, ${now})`);
	sql(world, `INSERT INTO security_information (application_id, number, day, content, by_id, at_ms)
		SELECT ${id}, '15-қ', 20536, 'Тексерілді', id, ${now} FROM person WHERE iin = '${person("security").iin}'`);
	return sql(world, `INSERT INTO document (application_id, kind, blob_hash, file_name, signatory, signatory_position,
		signed_day, added_by, added_ms) SELECT ${id}, 'recommendation', '6720892855c2539e728c6cb2027d679975f75c8a1c9e44f9822ae196ea15f864', 'ұсыным.pdf', 'Серікова Бағила',
		'direct_supervisor', 20500, id, ${now} FROM person WHERE iin = '${person(key).iin}' RETURNING id`)[0].id;
}

test("another signer than the signatory is told, and HR decides", { timeout: 600000 }, async () => {
	const paper = writePapers("candidate1");
	const candidate = await world.signIn("candidate1", "kk");
	await candidate.page.goto(world.url(`/signatures/paper/${paper}`));
	const text = await candidate.page.locator("[data-text]").getAttribute("data-text");
	await candidate.page.setInputFiles("[name=file]", authority.sign("candidate2", Buffer.from(text)));
	await candidate.page.locator("main form[enctype] button[type=submit]").click();
	await candidate.page.locator("main [data-other=open]", { hasText: "Серікова Бағила" }).waitFor();
	await look(candidate.page, "signature-other-kk");
	const hr = await world.signIn("hr1", "ru");
	await hr.page.goto(world.url(`/applications/${applications.candidate1}/check`));
	await look(hr.page, "signature-other-check-ru");
	await hr.page.locator("main a[href^='/signature-decisions/']").click();
	await look(hr.page, "signature-decide-ru");
	await hr.page.locator("[name=reason]").fill("Приказ № 4: исполняет обязанности");
	await hr.page.locator("button[name=counts][value=yes]").click();
	await hr.page.locator("dialog[open] .btn-primary, dialog[open] .btn-danger").first().click();
	await hr.page.locator("main [data-other=counts]", { hasText: "Приказ № 4" }).waitFor();
	await look(hr.page, "signature-decided-ru");
	await candidate.page.reload();
	await candidate.page.locator("main [data-other=counts]").waitFor();
	await look(candidate.page, "signature-decided-kk");
	for (const one of [candidate, hr]) {
		assert.deepEqual(one.broken, []);
		await one.context.close();
	}
});

test("own security's letter is signed and printed", { timeout: 600000 }, async () => {
	authority.issue("security", person("security").iin);
	for (const language of ["kk", "ru"]) {
		const { page, context, broken } = await world.signIn("security", language);
		await page.goto(world.url(`/applications/${applications.candidate1}/security`));
		if (language === "kk") {
			await page.locator("main a[href^='/signatures/security/']").click();
			const layer = await startNcalayer(port, authority, { signer: "security" });
			assert.equal(await sign(page), 303);
			await layer.stop();
			await page.waitForURL(/\/security$/);
		}
		await page.locator("main [data-signature]").waitFor();
		await look(page, `security-letter-${language}`);
		const letter = await page.request.get(world.url(await page.locator(`main a[href$='letter.pdf?language=${language}']`).getAttribute("href")));
		assert.equal(letter.headers()["content-type"], "application/pdf");
		assert.deepEqual(broken, []);
		await context.close();
	}
});
