// The time line of a competition: a bar for each row of the table over real days, those off shaded.
//
// The figure says which days there are: data-first, data-today (YYYY-MM-DD) and data-days, a letter for
// each day from the first on (w and x: worked); data-months are the names of the twelve.  A row's cells are
// from, to (the bar), done, over (from where to where it is late).
import { scaleLinear, symbol, symbolDiamond } from "./d3.js";
import { ground, label, mark, rowsOf, said, stripes } from "./chart-base.js";

const ROW = 44, TOP = 40, BOTTOM = 22, BAR = 14, NAMES = 250, WIDE = 640, EDGE = 6;
const DAY = 86400000;
const dayOf = (text) => Math.round(Date.parse(text) / DAY);

// The name of a month over its days, with the year where it is the first or a new one.
function month(ground, figure, date, from, to, bottom) {
	const names = figure.dataset.months.split("|");
	const year = from === to.first || date.getUTCMonth() === 0 ? ` ${date.getUTCFullYear()}` : "";
	if (from !== to.first)
		ground.append("line").attr("class", "chart-month").attr("x1", from).attr("x2", from).attr("y1", 2).attr("y2", bottom);
	if (to.end - from > 30) label(ground, names[date.getUTCMonth()] + year, { x: from + 3, y: 14, room: to.end - from - 6, kind: "chart-quiet" });
}

// The days at the top, months by name, days by number or, where there is no room, Mondays; those off are shaded down to `bottom`.
function days(svg, figure, first, x, bottom) {
	const letters = figure.dataset.days;
	const ground = svg.append("g").attr("aria-hidden", "true");
	for (const off of letters.matchAll(/[^wx]+/g))
		ground.append("rect").attr("class", "chart-off").attr("x", x(off.index)).attr("y", TOP - 18)
			.attr("width", x(off.index + off[0].length) - x(off.index)).attr("height", bottom - TOP + 18);
	let number = -Infinity;
	for (let at = 0; at < letters.length; at++) {
		const date = new Date((first + at) * DAY);
		const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
		if (at === 0 || date.getUTCDate() === 1)
			month(ground, figure, date, x(at), { first: x(0), end: x(Math.min(letters.length, at + last - date.getUTCDate() + 1)) }, bottom);
		if ((date.getUTCDay() !== 1 && x(1) - x(0) < 20) || x(at) - number < 18 || x(at) + 16 > x(letters.length)) continue;
		number = x(at);
		label(ground, String(date.getUTCDate()), { x: x(at) + 2, y: 34, room: 30, kind: "chart-day" });
	}
}

// The bar of a step, what was late in stripes, and a diamond where it was done.
function step(svg, row, first, x, y, late) {
	const { from, to, done } = row.cells;
	const span = (a, b) => [x(dayOf(a) - first), x(dayOf(b) - first + 1)];
	const shown = mark(svg, said(row));
	shown.attr("data-state", row.data.state);
	shown.append("rect").attr("class", "chart-hit").attr("x", x.range()[0]).attr("y", y - 6).attr("width", x.range()[1] - x.range()[0]).attr("height", BAR + 12);
	if (!from.value) return null;
	const [left, right] = span(row.data.begins, row.data.ends);
	shown.append("rect").attr("class", "chart-term").attr("x", left).attr("width", Math.max(3, right - left)).attr("y", y).attr("height", BAR).attr("rx", 2);
	let end = right;
	if (row.data.over) {
		const [begin, until] = span(row.data.overFrom, row.data.over);
		shown.append("rect").attr("class", "chart-over").attr("fill", late).attr("x", begin).attr("width", Math.max(3, until - begin)).attr("y", y).attr("height", BAR);
		end = Math.max(end, until);
	}
	if (to.value)
		shown.append("line").attr("class", "chart-last").attr("x1", row.data.back ? left : right).attr("x2", row.data.back ? left : right).attr("y1", y - 4).attr("y2", y + BAR + 4);
	if (done.value) {
		const at = x(dayOf(done.value) - first + 0.5);
		shown.append("path").attr("class", "chart-done").attr("d", symbol(symbolDiamond, 90)()).attr("transform", `translate(${at},${y + BAR / 2})`);
		end = Math.max(end, at + 6);
	}
	return { left, end };
}

// The clause leads to its text, as in the table.
function clause(svg, row, y, room) {
	const link = row.row.querySelector("[data-key=clause] a");
	const parent = link ? svg.append("a").attr("class", "chart-clause").attr("href", link.getAttribute("href"))
		.attr("aria-label", `${row.cells.clause.text}: ${row.name}`) : svg;
	label(parent, row.cells.clause.text, { x: EDGE, y, room, kind: "chart-quiet" });
}

// Name, clause and state of a row; on a phone above its bar, else beside it.
function narrowRow(svg, row, first, x, y, late, width) {
	const told = label(svg, row.cells.state.text, { x: width - EDGE, y: y + 16, room: width / 3, anchor: "end", kind: "chart-quiet" });
	label(svg, row.name, { x: EDGE, y: y + 16, room: width - 2 * EDGE - told.node().getComputedTextLength() - 8 });
	step(svg, row, first, x, y + 23, late);
}

function wideRow(svg, row, first, x, y, late, width) {
	label(svg, row.name, { x: EDGE, y: y + 19, room: NAMES - 2 * EDGE });
	clause(svg, row, y + 35, NAMES - 2 * EDGE);
	const bar = step(svg, row, first, x, y + 15, late);
	const state = row.cells.state.text;
	if (!bar) label(svg, state, { x: NAMES + 6, y: y + 26, room: width - NAMES, kind: "chart-quiet" });
	else if (bar.end + 90 < width) label(svg, state, { x: bar.end + 8, y: y + 26, room: width - bar.end - 8, kind: "chart-beside" });
	else label(svg, state, { x: bar.left - 8, y: y + 26, room: bar.left - NAMES, anchor: "end", kind: "chart-beside" });
}

function today(svg, figure, x, at, bottom, width) {
	svg.append("line").attr("class", "chart-today").attr("aria-hidden", "true").attr("x1", at).attr("x2", at).attr("y1", TOP - 18).attr("y2", bottom + 4);
	const side = at > width - 60 ? "end" : at < x.range()[0] + 60 ? "start" : "middle";
	label(svg, figure.dataset.todayText, { x: at, y: bottom + 17, room: 120, anchor: side, kind: "chart-figure" });
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
		svg.append("line").attr("class", "chart-rule").attr("x1", 0).attr("x2", width).attr("y1", y).attr("y2", y).attr("aria-hidden", "true");
		(narrow ? narrowRow : wideRow)(svg, row, first, x, y, late, width);
	}
}
