// Restricted papers (F76) in the browser: HR says for what before own security's information is shown; a reason that
// is missing stands at its field; the auditor finds who has looked, when and for what.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { person, startWorld } from "./harness.mjs";
import { expectRefusal, look, send } from "./play.mjs";
import { sql } from "./seat.mjs";

let world;
const applications = {};
const idOf = (key) => sql(world, `SELECT id FROM person WHERE iin = '${person(key).iin}'`)[0].id;

// A sent application with own security's information, written as test/web/stage.h does.
function informed(key) {
	const now = Date.now() - 60000;
	const id = sql(world, `INSERT INTO application (competition_id, person_id, state, organ, place_kind, position, phone,
		education, education_note, test_language, created_ms, changed_ms, sent_ms)
		VALUES (1, ${idOf(key)}, 'sent', 'pgo', 'central', 'прокурор', '', 'higher-law', '', 'kk', ${now}, ${now}, ${now})
		RETURNING id`)[0].id;
	sql(world, `INSERT INTO security_information (application_id, number, day, content, by_id, at_ms)
		VALUES (${id}, '5', 20500, 'Мәлімет жоқ. Сведений нет.', ${idOf("security")}, ${now})`);
	return id;
}

before(async () => {
	world = await startWorld({ sealed: false });
	for (const key of ["candidate1", "candidate2"]) applications[key] = informed(key);
});
after(async () => { await world?.stop(); });

const pathOf = (who) => new URL(who.page.url()).pathname;

for (const [language, key, officer, words] of [["kk", "candidate1", "hr1", "№ 14 бұйрық"],
	["ru", "candidate2", "hr2", "приказ № 14"]]) {
	test(`${language}: a reason comes before the paper, and the auditor reads it`, { timeout: 600000 }, async () => {
		const id = applications[key];
		const hr = await world.signIn(officer, language);
		await hr.page.goto(world.url(`/applications/${id}/security`));
		assert.equal(pathOf(hr), `/restricted/security/${id}`, "not shown before");
		await look(hr, "/restricted/security/1");
		const form = `/restricted/security/${id}`;
		await send(hr, form, { reason: "other" });
		await expectRefusal(hr, { field: "words" });
		await look(hr, "/restricted/security/1/refused");
		await send(hr, form, { reason: "other", words });
		assert.equal(pathOf(hr), `/applications/${id}/security`, "back to where one wanted to go");
		await look(hr, "/applications/1/security");
		await hr.page.reload();
		assert.equal(pathOf(hr), `/applications/${id}/security`, "good for a working day");

		const auditor = await world.signIn("auditor", language);
		await auditor.page.goto(world.url("/audit/views"));
		await look(auditor, "/audit/views");
		const rows = auditor.page.locator("main tbody tr", { hasText: words });
		assert.equal(await rows.count(), 2, "each look is a line");
		assert.match(await rows.first().innerText(), new RegExp(person(officer).family));
		assert.match(await rows.first().innerText(), new RegExp(person(key).family));
		await auditor.page.selectOption("[name=what]", "study");
		await Promise.all([auditor.page.waitForNavigation(),
			auditor.page.locator("form.filters button[type=submit]").click()]);
		assert.equal(await auditor.page.locator("main tbody tr").count(), 0);
		await look(auditor, "/audit/views/none");
		await auditor.context.close();
		await hr.context.close();
	});
}

test("ru: who is on no list learns nothing", { timeout: 600000 }, async () => {
	const operator = await world.signIn("operator", "ru");
	const answer = await operator.page.goto(world.url(`/restricted/security/${applications.candidate1}`));
	assert.equal(answer.status(), 403);
	assert.doesNotMatch(await operator.page.locator("main").innerText(), new RegExp(person("candidate1").family));
	await operator.context.close();
});
