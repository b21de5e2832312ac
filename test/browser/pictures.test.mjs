// Pictures and the tables they are drawn from: what a picture shows is what its table says and what the model
// holds, in both languages, on a phone, in the dark, by keyboard; and without scripts the tables are there (F6, F64 to F66).
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { expectAccessible, konkurs, shot, startWorld } from "./harness.mjs";
import { sql } from "./seat.mjs";

const bank = join(dirname(konkurs), "..", "bench", "bank");
const DAY = 86400000;
const today = Math.floor((Date.now() + 5 * 3600000) / DAY);
let world;
before(async () => {
	world = await startWorld({ more: (db, key) => execFileSync(bank,
		["--world", db, "--key", key, "--sittings", "10", "--seats", "60"], { stdio: "ignore" }) });
	sql(world, "UPDATE sitting SET names_ms = closed_ms");
	// a competition that has begun long ago: terms have passed, an interview is near
	sql(world, `UPDATE competition SET announced_ms = ${(today - 40) * DAY}, filing_last = ${today - 30} WHERE id = 1`);
	sql(world, `INSERT INTO interview (competition_id, day, start_ms, place, state, planned_by, planned_ms)
		VALUES (1, ${today + 4}, ${(today + 4) * DAY}, 'Зал', 'planned', 1, ${today * DAY})`);
});
after(async () => { await world.stop(); });

// With whatever the page complains of.
async function signIn(key, language, options) {
	const who = await world.signIn(key, language, options);
	who.page.on("console", (m) => { if (m.type() === "error") who.broken.push(m.text()); });
	return who;
}

async function open(who, path, name) {
	await who.page.goto(world.url(path));
	await who.page.locator("figure.chart .chart-mark").first().waitFor();
	await expectAccessible(who.page, name);
	await shot(who.page, `picture-${name}`);
	assert.deepEqual(who.broken, [], name);
	const answer = await who.page.request.get(world.url(path), { headers: { accept: "application/json" } });
	return answer.json();
}

// The boxes of all that is drawn so, from the left upper corner of the picture.
const boxes = (page, what) => page.locator(`figure.chart .chart-drawing ${what}`).evaluateAll((all) => all.map((e) => {
	const ground = e.closest("svg").getBoundingClientRect();
	const box = e.getBoundingClientRect();
	return { left: box.left - ground.left, right: box.right - ground.left, top: box.top - ground.top,
		bottom: box.bottom - ground.top, width: box.width, height: box.height, ground: ground.width };
}));
const said = (page) => page.locator("figure.chart .chart-mark title").allTextContents();
const near = (a, b, why, most = 1.6) => assert.ok(Math.abs(a - b) <= most, `${why}: ${a}, not ${b}`);
const digits = (text) => text.replace(/[\s\u00a0\u202f]/g, "");

for (const language of ["kk", "ru"]) {
	test(`${language}: how far they came, and the test by act`, async () => {
		const hr = await signIn("hr1", language);
		const { page } = hr;
		const funnel = await open(hr, "/reports", `funnel-${language}`);
		const widths = (await boxes(page, ".chart-bar")).map((box) => box.width);
		const words = await said(page);
		assert.equal(words.length, funnel.steps.length);
		for (const [at, step] of funnel.steps.entries()) {
			near(widths[at] / widths[0], step.count / funnel.steps[0].count, `bar of ${step.step}`, 0.02);
			assert.ok(digits(words[at]).includes(`:${step.count}·`), `${words[at]}: ${step.count}`);
		}
		const acts = await open(hr, "/reports/acts", `acts-${language}`);
		const [empty] = await boxes(page, ".chart-empty");
		const bars = await boxes(page, ".chart-bar");
		assert.equal(bars.length, acts.acts.length);
		for (const [at, act] of acts.acts.entries())
			near(bars[at].width / empty.width * 100, act.share, `bar of ${act.name}`);
		const [all] = await boxes(page, ".chart-limit");
		near((all.left - empty.left) / empty.width * 100, acts.whole.share, "the line of all together");
		await hr.context.close();
	});

	test(`${language}: scores on either side of the pass mark`, async () => {
		const hr = await signIn("hr1", language);
		const approver = await signIn("approver", language);
		for (const [who, path, name] of [[hr, "/reports/results", "results"], [hr, "/sittings/1", "sitting"],
			[approver, "/bank/statistics", "statistics"]]) {
			const model = await open(who, path, `${name}-${language}`);
			const of = model.distribution;
			const scores = of.scores ?? model.scores;
			const bars = await boxes(who.page, ".chart-bar");
			assert.equal(bars.length, scores.length);
			assert.equal(scores.reduce((sum, row) => sum + row.people, 0), of.people);
			const highest = Math.max(...scores.map((row) => row.people));
			const tall = Math.max(...bars.map((bar) => bar.height));
			const [line] = await boxes(who.page, ".chart-limit");
			for (const [at, row] of scores.entries()) {
				near(bars[at].height / tall, row.people / highest, `${name}: bar of ${row.score}`, 0.03);
				assert.equal(bars[at].left + bars[at].width / 2 > line.left, row.score >= of.mark, `${name}: ${row.score} beside the mark`);
			}
			const about = digits(await who.page.locator("#distribution-about").innerText());
			for (const part of ["below", "at", "above", "people"]) assert.ok(about.includes(String(of[part])), `${name}: ${part}`);
			const table = await who.page.locator("figure.chart tbody tr td:nth-child(2)").allTextContents();
			assert.deepEqual(table.map((text) => Number(digits(text))), scores.map((row) => row.people));
		}
		await hr.context.close();
		await approver.context.close();
	});

	test(`${language}: curves of a question with their errors`, async () => {
		const approver = await signIn("approver", language);
		const { page } = approver;
		const { question } = await open(approver, "/bank/statistics/1", `curve-${language}`);
		assert.ok(question.bands.length > 2);
		assert.equal(await page.locator(".chart-curve").count(), question.options.length);
		assert.equal(await page.locator(".chart-curve.curve-right").count(), 1);
		const points = await boxes(page, ".chart-point");
		const zero = (await boxes(page, ".chart-axis .domain"))[1].top;
		const hundred = (await boxes(page, ".chart-axis .domain"))[0].top;
		const shares = question.options.flatMap((_, option) => question.bands.map((band) => Number(band.shares[option].share)));
		assert.equal(points.length, shares.length);
		for (const [at, point] of points.entries())
			near((zero - (point.top + point.bottom) / 2) / (zero - hundred) * 100, shares[at], `point ${at}`, 3);
		await page.locator("figure.chart summary").click();
		const cells = await page.locator("figure.chart tbody td[data-error]").allTextContents();
		assert.match(cells[0], /\d ± \d/);
		for (const [, band] of question.bands.entries())
			for (const { share, error } of band.shares)
				near(Number(error), Math.sqrt(share * (100 - share) / band.answered), "standard error", 0.1);
		await approver.context.close();
	});

	test(`${language}: the time line of a competition`, async () => {
		const hr = await signIn("hr1", language);
		const { page } = hr;
		const { timeline } = await open(hr, "/competitions/1/timeline", `timeline-${language}`);
		const first = Date.parse(timeline.first) / DAY;
		const drawn = timeline.steps.filter((step) => step.bar);
		const bars = await boxes(page, ".chart-term");
		const [off] = await boxes(page, ".chart-off");
		assert.equal(bars.length, drawn.length);
		// the scale from the picture itself: the first and the last bar's days
		const begins = drawn.map((step) => Date.parse(step.bar.begins) / DAY - first);
		const ends = drawn.map((step) => Date.parse(step.bar.ends) / DAY - first + 1);
		const wide = (bars[0].width) / (ends[0] - begins[0]);
		const zero = bars[0].left - begins[0] * wide;
		for (const [at, step] of drawn.entries()) {
			near(bars[at].left, zero + begins[at] * wide, `${step.kind} begins`, 3);
			near(bars[at].right, zero + Math.max(ends[at], begins[at]) * wide, `${step.kind} ends`, 5);
		}
		near(off.left, zero + timeline.days.search(/[^wx]/) * wide, "days off", 3);
		const [line] = await boxes(page, ".chart-today");
		near(line.left, zero + (Date.parse(timeline.today.day) / DAY - first + 0.5) * wide, "today", 3);
		const over = timeline.steps.filter((step) => step.over);
		assert.ok(over.length > 0, "something is late");
		assert.equal(await page.locator(".chart-over").count(), over.length);
		assert.equal(await page.locator(".chart-done").count(), timeline.steps.filter((step) => step.done).length);
		const table = page.locator("figure.chart tbody tr[data-state]");
		assert.equal(await table.count(), timeline.steps.length);
		const clause = page.locator("a.chart-clause").first();
		assert.equal(await clause.getAttribute("href"), await table.locator("[data-key=clause] a").first().getAttribute("href"));
		await clause.click();
		assert.match(page.url(), /\/rules\/.*#clause-/);
		// on the page of the competition and of its terms it is the same
		for (const path of ["/competitions/1", "/competitions/1/terms"]) {
			const model = await open(hr, path, `timeline-${path.split("/").pop()}-${language}`);
			assert.deepEqual(model.timeline, timeline);
		}
		await hr.context.close();
	});

	test(`${language}: a year of days`, async () => {
		const hr = await signIn("hr1", language);
		const { page } = hr;
		await page.goto(world.url("/calendar?year=2026"));
		await expectAccessible(page, "calendar");
		await shot(page, `picture-calendar-${language}`);
		const model = await (await page.request.get(world.url("/calendar?year=2026"), { headers: { accept: "application/json" } })).json();
		const months = page.locator("table.month");
		assert.equal(await months.count(), 12);
		let all = 0;
		for (const [at, month] of model.months.entries()) {
			const worked = await months.nth(at).locator("[data-day=working], [data-day=moved_worked]").count();
			const weeks = await months.nth(at).locator("td.week").allTextContents();
			assert.equal(worked, month.working);
			assert.equal(weeks.reduce((sum, text) => sum + Number(text), 0), month.working);
			all += worked;
		}
		assert.equal(all, model.year.working);
		// what a day is stands in its cell, not in its colour alone
		for (const kind of ["weekend", "holiday", "carried", "day_off"])
			assert.match(await page.locator(`table.month [data-day=${kind}]`).first().textContent(), /^\d+, \S/);
		await page.locator("a[rel=next]").click();
		await page.waitForURL(/year=2027/);
		await hr.context.close();
	});
}

test("a picture is read by keyboard", async () => {
	const hr = await signIn("hr1", "ru");
	const { page } = hr;
	await open(hr, "/reports/acts", "acts-keys");
	const words = await said(page);
	const reading = page.locator(".chart-reading");
	const hint = await reading.textContent();
	assert.equal(await page.locator(".chart-mark[tabindex='0']").count(), 1, "one step with Tab");
	await page.locator(".chart-mark").first().focus();
	assert.equal(await reading.textContent(), words[0]);
	for (const [key, at] of [["ArrowDown", 1], ["ArrowRight", 2], ["ArrowUp", 1], ["End", words.length - 1], ["ArrowDown", words.length - 1], ["Home", 0]]) {
		await page.keyboard.press(key);
		assert.equal(await reading.textContent(), words[at], key);
	}
	// where one is stays, when the picture is drawn anew
	await page.keyboard.press("End");
	await page.setViewportSize({ width: 390, height: 844 });
	await page.waitForFunction(() => document.querySelector(".chart-drawing").clientWidth < 390);
	await page.waitForFunction((last) => document.querySelector(".chart-reading").textContent === last, words.at(-1));
	await page.keyboard.press("Tab");
	assert.equal(await reading.textContent(), hint);
	await hr.context.close();
});

test("on a phone and in the dark: no sideways scrolling, nothing moves", async () => {
	const hr = await signIn("hr1", "kk", { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
	const approver = await signIn("approver", "kk", { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
	for (const who of [hr, approver])
		await who.page.addInitScript(() => {
			globalThis.moved = 0;
			new PerformanceObserver((list) => { for (const one of list.getEntries()) globalThis.moved += one.value; }).observe({ type: "layout-shift", buffered: true });
		});
	for (const [who, path] of [[hr, "/reports"], [hr, "/reports/acts"], [hr, "/reports/results"], [hr, "/competitions/1/timeline"],
		[hr, "/competitions/1"], [approver, "/bank/statistics/1"], [approver, "/bank/statistics"]]) {
		await who.page.goto(world.url(path));
		await who.page.locator(".chart-mark").first().waitFor();
		const { wide, moved } = await who.page.evaluate(() => new Promise((done) => setTimeout(() =>
			done({ wide: document.documentElement.scrollWidth, moved: globalThis.moved }), 300)));
		assert.ok(wide <= 390, `${path} is ${wide} wide`);
		assert.ok(moved < 0.01, `${path} has moved by ${moved}`);
		await open(who, path, `phone${path.replaceAll("/", "-")}`); // a whole picture of the page moves it
	}
	await hr.context.close();
	await approver.context.close();
});

test("on paper the table is open; without scripts everything is there", async () => {
	const hr = await signIn("hr1", "kk");
	await open(hr, "/competitions/1", "paper");
	await hr.page.evaluate(() => dispatchEvent(new Event("beforeprint")));
	assert.equal(await hr.page.locator("details.chart-twin[open]").count(), 1);
	await hr.page.setViewportSize({ width: 620, height: 900 }); // A4 between its margins
	await hr.page.emulateMedia({ media: "print" });
	const { cell, paper } = await hr.page.evaluate(() => ({ paper: document.documentElement.clientWidth,
		cell: Math.max(...[...document.querySelectorAll("figure.chart td, figure.chart th")].map((e) => e.getBoundingClientRect().right)) }));
	assert.ok(cell <= paper, `a column ends at ${cell} of ${paper}`);
	await shot(hr.page, "picture-paper-print");
	await hr.page.emulateMedia({ media: "screen" });
	await hr.page.evaluate(() => dispatchEvent(new Event("afterprint")));
	assert.equal(await hr.page.locator("details.chart-twin[open]").count(), 0);
	await hr.context.close();

	const plain = await signIn("hr1", "ru", { javaScriptEnabled: false });
	const { page } = plain;
	for (const [path, rows] of [["/reports", 9], ["/reports/acts", 10], ["/competitions/1/timeline", 16]]) {
		await page.goto(world.url(path));
		await shot(page, `picture-plain${path.replaceAll("/", "-")}`);
		assert.equal(await page.locator("figure.chart tbody tr").count(), rows);
		assert.ok(await page.locator("figure.chart tbody tr").first().isVisible(), `${path}: the table`);
		assert.ok(await page.locator("figure.chart tbody svg.report-bar").first().isVisible(), `${path}: its bars`);
		assert.equal(await page.locator(".chart-picture:visible, .chart-reading:visible").count(), 0);
	}
	await page.goto(world.url("/reports/results"));
	assert.ok(await page.locator("svg.figure-plot").isVisible());
	assert.ok(await page.locator("figure.chart tbody tr").first().isVisible());
	await page.goto(world.url("/calendar"));
	assert.equal(await page.locator("table.month").count(), 12);
	await plain.context.close();
});
