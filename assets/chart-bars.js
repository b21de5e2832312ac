// Lying bars, a row of the table each: its name and figure above the bar, so that long names have room
// on a phone, where they take two lines.  Rows are as high as .chart-row of app.css, which keeps their room.
import { axisBottom, scaleLinear } from "./d3.js";
import { axis, ground, label, mark, percent, rowsOf, said, stripes, twoLines } from "./chart-base.js";

const BAR = 18, AXIS = 28, EDGE = 18, NARROW = 560, LINE = 16;

// How high a row is, and where in it the bar begins.
const rowOf = (figure) => figure.querySelector(".chart-picture").clientWidth < NARROW
	? { high: 62, top: 38 } : { high: 46, top: 22 };

function nameRow(svg, row, text, y, width) {
	const figure = label(svg, text, { x: width - EDGE, y: y + LINE, room: width / 2, anchor: "end", kind: "chart-figure" });
	const room = width - 2 * EDGE - figure.node().getComputedTextLength() - 12;
	(width < NARROW ? twoLines : label)(svg, row.name, { x: EDGE, y: y + LINE, room, high: LINE });
}

function rowMark(svg, row, y, width, high) {
	const shown = mark(svg, said(row));
	shown.append("rect").attr("class", "chart-hit").attr("y", y).attr("width", width).attr("height", high);
	return shown;
}

const bar = (parent, kind, y, left, right) => parent.append("rect").attr("class", kind).attr("x", left)
	.attr("y", y).attr("width", Math.max(0, right - left)).attr("height", BAR);

// The share of each row from 0 to 100; dashes where all rows together are (data-all).
export function bars(figure) {
	const rows = rowsOf(figure);
	const { high, top } = rowOf(figure);
	const bottom = rows.length * high;
	const { svg, width } = ground(figure, bottom + AXIS);
	const x = scaleLinear([0, 100], [EDGE, width - EDGE]);
	axis(svg, 0, bottom, axisBottom(x).ticks(width < NARROW ? 4 : 10).tickSize(-bottom).tickPadding(8).tickFormat(percent));
	const all = Number(figure.dataset.all || NaN);
	for (const [at, row] of rows.entries()) {
		const y = at * high;
		const shown = rowMark(svg, row, y, width, high);
		bar(shown, "chart-empty", y + top, x(0), x(100));
		bar(shown, "chart-bar", y + top, x(0), x(row.cells.share.number));
		nameRow(svg, row, row.cells.share.text, y, width);
		if (!Number.isNaN(all))
			svg.append("line").attr("class", "chart-limit").attr("aria-hidden", "true").attr("x1", x(all)).attr("x2", x(all))
				.attr("y1", y + top - 3).attr("y2", y + top + BAR + 3);
	}
}

// Those who came so far, in the middle, and in stripes beside them those whom this step lost.
export function funnel(figure) {
	const rows = rowsOf(figure);
	const { high, top } = rowOf(figure);
	const { svg, width } = ground(figure, rows.length * high);
	const lost = stripes(svg, figure, "lost");
	const most = Math.max(1, ...rows.map((row) => row.cells.count.number));
	const half = scaleLinear([0, most], [0, width / 2 - EDGE]);
	let before = most;
	for (const [at, row] of rows.entries()) {
		const y = at * high;
		const count = row.cells.count.number;
		const shown = rowMark(svg, row, y, width, high);
		if (before > count)
			bar(shown, "chart-lost", y + top, width / 2 - half(before), width / 2 + half(before)).attr("fill", lost);
		bar(shown, "chart-bar", y + top, width / 2 - half(count), width / 2 + half(count));
		nameRow(svg, row, `${row.cells.count.text} · ${row.cells.share.text}`, y, width);
		before = count;
	}
}
