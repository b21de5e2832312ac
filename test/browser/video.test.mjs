// Two candidates sit a test under record, one in Kazakh, one in Russian; a camera is lost, the server of
// sound and picture is killed; an interview is recorded.  Then the files are held against the journal
// (R28-3, R47-1, F38, F68 to F75).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { openInterview } from "./commission.mjs";
import { konkurs, person, shot, startWorld } from "./harness.mjs";
import { consent, expectRefusal, look, nameOf, send, visit } from "./play.mjs";
import * as at from "./seat.mjs";
import { media, newRecords, probe, startVideo, until } from "./video.mjs";

// From the loss of a record to the operator's board (F68).  Where more than two want each processor, the
// browsers themselves are late: then by as much longer.
const lostMs = () => 5000 * Math.max(1, loadavg()[0] / cpus().length / 2);
const SEGMENT_S = 12;
const codes = { code_1: "Алма-2026-ай", code_2: "Жұлдыз-77-су" };
const languages = { candidate1: "kk", candidate2: "ru", operator: "kk", hr1: "ru", auditor: "ru",
	secretary: "kk", candidate3: "ru", member1: "kk" };

let world;
let video;
let sitting;
const records = newRecords();
const applications = {};
const attempts = {};
const people = {};
const as = async (key) => (people[key] ??= await world.signIn(key, languages[key]));
const rows = (text) => at.sql(world, text);
const one = (text) => rows(text)[0];
const entries = (kind) => one(`SELECT COUNT(*) AS n FROM journal_entry WHERE kind = '${kind}'`).n;

before(async () => {
	world = await startWorld({ sealed: false, ...media(records) });
	video = await startVideo(world, records, { segment: SEGMENT_S });
});
after(async () => {
	await video?.stop();
	await world?.stop();
	video?.forget();
});

// Each step stands on the one before.
let failed = false;
const step = (name, body) => test(name, { timeout: 600000 }, async (t) => {
	if (failed) {
		t.skip("a step before this one failed");
		return;
	}
	failed = true;
	try {
		await body(t);
		failed = false;
	} finally {
		for (const who of failed ? Object.values(people) : []) await shot(who.page, `failed-${who.key}`).catch(() => {});
		if (failed) t.diagnostic(`konkurs video said: ${video.log.slice(-1500)}\nthe server: ${world.log.slice(-1000)}`);
	}
});

// What lies before the test, as rows: sent, and found to meet the Requirements.
function qualify(key) {
	const now = Date.now();
	const { id } = one(`INSERT INTO application (competition_id, person_id, state, organ, place_kind, position,
		phone, education, education_note, test_language, created_ms, changed_ms, sent_ms) SELECT 1, id, 'sent',
		'pgo', 'central', 'прокурор', '', 'higher-law', '', '${languages[key]}', ${now}, ${now}, ${now}
		FROM person WHERE iin = '${person(key).iin}' RETURNING id`);
	rows(`INSERT INTO qualification_decision (application_id, outcome, reason, by_id, at_ms) SELECT ${id}, 'met',
		'', id, ${now} FROM person WHERE iin = '${person("hr1").iin}'`);
	applications[key] = id;
}

const moment = (ms) => new Date(ms + 5 * 3600 * 1000).toISOString().slice(0, 16);

// ---- the sitting --------------------------------------------------------------------------------

step("the sitting is opened to be recorded seat by seat, and sealed", async () => {
	const operator = await as("operator");
	const { page } = operator;
	for (const key of ["candidate1", "candidate2"]) qualify(key);
	rows("UPDATE hall SET seats = 2"); // what a full hall would take need not be free here
	await visit(operator, world, "/sittings/new");
	const hall = await page.locator("[name=hall] option", { hasText: "Бас прокуратура" }).getAttribute("value");
	assert.ok(await page.locator("[name=record][value=seats]").isChecked(), "the record is what is expected");
	await send(operator, "/sittings", { competition: 1, hall, planned: moment(Date.now()) });
	sitting = Number(new URL(page.url()).pathname.split("/")[2]);
	assert.ok(sitting, "the sitting was opened");
	for (const [seat, key] of ["candidate1", "candidate2"].entries()) {
		await visit(operator, world, `/sittings/${sitting}`);
		await send(operator, `/sittings/${sitting}/admit`, { candidate: applications[key], document_seen: "id_card",
			seat: seat + 1 });
		attempts[key] = one(`SELECT id FROM attempt WHERE application_id = ${applications[key]}`).id;
	}
	await send(operator, `/sittings/${sitting}/coins`, { witness: "Куә Бірінші", coin: "бүркіт, сан, сан" });
	await send(operator, `/sittings/${sitting}/coins`, { witness: "Свидетель Второй", coin: "сан, бүркіт" });
	await send(operator, `/sittings/${sitting}/seal`, { ...codes, ...await consent(page) });
	await look(operator, "/sittings/1/recorded");
	await until("the room is open", () => one("SELECT state FROM video_room")?.state === "open");
});

// Confirms that the test is recorded, as the page asks for.
async function confirmRecord(who, attempt) {
	await visit(who, world, `/tests/${attempt}`);
	await who.page.locator("[data-video-confirm]").click();
	await recorded(who);
	await look(who, "/tests/1/recorded");
}

const recorded = (who) => who.page.waitForSelector("[data-video-seat][data-state=recorded]", { timeout: 40000 });

async function rehearse(who) {
	const { page } = who;
	await page.locator("[data-rehearsal-begin]").click();
	await page.waitForSelector("[data-rehearsal-ask]:not([hidden])");
	await page.waitForFunction(() => document.querySelector("[data-rehearsal-played]").readyState >= 2);
	await page.locator("[data-rehearsal-ask] [name=camera]").check();
	await page.locator("[data-rehearsal-ask] [name=microphone]").check();
	await page.locator("[data-rehearsal-ask] button").click();
	await page.waitForSelector("[data-video-rehearsal][data-good=true]");
	await look(who, "/tests/1/rehearsed");
}

step("the start is refused while a seat sends nothing (R28-3, F68)", async () => {
	const operator = await as("operator");
	const first = await as("candidate1");
	await confirmRecord(first, attempts.candidate1);
	await rehearse(first);
	await visit(operator, world, `/sittings/${sitting}`);
	await send(operator, `/sittings/${sitting}/start`, { ...codes, ...await consent(operator.page) });
	await expectRefusal(operator, { clause: "28" });
	assert.equal(one(`SELECT state FROM sitting WHERE id = ${sitting}`).state, "sealed");
	await look(operator, "/sittings/1/unrecorded");
});

step("each confirms, rehearses and is recorded; the sitting starts (R28-3, F38)", async () => {
	const operator = await as("operator");
	const second = await as("candidate2");
	await confirmRecord(second, attempts.candidate2);
	await rehearse(second);
	await visit(operator, world, `/sittings/${sitting}`);
	await operator.page.waitForSelector("#record .board-calm", { timeout: 30000 });
	await send(operator, `/sittings/${sitting}/start`, { ...codes, ...await consent(operator.page) });
	await look(operator, "/sittings/1/running");
	const { state, recording } = one(`SELECT state, recording FROM sitting WHERE id = ${sitting}`);
	assert.deepEqual({ state, recording }, { state: "running", recording: "confirmed" });
	assert.equal(one("SELECT COUNT(*) AS n FROM video_source WHERE warned_ms IS NOT NULL").n, 2);
	assert.equal(entries("video.rehearsal"), 2);
	for (const key of ["candidate1", "candidate2"]) {
		const who = await as(key);
		await who.page.waitForSelector("[data-now=running] .test-option");
		await at.choose(who.page, 1, 0);
		await at.waitSaved(who.page, 1);
		await recorded(who); // it has run on while the page went to the test
	}
});

// ---- watching -----------------------------------------------------------------------------------

step("observers see the hall and cannot send (F75)", async () => {
	const auditor = await as("auditor");
	await visit(auditor, world, `/sittings/${sitting}/wall`);
	const { page } = auditor;
	await page.waitForFunction(() => [...document.querySelectorAll(".video-tile video")]
		.some((v) => v.videoWidth > 0 && v.currentTime > 0.5), undefined, { timeout: 60000 });
	await look(auditor, "/sittings/1/wall");
	assert.equal(await page.locator("[data-talk]").count(), 0, "no talk-back");
	const source = one("SELECT id FROM video_source ORDER BY id LIMIT 1").id;
	const before = one("SELECT COUNT(*) AS n FROM video_line WHERE way = 'send'").n;
	const status = await page.evaluate(async ({ source, csrf }) => {
		const line = new RTCPeerConnection();
		line.addTransceiver("audio", { direction: "sendonly" });
		await line.setLocalDescription(await line.createOffer());
		const answer = await fetch(`/video/sources/${source}/send`, { method: "POST",
			headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": csrf },
			body: JSON.stringify({ sdp: line.localDescription.sdp }) });
		return answer.status;
	}, { source, csrf: await page.locator("[data-wall]").getAttribute("data-csrf") });
	assert.ok(status === 403 || status === 404, `an observer sends: ${status}`);
	assert.equal(one("SELECT COUNT(*) AS n FROM video_line WHERE way = 'send'").n, before);
});

// ---- what goes wrong ----------------------------------------------------------------------------

// The operator's board, open and renewing itself.
async function board() {
	const operator = await as("operator");
	await visit(operator, world, `/sittings/${sitting}`);
	return operator;
}

step("a lost camera is on the board within five seconds (F68)", async (t) => {
	const operator = await board();
	const second = await as("candidate2");
	const source = one(`SELECT id FROM video_source WHERE attempt_id = ${attempts.candidate2}`).id;
	const lost = () => one(`SELECT id, until_ms FROM video_incident WHERE kind = 'lost' AND source_id = ${source}
		ORDER BY id DESC LIMIT 1`);
	const before = lost()?.id ?? 0;
	assert.ok(!before || lost().until_ms, "it is recorded");
	const began = Date.now();
	await second.page.evaluate(() => {
		for (const track of document.querySelector("[data-video-own]").srcObject.getVideoTracks()) track.stop();
	});
	const { id } = await until("the incident", () => (lost()?.id ?? 0) > before && lost());
	const href = `/sittings/${sitting}/incidents/${id}`;
	await operator.page.waitForSelector(`#incidents a[href="${href}"]`, { timeout: 30000 });
	const took = Date.now() - began;
	t.diagnostic(`the loss of a camera was on the board after ${took} ms`);
	assert.ok(took <= lostMs(), `${took} ms`);
	await look(operator, "/sittings/1/incident");
	await visit(operator, world, href);
	await send(operator, `${href}/go-on`, { why: "Дыбыс жазылып жатыр, камера ауыстырылады." });
	await look(operator, "/sittings/1/incident/chosen");
	assert.equal(one(`SELECT choice FROM video_incident WHERE id = ${id}`).choice, "go_on");
	assert.ok(entries("video.lost") >= 1);
	assert.equal(entries("video.choice"), 1);
	// another camera: the page is loaded anew, the answers are as they were
	await second.page.reload();
	await recorded(second);
	await until("the incident is over", () => lost().until_ms);
	assert.ok(entries("video.back") >= 1);
	assert.equal(await at.stateOf(second.page, 1), "saved");
});

const growing = () => one("SELECT COUNT(*) AS n FROM video_segment WHERE state = 'growing'").n;

step("Janus is killed: what was recorded is kept, and the record goes on by itself (F70)", async (t) => {
	const operator = await board();
	// neither was turned just now: what stands in Janus' buffer is lost
	const kept = await until("two pieces grow", () => {
		const now = Date.now();
		const found = rows("SELECT id, begun_ms FROM video_segment WHERE state = 'growing'")
			.filter(({ begun_ms: begun }) => now - begun > 2500).map((row) => row.id);
		return found.length === 2 && found;
	}, 60000);
	const killed = Date.now();
	await video.killJanus();
	const { id } = await until("the incident", () => one("SELECT id FROM video_incident WHERE kind = 'away'"));
	await operator.page.waitForSelector(`#incidents a[href$="/incidents/${id}"]`, { timeout: 30000 });
	const took = Date.now() - killed;
	t.diagnostic(`that Janus is away was on the board after ${took} ms`);
	assert.ok(took <= lostMs(), `${took} ms`);
	await look(operator, "/sittings/1/away");
	await until("its pieces have ended", () => growing() === 0);
	for (const { ended, audio_size, video_size, audio_hash } of
		rows(`SELECT * FROM video_segment WHERE id IN (${kept})`)) {
		assert.equal(ended, "lost");
		assert.ok(audio_size >= 4096 && video_size >= 4096 && audio_hash.length === 64, `${audio_size}, ${video_size}`);
	}
	assert.ok(one(`SELECT COUNT(*) AS n FROM video_incident WHERE kind = 'away' AND until_ms IS NULL`).n > 0);
	// the test itself is not disturbed
	const first = await as("candidate1");
	await at.choose(first.page, 2, 1);
	await at.waitSaved(first.page, 2);
	video.startJanus();
	await until("new pieces grow", () => growing() === 2, 60000);
	for (const key of ["candidate1", "candidate2"]) await recorded(await as(key));
	await until("the incident is over", () => one(`SELECT COUNT(*) AS n FROM video_incident WHERE kind = 'away'
		AND until_ms IS NULL`).n === 0);
	t.diagnostic(`recorded again ${Date.now() - killed} ms after the kill`);
});

step("konkurs video is killed: the server misses it, and its pieces are found when it is back (F69)", async (t) => {
	const operator = await board();
	const before = one("SELECT MAX(id) AS id FROM video_incident").id;
	const kept = await until("two pieces have files", () => {
		const found = rows(`SELECT id FROM video_segment WHERE state = 'growing'
			AND begun_ms < ${Date.now() - 2500}`).map((row) => row.id);
		return found.length === 2 && found;
	}, 60000);
	const killed = Date.now();
	await video.killProcess();
	const { id } = await until("the incident", () => one(`SELECT id FROM video_incident WHERE kind = 'away'
		AND id > ${before}`));
	t.diagnostic(`the incident is written ${Date.now() - killed} ms after the kill`);
	assert.ok(Date.now() - killed <= lostMs(), `${Date.now() - killed} ms`);
	await operator.page.waitForSelector(`#incidents a[href$="/incidents/${id}"]`, { timeout: 30000 });
	video.startProcess();
	await until("its pieces are found", () => rows(`SELECT ended FROM video_segment WHERE id IN (${kept})`)
		.every(({ ended }) => ended === "found"), 60000);
	await until("new pieces grow", () => growing() === 2, 60000);
	for (const key of ["candidate1", "candidate2"]) await recorded(await as(key));
	await until("the incident is over", () => one(`SELECT until_ms FROM video_incident WHERE id = ${id}`).until_ms !== null);
});

// ---- the end ------------------------------------------------------------------------------------

step("both finish, the sitting is closed, every piece is looked at (F69, F71)", async () => {
	const operator = await as("operator");
	for (const key of ["candidate1", "candidate2"]) {
		const { page } = await as(key);
		await page.locator("[data-finish] button").click();
		await page.locator("dialog[open] button[value=yes]").click();
		await page.waitForSelector("[data-now=over]");
		await look(await as(key), "/tests/1/over");
	}
	await visit(operator, world, `/sittings/${sitting}`);
	for (const [i, href] of (await operator.page.locator("#incidents a[href*='/incidents/']")
		.evaluateAll((all) => all.map((a) => a.getAttribute("href")))).entries()) {
		await visit(operator, world, href);
		await send(operator, `${href}/go-on`, { why: `Жазба қалпына келді, ${i + 1}.` });
	}
	await visit(operator, world, `/sittings/${sitting}`);
	await send(operator, `/sittings/${sitting}/close`);
	await look(operator, "/sittings/1/closed");
	await until("the room is closed", () => one("SELECT state FROM video_room").state === "closed", 60000);
	await until("every piece is looked at", () => one(`SELECT COUNT(*) AS n FROM video_segment
		WHERE state IN ('growing', 'closed')`).n === 0, 90000);
	await visit(operator, world, `/sittings/${sitting}/protocol`);
});

// ---- an interview -------------------------------------------------------------------------------

const seats = [["chair", "chair", "subdivision_head"], ["member1", "member", "own_security"],
	["member2", "member", "hr"], ["member3", "member", "subdivision_head"], ["member4", "member", "other"],
	["secretary", "secretary", "hr"]];

async function appoint(hr) {
	const path = "/competitions/1/commission";
	await visit(hr, world, path);
	await send(hr, path, { order_number: "15-к", order_day: moment(Date.now()).slice(0, 10) });
	for (const [key, role, kind] of seats) {
		await hr.page.goto(world.url(`${path}?q=${encodeURIComponent(nameOf(key))}`));
		const id = await hr.page.locator("[name=person]").first().getAttribute("value");
		await send(hr, `${path}/members`, { person: id, role, kind, employee: true });
	}
	await send(hr, `${path}/appoint`);
}

step("an interview is recorded with sound, after the warning (R47-1, R47-2)", async () => {
	const { id } = openInterview(world, moment(Date.now()), ["candidate3"]);
	const path = `/interviews/${id}`;
	const secretary = await as("secretary");
	await appoint(await as("hr1"));
	await visit(secretary, world, path);
	const present = secretary.page.locator("[name=present]");
	for (let i = 0; i < await present.count(); i++) await present.nth(i).check();
	await send(secretary, `${path}/attendance`);
	await send(secretary, `${path}/begin`);
	await until("the room is open", () => one(`SELECT state FROM video_room WHERE interview_id = ${id}`)?.state === "open");
	await send(secretary, `${path}/warn`, {});
	await send(secretary, `${path}/hear`, {});
	await expectRefusal(secretary, { clause: "47" });
	// the commission's camera and microphone run in a page of their own
	const room = { ...secretary, page: await secretary.context.newPage() };
	await visit(room, world, `${path}/room`);
	const warning = room.page.locator("[data-room-warning] [data-video-confirm]");
	if (await warning.count() > 0) await warning.click();
	await room.page.locator("[data-own-begin]").click();
	await room.page.waitForSelector("[data-own][data-state=recorded]", { timeout: 40000 });
	await look(room, `${path}/room`);
	await visit(secretary, world, path);
	await send(secretary, `${path}/hear`, {});
	await secretary.page.waitForSelector(`form[action="${path}/end"]`);
	await secretary.page.waitForTimeout(5000); // that much is said
	const member = await as("member1");
	await visit(member, world, `${path}/room`);
	await member.page.waitForFunction(() => [...document.querySelectorAll("[data-place] video")]
		.some((v) => v.currentTime > 0.5), undefined, { timeout: 60000 });
	await look(member, `${path}/room/watched`);
	await visit(secretary, world, path);
	await send(secretary, `${path}/end`, {});
	await room.page.locator("[data-own-end]").click();
	const pieces = (states) => one(`SELECT COUNT(*) AS n FROM video_segment s JOIN video_room r ON r.id = s.room_id
		WHERE r.interview_id = ${id} AND s.state IN (${states})`).n;
	await until("its pieces are looked at", () => pieces("'checked'") > 0 && pieces("'growing', 'closed'") === 0, 60000);
});

// ---- what there is of it ------------------------------------------------------------------------

step("the films hold what the journal says (F71, F72)", (t) => {
	const pieces = rows(`SELECT s.*, src.kind FROM video_segment s JOIN video_source src ON src.id = s.source_id
		WHERE s.state = 'checked' ORDER BY s.id`);
	assert.ok(pieces.length >= 7, `${pieces.length} pieces`);
	// what is shorter than the clock says, or has gaps, is an incident: a busy machine has some
	const faulty = new Set(rows("SELECT segment_id FROM video_incident WHERE segment_id IS NOT NULL")
		.map((row) => row.segment_id));
	let pictures = 0;
	for (const piece of pieces) {
		const { seconds, sound, picture } = probe(join(records, piece.film_file));
		const clock = (piece.until_ms - piece.from_ms) / 1000;
		assert.equal(sound?.codec_name, piece.audio_size ? "opus" : undefined, piece.film_file);
		assert.equal(picture?.codec_name, piece.video_size ? "vp8" : undefined, piece.film_file);
		if (sound) assert.ok(Number(sound.nb_read_frames) > 0, piece.film_file);
		if (picture) assert.ok(Number(picture.nb_read_frames) > 0, piece.film_file);
		if (picture) pictures++;
		assert.ok(faulty.has(piece.id) || Math.abs(seconds - clock) < 2,
			`${piece.film_file}: ${seconds} s, ${clock} s by the clock`);
		assert.ok(Math.abs(piece.film_ms - seconds * 1000) < 100, piece.film_file);
		assert.equal(statSync(join(records, piece.film_file)).size, piece.film_size);
	}
	assert.ok(pictures >= 6 && faulty.size < pieces.length, `${pictures} with picture, ${faulty.size} with findings`);
	assert.ok(entries("video.segment") >= pieces.length);
	assert.equal(entries("video.checked"), pieces.length);
	t.diagnostic(`${pieces.length} films, ${(pieces.reduce((sum, p) => sum + p.film_ms, 0) / 1000).toFixed(0)} s`);
});

// What `konkurs verify` finds of the records; the rows of this file that no use case has written are
// nothing to it.
function verify() {
	let said;
	try {
		said = execFileSync(konkurs, ["verify", "--db", world.db, "--records", records, "--json"],
			{ encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
	} catch (error) {
		said = error.stdout;
	}
	return JSON.parse(said).findings.filter((finding) => finding.part === "video");
}

step("the journal agrees with the files, and one changed byte is found (F69)", () => {
	assert.deepEqual(verify(), []);
	const { audio_file: file } = one(`SELECT audio_file FROM video_segment WHERE state = 'checked' ORDER BY id LIMIT 1`);
	const path = join(records, file);
	assert.ok(existsSync(path), path);
	const bytes = readFileSync(path);
	const middle = bytes.length >> 1;
	bytes[middle] ^= 1;
	writeFileSync(path, bytes);
	const found = verify();
	assert.equal(found.length, 1, JSON.stringify(found));
	assert.ok(JSON.stringify(found).includes(file), JSON.stringify(found));
	bytes[middle] ^= 1;
	writeFileSync(path, bytes);
	assert.deepEqual(verify(), []);
});

step("a click on an event shows that moment (F72 to F74)", async () => {
	const hr = await as("hr1");
	const source = one(`SELECT id FROM video_source WHERE attempt_id = ${attempts.candidate2}`).id;
	await visit(hr, world, "/records");
	await visit(hr, world, `/sittings/${sitting}/records`);
	await send(hr, `/sittings/${sitting}/records/view`, { reason: "Қарау: жазба үзілген сәт." });
	assert.equal(entries("video.viewed"), 1);
	await visit(hr, world, `/video/sources/${source}/record`);
	const { page } = hr;
	// the first answer: its moment is in a film, and plays from three seconds before it
	const event = page.locator("[data-events] li[data-group=answer]:has(a)").first();
	const offset = Number(await event.getAttribute("data-offset"));
	await event.locator("a").click();
	const from = await page.waitForFunction((at) => {
		const screen = document.querySelector("[data-screen] video:not([hidden])");
		const part = [...document.querySelectorAll("[data-part]")]
			.find((one) => one.dataset.film && screen?.src.endsWith(one.dataset.film));
		const now = part && Number(part.dataset.offset) + screen.currentTime * 1000;
		return screen?.readyState >= 2 && Math.abs(now - at) < 6000 ? now : 0;
	}, offset, { timeout: 30000 });
	assert.ok(await from.jsonValue() > 0);
	await look(hr, "/video/sources/1/record");
});
