// A declared conflict breaks the quorum: no vote, until a new order replaces a member; then marks sealed
// and opened, a decision, and minutes that all have signed before the competition can be closed (F7, F8,
// F81, F82, V-1, V-2, R41-1, R47-1).
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { appoint, attend, commission, find, openInterview } from "./commission.mjs";
import { konkurs, press, startWorld } from "./harness.mjs";
import { look, nameOf, send, signMinutes, visit } from "./play.mjs";

const button = (who, action) => who.page.locator(`form[action="${action}"] button[type=submit]`);

for (const language of ["kk", "ru"]) {
	let world;
	const people = {};
	const as = async (key) => (people[key] ??= await world.signIn(key, language));
	let interview;
	let application;
	let path;
	let one;

	before(async () => { world = await startWorld({ now: "2026-03-26T09:00" }); });
	after(async () => { await world.stop(); });

	test(`${language}: the order is drawn, the hearing begins, what is typed is kept`, { timeout: 600000 }, async () => {
		const held = openInterview(world, "2026-03-26T10:00", ["candidate1", "candidate2"]);
		interview = held.id;
		path = `/interviews/${interview}`;
		await appoint(world, await as("hr1"));
		const secretary = await as("secretary");
		await visit(secretary, world, path);
		await send(secretary, `${path}/order`, {}, "[value=draw]");
		await look(secretary, `${path}/drawn`);
		// the first by lot; the second will not come
		const forms = secretary.page.locator("a[href*='/candidates/']");
		one = await forms.first().getAttribute("href");
		application = Number(one.split("/")[4]);
		await attend(world, secretary, path, ["chair", "member1", "member2", "member3", "secretary"]);
		await send(secretary, `${path}/begin`);
		for (const step of ["warn", "hear"])
			await press(secretary.page, button(secretary, `${path}/${step}`).first());
		await visit(secretary, world, one);
		await secretary.page.locator("[name=asked_by]").selectOption({ index: 1 });
		await secretary.page.fill("[name=question]", "Қызметтегі негізгі нәтижеңіз?");
		await secretary.page.waitForSelector("[data-autosave-state][data-state=saved]");
		await world.kill();
		await secretary.page.fill("[name=answer]", "Тергеу мерзімі қысқарды.");
		await secretary.page.waitForSelector("[data-autosave-state][data-state=failed]");
		await world.start();
		await secretary.page.waitForSelector("[data-autosave-state][data-state=saved]", { timeout: 90000 });
		await secretary.page.reload();
		assert.equal(await secretary.page.inputValue("[name=answer]"), "Тергеу мерзімі қысқарды.");
		await send(secretary, `${one}/questions`);
		await look(secretary, `${one}/asked`);
	});

	test(`${language}: a declared conflict closes the dossier and breaks the quorum`, { timeout: 600000 }, async () => {
		const member = await as("member3");
		await visit(member, world, `/applications/${application}/dossier`);
		await visit(member, world, `${path}/reading`);
		const form = member.page.locator(`form[action="${path}/conflict"]:has([name=application][value="${application}"])`);
		await form.locator("xpath=ancestor::details").evaluate((d) => { d.open = true; });
		await form.locator("[name=reason]").fill("Туысым.");
		await form.locator("button[type=submit]").click();
		await Promise.all([member.page.waitForNavigation(),
			member.page.locator("dialog[open] button").last().click()]);
		const answer = await member.page.goto(world.url(`/applications/${application}/dossier`));
		assert.equal(answer.status(), 403);
		await look(member, "/applications/1/dossier/conflict");
		await visit(member, world, one);
		assert.equal(await member.page.locator("[name=marks]").count(), 0);

		const secretary = await as("secretary");
		await visit(secretary, world, one);
		assert.match(await secretary.page.locator(".say-danger").innerText(), /3.*4/s);
		await visit(secretary, world, path);
		await button(secretary, `${path}/end`).first().click();
		await Promise.all([secretary.page.waitForNavigation(),
			secretary.page.locator("dialog[open] button").last().click()]);
		const chair = await as("chair");
		await visit(chair, world, path);
		assert.equal(await chair.page.locator(`form[action="${path}/vote"]`).count(), 0);
		await visit(secretary, world, path);
		await send(secretary, `${path}/decide`);
		assert.match(await secretary.page.locator("#refusal").innerText(), /3 \/ 4/);
		await look(secretary, `${path}/refused`);
	});

	test(`${language}: a new order replaces a member, the vote goes on`, { timeout: 600000 }, async () => {
		const hr = await as("hr1");
		const secretary = await as("secretary");
		await visit(hr, world, commission);
		await send(hr, `${commission}/orders`, { order_number: "16-к", order_day: "2026-03-26" });
		const block = hr.page.locator("section[aria-labelledby=members] .card-body", { hasText: nameOf("member4") });
		await Promise.all([hr.page.waitForNavigation(), block.locator("button[type=submit]").click()]);
		const id = await find(world, hr, "operator");
		await look(hr, `${commission}/drafted`);
		await send(hr, `${commission}/orders/come`, { person: id, role: "member", kind: "other", employee: true });
		await send(hr, `${commission}/orders/enact`);
		await look(hr, `${commission}/replaced`);
		await attend(world, secretary, path, ["chair", "member1", "member2", "member3", "operator", "secretary"]);

		// F81: sealed until the last of those who count has entered
		const voters = ["chair", "member1", "member2", "operator"];
		for (const [at, key] of voters.entries()) {
			const who = await as(key);
			await visit(who, world, one);
			for (let i = 0; i < 3; i++) await who.page.locator("[name=marks]").nth(i).selectOption({ index: at % 5 + 1 });
			await send(who, `${one}/marks`);
			await visit(hr, world, one);
			const marks = await hr.page.locator("section[aria-labelledby=marks] td.number:not(.text-secondary)").count();
			assert.equal(marks, at === voters.length - 1 ? voters.length * 3 : 0, "sealed, then open to all");
		}
		await visit(secretary, world, one);
		for (const key of voters) {
			const who = await as(key);
			await visit(who, world, path);
			const vote = who.page.locator(`form[action="${path}/vote"]`);
			await vote.locator(`[value=${key === "member2" ? "against" : "for"}]`).click();
			await Promise.all([who.page.waitForNavigation(),
				who.page.locator("dialog[open] button").last().click()]);
		}
		await visit(secretary, world, path);
		await send(secretary, `${path}/decide`);
		await look(secretary, `${path}/decided`);
		const said = execFileSync(konkurs, ["vote", "verify", String(application), "--db", world.db, "--json"]);
		const report = JSON.parse(said);
		assert.equal(report.agrees, true);
		assert.deepEqual([report.outcome, report.for, report.against, report.quorum], ["positive", 3, 1, 4]);
	});

	test(`${language}: minutes signed by all, and no close before`, { timeout: 600000 }, async () => {
		const secretary = await as("secretary");
		const hr = await as("hr1");
		await visit(secretary, world, path);
		await send(secretary, `${path}/close`, { absent: true });
		await visit(secretary, world, `${path}/minutes`);
		await send(secretary, `${path}/minutes`, { number: "7" });
		await look(secretary, `${path}/minutes/numbered`);
		await signMinutes(world, as, interview, ["chair", "member1", "member2", "member3", "secretary"]);
		await visit(hr, world, "/competitions/1");
		const missing = await hr.page.locator("section[aria-labelledby=missing]").innerText();
		assert.ok(missing.includes(nameOf("operator")));
		assert.ok(!missing.includes(nameOf("chair")));
		await visit(hr, world, `${path}/minutes`);
		await send(hr, `${path}/minutes/remind`);
		await signMinutes(world, as, interview, ["operator"]);
		await visit(await as("operator"), world, `${path}/minutes`);
		await visit(hr, world, "/competitions/1");
		assert.equal(await hr.page.locator("section[aria-labelledby=missing] .say-success").count(), 1);
		await look(hr, "/competitions/1/complete");
		await send(hr, "/competitions/1/close");
		assert.equal(await hr.page.locator("form[action$='/close']").count(), 0);
	});
}
