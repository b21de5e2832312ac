// A candidate's page in a browser, through whatever happens to the cluster: an option is chosen every second or so, and
// nobody ever reloads.  node page.mjs ADDRESS ATTEMPT TOKEN; says each click as a line of JSON, and ends well, when its
// standard input is closed, once the page says that all is saved.
import { chromium } from "playwright-core";
import { browserOptions } from "../browser/harness.mjs";
import { choose, goTo } from "../browser/seat.mjs";

const [address, attempt, token] = process.argv.slice(2);
const QUESTIONS = 6;
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

let open = true;
process.stdin.on("end", () => { open = false; }).resume();

const browser = await chromium.launch(browserOptions);
const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "ru-RU", reducedMotion: "reduce" });
await context.addCookies([{ name: "__Host-konkurs_session", value: token, url: address, secure: true, httpOnly: true }]);
context.setDefaultTimeout(90000);
const page = await context.newPage();
const faults = [];
page.on("pageerror", (e) => faults.push(`page: ${e}`));
await page.goto(`${address}/tests/${attempt}`);
await page.waitForSelector("[data-now=running] .test-option").catch(async (e) => {
	process.stderr.write(`${page.url()}\n${await page.locator("body").innerText()}\n`);
	throw e;
});
for (let number = 1; number <= QUESTIONS; number++) await goTo(page, number);

// What is to be seen when it does not go on, for whoever reads page.log.
async function look(e) {
	const seen = await page.evaluate(() => ({ at: location.href, hidden: document.hidden,
		panels: [...document.querySelectorAll("[data-now]")].map((one) => one.dataset.now),
		text: document.body.innerText.slice(0, 1500) }));
	process.stderr.write(`${new Date().toISOString()} ${JSON.stringify(seen, null, 1)}\n${faults.join("\n")}\n`);
	throw e;
}

for (let turn = 0; open; turn++) {
	say(await choose(page, 1 + turn % QUESTIONS, Math.floor(turn / QUESTIONS) % 4).catch(look));
	await new Promise((resolve) => setTimeout(resolve, 900));
}
await page.waitForFunction(() =>
	!document.querySelector("[data-question][data-state=sending], [data-question][data-state=unsaved]"),
null, { timeout: 90000 });
say({ faults });
await browser.close();
