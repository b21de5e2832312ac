// The pages with sound and picture, each before a real Janus: a seat whose browser refuses its camera, a
// record that the start of the test does not break off, two windows, the wall by keyboard, an operator
// who talks, an observer who cannot, a camera of the hall, the room of an interview with sound alone
// (R28-3, R47-1, R47-2, F38, F75).  What becomes of the records is in video.test.mjs.
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { openInterview } from "./commission.mjs";
import { person, startWorld } from "./harness.mjs";
import { look, nameOf, visit } from "./play.mjs";
import * as at from "./seat.mjs";
import { media, newRecords, startVideo, until } from "./video.mjs";

const LONG = { timeout: 60000 };

let world;
let video;
let sitting;
const attempts = {};
const records = newRecords();
const people = {};
const languages = { candidate1: "ru", candidate2: "kk", candidate3: "kk", operator: "kk", auditor: "ru", secretary: "ru", member1: "kk" };
const as = async (key) => (people[key] ??= await world.signIn(key, languages[key]));
const sql = (text) => at.sql(world, text);
const lines = (source, way = "send") => sql(`SELECT id, state, problem FROM video_line
	WHERE source_id = ${source} AND way = '${way}' ORDER BY id`);
const seatOf = (key) => sql(`SELECT id FROM video_source WHERE attempt_id = ${attempts[key]}`)[0].id;

const secret = (size) => randomBytes(size).toString("hex").toUpperCase();

function openRoom(column, id, needs) {
	sql(`INSERT INTO video_room (${column}, needs, state, number, pin, secret, created_ms) VALUES (${id},
		'${needs}', 'wanted', ${Date.now()}, '${secret(8)}', '${secret(16)}', ${Date.now()})`);
	return until("the room is open", () => sql(`SELECT state FROM video_room WHERE ${column} = ${id}`)[0].state === "open");
}

before(async () => {
	world = await startWorld({ sealed: false, ...media(records) });
	video = await startVideo(world, records);
	sitting = at.openSitting(world, { started: false });
	attempts.candidate1 = at.openSeat(world, sitting, "candidate1", { language: "ru", seat: 1, leftMs: 0 });
	attempts.candidate2 = at.openSeat(world, sitting, "candidate2", { language: "kk", seat: 2, leftMs: 0 });
	await openRoom("sitting_id", sitting, "seats");
});
after(async () => {
	await video?.stop();
	await world?.stop();
	video?.forget();
});

const state = (page, name, options = LONG) => page.waitForSelector(`.video-dock[data-state=${name}]`, options);

// The same page as on a phone.
async function small({ page, context, ...who }, name) {
	const { width, height } = page.viewportSize();
	await page.setViewportSize({ width: 390, height: 800 });
	await look({ page, context, ...who }, `${name}/small`);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	assert.ok(wide <= 0, `${name}: ${wide} px too wide`);
	await page.setViewportSize({ width, height });
}

// As if the person, or the machine, had none to give.
const withhold = (page, name, sound) => page.evaluate(([error, alone]) => {
	const devices = navigator.mediaDevices;
	globalThis.given ??= devices.getUserMedia.bind(devices);
	devices.getUserMedia = (wanted) => !wanted.video && alone ? globalThis.given(wanted)
		: Promise.reject(new DOMException("", error));
}, [name, sound]);
const giveBack = (page) => page.evaluate(() => { navigator.mediaDevices.getUserMedia = globalThis.given; });

test("nothing is recorded before the warning is confirmed, and a refused camera is explained", { timeout: 300000 }, async () => {
	const candidate = await as("candidate1");
	const { page } = candidate;
	await visit(candidate, world, `/tests/${attempts.candidate1}`);
	await state(page, "unwarned");
	await small(candidate, "/tests/1/warning");
	assert.equal(sql("SELECT COUNT(*) AS n FROM video_line")[0].n, 0);
	await withhold(page, "NotAllowedError", false);
	await page.click("[data-video-confirm]");
	await state(page, "refused");
	assert.match(await page.innerText("[data-video-state]"), /Разрешите/);
	await look(candidate, "/tests/1/refused");
	await withhold(page, "NotReadableError", false);
	await page.click("[data-video-again]");
	await state(page, "busy");
	// no camera, but a microphone: the sound is sent
	await withhold(page, "NotFoundError", true);
	await page.click("[data-video-again]");
	await until("the sound grows", () => sql(`SELECT audio_ms FROM video_source WHERE id = ${seatOf("candidate1")}`)[0].audio_ms > 0);
	await state(page, "missing");
	assert.equal(sql(`SELECT video_ms FROM video_source WHERE id = ${seatOf("candidate1")}`)[0].video_ms, 0);
	await giveBack(page);
	await page.click("[data-video-again]");
	await state(page, "recorded");
	assert.equal(sql(`SELECT COUNT(*) AS n FROM journal_entry WHERE kind = 'video.warned'`)[0].n, 1);
});

test("a second window takes the record over, and the first one says so", { timeout: 300000 }, async () => {
	const { page, context } = await as("candidate1");
	const other = await context.newPage();
	await other.goto(world.url(`/tests/${attempts.candidate1}`));
	await state(other, "recorded");
	await state(page, "replaced");
	await page.waitForTimeout(3000); // it does not fight for it
	assert.equal(await page.getAttribute(".video-dock", "data-state"), "replaced");
	await other.close();
	await page.click("[data-video-again]");
	await state(page, "recorded");
});

test("the start breaks no record off, moves nothing, and leaves the keyboard alone", { timeout: 300000 }, async () => {
	const candidate = await as("candidate1");
	const { page } = candidate;
	const sent = lines(seatOf("candidate1")).filter((line) => line.state === "up");
	assert.equal(sent.length, 1);
	at.start(world, attempts.candidate1);
	sql(`UPDATE sitting SET state = 'running', started_ms = ${Date.now()} WHERE id = ${sitting}`);
	await page.waitForSelector("[data-now=running] .test-option", LONG);
	await page.evaluate(() => {
		globalThis.moved = [];
		const inTest = ({ node }) => (node?.parentElement ?? node)?.closest(".test-body");
		new PerformanceObserver((list) => {
			for (const { hadRecentInput, sources } of list.getEntries())
				if (!hadRecentInput) globalThis.moved.push(...sources.filter(inTest).map(({ node }) => node.textContent));
		}).observe({ type: "layout-shift" });
	});
	const before = await page.locator(".test-body").boundingBox();
	await at.choose(page, 2, 1);
	await at.waitSaved(page, 2);
	assert.deepEqual(lines(seatOf("candidate1")).filter((line) => line.state === "up"), sent, "the same line");
	// the record falls and comes again beside the test
	sql(`UPDATE video_line SET state = 'down', problem = 'lost' WHERE id = ${sent[0].id}`);
	await page.waitForFunction(() => document.querySelector(".video-dock").dataset.state !== "recorded", undefined, LONG);
	await at.choose(page, 3, 0);
	await at.waitSaved(page, 3);
	await state(page, "recorded");
	await page.waitForTimeout(500);
	assert.deepEqual(await page.evaluate(() => globalThis.moved), [], "nothing moved");
	assert.deepEqual(await page.locator(".test-body").boundingBox(), before);
	await look(candidate, "/tests/1/under-record");
	await small(candidate, "/tests/1/under-record");
});

test("the wall shows codes and pictures, by keyboard too", { timeout: 300000 }, async () => {
	const operator = await as("operator");
	const { page } = operator;
	await visit(operator, world, `/sittings/${sitting}/wall`);
	await page.waitForFunction(() => document.querySelector("[data-tile] video").videoWidth === 640, undefined, LONG);
	await look(operator, "/sittings/1/wall/watched");
	await small(operator, "/sittings/1/wall");
	assert.ok(!(await page.innerText("main")).includes(nameOf("candidate1")), "no name on the wall");
	const tiles = page.locator("[data-tile]");
	assert.equal(await tiles.count(), 2);
	await tiles.first().focus();
	await page.keyboard.press("ArrowRight");
	assert.ok(await tiles.last().evaluate((tile) => tile === document.activeElement));
	await page.keyboard.press("ArrowLeft");
	await page.keyboard.press("Enter");
	await page.waitForFunction(() => document.querySelector("[data-big][open] video")?.videoWidth === 640, undefined, LONG);
	assert.equal(await page.locator("[data-big] video").evaluate((large) => large.muted), false);
	await look(operator, "/sittings/1/wall/large");
	await page.keyboard.press("Escape");
	assert.ok(await tiles.first().evaluate((tile) => tile === document.activeElement), "back where it was");
	// a seat that comes is there without loading anew
	await page.evaluate(() => { globalThis.same = true; });
	const candidate = await as("candidate2");
	await candidate.page.goto(world.url(`/tests/${attempts.candidate2}`));
	await candidate.page.click("[data-video-confirm]");
	await page.waitForFunction(() => [...document.querySelectorAll("[data-tile] video")].every((v) => v.videoWidth === 640), undefined, LONG);
	assert.equal(await page.evaluate(() => globalThis.same), true);
});

test("the hall hears the operator while the space bar is held", { timeout: 300000 }, async () => {
	const { page } = await as("operator");
	const candidate = await as("candidate1");
	const talk = (on) => candidate.page.waitForSelector(`[data-video-talk][data-on=${on}]`, { state: "attached", ...LONG });
	await page.click("[data-talk-open]");
	await page.waitForSelector("[data-talk-hold]:not([disabled])", LONG);
	await until("the seats listen", () => sql(`SELECT COUNT(*) AS n FROM video_line l JOIN video_source s
		ON s.id = l.source_id WHERE s.kind = 'talk' AND l.way = 'watch' AND l.state = 'up'`)[0].n === 2, 60000);
	await candidate.page.waitForTimeout(3000);
	await talk(false); // connected is not heard
	await page.locator("[data-talk-hold]").focus();
	await page.keyboard.down("Space");
	await talk(true);
	assert.match(await candidate.page.innerText("[data-video-talk]"), /оператор/);
	await page.keyboard.up("Space");
	await talk(false);
});

test("an observer watches and has nothing to send with (F75)", { timeout: 300000 }, async () => {
	const auditor = await as("auditor");
	const { page } = auditor;
	await visit(auditor, world, `/sittings/${sitting}/wall`);
	await page.waitForFunction(() => document.querySelector("[data-tile] video").videoWidth === 640, undefined, LONG);
	await look(auditor, "/sittings/1/wall/observer");
	assert.equal(await page.locator("[data-talk], a[href$='/camera']").count(), 0);
});

test("a camera of the hall", { timeout: 300000 }, async () => {
	const { context } = await as("operator");
	const who = { ...await as("operator"), page: await context.newPage() };
	await visit(who, world, `/sittings/${sitting}/camera`);
	await who.page.click("[data-camera] button[type=submit]");
	await who.page.waitForSelector("[data-camera][data-state=recorded]", LONG);
	assert.ok(await who.page.locator("[name=device] option").count() > 0);
	await look(who, "/sittings/1/camera/sending");
	await small(who, "/sittings/1/camera");
	await who.page.click("[data-camera-stop]");
	await who.page.waitForSelector("[data-camera][data-state=stopped]", LONG);
	await who.page.close();
});

test("over is over: camera and microphone go off", { timeout: 300000 }, async () => {
	const { page } = await as("candidate1");
	at.leave(world, attempts.candidate1, -1000);
	await page.waitForSelector("[data-now=over]", LONG);
	assert.equal(await page.locator(".video-dock").isVisible(), false);
	assert.ok(await page.evaluate(() => document.querySelector("[data-video-own]").srcObject.getTracks()
		.every(({ readyState }) => readyState === "ended")));
	await until("its line is down", () => lines(seatOf("candidate1")).every((line) => line.state === "down"));
});

// ---- an interview -------------------------------------------------------------------------------

function commission(members) {
	const now = Date.now();
	const [{ id }] = sql(`INSERT INTO commission (competition_id, order_number, order_day, state, created_by,
		created_ms, appointed_ms) VALUES (1, '15', 20500, 'appointed', 1, ${now}, ${now}) RETURNING id`);
	for (const [key, role, kind] of members)
		sql(`INSERT INTO commission_member (commission_id, person_id, role, kind, employee) SELECT ${id}, id,
			'${role}', '${kind}', 1 FROM person WHERE iin = '${person(key).iin}'`);
}

test("the room of an interview: warned, heard with sound alone, seen by the commission", { timeout: 300000 }, async () => {
	commission([["member1", "member", "other"], ["secretary", "secretary", "hr"]]);
	const now = Date.now();
	const { id, applications: [application] } = openInterview(world,
		new Date(now + 5 * 3600 * 1000).toISOString().slice(0, 16), ["candidate3"]);
	sql(`UPDATE interview SET state = 'running', started_ms = ${now} WHERE id = ${id}`);
	sql(`UPDATE interview_candidate SET warned_ms = ${now}, started_ms = ${now}, warned_by = 1 WHERE application_id = ${application}`);
	await openRoom("interview_id", id, "audio");
	const secretary = await as("secretary");
	await visit(secretary, world, `/interviews/${id}/room`);
	assert.match(await secretary.page.innerText("[data-record-words]"), /не идёт/);
	await secretary.page.click("[data-own-begin]");
	await secretary.page.waitForSelector("[data-own][data-state=recorded]", LONG);
	await secretary.page.waitForSelector("[data-record=recorded]", LONG);

	const candidate = await as("candidate3");
	await visit(candidate, world, `/applications/${application}/story`);
	await candidate.page.click(`a[href='/interviews/${id}/room']`);
	await candidate.page.waitForSelector("[data-room-warning]");
	await small(candidate, "/interviews/1/room/warning");
	assert.equal(await candidate.page.locator("[data-own-begin]").isVisible(), false, "the warning comes first");
	assert.equal(lines(sql(`SELECT id FROM video_source WHERE kind = 'commission'`)[0].id, "watch").length, 0);
	await candidate.page.click("[data-video-confirm]");
	await candidate.page.uncheck("[data-own-camera]");
	await candidate.page.click("[data-own-begin]");
	await candidate.page.waitForSelector("[data-own][data-state=sound_alone]", LONG);
	await candidate.page.waitForFunction(() => document.querySelector("[data-place] video")?.videoWidth === 640, undefined, LONG);
	await look(candidate, "/interviews/1/room/heard");

	const member = await as("member1");
	await visit(member, world, `/interviews/${id}/room`);
	assert.equal(await member.page.locator("[data-own]").count(), 0, "a member watches");
	await member.page.waitForFunction(() => document.querySelectorAll("[data-place]").length === 2, undefined, LONG);
	// nobody has clicked on this page: Chromium plays the picture, and the sound after the button, unless
	// what looks at the page from here counted as a click before it began
	await member.page.waitForFunction(() => [...document.querySelectorAll("[data-place] video")]
		.some((v) => v.currentTime > 0.5), undefined, LONG);
	const sound = member.page.locator("[data-room-sound]");
	if (await sound.isVisible()) await sound.locator("button").click();
	await sound.waitFor({ state: "hidden" });
	assert.equal(await member.page.evaluate(() => [...document.querySelectorAll("[data-place] video")]
		.some((v) => v.muted)), false, "the sound is on");
	await member.page.waitForSelector("[data-place][data-speaks]", LONG); // Chromium's microphone beeps each second
	await look(member, "/interviews/1/room/member");
	await small(member, "/interviews/1/room/member");
	sql(`UPDATE interview_candidate SET ended_ms = ${Date.now()} WHERE application_id = ${application}`);
	await visit(candidate, world, `/applications/${application}/story`);
	assert.equal(await candidate.page.locator("a[href$='/room']").count(), 0);
});
