// Reading a picture point by point: the pointer or a finger on a mark, or one step into the picture and
// then arrows, Home and End.  What the point says stands in the line below it, which hides nothing.

// Draws, and keeps the reader at the mark where he is.
export function readable(figure, draw) {
	const before = figure.querySelector(".chart-mark[tabindex='0']");
	const at = before ? [...figure.querySelectorAll(".chart-mark")].indexOf(before) : 0;
	const held = before !== null && before === document.activeElement;
	draw();
	const marks = [...figure.querySelectorAll(".chart-mark")];
	if (marks.length === 0) return;
	const step = (to) => {
		for (const mark of marks) mark.setAttribute("tabindex", "-1");
		marks[to].setAttribute("tabindex", "0");
	};
	step(Math.min(at, marks.length - 1));
	listen(figure, marks, step);
	if (held) marks[Math.min(at, marks.length - 1)].focus();
}

const moves = {
	ArrowRight: (at) => at + 1, ArrowDown: (at) => at + 1,
	ArrowLeft: (at) => at - 1, ArrowUp: (at) => at - 1,
	Home: () => 0, End: (_, last) => last,
};

function listen(figure, marks, step) {
	const line = figure.querySelector(".chart-reading");
	line.dataset.hint ??= line.textContent;
	const say = (mark) => {
		for (const other of marks) other.classList.toggle("is-read", other === mark);
		line.textContent = mark ? mark.querySelector("title").textContent : line.dataset.hint;
	};
	const rest = () => say(marks.includes(document.activeElement) ? document.activeElement : null);
	for (const [at, mark] of marks.entries()) {
		// A picture that scrolls away under a pointer that rests is read by keys.
		mark.addEventListener("pointermove", (event) => { if (event.movementX || event.movementY) say(mark); });
		mark.addEventListener("pointerdown", () => say(mark));
		mark.addEventListener("pointerleave", rest);
		mark.addEventListener("focus", () => { step(at); say(mark); });
		mark.addEventListener("blur", () => say(null));
		mark.addEventListener("keydown", (event) => {
			const move = moves[event.key];
			if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
			event.preventDefault();
			marks[Math.max(0, Math.min(marks.length - 1, move(at, marks.length - 1)))].focus();
		});
	}
}
