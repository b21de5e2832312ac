// hall.js - the operator's pages: codes and coins made in the page, the board that renews itself.
import { newest, soon } from "./live.js";

// ---- a code or coin nobody can guess: 60 bits in signs that are told apart easily -----------
const signs = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const make = () => {
	const numbers = crypto.getRandomValues(new Uint32Array(12));
	const text = Array.from(numbers, (n) => signs[n % signs.length]).join("");
	return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`;
};
for (const button of document.querySelectorAll("[data-make]")) {
	button.hidden = false;
	button.addEventListener("click", () => {
		const field = document.getElementById(button.dataset.make);
		field.value = make();
		field.focus();
		field.select();
	});
}

// ---- what is live: every two seconds, and when there is something new, the same page once more, and its parts in the place of ours ----
// Focus and scrolling stay: what has an id gets the focus back.  A part that is as it was stays, so
// that an alert is read out once.  The page's own address is that of a form when one was refused:
// asked for again it would be sent again, and what was typed would be gone.
const EVERY_MS = 2000;
// Each page numbers its forms anew (once).
const same = (part) => part.outerHTML.replace(/(name="once" value=)"[^"]*"/g, "$1");
const renewPart = (part, fresh) => {
	// What is pressed just now stays until it is let go, or that would be no click.
	if (part.matches(":active") || same(part) === same(fresh)) return;
	const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
	const table = part.querySelector(".table-responsive");
	const left = table ? table.scrollLeft : 0;
	part.replaceWith(fresh);
	const shown = fresh.querySelector(".table-responsive");
	if (shown) shown.scrollLeft = left;
	if (focused) document.getElementById(focused)?.focus();
};
async function renew() {
	const parts = [...document.querySelectorAll("[data-live]")];
	if (parts.length === 0) return;
	const address = parts.find((part) => part.id === "board")?.dataset.live ?? parts[0].dataset.live;
	try {
		const { fine, page } = await newest(address);
		const pairs = parts.map((part) => [part, page.getElementById(part.id)]);
		if (!fine || pairs.some(([, fresh]) => !fresh)) {
			location.assign(address);
			return;
		}
		for (const [part, fresh] of pairs) renewPart(part, fresh);
		delete document.body.dataset.stale;
	} catch {
		document.body.dataset.stale = ""; // what is shown is old: the page says so
	}
	soon(renew, EVERY_MS);
}
soon(renew, EVERY_MS);
