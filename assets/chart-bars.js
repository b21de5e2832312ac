// Lying bars, a row of the table each: its name and figure above the bar, so that long names have room
// on a phone.  A row is as high as .chart-row of app.css, which keeps its room.
import { axisBottom, scaleLinear } from "./d3.js";
import { axis, ground, label, mark, percent, rowsOf, said, stripes } from "./chart-base.js";

const ROW = 46, BAR = 18, TOP = 22, AXIS = 28, EDGE = 18;

function nameRow(svg, row, text, y, width) {
	const figure = label(svg, text, { x: width - EDGE, y: y + 16, room: width / 2, anchor: "end", kind: "chart-figure" });
	label(svg, row.name, { x: EDGE, y: y + 16, room: width - 2 * EDGE - figure.node().getComputedTextLength() - 12 });
}

// The share of each row from 0 to 100; a line where all rows together are (data-all, data-all-text).
export function bars(figure) {
	const rows = rowsOf(figure);
	const bottom = rows.length * ROW;
	const { svg, width } = ground(figure, bottom + AXIS);
	const x = scaleLinear([0, 100], [EDGE, width - EDGE]);
	axis(svg, 0, bottom, axisBottom(x).ticks(width < 500 ? 4 : 10).tickSize(-bottom).tickPadding(8).tickFormat(percent));
	for (const [at, row] of rows.entries()) {
		const y = at * ROW;
		nameRow(svg, row, row.cells.share.text, y, width);
		const shown = mark(svg, said(row));
		shown.append("rect").attr("class", "chart-hit").attr("y", y).attr("width", width).attr("height", ROW);
		shown.append("rect").attr("class", "chart-empty").attr("x", x(0)).attr("y", y + TOP).attr("height", BAR).attr("width", x(100) - x(0));
		shown.append("rect").attr("class", "chart-bar").attr("x", x(0)).attr("y", y + TOP).attr("height", BAR).attr("width", x(row.cells.share.number) - x(0));
	}
	const all = Number(figure.dataset.all || NaN);
	if (Number.isNaN(all)) return;
	svg.append("line").attr("class", "chart-limit").attr("aria-hidden", "true").attr("x1", x(all)).attr("x2", x(all)).attr("y1", 0).attr("y2", bottom);
}

// Those who came so far, in the middle, and in stripes beside them those whom this step lost.
export function funnel(figure) {
	const rows = rowsOf(figure);
	const { svg, width } = ground(figure, rows.length * ROW);
	const lost = stripes(svg, figure, "lost");
	const most = Math.max(1, ...rows.map((row) => row.cells.count.number));
	const wide = scaleLinear([0, most], [0, width - 2 * EDGE]);
	let before = most;
	for (const [at, row] of rows.entries()) {
		const y = at * ROW;
		const count = row.cells.count.number;
		nameRow(svg, row, `${row.cells.count.text} · ${row.cells.share.text}`, y, width);
		const shown = mark(svg, said(row));
		shown.append("rect").attr("class", "chart-hit").attr("y", y).attr("width", width).attr("height", ROW);
		if (before > count)
			shown.append("rect").attr("fill", lost).attr("class", "chart-lost").attr("x", (width - wide(before)) / 2).attr("y", y + TOP).attr("height", BAR).attr("width", wide(before));
		shown.append("rect").attr("class", "chart-bar").attr("x", (width - wide(count)) / 2).attr("y", y + TOP).attr("height", BAR).attr("width", wide(count));
		before = count;
	}
}
