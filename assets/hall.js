// hall.js - the operator's pages: codes and coins made in the page, the board that renews itself.

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

// ---- the board: every two seconds the same page once more, and its part in the place of ours ----
// Focus and scrolling stay: what has an id gets the focus back.  The page's own address is that of a
// form when one was refused: asked for again it would be sent again, and what was typed would be gone.
const EVERY_MS = 2000;
async function renew() {
	const board = document.querySelector("[data-live]");
	if (!board) return;
	try {
		const answer = await fetch(board.dataset.live, { headers: { Accept: "text/html" } });
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		const fresh = page.querySelector("[data-live]");
		if (!answer.ok || !fresh) {
			location.assign(board.dataset.live);
			return;
		}
		const focused = board.contains(document.activeElement) ? document.activeElement.id : "";
		const table = document.getElementById("board-table");
		const { scrollLeft } = table;
		board.replaceWith(fresh);
		document.getElementById("board-table").scrollLeft = scrollLeft;
		if (focused) document.getElementById(focused)?.focus();
		delete document.body.dataset.stale;
	} catch {
		document.body.dataset.stale = ""; // what is shown is old: the style says so
	}
	setTimeout(renew, EVERY_MS);
}
setTimeout(renew, EVERY_MS);
