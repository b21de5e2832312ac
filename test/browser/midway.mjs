// midway.mjs - the demonstration as it stands midway through a competition, for tests of what each
// person finds on the pages: something is due, something is late, something waits for others.
//
// Rows are written directly, as test/web/stage.h does; the way there is played in competition.mjs.
// All days are those of NOW, so that the pages say the same whenever the test runs.
import { person, startWorld } from "./harness.mjs";
import { bytes, sql } from "./seat.mjs";

export const NOW = "2026-03-17T10:00"; // applications were taken from 2 to 12 March
const DAY = 24 * 3600 * 1000;
const at = (moment) => Date.parse(`${moment}:00+05:00`);
const dayOf = (date) => Date.parse(`${date}T00:00:00Z`) / DAY;
const text = (value) => `'${String(value).replaceAll("'", "''")}'`;
const fixed = (size, seed) => Buffer.alloc(size, seed);

// Starts it; world.midway = { application: {candidate1: id, ...}, interview, sitting }.
export async function startMidway(options = {}) {
	const world = await startWorld({ now: NOW, ...options });
	const id = (key) => sql(world, `SELECT id FROM person WHERE iin = ${text(person(key).iin)}`)[0].id;
	const hr = id("hr1");
	const sent = at("2026-03-05T11:00");
	sql(world, `UPDATE competition SET announced_ms = ${at("2026-03-02T10:00")},
		filing_last = ${dayOf("2026-03-12")} WHERE id = 1`);
	const [blob] = sql(world, `INSERT INTO blob (hash, media, size, body, added_ms) VALUES (
		'5c7d1d4cb3859bb7a2912b453ffbd9d3b9e8a8908e241b7f3504545570efa2d6', 'application/pdf', 9,
		${bytes(world, "%PDF-1.4 ")}, ${sent}) ON CONFLICT (hash) DO UPDATE SET size = 9 RETURNING hash`);

	const apply = (key, state) => sql(world, `INSERT INTO application (competition_id, person_id, state,
		organ, place_kind, position, phone, education, education_note, test_language, created_ms,
		changed_ms, sent_ms, receipt) VALUES (1, ${id(key)}, '${state}', 'pgo', 'central', 'прокурор',
		'+7 700 000 00 00', 'higher-law', '', 'kk', ${sent}, ${sent}, ${state === "sent" ? `${sent}, '${"5c7d1d4c".repeat(8)}'` : "NULL, NULL"})
		RETURNING id`)[0].id;
	const decide = (application, outcome) => sql(world, `INSERT INTO qualification_decision
		(application_id, outcome, reason, by_id, at_ms) VALUES (${application}, '${outcome}', '', ${hr},
		${at("2026-03-13T12:00")})`);
	const study = (application, kind) => sql(world, `INSERT INTO study (application_id, kind, outcome,
		number, day, note, blob_hash, file_name, by_id, at_ms) VALUES (${application}, '${kind}',
		'undergone', 'З-7', ${dayOf("2026-03-16")}, '', '${blob.hash}', 'conclusion.pdf', ${id(kind)},
		${at("2026-03-16T15:00")})`);
	const paper = (application, kind) => sql(world, `INSERT INTO document (application_id, kind,
		blob_hash, file_name, signatory, signatory_position, signed_day, added_by, added_ms) VALUES
		(${application}, '${kind}', '${blob.hash}', '${kind}.pdf', 'Үлгі Басшы', 'direct_supervisor',
		${dayOf("2026-03-02")}, ${hr}, ${sent})`);

	// checked by nobody, refused by one, met, met and nearly whole, a draft that came too late
	const application = {
		candidate1: apply("candidate1", "sent"), candidate2: apply("candidate2", "sent"),
		candidate3: apply("candidate3", "sent"), candidate4: apply("candidate4", "sent"),
		candidate5: apply("candidate5", "draft"),
	};
	for (const one of Object.values(application))
		for (const kind of ["certificate", "recommendation"]) paper(one, kind);
	decide(application.candidate2, "not_met");
	decide(application.candidate3, "met");
	decide(application.candidate4, "met");
	for (const kind of ["polygraph", "psycho"]) study(application.candidate4, kind);
	paper(application.candidate4, "service_list");
	sql(world, `INSERT INTO rating (application_id, value, number, day, issuer, blob_hash, file_name,
		by_id, at_ms) VALUES (${application.candidate4}, '87.5', 'Р-3', ${dayOf("2026-03-10")}, 'HR',
		'${blob.hash}', 'rating.pdf', ${hr}, ${sent})`);
	const [list] = sql(world, `INSERT INTO security_list (competition_id, number, sent_by, sent_ms)
		VALUES (1, '12-34', ${hr}, ${at("2026-03-14T10:00")}) RETURNING id`);
	sql(world, `INSERT INTO security_list_entry (list_id, application_id)
		VALUES (${list.id}, ${application.candidate4})`);

	const [commission] = sql(world, `INSERT INTO commission (competition_id, order_number, order_day,
		state, created_by, created_ms, appointed_ms) VALUES (1, '15-к', ${dayOf("2026-03-13")},
		'appointed', ${hr}, ${sent}, ${at("2026-03-13T16:00")}) RETURNING id`);
	for (const [key, role, kind] of [["chair", "chair", "subdivision_head"],
		["member1", "member", "own_security"], ["member2", "member", "hr"], ["member3", "member", "other"],
		["member4", "member", "other"], ["secretary", "secretary", "hr"], ["invited", "invited", "expert"]])
		sql(world, `INSERT INTO commission_member (commission_id, person_id, role, kind, employee) VALUES
			(${commission.id}, ${id(key)}, '${role}', '${kind}', ${role === "invited" ? 0 : 1})`);
	const [interview] = sql(world, `INSERT INTO interview (competition_id, day, start_ms, place, state,
		planned_by, planned_ms) VALUES (1, ${dayOf("2026-03-26")}, ${at("2026-03-26T10:00")},
		'Мәжіліс залы', 'planned', ${hr}, ${sent}) RETURNING id`);
	const [sitting] = sql(world, `INSERT INTO sitting (competition_id, hall_id, planned_ms, state,
		forms_most, binding, recording, minutes, opened_by, opened_ms, round, commitment) VALUES (1, 1,
		${at("2026-03-18T09:30")}, 'open', 0, 'none', '', 120, ${id("operator")}, ${sent}, 1,
		${bytes(world, fixed(32, 7))}) RETURNING id`);
	// read twice, the second line of an inbox is seen too
	sql(world, `INSERT INTO notice (person_id, kind, competition_id, href, content, created_ms) VALUES
		(${id("candidate4")}, 'check.met', 1, '/applications/${application.candidate4}/story', '{}',
		${at("2026-03-13T12:00")})`);
	const first = (table, where) => sql(world, `SELECT MIN(id) AS id FROM ${table} WHERE ${where}`)[0].id;
	world.midway = {
		application, unchecked: application.candidate1, refused: application.candidate2,
		open: application.candidate3, met: application.candidate4, draft: application.candidate5,
		interview: interview.id, sitting: sitting.id, list: list.id, person: id("hr1"),
		notice: first("notice", `person_id = ${id("candidate4")}`),
		rules: sql(world, "SELECT rule_set FROM competition WHERE id = 1")[0].rule_set,
	};
	return world;
}
