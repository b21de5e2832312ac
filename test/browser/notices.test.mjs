// A decision is served, and the appeal term begins: when its candidate opens it, or on the day of a
// letter to whoever does not; the commission and HR are told of their steps too (F84).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { openInterview } from "./commission.mjs";
import { person, startWorld } from "./harness.mjs";
import * as play from "./play.mjs";

const words = {
	kk: { last: /Шағымдануға болатын соңғы күн: 2026\sж\.\s26\sмаусым/, waits: /ашылмады/, served: /тапсырылды/ },
	ru: { last: /Обжаловать можно до 26 июня 2026/, waits: /не открыто/, served: /вручено/ },
};

// Days are written with spaces that do not break.
const text = async (who) => (await who.page.locator("main").innerText()).replace(/\s+/g, " ");

// The candidate finds it on the first page and opens it in the inbox.
async function opened(world, candidate, application, said) {
	const { page } = candidate;
	await play.visit(candidate, world, "/");
	await Promise.all([page.waitForNavigation(), page.locator("a[href='/notices?only=unread']").first().click()]);
	await play.look(candidate, "/notices/unread");
	const line = page.locator("main li a[href^='/notices/']").first();
	await Promise.all([page.waitForNavigation(), line.click()]);
	await play.look(candidate, "/notices/decision");
	assert.match(await text(candidate), said.last);
	const number = page.url().split("/").pop();
	await play.send(candidate, `/notices/${number}/acknowledge`);
	await play.visit(candidate, world, `/applications/${application}/notice`);
	assert.match(await text(candidate), said.last);
}

// HR hands over a letter to the candidate, who has not opened anything.
async function byLetter(world, hr, said) {
	const { page } = hr;
	await play.visit(hr, world, "/competitions/1/told?state=open");
	assert.match(await text(hr), said.waits);
	await Promise.all([page.waitForNavigation(), page.locator("main a[href*='/told/']").first().click()]);
	await play.look(hr, "/competitions/1/told/letter");
	const action = new URL(page.url()).pathname;
	await play.send(hr, action, { number: "7-14", day: "2026-03-20" });
	await play.expectRefusal(hr, { field: "day" });
	await play.send(hr, action, { number: "7-14", day: "2026-03-26" });
}

for (const language of ["kk", "ru"]) {
	let world;
	const people = {};
	const as = async (key) => (people[key] ??= await world.signIn(key, language));

	before(async () => { world = await startWorld({ now: "2026-03-26T09:00" }); });
	after(async () => { await world.stop(); });

	test(`${language}: a decision is served and the appeal term begins`, { timeout: 600000 }, async () => {
		const said = words[language];
		const hr = await as("hr1");
		const { id, applications: [application] } = openInterview(world, "2026-03-26T10:00", ["candidate1"]);
		await play.appoint(world, hr, 1);
		await play.visit(await as("invited"), world, "/notices");
		assert.equal(await people.invited.page.locator("main li a[href^='/notices/']").count(), 1);
		await play.interviewDay(world, as, id, application);
		const candidate = await as("candidate1");
		if (language === "kk") await opened(world, candidate, application, said);
		else await byLetter(world, hr, said);
		await play.visit(candidate, world, `/applications/${application}/story`);
		assert.match(await text(candidate), said.last);
		await play.visit(hr, world, "/competitions/1/told");
		assert.match(await text(hr), said.served);
		assert.ok((await text(hr)).includes(person("candidate1").family));
		for (const who of Object.values(people)) assert.deepEqual(who.broken, []);
	});
}
