// How many have so many right: a bar for each row of the table, and a line where the pass mark is
// (data-mark, data-most: the most that can be right).  Bars below it are hollow.
import { axisBottom, axisLeft, scaleLinear } from "./d3.js";
import { axis, figures, ground, label, mark, rowsOf, said } from "./chart-base.js";

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
	const x = scaleLinear(bounds(rows, limit, Number(figure.dataset.most)), [LEFT, width - RIGHT]);
	const y = scaleLinear([0, Math.max(1, ...rows.map((row) => row.cells.people.number))], [HEIGHT - BOTTOM, TOP]).nice();
	axis(svg, LEFT, 0, axisLeft(y).tickValues(y.ticks(5).filter(Number.isInteger)).tickFormat(figures.format).tickSize(-(width - LEFT - RIGHT)).tickPadding(8));
	axis(svg, 0, HEIGHT - BOTTOM, axisBottom(x).ticks(width < 500 ? 5 : 10).tickFormat(figures.format).tickSizeOuter(0));
	label(svg, figure.dataset.x, { x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 4, room: width - LEFT - RIGHT, anchor: "middle", kind: "chart-quiet" });
	const bar = Math.max(1, x(1) - x(0) - 1);
	for (const row of rows) {
		const { score, people } = row.cells;
		const shown = mark(svg, said(row));
		shown.append("rect").attr("class", "chart-hit").attr("x", x(score.number - 0.5)).attr("y", TOP).attr("width", bar + 1).attr("height", HEIGHT - TOP - BOTTOM);
		shown.append("rect").attr("class", score.number < limit ? "chart-bar chart-below" : "chart-bar chart-reached")
			.attr("x", x(score.number) - bar / 2).attr("width", bar).attr("y", y(people.number)).attr("height", y(0) - y(people.number));
	}
	limitLine(svg, figure, x(limit - 0.5), width);
}

// Between the last score that is too low and the first that is enough; named where there is more room.
function limitLine(svg, figure, at, width) {
	const { markText, belowText, reachedText } = figure.dataset;
	svg.append("line").attr("class", "chart-limit").attr("aria-hidden", "true").attr("x1", at).attr("x2", at).attr("y1", TOP - 24).attr("y2", HEIGHT - BOTTOM);
	const right = at < width / 2;
	label(svg, markText, { x: at + (right ? 6 : -6), y: 14, anchor: right ? "start" : "end", room: right ? width - at - 8 : at - 8, kind: "chart-figure" });
	label(svg, belowText, { x: at - 6, y: 34, anchor: "end", room: at - 8 });
	label(svg, reachedText, { x: at + 6, y: 34, room: width - at - 8 });
}
