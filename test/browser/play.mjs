// play.mjs - the eight steps of a competition, each as its users do it in the browser.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { rightAnswers } from "./bank.mjs";
import { expectAccessible, password, pdf, person, press as pressButton, shot } from "./harness.mjs";

// ---- hands ------------------------------------------------------------------------------------

// Opens a page, looks at it with axe, and keeps a picture when asked for.
export async function visit(who, world, path) {
	const answer = await who.page.goto(world.url(path));
	assert.ok(answer.ok(), `${path} for ${who.key}: ${answer.status()}`);
	await look(who, path);
}

export async function look(who, name) {
	const plain = name.replace(/\d+/g, "N").replace(/[^\w]+/g, "-").replace(/^-|-$/g, "") || "home";
	await expectAccessible(who.page, name);
	await shot(who.page, `${who.language}-${who.key}-${plain}`);
	assert.deepEqual(who.broken, [], `script errors on ${name}`);
	assert.equal(await who.page.locator("html").getAttribute("lang"), who.language);
}

// Fills the fields of the form with that action and sends it by its button.
export async function send(who, action, fields = {}, button = "button[type=submit]") {
	const { page } = who;
	const form = page.locator(`form[action="${action}"]`).first();
	for (const [name, value] of Object.entries(fields)) {
		const field = form.locator(`[name="${name}"]`);
		const kind = await field.first().evaluate((f) => f.tagName === "SELECT" ? "select" : f.type);
		if (kind === "select") await field.selectOption(String(value));
		else if (kind === "radio") await form.locator(`[name="${name}"][value="${value}"]`).check();
		else if (kind === "checkbox") await field.setChecked(value);
		else if (kind === "file") await field.setInputFiles(value);
		else await field.fill(String(value));
	}
	const press = form.locator(button).first();
	const asks = await press.getAttribute("data-confirm");
	if (asks === null) {
		await Promise.all([page.waitForNavigation(), press.click()]);
	} else {
		await press.click();
		const dialog = page.locator("dialog[open]");
		assert.match(await dialog.innerText(), /\S/);
		await Promise.all([page.waitForNavigation(), dialog.locator("button").last().click()]);
	}
}

// The refusal that stands on the page.
export async function expectRefusal(who, { clause, field } = {}) {
	const { page } = who;
	const alert = page.locator("#refusal");
	await alert.waitFor();
	if (clause) assert.match(await alert.innerText(), new RegExp(`\\b${clause.replace(/[()]/g, "\\$&")}\\b`));
	if (field) assert.equal(await page.locator(`[name="${field}"][aria-invalid=true]`).count() > 0, true,
		`the message stands at ${field}`);
}

const idOf = (page) => Number(new URL(page.url()).pathname.split("/")[2]);

// ---- 1. HR announces ------------------------------------------------------------------------------

export async function announce(world, hr) {
	await visit(hr, world, "/competitions/new");
	await send(hr, "/competitions", { organ: "reg-akmola", post: "head-directorate-regional",
		vacancies: 1, filing_days: 7, demonstration: true,
		text_kk: "Сынақ конкурсының хабарландыруы.", text_ru: "Объявление испытательного конкурса." });
	const id = idOf(hr.page);
	await look(hr, "/competitions/1");
	await send(hr, `/competitions/${id}/announce`);
	await look(hr, "/competitions/1/announced");
	await visit(hr, world, `/competitions/${id}/correct`);
	await send(hr, `/competitions/${id}/correct`, { text_kk: "Сынақ конкурсының түзетілген хабарландыруы.",
		text_ru: "Исправленное объявление испытательного конкурса.", reason_kk: "Қате түзетілді.",
		reason_ru: "Исправлена ошибка." });
	assert.equal(await hr.page.locator("main details").count(), 1, "the first version stays visible");
	await visit(hr, world, "/competitions");
	return id;
}

export async function readAsPublic(world, visitor, id) {
	await visit(visitor, world, "/announcements");
	await visit(visitor, world, `/announcements/${id}`);
	await visit(visitor, world, "/");
	await visit(visitor, world, "/sign-in");
}

// ---- 2. a candidate applies ---------------------------------------------------------------------

export async function apply(world, who, competition, { testLanguage, signer, wrongSigner }) {
	const { page } = who;
	await visit(who, world, `/announcements/${competition}`);
	await send(who, `/competitions/${competition}/apply`);
	const id = idOf(page);
	await look(who, "/applications/1");
	await send(who, `/applications/${id}/send`);
	await expectRefusal(who, { clause: "10" });
	await visit(who, world, `/applications/${id}`);
	await send(who, `/applications/${id}/profile`, { phone: "+7 700 000 00 00", education: "higher-law",
		test_language: testLanguage });
	await send(who, `/applications/${id}/periods`, { kind: "prosecution", organisation: "Прокуратура",
		held: "Начальник отдела", leadership: true, category: "C-5", from: "2012-01-10" });
	await send(who, `/applications/${id}/documents`, { paper: "certificate", signatory: "Үлгі Басшы",
		signed_as: "direct_supervisor", signed_day: "2026-03-02", file: pdf("certificate") });
	const recommendation = { paper: "recommendation", signatory: "Мысал Басшы",
		signed_day: "2026-03-02", file: pdf("recommendation") };
	await send(who, `/applications/${id}/documents`, { ...recommendation, signed_as: wrongSigner });
	await expectRefusal(who, { clause: "10", field: "signed_as" });
	await visit(who, world, `/applications/${id}`);
	await send(who, `/applications/${id}/documents`, { ...recommendation, signed_as: signer });
	await send(who, `/applications/${id}/send`);
	await look(who, "/applications/1/receipt");
	await visit(who, world, "/applications");
	await visit(who, world, `/applications/${id}`);
	await visit(who, world, `/applications/${id}/story`);
	return id;
}

// ---- 3. HR checks -----------------------------------------------------------------------------------

export async function check(world, hr, application) {
	await visit(hr, world, `/applications/${application}/check`);
	await send(hr, `/applications/${application}/check/papers`, {}, "[value=complete]");
	await send(hr, `/applications/${application}/check/decision`, {}, "[value=met]");
	await look(hr, "/applications/1/check/met");
}

export async function refuse(world, hr, second, application) {
	await visit(hr, world, `/applications/${application}/check`);
	await send(hr, `/applications/${application}/check/decision`, {}, "[value=not_met]");
	await expectRefusal(hr, { field: "reason" });
	await visit(hr, world, `/applications/${application}/check`);
	await send(hr, `/applications/${application}/check/decision`,
		{ reason: "Еңбек өтілі құжатпен расталмаған." }, "[value=not_met]");
	await visit(second, world, `/applications/${application}/check`);
	await send(second, `/applications/${application}/check/answer`, {}, "[value=confirmed]");
	await look(second, "/applications/1/check/refused");
}

// ---- 4. own security, studies, rating -------------------------------------------------------------

export async function security(world, hr, officer, competition, applications) {
	await visit(hr, world, `/competitions/${competition}/security-list`);
	await send(hr, `/competitions/${competition}/security-list`, { number: "12-34" });
	await look(hr, "/security-lists/1");
	await visit(officer, world, "/security");
	for (const application of applications) {
		await visit(officer, world, `/applications/${application}/security/new`);
		await send(officer, `/applications/${application}/security/new`, { number: "ӨҚ-7",
			day: "2026-03-02", content: "Мәлімет жоқ.", file: pdf("information") });
	}
	await visit(hr, world, `/applications/${applications[0]}/security`);
}

export async function study(world, officer, kind, applications) {
	await visit(officer, world, `/studies/${kind}`);
	for (const application of applications) {
		const path = `/applications/${application}/studies/${kind}`;
		await visit(officer, world, path);
		await send(officer, path, { outcome: "undergone", number: "З-5", day: "2026-03-02",
			file: pdf(kind) });
		await visit(officer, world, path);
	}
}

export async function papers(world, hr, applications) {
	for (const application of applications) {
		await visit(hr, world, `/applications/${application}/dossier`);
		await send(hr, `/applications/${application}/service-list`, { file: pdf("service-list") });
		await send(hr, `/applications/${application}/rating`, { value: "много", number: "Р-1",
			day: "2026-03-02", issuer: "Кадр жүйесі", rating_file: pdf("rating") });
		await expectRefusal(hr, { field: "value" });
		await visit(hr, world, `/applications/${application}/dossier`);
		await send(hr, `/applications/${application}/rating`, { value: "87.5", number: "Р-1",
			day: "2026-03-02", issuer: "Кадр жүйесі", rating_file: pdf("rating") });
	}
}

// ---- 5. the test ------------------------------------------------------------------------------------

// Two keepers open the bank for what waits for their shares: each on the own page, with the own
// passphrase.  In the demonstration it is the password of all.
export async function openBank(world, keepers) {
	for (const [i, keeper] of keepers.entries()) {
		await visit(keeper, world, "/");
		await keeper.page.locator("main a[href^='/bank/vault/openings/']").click();
		const path = new URL(keeper.page.url()).pathname;
		await look(keeper, `/bank/vault/openings/1/share-${i + 1}`);
		if (i === 0) {
			await send(keeper, `${path}/share`, { passphrase: "not the passphrase" });
			await expectRefusal(keeper, { field: "passphrase" });
			await visit(keeper, world, path);
		}
		await send(keeper, `${path}/share`, { passphrase: password });
		await look(keeper, `/bank/vault/openings/1/given-${i + 1}`);
	}
}

// No stem of the bank is in the bytes of the database, its log or its journal, as UTF-8 or UTF-16.
export function expectNoWords(world) {
	// of a server all rows, in which bytes stand as digits
	const loot = world.server ? [execFileSync("pg_dump", ["--data-only", world.db], { maxBuffer: 2 ** 30 })]
		: ["", "-wal", "-journal"].map((ending) => world.db + ending).filter(existsSync)
			.map((path) => readFileSync(path));
	assert.ok(loot[0].length > 0);
	const stems = ["kk", "ru"].flatMap((language) => [...rightAnswers(language).keys()]);
	assert.ok(stems.length > 600);
	for (const stem of stems)
		for (const encoding of ["utf8", "utf16le"])
			for (const bytes of loot) {
				assert.equal(bytes.indexOf(stem, 0, encoding), -1, stem);
				if (world.server) assert.equal(bytes.indexOf(Buffer.from(stem, encoding).toString("hex")), -1, stem);
			}
}

// The operator asks, the keepers open.
export async function openBankFor(world, operator, id, keepers) {
	await visit(operator, world, `/sittings/${id}`);
	await send(operator, `/sittings/${id}/bank`);
	await look(operator, "/sittings/1/bank-asked");
	await openBank(world, keepers);
	await visit(operator, world, `/sittings/${id}`);
}

export async function openSitting(world, operator, competition, candidates, keepers) {
	const { page } = operator;
	await visit(operator, world, "/sittings/new");
	const hall = async (text) => page.locator("[name=hall] option", { hasText: text }).getAttribute("value");
	const forbidden = await hall(operator.language === "kk" ? "рұқсат етілмеген" : "не разрешён");
	const allowed = await hall(operator.language === "kk" ? "Бас прокуратура" : "Генеральной прокуратуры");
	await send(operator, "/sittings", { competition, hall: forbidden, planned: "2026-03-02T10:00" });
	await expectRefusal(operator, { clause: "28", field: "hall" });
	await visit(operator, world, "/sittings/new");
	await send(operator, "/sittings", { competition, hall: allowed, planned: "2026-03-02T10:00" });
	const id = idOf(page);
	for (const [i, application] of candidates.entries()) {
		await visit(operator, world, `/sittings/${id}`);
		await send(operator, `/sittings/${id}/admit`, { candidate: application,
			document_seen: "id_card", seat: i + 1 });
	}
	await look(operator, "/sittings/1/open");
	await drawAndSeal(world, operator, id, keepers);
	await send(operator, `/sittings/${id}/start`, { ...codes, ...await consent(operator.page) });
	await expectRefusal(operator, { clause: "28" });
	await visit(operator, world, `/sittings/${id}`);
	await send(operator, `/sittings/${id}/recording`, {}, "[value=switched_off]");
	await look(operator, "/sittings/1/sealed");
	return id;
}

const codes = { code_1: "Алма-2026-ай", code_2: "Жұлдыз-77-су" };

// The first official whom the page offers agrees beside the operator: the demonstration demands no codes.
export async function consent(page, name = "second") {
	const who = await page.locator(`[name=${name}] option`).nth(1).getAttribute("value");
	return { [name]: who, [`${name}_password`]: password };
}

// Two witnesses' coins, one of them made by the page; then the seal of two officials.
async function drawAndSeal(world, operator, id, keepers) {
	const { page } = operator;
	await visit(operator, world, `/sittings/${id}`);
	await send(operator, `/sittings/${id}/coins`, { witness: "Куә Бірінші", coin: "бүркіт, сан, сан" });
	await page.locator("[data-make=f-coin]").click();
	assert.match(await page.inputValue("[name=coin]"), /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
	await send(operator, `/sittings/${id}/coins`, { witness: "Свидетель Второй" });
	await look(operator, "/sittings/1/coined");
	await send(operator, `/sittings/${id}/seal`, { ...codes, ...await consent(page) });
	await expectRefusal(operator); // the bank is sealed
	await openBankFor(world, operator, id, keepers);
	await send(operator, `/sittings/${id}/seal`, { ...codes, ...await consent(page) });
}

// The end: results by code; two officials, one after the other, join codes and names.
export async function closeSitting(world, operator, hr, id) {
	await visit(operator, world, `/sittings/${id}`);
	await send(operator, `/sittings/${id}/close`);
	await send(operator, `/sittings/${id}/names`);
	await look(operator, "/sittings/1/closed");
	await visit(hr, world, `/sittings/${id}`);
	await send(hr, `/sittings/${id}/names`);
	await look(hr, "/sittings/1/named");
	await visit(hr, world, `/sittings/${id}/protocol`);
}

export async function startSitting(world, operator, id) {
	await visit(operator, world, `/sittings/${id}`);
	await send(operator, `/sittings/${id}/start`, { ...codes, ...await consent(operator.page) });
	await look(operator, "/sittings/1/running");
}

// Waits for the page to say that the click is on disk.
export const savedMark = (page) => page.waitForSelector("[data-mark][data-state=saved]");

// Answers the questions from `first` to `last` rightly; the stem on the page decides.
export async function answer(who, language, last, first = 1) {
	const { page } = who;
	const right = rightAnswers(language);
	for (let number = first; number <= last; number++) {
		await page.locator(`[data-question="${number}"]`).click();
		await page.waitForFunction((n) => location.hash === `#${n}`, number);
		const stem = await page.locator("[data-stem]").innerText();
		const text = right.get(stem);
		assert.ok(text, `a question of the sample bank: ${stem}`);
		const option = page.locator(".test-option").filter({ has: page.getByText(text, { exact: true }) });
		await option.locator("input").check();
		await page.waitForSelector(`[data-question="${number}"][data-state=saved]`);
		await savedMark(page);
	}
}

export async function finish(who) {
	const { page } = who;
	await page.locator("[data-finish] button").click();
	await page.locator("dialog[open] button[value=yes]").click();
	await page.waitForSelector("[data-now=over]");
	await look(who, "/tests/1/over");
	await Promise.all([page.waitForURL(/\/results\//), page.locator("[data-panel=over] a").click()]);
	await look(who, "/results/1");
}

// ---- 6. interview planned, dossier released -------------------------------------------------------

export async function plan(world, hr, competition) {
	const path = `/competitions/${competition}/interview`;
	await visit(hr, world, path);
	await send(hr, path, { start: "2026-03-04T10:00", place: "Мәжіліс залы" });
	await expectRefusal(hr, { clause: "15", field: "start" });
	await look(hr, `${path}/refused`);
	await visit(hr, world, path);
	await send(hr, path, { start: "2026-03-12T10:00", place: "Мәжіліс залы" });
	await look(hr, `${path}/planned`);
}

export async function release(world, hr, applications) {
	for (const application of applications) {
		await visit(hr, world, `/applications/${application}/dossier`);
		await send(hr, `/applications/${application}/release`);
		await look(hr, "/applications/1/dossier/released");
	}
}

export const nameOf = (key) => person(key).family;

// ---- 7. the commission -------------------------------------------------------------------------------

const seats = [
	["chair", "chair", "subdivision_head", true],
	["member1", "member", "own_security", true],
	["member2", "member", "hr", true],
	["member3", "member", "subdivision_head", true],
	["member4", "member", "other", true],
	["secretary", "secretary", "hr", true],
	["invited", "invited", "psychologist", false],
];

export async function appoint(world, hr, competition) {
	const path = `/competitions/${competition}/commission`;
	await visit(hr, world, path);
	await send(hr, path, { order_number: "15-к", order_day: "2026-03-02" });
	for (const [key, role, kind, employee] of seats) {
		await hr.page.goto(world.url(`${path}?q=${encodeURIComponent(nameOf(key))}`));
		const id = await hr.page.locator("[name=person]").first().getAttribute("value");
		await send(hr, `${path}/members`, { person: id, role, kind, employee });
		if (key !== "member1") continue;
		// Two are no commission.
		await send(hr, `${path}/appoint`);
		await expectRefusal(hr, { clause: "41" });
	}
	await visit(hr, world, path);
	await send(hr, `${path}/appoint`);
	await look(hr, `${path}/appointed`);
}

// The form of one candidate among several on the same page.
async function press({ page }, action, application, button = "button") {
	const form = page.locator(`form[action="${action}"]:has([name=application][value="${application}"])`);
	await pressButton(page, form.locator(button).first());
}

export async function interviewDay(world, as, interview, application) {
	const path = `/interviews/${interview}`;
	const secretary = await as("secretary");
	await visit(await as("member1"), world, "/interviews");
	await visit(await as("member1"), world, `${path}/reading`);
	await visit(await as("member1"), world, `/applications/${application}/dossier`);
	await visit(secretary, world, path);
	const present = secretary.page.locator("[name=present]");
	for (let i = 0; i < await present.count(); i++) await present.nth(i).check();
	await send(secretary, `${path}/attendance`);
	await send(secretary, `${path}/begin`);
	await look(secretary, `${path}/running`);
	assert.equal(await secretary.page.locator(`form[action="${path}/hear"]`).count(), 0,
		"no interview before the warning about the record");
	await press(secretary, `${path}/warn`, application);
	await secretary.page.waitForSelector(`form[action="${path}/hear"]`);
	await press(secretary, `${path}/hear`, application);
	await secretary.page.waitForSelector(`form[action="${path}/end"]`);
	const invited = await as("invited");
	await visit(invited, world, path);
	await send(invited, `${path}/opinion`, { text: "Ұсынуға болады." });
	await visit(secretary, world, path);
	await press(secretary, `${path}/end`, application);
	assert.equal(await secretary.page.locator(`form[action="${path}/vote"]`).count(), 0,
		"the secretary has no ballot");
	for (const [key, choice] of [["chair", "for"], ["member1", "for"], ["member2", "for"],
		["member3", "against"], ["member4", "for"]]) {
		const member = await as(key);
		await visit(member, world, path);
		await press(member, `${path}/vote`, application, `[value=${choice}]`);
	}
	await visit(secretary, world, path);
	await press(secretary, `${path}/decide`, application);
	await look(secretary, `${path}/decided`);
	await send(secretary, `${path}/close`);
	await visit(secretary, world, `${path}/minutes`);
	await send(secretary, `${path}/minutes`, { number: "7" });
	await look(secretary, `${path}/minutes/numbered`);
	await signMinutes(world, as, interview, ["chair", "member1", "member2", "member3", "member4", "secretary"]);
	await visit(secretary, world, `${path}/minutes`);
}

// Every signer reads the frozen text and signs it; before the last of them nothing can be closed.
export async function signMinutes(world, as, interview, signers) {
	const path = `/interviews/${interview}/minutes`;
	for (const key of signers) {
		const who = await as(key);
		await visit(who, world, path);
		await send(who, `${path}/sign`, key === "member3" ? { dissent: "Қарсымын." } : {});
		assert.equal(await who.page.locator(`form[action="${path}/sign"]`).count(), 0, "signed once");
	}
}

// ---- 8. everybody sees how it ended ---------------------------------------------------------------

export async function ending(world, as, competition, application, refused) {
	const candidate = await as("candidate1");
	await visit(candidate, world, `/applications/${application}/story`);
	await visit(candidate, world, `/applications/${application}/notice`);
	await visit(await as("member1"), world, `/applications/${application}/decision`);
	await visit(await as("hr1"), world, `/applications/${application}/story`);
	await visit(await as("auditor"), world, `/applications/${application}/story`);
	const other = await as("candidate2");
	const answer = await other.page.goto(world.url(`/applications/${application}/story`));
	assert.equal(answer.status(), 404, "another candidate's story does not exist");
	await visit(other, world, `/applications/${refused}/story`);
	await visit(await as("hr1"), world, `/competitions/${competition}`);
	await send(await as("hr1"), `/competitions/${competition}/close`);
	await look(await as("hr1"), "/competitions/1/closed");
	await visit(await as("hr1"), world, "/");
	await visit(await as("admin"), world, "/help/routes");
}
