// Two questions of a test are challenged; an expert finds, is sent back, finds again; another confirms;
// the results of two candidates change, each over the mark; both are told (F62, F63, R44-2).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { answer, finish, look, send, visit } from "./play.mjs";
import { rightAnswers } from "./bank.mjs";
import { startWorld } from "./harness.mjs";
import * as at from "./seat.mjs";

const MARK = 84; // right answers that pass, and the number of the question that is challenged first
const OTHER = 100; // the second one, which nobody answered
let world;
let sitting;
const attempt = {};
let letter; // of the option that is right after all
before(async () => {
	world = await startWorld({ sealed: false });
	sitting = at.openSitting(world);
});
after(async () => { await world.stop(); });

// An option of the question on the page that is not the key, and one that is.
async function place(page, language, right) {
	const stem = await page.locator("[data-stem]").innerText();
	const text = rightAnswers(language).get(stem);
	const options = await page.locator(".test-option").allInnerTexts();
	return options.findIndex((option) => (option.trim() === text) === right);
}

// The first questions answered rightly, as rows: what this test is about begins later.
function answerBefore(id, last) {
	const place = world.server ? "strpos" : "instr";
	const lines = ["BEGIN;"];
	for (let number = 1; number <= last; number++)
		lines.push(`INSERT INTO answer_event (attempt_id, number, choice, accepted, refusal, client_key, at_ms, previous_id)
			SELECT q.attempt_id, q.number, ${place}(q.shown, CAST(i.answer AS TEXT)) - 1, 1, '', 'before-' || q.number, ${Date.now()},
			(SELECT event_id FROM answer_newest WHERE attempt_id = q.attempt_id) FROM form_question q
			JOIN item i ON i.id = q.item_id WHERE q.attempt_id = ${id} AND q.number = ${number};
			INSERT INTO answer_newest (attempt_id, event_id, counted_id) SELECT attempt_id, MAX(id), MAX(id) FROM answer_event
			WHERE attempt_id = ${id} GROUP BY attempt_id
			ON CONFLICT (attempt_id) DO UPDATE SET event_id = excluded.event_id, counted_id = excluded.counted_id;`);
	at.sql(world, [...lines, "COMMIT;"].join("\n"));
}

async function sitTest(key, language, seat, right) {
	const who = await world.signIn(key, language);
	attempt[key] = at.openSeat(world, sitting, key, { language, seat });
	answerBefore(attempt[key], MARK - 3);
	await at.sit(world, who, attempt[key]);
	await answer(who, language, MARK - 1, MARK - 2);
	await at.goTo(who.page, MARK);
	await at.choose(who.page, MARK, await place(who.page, language, right));
	await at.waitSaved(who.page, MARK);
	await finish(who);
	return who;
}

const result = (key) => at.sql(world, `SELECT correct, positive FROM result WHERE attempt_id = ${attempt[key]}`)[0];

// The page at 390 pixels, dark, and at 1280, light: nothing is wider than the window.
async function lookBoth(who, name) {
	for (const [width, scheme] of [[390, "dark"], [1280, "light"]]) {
		await who.page.setViewportSize({ width, height: 900 });
		await who.page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
		// the colours change over some frames
		await who.page.evaluate(() => new Promise((r) => { requestAnimationFrame(() => requestAnimationFrame(r)); }));
		await who.page.evaluate(() => Promise.all(document.getAnimations().map((a) => a.finished.catch(() => {}))));
		const wide = await who.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		assert.ok(wide <= 0, `${name}: ${wide} pixels too wide at ${width}`);
		await look(who, `${name}/${scheme}`);
	}
}

const challengeOf = (key, number) => at.sql(world, `SELECT id FROM challenge
	WHERE attempt_id = ${attempt[key]} AND number = ${number}`)[0].id;

test("one has 83 right and challenges two questions", { timeout: 600000 }, async () => {
	const who = await sitTest("candidate1", "kk", 1, false);
	assert.deepEqual(result("candidate1"), { correct: 83, positive: 0 });
	await lookBoth(who, "/results/1/own");
	await who.page.locator(`a[href="/results/${attempt.candidate1}/questions"]`).click();
	await who.page.waitForURL(/\/questions$/);
	await lookBoth(who, "/results/1/questions");
	for (const number of [MARK, OTHER]) {
		const path = `/results/${attempt.candidate1}/questions/${number}`;
		await visit(who, world, path);
		if (number === MARK) await lookBoth(who, "/results/1/questions/1");
		await send(who, path, { grounds: "Дұрыс жауап басқа нұсқада.", basis: "Қылмыстық кодекс, 15-бап" });
		await who.page.waitForURL(/\/challenges\/\d+$/);
	}
	await lookBoth(who, "/challenges/1/filed");
	const second = challengeOf("candidate1", OTHER);
	await send(who, `/challenges/${second}/withdraw`);
	await look(who, "/challenges/2/withdrawn");
	await visit(who, world, `/results/${attempt.candidate1}`);
	await who.context.close();
});

test("another has 84, with the key that is wrong", { timeout: 600000 }, async () => {
	const who = await sitTest("candidate2", "ru", 2, true);
	assert.deepEqual(result("candidate2"), { correct: 84, positive: 1 });
	await who.context.close();
});

test("an expert finds, and is sent back for the article", async () => {
	const who = await world.signIn("reviewer1", "ru");
	await visit(who, world, "/");
	await visit(who, world, "/challenges?stands=waiting");
	await lookBoth(who, "/challenges");
	const id = challengeOf("candidate1", MARK);
	await who.page.locator(`main a[href="/challenges/${id}"]`).first().click();
	await who.page.waitForURL(/\/challenges\/\d+$/);
	await lookBoth(who, "/challenges/1/expert");
	letter = await who.page.locator("tr", { has: who.page.getByText("выбранный ответ") }).locator("td").first().innerText();
	letter = letter.trim()[0];
	await send(who, `/challenges/${id}/finding`, { kind: "key", right: letter, article: "?", reasons: "Ключ указан неверно." });
	await lookBoth(who, "/challenges/1/found");
	const approver = await world.signIn("approver", "kk");
	await visit(approver, world, "/");
	await visit(approver, world, `/challenges/${id}`);
	await lookBoth(approver, "/challenges/1/effect");
	await send(approver, `/challenges/${id}/answer`, { note: "Бабын көрсетіңіз" }, "[value=return]");
	await look(approver, "/challenges/1/returned");
	assert.deepEqual(result("candidate1"), { correct: 83, positive: 0 }, "nothing has changed");
	await visit(who, world, `/challenges/${id}`);
	await send(who, `/challenges/${id}/finding`, { kind: "key", right: letter, article: "УК, статья 15", reasons: "Ключ указан неверно." });
	await who.context.close();
	await approver.context.close();
});

test("another person confirms it: both results change, each over the mark", async () => {
	const who = await world.signIn("approver", "kk");
	const id = challengeOf("candidate1", MARK);
	await visit(who, world, `/challenges/${id}`);
	await send(who, `/challenges/${id}/answer`, { note: "№ 7" }, "[value=confirm]");
	await lookBoth(who, "/challenges/1/confirmed");
	assert.deepEqual(result("candidate1"), { correct: 84, positive: 1 });
	assert.deepEqual(result("candidate2"), { correct: 83, positive: 0 });
	await who.page.locator("main a[href^='/bank/questions/']").first().click();
	await who.page.waitForURL(/\/bank\/questions\/\d+$/);
	await lookBoth(who, "/bank/questions/1/corrected");
	await who.context.close();
});

test("both are told, in their language, and see old and new", async () => {
	for (const [key, language] of [["candidate1", "kk"], ["candidate2", "ru"]]) {
		const who = await world.signIn(key, language);
		await visit(who, world, "/notices");
		const told = at.sql(world, `SELECT COUNT(*) AS n FROM notice n JOIN application a ON a.person_id = n.person_id
			JOIN attempt t ON t.application_id = a.id WHERE t.id = ${attempt[key]} AND n.kind = 'result.corrected'`)[0].n;
		assert.equal(told, 1);
		await visit(who, world, `/results/${attempt[key]}`);
		await who.page.locator("#corrected").waitFor();
		await lookBoth(who, "/results/1/corrected");
		if (key === "candidate1") {
			await visit(who, world, `/challenges/${challengeOf(key, MARK)}`);
			await who.page.locator("#appeal").waitFor();
			await lookBoth(who, "/challenges/1/decided");
		}
		await who.context.close();
	}
});

test("HR decides about who crossed the mark, and enters a challenge from paper", async () => {
	const who = await world.signIn("hr1", "kk");
	await visit(who, world, "/");
	await visit(who, world, "/competitions/1");
	await visit(who, world, "/competitions/1/corrections");
	await lookBoth(who, "/competitions/1/corrections");
	await send(who, "/competitions/1/corrections", { note: "Әңгімелесуге жіберілмейді, № 12 бұйрық" });
	await look(who, "/competitions/1/corrections/noted");
	await visit(who, world, "/challenges/new");
	await lookBoth(who, "/challenges/new");
	const code = at.sql(world, `SELECT code FROM attempt WHERE id = ${attempt.candidate2}`)[0].code;
	await send(who, "/challenges", { code, number: 3, paper: "15-ш", grounds: "Екі жауап дұрыс." });
	await who.page.waitForURL(/\/challenges\/\d+$/);
	await lookBoth(who, "/challenges/3/entered");
	const second = await world.signIn("hr2", "ru");
	const path = new URL(who.page.url()).pathname;
	await visit(second, world, path);
	await lookBoth(second, "/challenges/3/compare");
	await send(second, `${path}/compare`); // the first of the two answers: they agree
	await look(second, "/challenges/3/open");
	await who.context.close();
	await second.context.close();
});
