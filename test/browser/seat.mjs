// seat.mjs - a candidate's seat in a running sitting, for tests of the test itself.
//
// Rows are written directly, as test/web/stage.h does: what these tests are about begins at the
// seat.  The way there is played in competition.mjs.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { person } from "./harness.mjs";

const MINUTE = 60 * 1000;
const programme = { "criminal-code": 20, "criminal-procedure-code": 20 };

// What has no rows to give stands alone: within WITH it would need some.
function ofServer(world, text) {
	const gives = /^\s*(SELECT|WITH)\b|\bRETURNING\b/i.test(text);
	return execFileSync("psql", [world.db, "-qAtv", "ON_ERROR_STOP=1", "-c",
		gives ? `WITH q AS (${text}) SELECT COALESCE(json_agg(q), '[]') FROM q` : text], { encoding: "utf8" });
}

// Bytes as a literal; those by chance.
export const bytes = (world, content) => {
	const digits = Buffer.from(content).toString("hex");
	return world.server ? `'\\x${digits}'::bytea` : `x'${digits}'`;
};
export const chance = (world, size) => bytes(world, randomBytes(size));

// Runs SQL on the world's database, beside the server; rows as objects.
export function sql(world, text) {
	const out = world.server ? ofServer(world, text)
		: execFileSync("sqlite3", ["-json", "-cmd", ".timeout 10000", world.db, text], { encoding: "utf8" });
	return out.trim() ? JSON.parse(out) : [];
}

const text = (value) => `'${String(value).replaceAll("'", "''")}'`;

// A sitting that has started; its id.
export function openSitting(world, { started = true, minutes = 120 } = {}) {
	const now = Date.now();
	return sql(world, `INSERT INTO sitting (competition_id, hall_id, planned_ms, state, forms_most,
		binding, recording, minutes, opened_by, opened_ms, round, commitment, started_ms)
		VALUES (1, 1, ${now}, ${started ? "'running'" : "'sealed'"}, 0, 'none', 'switched_off',
		${minutes}, 1, ${now}, 1, ${chance(world, 32)}, ${started ? now : "NULL"}) RETURNING id`)[0].id;
}

// A place in it for a demonstration person; the attempt's id.
export function openSeat(world, sitting, key, { language = "ru", seat = 1, leftMs = 120 * MINUTE } = {}) {
	const now = Date.now();
	const [application] = sql(world, `INSERT INTO application (competition_id, person_id, state, organ,
		place_kind, position, phone, education, education_note, test_language, created_ms, changed_ms,
		sent_ms) SELECT 1, id, 'sent', 'pgo', 'central', 'прокурор', '', 'higher-law', '',
		${text(language)}, ${now}, ${now}, ${now} FROM person WHERE iin = ${text(person(key).iin)}
		RETURNING id`);
	const [attempt] = sql(world, `INSERT INTO attempt (sitting_id, application_id, code, language,
		document_seen, seat, admitted_by, admitted_ms, token_key, form_hash, pen, extra_ms, void)
		VALUES (${sitting}, ${application.id}, 'K-${randomBytes(3).toString("hex").toUpperCase()}', ${text(language)}, 'id_card',
		'${seat}', 1, ${now}, ${chance(world, 32)}, ${chance(world, 32)}, '', 0, 0) RETURNING id`);
	for (const [at, { act }] of sql(world, "SELECT DISTINCT act FROM item ORDER BY act").entries())
		sql(world, `INSERT INTO form_question (attempt_id, number, item_id, act, shown)
			SELECT ${attempt.id}, COALESCE((SELECT MAX(number) FROM form_question
			WHERE attempt_id = ${attempt.id}), 0) + ROW_NUMBER() OVER (ORDER BY id), id, act,
			substr('20314', 1, 5 - CASE WHEN options = 4 THEN 1 ELSE 0 END) FROM (SELECT * FROM item WHERE act = ${text(act)}
			AND retired_ms IS NULL ORDER BY (id * ${at + 7}) % 101 LIMIT ${programme[act] ?? 10}) AS chosen`);
	if (leftMs) start(world, attempt.id, leftMs);
	return attempt.id;
}

export function start(world, attempt, leftMs = 120 * MINUTE) {
	const now = Date.now();
	sql(world, `UPDATE attempt SET started_ms = ${now}, ends_ms = ${now + leftMs},
		form_opened_ms = ${now} WHERE id = ${attempt}`);
}

// ---- what the operator does ------------------------------------------------------------------

export function stop(world, attempt) {
	sql(world, `UPDATE attempt SET stopped_ms = ${Date.now()} WHERE id = ${attempt}`);
}

export function goOn(world, attempt) {
	sql(world, `UPDATE attempt SET extra_ms = extra_ms + (${Date.now()} - stopped_ms),
		stopped_ms = NULL WHERE id = ${attempt}`);
}

// The time left, from now on.
export function leave(world, attempt, ms) {
	sql(world, `UPDATE attempt SET ends_ms = ${Date.now() + ms} - extra_ms WHERE id = ${attempt}`);
}

// Another session holds the pen, as after a move.
export function move(world, attempt, key) {
	sql(world, `UPDATE attempt SET pen = (SELECT token_hash FROM session s JOIN person p
		ON p.id = s.person_id WHERE p.iin = ${text(person(key).iin)} ORDER BY s.seen_ms DESC LIMIT 1)
		WHERE id = ${attempt}`);
}

// Every click that the server has, in its order.
export function events(world, attempt) {
	return sql(world, `SELECT number, choice, accepted, refusal, client_key FROM answer_event
		WHERE attempt_id = ${attempt} ORDER BY id`);
}

// The server's table of pulses and its log of the seat.
export function pulse(world, attempt) {
	return sql(world, `SELECT unsaved, waiting_ms FROM seat_pulse WHERE attempt_id = ${attempt}`)[0];
}
export function gaps(world, attempt) {
	return sql(world, `SELECT length_ms FROM seat_event WHERE attempt_id = ${attempt}
		AND kind = 'gap' ORDER BY id`).map((row) => row.length_ms);
}

// ---- what the candidate does -----------------------------------------------------------------

// Opens the test and waits for its first question.
export async function sit(world, who, attempt) {
	await who.page.goto(world.url(`/tests/${attempt}`));
	await who.page.waitForSelector("[data-now=running] .test-option");
}

// Goes to a question by its button of the map; it is on the page afterwards.
export async function goTo(page, number) {
	await page.locator(`[data-question="${number}"]`).click();
	await page.waitForFunction((n) => location.hash === `#${n}` &&
		document.querySelector(".test-option input:not(:disabled)"), number,
	{ polling: 100 }); // not with each frame: on a busy machine there may be none for long
}

// Chooses the option at `place`, from 0; what the server is to have of it.
export async function choose(page, number, place) {
	await goTo(page, number);
	await page.locator(".test-option input").nth(place).click();
	return { number, choice: place };
}

export const stateOf = (page, number) => page.locator(`[data-question="${number}"]`).getAttribute("data-state");

export async function waitSaved(page, number, timeout = 90000) {
	await page.waitForSelector(`[data-question="${number}"][data-state=saved]`, { timeout });
}

// What was clicked, of the rows of events() or of choose().
export const clicksOf = (rows) => rows.map(({ number, choice }) => ({ number, choice }));

// Nothing waits to be sent.
export const allSaved = (page, timeout = 90000) => page.waitForFunction(() =>
	!document.querySelector("[data-question][data-state=sending], [data-question][data-state=unsaved]"),
null, { timeout });
