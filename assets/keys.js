// Single keys that lead somewhere: ? lists them, / to the search, g and a letter to a page of the menu,
// j and k through the rows.  What there is stands in the dialog of the page (layout/keys.html).  They
// can be switched off (WCAG 2.1.4), and a page with keys of its own has no others: the test.

const dialog = document.getElementById("keys");
const open = document.querySelector("[data-keys-open]");
const on = dialog?.querySelector("[data-keys-on]");
const own = document.querySelector("[data-keys]");
const WAIT_MS = 1500; // for the letter after g

const isOn = () => localStorage.getItem("keys") !== "off";
const show = () => {
	on.checked = isOn();
	dialog.showModal();
};

// The letter of the key, whatever is written on it: the Kazakh and the Russian layout have others.
const letterOf = (event) => {
	if (/^[a-z]$/.test(event.key)) return event.key;
	return !event.shiftKey && /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : "";
};
const isSlash = (event) => event.key === "/" || (event.code === "Slash" && !event.shiftKey);
const isQuestion = (event) => event.key === "?" || (event.code === "Slash" && event.shiftKey);

// Where keys are words.
const isTyping = (element) => element.isContentEditable ||
	(element.matches("input, textarea, select") && !element.matches("[type=checkbox], [type=radio], [type=submit], [type=button]"));

const rowLinks = () => [...document.querySelectorAll("main :is(a.list-group-item, tbody tr, li.list-group-item)")]
	.map((row) => row.matches("a") ? row : row.querySelector("a[href]"))
	.filter((link) => link?.checkVisibility());

function step(by) {
	const links = rowLinks();
	const here = links.indexOf(document.activeElement);
	const next = links[here < 0 ? (by > 0 ? 0 : links.length - 1) : here + by];
	next?.focus();
	next?.scrollIntoView({ block: "nearest" });
	return next !== undefined;
}

let wentAt = 0;
function goes(letter) {
	const waits = performance.now() - wentAt < WAIT_MS;
	wentAt = letter === "g" && !waits ? performance.now() : 0;
	if (!waits) return letter === "g";
	const entry = dialog.querySelector(`[data-go="${letter}"]`);
	if (entry) location.assign(entry.dataset.href);
	return entry !== null;
}

function search() {
	const field = document.querySelector("main :is([type=search], [name=q])");
	field?.focus();
	field?.select();
	return Boolean(field);
}

function act(event) {
	if (isQuestion(event)) return show() ?? true;
	if (isSlash(event)) return search();
	const letter = letterOf(event);
	if (!letter) return false;
	if (goes(letter)) return true;
	return letter === "j" ? step(1) : letter === "k" && step(-1);
}

if (dialog && !own) {
	open.hidden = false;
	open.addEventListener("click", show);
	on.addEventListener("change", () => localStorage.setItem("keys", on.checked ? "on" : "off"));
	document.addEventListener("keydown", (event) => {
		if (!isOn() || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
		if (document.querySelector("dialog[open]") || isTyping(event.target)) return;
		if (act(event)) event.preventDefault();
	});
}
