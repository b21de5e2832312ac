// The time line of a competition: a bar for each row of the table over real days, those off shaded.
//
// The figure says which days there are: data-first, data-today (YYYY-MM-DD) and data-days, a letter for
// each day from the first on (w and x: worked); data-months are the names of the twelve.  A row's cells are
// clause, from, done and state; of the row itself data-begins and -ends (the bar), -over-from and -over (what is
// late), -back (its last day is where the bar begins).
import { scaleLinear, symbol, symbolDiamond } from "./d3.js";
import { ground, label, mark, put, rowsOf, said, stripes } from "./chart-base.js";

const ROW = 44, TOP = 40, BOTTOM = 22, BAR = 14, NAMES = 250, WIDE = 640, EDGE = 6;
const DAY = 86400000;
const dayOf = (text) => Math.round(Date.parse(text) / DAY);

// The name of a month over its days, with the year where it is the first or a new one.
function month(parent, figure, date, from, to, first) {
	const name = figure.dataset.months.split("|")[date.getUTCMonth()];
	const year = first || date.getUTCMonth() === 0 ? ` ${date.getUTCFullYear()}` : "";
	if (to - from > 30) label(parent, name + year, { x: from + 3, y: 14, room: to - from - 6, kind: "chart-quiet" });
}

// The days at the top, months by name, days by number or, where there is no room, Mondays; those off
// are shaded down to `bottom`.
function days(svg, figure, first, x, bottom) {
	const letters = figure.dataset.days;
	const parent = put(svg, "g", { "aria-hidden": "true" });
	for (const off of letters.matchAll(/[^wx]+/g))
		put(parent, "rect", { class: "chart-off", x: x(off.index), y: TOP - 18,
			width: x(off.index + off[0].length) - x(off.index), height: bottom - TOP + 18 });
	let number = -Infinity;
	for (let at = 0; at < letters.length; at++) {
		const date = new Date((first + at) * DAY);
		const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
		const begins = date.getUTCDate() === 1;
		if (begins && at > 0) put(parent, "line", { class: "chart-month", x1: x(at), x2: x(at), y1: 2, y2: bottom });
		if (begins || at === 0)
			month(parent, figure, date, x(at), x(Math.min(letters.length, at + last - date.getUTCDate() + 1)), at === 0);
		const told = date.getUTCDay() === 1 || x(1) - x(0) >= 20;
		if (!told || x(at) - number < 18 || x(at) + 16 > x(letters.length)) continue;
		number = x(at);
		label(parent, String(date.getUTCDate()), { x: x(at) + 2, y: 34, room: 30, kind: "chart-day" });
	}
}

// The bar of a step, what was late in stripes, and a diamond where it was done.  Where it begins and ends.
function step(svg, row, first, x, y, late) {
	const { from, done } = row.cells;
	const span = (a, b) => [x(dayOf(a) - first), x(dayOf(b) - first + 1)];
	const [zero, whole] = x.range();
	const shown = mark(svg, said(row)).attr("data-state", row.data.state);
	put(shown, "rect", { class: "chart-hit", x: zero, y: y - 6, width: whole - zero, height: BAR + 12 });
	if (!from.value) return null;
	const [left, right] = span(row.data.begins, row.data.ends);
	const last = row.data.back ? left : right;
	put(shown, "rect", { class: "chart-term", x: left, y, width: Math.max(3, right - left), height: BAR, rx: 2 });
	let end = right;
	if (row.data.over) {
		const [begin, until] = span(row.data.overFrom, row.data.over);
		put(shown, "rect", { class: "chart-over", fill: late, x: begin, y, width: Math.max(3, until - begin), height: BAR });
		end = Math.max(end, until);
	}
	put(shown, "line", { class: "chart-last", x1: last, x2: last, y1: y - 4, y2: y + BAR + 4 });
	if (!done.value) return { left, end };
	const at = x(dayOf(done.value) - first + 0.5);
	put(shown, "path", { class: "chart-done", d: symbol(symbolDiamond, 90)(), transform: `translate(${at},${y + BAR / 2})` });
	return { left, end: Math.max(end, at + 6) };
}

// The clause leads to its text, as in the table.
function clause(svg, row, y, room) {
	const { text } = row.cells.clause;
	const link = row.row.querySelector("[data-key=clause] a");
	const parent = link ? put(svg, "a", { class: "chart-clause", href: link.getAttribute("href"),
		"aria-label": `${text}: ${row.name}` }) : svg;
	label(parent, text, { x: EDGE, y, room, kind: "chart-quiet" });
}

// Name, clause and state of a row; on a phone above its bar, else beside it.
function narrowRow(svg, row, first, x, y, late, width) {
	const told = label(svg, row.cells.state.text,
		{ x: width - EDGE, y: y + 16, room: width / 3, anchor: "end", kind: "chart-quiet" });
	label(svg, row.name, { x: EDGE, y: y + 16, room: width - 2 * EDGE - told.node().getComputedTextLength() - 8 });
	step(svg, row, first, x, y + 23, late);
}

function wideRow(svg, row, first, x, y, late, width) {
	const state = row.cells.state.text;
	label(svg, row.name, { x: EDGE, y: y + 19, room: NAMES - 2 * EDGE });
	clause(svg, row, y + 35, NAMES - 2 * EDGE);
	const bar = step(svg, row, first, x, y + 15, late);
	const beside = bar === null ? { x: NAMES + 6, room: width - NAMES }
		: bar.end + 90 < width ? { x: bar.end + 8, room: width - bar.end - 8 }
		: { x: bar.left - 8, room: bar.left - NAMES, anchor: "end" };
	label(svg, state, { ...beside, y: y + 26, kind: "chart-quiet" });
}

function today(svg, figure, x, at, bottom, width) {
	put(svg, "line", { class: "chart-today", "aria-hidden": "true", x1: at, x2: at, y1: TOP - 18, y2: bottom + 4 });
	const anchor = at > width - 60 ? "end" : at < x.range()[0] + 60 ? "start" : "middle";
	label(svg, figure.dataset.todayText, { x: at, y: bottom + 17, room: 120, anchor, kind: "chart-figure" });
}

export function gantt(figure) {
	const rows = rowsOf(figure);
	const bottom = TOP + rows.length * ROW;
	const { svg, width } = ground(figure, bottom + BOTTOM);
	const narrow = width < WIDE;
	const first = dayOf(figure.dataset.first);
	const x = scaleLinear([0, figure.dataset.days.length], [narrow ? EDGE : NAMES, width - EDGE]);
	const late = stripes(svg, figure, "late");
	days(svg, figure, first, x, bottom);
	if (figure.dataset.today) today(svg, figure, x, x(dayOf(figure.dataset.today) - first + 0.5), bottom, width);
	for (const [at, row] of rows.entries()) {
		const y = TOP + at * ROW;
		put(svg, "line", { class: "chart-rule", "aria-hidden": "true", x1: 0, x2: width, y1: y, y2: y });
		(narrow ? narrowRow : wideRow)(svg, row, first, x, y, late, width);
	}
}
