// bulk.js - the page of work for many candidates: renews its part each second until it has ended.
import { newest } from "./live.js";

const EVERY_MS = 1000;
async function renew() {
	const part = document.querySelector("[data-running]");
	if (!part) return;
	try {
		const { fine, page } = await newest(location.href);
		const fresh = page.getElementById("bulk");
		if (!fine || !fresh?.hasAttribute("data-running")) {
			location.reload(); // it has ended: the whole page tells how
			return;
		}
		// in place, so that focus and the announced region stay
		const bar = document.getElementById("bulk-bar");
		bar.value = fresh.querySelector("#bulk-bar").value;
		document.getElementById("bulk-text").textContent = fresh.querySelector("#bulk-text").textContent;
		delete document.body.dataset.stale;
	} catch {
		document.body.dataset.stale = ""; // what is shown is old: the page says so
	}
	setTimeout(renew, EVERY_MS);
}
setTimeout(renew, EVERY_MS);
