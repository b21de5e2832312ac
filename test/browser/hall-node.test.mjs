// A sitting at a hall node: sealed at the centre, held in the hall while the centre is away, brought
// back by itself; what was acknowledged there are the results here, and everything can be checked
// (F88).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { konkurs, startWorld } from "./harness.mjs";
import * as play from "./play.mjs";
import { sql } from "./seat.mjs";

const folder = mkdtempSync(join(tmpdir(), "konkurs-node-"));
const at = { sealed: "2026-03-02T09:00", held: "2026-03-02T11:00", back: "2026-03-02T14:00" };
const key = join(folder, "node.key");
const run = (...words) => execFileSync(konkurs, words, { encoding: "utf8", stdio: "pipe" });
let centre;
let node;
let sitting;
let competition;
const applications = [];
const people = {};
const there = {};
const as = async (who) => (people[who] ??= await centre.signIn(who, "ru"));
const inHall = async (who) => (there[who] ??= await node.signIn(who, "kk"));

// What a page of the node leads to is there, too, and its boards are told what is new.
async function expectServed({ page }, paths) {
	const links = new Set(["/live"]);
	for (const path of paths) {
		await page.goto(node.url(path));
		for (const link of await page.locator("a[href^='/']").evaluateAll((all) => all.map((a) => a.getAttribute("href"))))
			links.add(link.split("#")[0]);
	}
	assert.ok(links.size > 5);
	const refused = [];
	for (const link of links) {
		const { status } = await page.evaluate(async (path) => ({ status: (await fetch(path)).status }), link);
		if (status !== 200) refused.push(`${link}: ${status}`);
	}
	assert.deepEqual(refused, []);
}

before(async () => { centre = await startWorld({ now: at.sealed }); });
after(async () => {
	await node?.stop();
	await centre.stop();
	rmSync(folder, { recursive: true, force: true });
});

test("sealed at the centre, and given to the node of the hall", { timeout: 900000 }, async () => {
	competition = await play.announce(centre, await as("hr1"));
	for (const who of ["candidate1", "candidate2"]) {
		applications.push(await play.apply(centre, await as(who), competition, { testLanguage: "kk",
			signer: "head_of_body_deputy", wrongSigner: "head_of_subdivision" }));
		await play.check(centre, await as("hr1"), applications.at(-1));
	}
	sitting = await play.openSitting(centre, await as("operator"), competition, applications,
		[await as("keeper1"), await as("keeper3")]);
	const hr = await as("hr1");
	const hall = sql(centre, `SELECT hall_id FROM sitting WHERE id = ${sitting}`)[0].hall_id;
	await play.visit(hr, centre, `/halls/${hall}/node`);
	await play.send(hr, `/halls/${hall}/node`, { party: "no key" });
	await play.expectRefusal(hr, { field: "party" });
	await play.visit(hr, centre, `/halls/${hall}/node`);
	await play.send(hr, `/halls/${hall}/node`, { party: run("hall", "key", "--key", key) });
	await play.look(hr, "/halls/1/node");
	await play.visit(hr, centre, `/sittings/${sitting}/node`);
	await play.send(hr, `/sittings/${sitting}/node/give`);
	await play.look(hr, "/sittings/1/node/given");
	const download = hr.page.waitForEvent("download");
	await hr.page.locator("a[href$='/package']").click();
	await (await download).saveAs(join(folder, "package"));

	// one writer: here nobody starts it any more
	await play.visit(await as("operator"), centre, `/sittings/${sitting}`);
	await play.look(await as("operator"), "/sittings/1/given");
	assert.equal(await people.operator.page.locator("form[action$='/start']").count(), 0);
});

test("held in the hall while the centre is away", { timeout: 900000 }, async () => {
	const db = join(folder, "node.db");
	const party = run("hall", "status", ...centre.words).split("\n")
		.find((line) => line.startsWith("konkurs-party-1"));
	run("hall", "take", join(folder, "package"), "--db", db, "--key", key, "--centre", party, "--now", at.held);
	await centre.kill();
	node = await startWorld({ taken: db, now: at.held, serve: ["--key", key] });
	const operator = await inHall("operator");
	await play.visit(operator, node, "/");
	await operator.page.waitForSelector("aside:has-text('Зал торабы')");
	await play.look(operator, "/node/home");
	await operator.page.goto(node.url("/notices"));
	assert.match(await operator.page.locator("main").innerText(), /орталықта/);
	await play.startSitting(node, operator, sitting);
	const first = await inHall("candidate1");
	await play.visit(first, node, "/test");
	await play.answer(first, "kk", 12);
	await play.finish(first);
	const second = await inHall("candidate2");
	await play.visit(second, node, "/test");
	await play.answer(second, "kk", 5);
	await play.finish(second);
	await play.visit(operator, node, `/sittings/${sitting}`);
	await play.send(operator, `/sittings/${sitting}/close`);
	await play.look(operator, "/node/closed");
	await expectServed(operator, ["/", "/sittings", `/sittings/${sitting}`, `/sittings/${sitting}/protocol`, "/halls", "/halls/1"]);
	await expectServed(second, ["/", "/test", new URL(second.page.url()).pathname]);
	assert.equal(sql(node, "SELECT COUNT(*) AS n FROM answer_event")[0].n, 17);
});

test("brought by itself when the line is back; results are what was acknowledged", { timeout: 900000 }, async () => {
	const hex = (world, column) => world.server ? `upper(encode(${column}, 'hex'))` : `hex(${column})`;
	const results = (world) => sql(world, `SELECT r.attempt_id, r.correct, r.points,
		${hex(world, "r.answers_hash")} AS hash FROM result r ORDER BY r.attempt_id`);
	const clicks = (world) => sql(world, `SELECT attempt_id, number, choice, client_key, at_ms, accepted
		FROM answer_event ORDER BY id`);
	const bringing = spawn(konkurs, ["hall", "bring", "--db", node.db, "--key", key, "--now", at.back,
		"--to", `http://127.0.0.1:${centre.port}`], { stdio: ["ignore", "pipe", "pipe"] });
	let said = "";
	bringing.stderr.on("data", (text) => { said += text; });
	const ended = new Promise((resolve) => bringing.once("exit", resolve));
	while (!said.includes("hall bring")) await new Promise((resolve) => setTimeout(resolve, 100));
	await centre.start({ at: at.back });
	assert.equal(await ended, 0, said);
	assert.match(run("hall", "status", "--db", node.db, "--key", key), /the centre has it/);
	assert.deepEqual(results(centre), results(node));
	assert.deepEqual(results(centre).map((row) => row.correct), [12, 5]);
	assert.deepEqual(clicks(centre), clicks(node));
	const { verified, drill } = centre.audit();
	assert.deepEqual(verified.findings, []);
	assert.ok(drill.good, JSON.stringify(drill.attacks.filter((a) => a.found !== "yes")));
	for (const who of Object.keys(people)) {
		await people[who].context.close();
		delete people[who];
	}
	const hr = await as("hr1");
	await play.visit(hr, centre, `/sittings/${sitting}/node`);
	await play.look(hr, "/sittings/1/node/brought");
});
