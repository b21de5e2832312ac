// commission.mjs - a candidate on the day of the interview, for tests of the commission itself.
//
// Rows are written directly, as test/web/stage.h does: the way there is played in competition.mjs.
import { person } from "./harness.mjs";
import { nameOf, send, visit } from "./play.mjs";
import { bytes, chance, sql } from "./seat.mjs";

const text = (value) => `'${String(value).replaceAll("'", "''")}'`;
const idOf = (world, key) => sql(world, `SELECT id FROM person WHERE iin = ${text(person(key).iin)}`)[0].id;

// Somebody who has everything that the interview asks for, with a released dossier; the application.
function admit(world, key, now) {
	const who = idOf(world, key);
	const officer = idOf(world, "hr1");
	const [blob] = sql(world, `INSERT INTO blob (hash, media, size, body, added_ms) VALUES (
		'5c7d1d4cb3859bb7a2912b453ffbd9d3b9e8a8908e241b7f3504545570efa2d6',
		'application/pdf', 9, ${bytes(world, "%PDF-1.4 ")}, ${now}) ON CONFLICT (hash) DO UPDATE SET
		size = 9 RETURNING hash`);
	const [{ id }] = sql(world, `INSERT INTO application (competition_id, person_id, state, organ,
		place_kind, position, phone, education, education_note, test_language, created_ms, changed_ms,
		sent_ms) VALUES (1, ${who}, 'sent', 'pgo', 'central', 'прокурор', '', 'higher-law', '', 'kk',
		${now}, ${now}, ${now}) RETURNING id`);
	sql(world, `INSERT INTO qualification_decision (application_id, outcome, reason, by_id, at_ms)
		VALUES (${id}, 'met', '', ${officer}, ${now})`);
	for (const kind of ["polygraph", "psycho"])
		sql(world, `INSERT INTO study (application_id, kind, outcome, number, day, note, blob_hash,
			file_name, by_id, at_ms) VALUES (${id}, '${kind}', 'undergone', '7', 20500, '',
			'${blob.hash}', 'a.pdf', ${officer}, ${now})`);
	sql(world, `INSERT INTO rating (application_id, value, number, day, issuer, blob_hash, file_name,
		by_id, at_ms) VALUES (${id}, '87.5', '3', 20500, 'HR', '${blob.hash}', 'c.pdf', ${officer}, ${now})`);
	for (const kind of ["certificate", "recommendation", "service_list"])
		sql(world, `INSERT INTO document (application_id, kind, blob_hash, file_name, signatory,
			signatory_position, added_by, added_ms) VALUES (${id}, '${kind}', '${blob.hash}', 'b.pdf',
			'', '', ${officer}, ${now})`);
	const [sitting] = sql(world, `INSERT INTO sitting (competition_id, hall_id, planned_ms, state,
		forms_most, binding, recording, minutes, opened_by, opened_ms, round, commitment, names_ms)
		VALUES (1, 1, ${now}, 'closed', 0, 'none', 'confirmed', 120, ${officer}, ${now}, 1,
		${chance(world, 32)}, ${now}) RETURNING id`);
	const [attempt] = sql(world, `INSERT INTO attempt (sitting_id, application_id, code, language,
		document_seen, seat, admitted_by, admitted_ms, finished_ms, finish, token_key, pen, extra_ms,
		void) VALUES (${sitting.id}, ${id}, 'S-${id}', 'kk', 'id_card', '1', ${officer}, ${now}, ${now},
		'candidate', ${chance(world, 32)}, '', 0, 0) RETURNING id`);
	sql(world, `INSERT INTO result (attempt_id, correct, asked, pass_mark, positive, points,
		answers_hash, fixed_ms) VALUES (${attempt.id}, 90, 120, 84, 1, '', ${chance(world, 32)}, ${now})`);
	sql(world, `INSERT INTO dossier_release (application_id, by_id, at_ms) VALUES (${id}, ${officer},
		${now})`);
	return id;
}

// An interview of competition 1 on the day of the world, and who is to be heard there.
export function openInterview(world, start, candidates) {
	const now = Date.parse(`${start}:00+05:00`);
	const day = Math.floor((now + 5 * 3600 * 1000) / 86400000);
	const [{ id }] = sql(world, `INSERT INTO interview (competition_id, day, start_ms, place, state,
		planned_by, planned_ms) VALUES (1, ${day}, ${now}, 'Мәжіліс залы', 'planned',
		${idOf(world, "hr1")}, ${now - 1}) RETURNING id`);
	const applications = candidates.map((key) => admit(world, key, now - 1));
	for (const [at, application] of applications.entries())
		sql(world, `INSERT INTO interview_candidate (interview_id, application_id, turn) VALUES (${id},
			${application}, ${at + 1})`);
	return { id, applications };
}

// Who sits, and as what.
const seats = [
	["chair", "chair", "subdivision_head"],
	["member1", "member", "own_security"],
	["member2", "member", "hr"],
	["member3", "member", "subdivision_head"],
	["member4", "member", "other"],
	["hr2", "member", "other"],
	["secretary", "secretary", "hr"],
];
export const commission = "/competitions/1/commission";

export async function find(world, hr, key) {
	await hr.page.goto(world.url(`${commission}?q=${encodeURIComponent(nameOf(key))}`));
	return hr.page.locator("[name=person]").first().getAttribute("value");
}

export async function appoint(world, hr) {
	await visit(hr, world, commission);
	await send(hr, commission, { order_number: "15-к", order_day: "2026-03-26" });
	for (const [key, role, kind] of seats) {
		const id = await find(world, hr, key);
		await send(hr, `${commission}/members`, { person: id, role, kind, employee: true });
	}
	await send(hr, `${commission}/appoint`);
}

// Notes as present those whose names these are.
export async function attend(world, secretary, path, keys) {
	await visit(secretary, world, path);
	const rows = secretary.page.locator(`form[action="${path}/attendance"] label`);
	for (let i = 0; i < await rows.count(); i++) {
		const said = await rows.nth(i).innerText();
		await rows.nth(i).locator("input").setChecked(keys.some((key) => said.includes(nameOf(key))));
	}
	await send(secretary, `${path}/attendance`);
}
