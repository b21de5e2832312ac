// The record of a sitting on the operator's pages: asked for in the plan, waited for at the start,
// renewed by themselves; an incident stands above the board within five seconds, is read out once,
// and is decided with a reason (R28-3, F68).  The rows are those that `konkurs video` writes: it
// itself, with Janus and cameras, is video.test.mjs.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { startWorld } from "./harness.mjs";
import { consent, expectRefusal, look, send, visit } from "./play.mjs";
import * as at from "./seat.mjs";

const SEEN_MS = 2000; // as often as the service tells of itself
const GIB = 1024 ** 3;
let world;
let sitting;
let room;
let beat;
const people = {};
const sources = {};
const as = async (key, language) => (people[key + language] ??= await world.signIn(key, language));

// The service is there; sources in `growing` grow.
const growing = new Set();
const tell = () => {
	at.sql(world, `INSERT INTO video_service (id, seen_ms, problem, free_bytes, source_rate)
		VALUES (1, ${Date.now()}, '', ${200 * GIB}, 200000000)
		ON CONFLICT (id) DO UPDATE SET seen_ms = excluded.seen_ms`);
	if (growing.size) at.sql(world, `UPDATE video_source SET audio_ms = ${Date.now()},
		video_ms = ${Date.now()} WHERE id IN (${[...growing].join()})`);
};

function seat(key, number) {
	const attempt = at.openSeat(world, sitting, key, { language: "ru", seat: number, leftMs: 0 });
	const [{ id }] = at.sql(world, `INSERT INTO video_source (room_id, kind, attempt_id, number,
		audio_ms, video_ms) VALUES (${room}, 'seat', ${attempt}, ${number}, 0, 0) RETURNING id`);
	sources[key] = { attempt, source: id };
}

function sends(key) {
	const { source } = sources[key];
	at.sql(world, `INSERT INTO video_line (room_id, source_id, way, person_id, state, offer, answer,
		problem, created_ms, heard_ms) VALUES (${room}, ${source}, 'send', 1, 'up', '', '', '', 0, 0);
		UPDATE video_source SET warned_ms = ${Date.now()} WHERE id = ${source}`);
	growing.add(source);
	tell();
}

const incident = (key, kind) => at.sql(world, `INSERT INTO video_incident (room_id, source_id, kind,
	from_ms, choice, reason) VALUES (${room}, ${key ? sources[key].source : "NULL"}, '${kind}',
	${Date.now()}, '', '') RETURNING id`)[0].id;

before(async () => {
	world = await startWorld({ sealed: false });
	tell();
	beat = setInterval(tell, SEEN_MS);
});
after(async () => { clearInterval(beat); await world.stop(); });

test("the plan asks how a sitting is recorded, seats first", { timeout: 300000 }, async () => {
	const operator = await as("operator", "kk");
	await visit(operator, world, "/sittings/new");
	assert.equal(await operator.page.locator("[name=record]:checked").inputValue(), "seats");
	const planned = new Date(Date.now() + 26 * 3600 * 1000).toISOString().slice(0, 16);
	await send(operator, "/sittings", { competition: 1, hall: 1, planned, record: "seats" });
	await look(operator, "/sittings/1/open");
	sitting = Number(new URL(operator.page.url()).pathname.split("/")[2]);
	room = at.sql(world, `SELECT id FROM video_room WHERE sitting_id = ${sitting}`)[0].id;
	assert.match(await operator.page.locator("#record").innerText(), /ГиБ/);
	const other = await as("operator", "ru");
	await visit(other, world, "/sittings/new");
	await visit(other, world, `/sittings/${sitting}`);
});

test("before the start each seat's record is waited for, and the page renews itself", { timeout: 300000 }, async () => {
	const operator = await as("operator", "ru");
	const { page } = operator;
	seat("candidate1", 4);
	seat("candidate2", 7);
	at.sql(world, `UPDATE sitting SET state = 'sealed', sealed_by = opened_by,
		sealed_second = (SELECT person_id FROM role_grant WHERE role IN ('operator', 'hr')
		AND person_id <> opened_by LIMIT 1), sealed_ms = ${Date.now()} WHERE id = ${sitting}`);
	await visit(operator, world, `/sittings/${sitting}`);
	assert.equal(await page.locator("#record tr[data-missing]").count(), 2);
	await page.evaluate(() => { globalThis.same = true; });
	sends("candidate1");
	await page.waitForFunction(() => document.querySelectorAll("#record tr[data-missing]").length === 1,
		null, { timeout: 30000 });
	assert.equal(await page.evaluate(() => globalThis.same), true, "renewed, not loaded anew");
	await look(operator, "/sittings/1/recorded");
	await page.locator("summary", { hasText: "Кандидата нет на месте" }).click();
	await send(operator, `/sittings/${sitting}/absent`, { absent: sources.candidate2.attempt, absent_reason: "" });
	await expectRefusal(operator, { field: "absent_reason" });
	await send(operator, `/sittings/${sitting}/absent`, { absent: sources.candidate2.attempt, absent_reason: "Заболел" });
	await page.waitForSelector("#record .board-calm");
	await look(operator, "/sittings/1/absent");
	await send(operator, `/sittings/${sitting}/present`);
	assert.equal(await page.locator("#record tr[data-missing]").count(), 1);
	sends("candidate2");
	await page.waitForSelector("#record .board-calm");
	await visit(await as("operator", "kk"), world, `/sittings/${sitting}`);
});

test("an incident is above the board within five seconds, and decided once", { timeout: 300000 }, async () => {
	const operator = await as("operator", "kk");
	const { page } = operator;
	at.sql(world, `UPDATE sitting SET state = 'running', recording = 'confirmed',
		started_ms = ${Date.now()} WHERE id = ${sitting}`);
	for (const key of ["candidate1", "candidate2"]) at.start(world, sources[key].attempt);
	await visit(operator, world, `/sittings/${sitting}`);
	assert.equal(await page.locator("#incidents").isVisible(), false);
	await page.evaluate(() => { globalThis.same = true; });
	const begun = Date.now();
	const lost = incident("candidate1", "lost");
	await page.waitForSelector("#incidents [role=alert]");
	const seen = Date.now() - begun;
	assert.ok(seen < 5000, `on the board after ${seen} ms`);
	assert.equal(await page.evaluate(() => globalThis.same), true);
	// What has not changed stays the same element: an alert is read out once.
	await page.evaluate(() => { globalThis.alerted = document.querySelector("#incidents [role=alert]"); });
	await page.waitForTimeout(5000);
	assert.equal(await page.evaluate(() => globalThis.alerted.isConnected), true);
	await look(operator, "/sittings/1/incident");
	await page.click(`#incident-${lost}`);
	await page.waitForURL(/\/incidents\//);
	await look(operator, "/sittings/1/incidents/1");
	assert.equal(await page.locator("form[action$='/stop'] [name=reason]").inputValue(), "Жазба үзілді");
	await send(operator, `/sittings/${sitting}/incidents/${lost}/go-on`, { why: "" });
	await expectRefusal(operator, { field: "why" });
	await send(operator, `/sittings/${sitting}/incidents/${lost}/go-on`, { why: "Камера қайта қосылды" });
	assert.match(await page.locator("#incidents").innerText(), /Камера қайта қосылды/);
});

test("the clock of the seat stands for an incident; the protocol has both", { timeout: 300000 }, async () => {
	const operator = await as("operator", "ru");
	const { page } = operator;
	const lost = incident("candidate2", "lost");
	await visit(operator, world, `/sittings/${sitting}/incidents/${lost}`);
	await send(operator, `/sittings/${sitting}/incidents/${lost}/stop`, await consent(page));
	assert.equal(at.sql(world, `SELECT COUNT(*) AS n FROM attempt WHERE stopped_ms IS NOT NULL`)[0].n, 1);
	assert.equal(at.sql(world, `SELECT choice FROM video_incident WHERE id = ${lost}`)[0].choice, "stop");
	await look(operator, "/sittings/1/stopped");
	for (const language of ["ru", "kk"]) {
		const who = await as("operator", language);
		await visit(who, world, `/sittings/${sitting}/protocol`);
		assert.match(await who.page.locator("main").innerText(), /Камера қайта қосылды/);
	}
});
