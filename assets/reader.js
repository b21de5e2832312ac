// reader.js - the keyboard for papers that are read within the page: what a key does is a link that
// stands there.  Of two papers beside each other it is that in which one is, otherwise the first.
const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

const sizes = () => [...document.querySelectorAll(".reader-views [data-size]")];

// The next larger or smaller size than the present one.
function size(step) {
	const all = sizes(), at = all.findIndex((a) => a.getAttribute("aria-current"));
	return all[at + step];
}

function page(rel) {
	const column = document.activeElement?.closest(".reader > section");
	return (column ?? document).querySelector(`.reader-pages [rel=${rel}]`);
}

const keys = {
	ArrowLeft: () => page("prev"), ArrowRight: () => page("next"),
	PageUp: () => page("prev"), PageDown: () => page("next"),
	"+": () => size(1), "-": () => size(-1),
	l: () => document.querySelector("[data-turn=left]"), r: () => document.querySelector("[data-turn=right]"),
};

document.addEventListener("keydown", (event) => {
	if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
	// a page that is wider than its frame is moved by the arrows
	const frame = event.target.closest(".reader-frame");
	if (frame && event.key.startsWith("Arrow") && frame.scrollWidth > frame.clientWidth) return;
	const link = keys[event.key]?.();
	if (!link) return;
	event.preventDefault();
	link.click();
});

document.querySelector("[data-reader-keys]").hidden = false;
