// competition.mjs - all eight steps, from the announcement to the decision, in one language.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorld } from "./harness.mjs";
import * as play from "./play.mjs";

export function playCompetition(language) {
	let world;
	const people = {};
	const as = async (key) => (people[key] ??= await world.signIn(key, language));
	let competition;
	const applications = [];
	let sitting;

	before(async () => { world = await startWorld({ now: "2026-03-02T09:00" }); });
	after(async () => { await world.stop(); });

	// Each step stands on the one before: after a failure the rest has nothing to stand on.
	let failed = false;
	const step = (name, body) => test(`${language}: ${name}`, { timeout: 600000 }, async (t) => {
		if (failed) {
			t.skip("a step before this one failed");
			return;
		}
		failed = true;
		try {
			await body();
			failed = false;
		} finally {
			if (failed) t.diagnostic(`the server said: ${world.log.slice(-1500)}`);
		}
	});

	step("1. HR opens, announces and corrects a competition", async () => {
		competition = await play.announce(world, await as("hr1"));
		await play.readAsPublic(world, await world.visitor(language), competition);
	});

	step("2. three candidates apply; wrong signatories are refused", async () => {
		const region = { signer: "head_of_body_deputy", wrongSigner: "head_of_subdivision" };
		const centre = { signer: "head_of_subdivision", wrongSigner: "head_of_body" };
		applications.push(await play.apply(world, await as("candidate1"), competition,
			{ testLanguage: "kk", ...region }));
		applications.push(await play.apply(world, await as("candidate2"), competition,
			{ testLanguage: "ru", ...region }));
		applications.push(await play.apply(world, await as("candidate3"), competition,
			{ testLanguage: language, ...centre }));
	});

	step("3. HR checks; a refusal needs a second officer", async () => {
		await play.visit(await as("hr1"), world, `/competitions/${competition}/candidates`);
		await play.check(world, await as("hr1"), applications[0]);
		await play.check(world, await as("hr1"), applications[1]);
		await play.refuse(world, await as("hr1"), await as("hr2"), applications[2]);
	});

	step("4. own security, polygraph, psycho-sociological study, rating", async () => {
		const qualified = applications.slice(0, 2);
		await play.security(world, await as("hr1"), await as("security"), competition, qualified);
		await play.study(world, await as("psycho"), "psycho", qualified);
		await play.study(world, await as("polygraph"), "polygraph", qualified);
		await play.papers(world, await as("hr1"), qualified);
	});

	step("5. the test: both sit it, one passes, one does not", async () => {
		const operator = await as("operator");
		sitting = await play.openSitting(world, operator, competition, applications.slice(0, 2),
			[await as("keeper1"), await as("keeper3")]);
		await play.visit(await as("candidate1"), world, "/test");
		await play.startSitting(world, operator, sitting);
		await (await as("candidate1")).page.waitForSelector("[data-test]");
		await play.look(await as("candidate1"), "/tests/1/running");
		await play.answer(await as("candidate1"), "kk", 84);
		await play.finish(await as("candidate1"));
		await play.visit(await as("candidate2"), world, "/test");
		await play.answer(await as("candidate2"), "ru", 3);
		await play.finish(await as("candidate2"));
		await play.closeSitting(world, operator, await as("hr1"), sitting);
		play.expectNoWords(world); // F28: a thief of the database has no question
	});

	step("6. the interview is planned on a lawful day, the dossier released", async () => {
		await play.plan(world, await as("hr1"), competition);
		await play.release(world, await as("hr1"), applications.slice(0, 1));
		await play.appoint(world, await as("hr1"), competition);
	});

	step("7. the commission hears, votes and decides", async () => {
		// The day of the interview has come.
		await world.kill();
		await world.start({ at: "2026-03-12T09:50" });
		for (const key of Object.keys(people)) {
			await people[key].context.close();
			delete people[key];
		}
		await play.visit(await as("hr1"), world, `/competitions/${competition}/interview`);
		const href = await people.hr1.page.locator("a[href^='/interviews/']").getAttribute("href");
		await play.interviewDay(world, as, href.split("/")[2], applications[0]);
	});

	step("8. each role sees what it may, and how it ended", async () => {
		await play.ending(world, as, competition, applications[0], applications[1]);
	});

	step("9. an auditor checks all of it, and whatever is doctored is found", async () => {
		const { verified, drill } = world.audit();
		assert.deepEqual(verified.findings, []);
		assert.ok(verified.results === 2 && verified.votes === 1 && verified.clicks > 80);
		assert.ok(drill.good && drill.played > 30, JSON.stringify(drill.attacks.filter((a) => a.found !== "yes")));
		await play.visit(await as("admin"), world, "/backups");
		await play.look(await as("admin"), "/backups/checked");
	});
}
