// test-keys.js - the whole test by keyboard: 1 to 5 choose, n and p walk, arrows walk the map.
//
// Keys are told by their place, so that they are the same in every layout: on the Kazakh one the
// row of digits has letters.  They can be switched off (WCAG 2.1.4); that lasts for the window.

const KEPT_OFF = "konkurs-test-keys-off";
const DIGIT = /^(?:Digit|Numpad)([1-5])$/;

// `test` has choosePlace(place), walk(step).
export function listenToKeys(view, test) {
	const box = view.part("keys");
	box.checked = !isOff();
	box.addEventListener("change", () => keepOff(!box.checked));
	document.addEventListener("keydown", (event) => {
		if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
		if (!box.checked || document.querySelector("dialog[open]") || isTyping(event.target)) return;
		const digit = DIGIT.exec(event.code);
		if (digit) test.choosePlace(Number(digit[1]) - 1);
		else if (event.code === "KeyN" || event.code === "PageDown") test.walk(1);
		else if (event.code === "KeyP" || event.code === "PageUp") test.walk(-1);
		else return;
		event.preventDefault();
	});
	view.part("map").addEventListener("keydown", (event) => {
		const to = neighbour(view, event);
		if (!to) return;
		event.preventDefault();
		for (const button of view.buttons.values()) button.tabIndex = button === to ? 0 : -1;
		to.focus();
	});
}

const isTyping = (element) => element.matches?.("select, textarea, input:not([type=radio], [type=checkbox])");

// The button of the map that the key leads to; nothing when it is no such key.
function neighbour(view, event) {
	const buttons = [...view.buttons.values()];
	const at = buttons.indexOf(event.target);
	const row = buttons.filter((b) => b.offsetTop === buttons[0].offsetTop).length;
	const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row }[event.key];
	if (at < 0) return undefined;
	if (event.key === "Home") return buttons[0];
	if (event.key === "End") return buttons.at(-1);
	return step === undefined ? undefined : buttons[at + step];
}

function isOff() {
	try {
		return sessionStorage.getItem(KEPT_OFF) === "yes";
	} catch {
		return false;
	}
}

function keepOff(off) {
	try {
		if (off) sessionStorage.setItem(KEPT_OFF, "yes");
		else sessionStorage.removeItem(KEPT_OFF);
	} catch {
		// it holds until the page is left
	}
}
