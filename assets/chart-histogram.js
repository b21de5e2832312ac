// How many have so many right: a bar for each row of the table, and a line where the pass mark is
// (data-mark, data-most: the most that can be right).  Bars below it are hollow.
import { axisBottom, axisLeft, scaleLinear } from "./d3.js";
import { axis, figures, ground, label, mark, put, rowsOf, said } from "./chart-base.js";

const HEIGHT = 320, TOP = 44, BOTTOM = 40, LEFT = 44, RIGHT = 16, MARGIN = 5;

// From below the lowest score and the mark to the highest score or the mark, in whole tens.
function bounds(rows, limit, most) {
	const scores = rows.map((row) => row.cells.score.number);
	const low = Math.floor((Math.min(limit, ...scores) - MARGIN) / 10) * 10;
	const high = Math.ceil((Math.max(limit, ...scores) + MARGIN) / 10) * 10;
	return [Math.max(0, low) - 0.5, Math.min(most, high) + 0.5];
}

export function histogram(figure) {
	const rows = rowsOf(figure);
	const limit = Number(figure.dataset.mark);
	const { svg, width } = ground(figure, HEIGHT);
	const most = Math.max(1, ...rows.map((row) => row.cells.people.number));
	const x = scaleLinear(bounds(rows, limit, Number(figure.dataset.most)), [LEFT, width - RIGHT]);
	const y = scaleLinear([0, most], [HEIGHT - BOTTOM, TOP]).nice();
	const room = width - LEFT - RIGHT;
	axis(svg, LEFT, 0, axisLeft(y).tickValues(y.ticks(5).filter(Number.isInteger)).tickFormat(figures.format)
		.tickSize(-room).tickPadding(8));
	axis(svg, 0, HEIGHT - BOTTOM, axisBottom(x).ticks(width < 500 ? 5 : 10).tickFormat(figures.format).tickSizeOuter(0));
	label(svg, figure.dataset.x, { x: LEFT + room / 2, y: HEIGHT - 4, room, anchor: "middle", kind: "chart-quiet" });
	for (const row of rows) bar(svg, row, limit, x, y);
	limitLine(svg, figure, x(limit - 0.5), width);
}

function bar(svg, row, limit, x, y) {
	const { score, people } = row.cells;
	const wide = Math.max(1, x(1) - x(0) - 1);
	const shown = mark(svg, said(row));
	put(shown, "rect", { class: "chart-hit", x: x(score.number - 0.5), y: TOP, width: wide + 1, height: y(0) - TOP });
	put(shown, "rect", { class: `chart-bar ${score.number < limit ? "chart-below" : "chart-reached"}`,
		x: x(score.number) - wide / 2, y: y(people.number), width: wide, height: y(0) - y(people.number) });
}

// Between the last score that is too low and the first that is enough; named where there is more room.
function limitLine(svg, figure, at, width) {
	const { markText, belowText, reachedText } = figure.dataset;
	put(svg, "line", { class: "chart-limit", "aria-hidden": "true", x1: at, x2: at, y1: TOP - 24, y2: HEIGHT - BOTTOM });
	const named = at < width / 2 ? { x: at + 6, room: width - at - 8 } : { x: at - 6, room: at - 8, anchor: "end" };
	label(svg, markText, { ...named, y: 14, kind: "chart-figure" });
	label(svg, belowText, { x: at - 6, y: 34, anchor: "end", room: at - 8 });
	label(svg, reachedText, { x: at + 6, y: 34, room: width - at - 8 });
}
