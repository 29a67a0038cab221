// SPDX-License-Identifier: MIT
// plots.js: a pool's last minutes as plots, by Chart.js; and the same in words.
import { attribute, keyed, make, text } from "./dom.js";
import { duration, plural } from "./words.js";

// Seconds that a plot shows: the least that has all samples.
const SPANS = [60, 120, 300, 480, 1200, 2400, 3600, 7200, 14400, 28800, 86400];
// Where a sample has what: watch.h's samples.
const AT = 0, USED = 1, WAITING = 3, WAIT = 4, HOLD = 7;
const PERCENTILES = ["p50", "p99", "p99.9"];

const DEATH_HEIGHT = 10; // pixels

export const WAIT_P99 = WAIT + 1;

const KINDS = {
	use: {
		lines: [
			{ name: "in use", at: USED, colour: "--used", fill: true, stepped: true },
			{ name: "waiting", at: WAITING, colour: "--waiting", dash: [4, 2], stepped: true },
		],
		show: (value) => String(value),
	},
	wait: { lines: times(WAIT), show: duration, logarithmic: true },
	hold: { lines: times(HOLD), show: duration, logarithmic: true },
};

function times(first) {
	const looks = [{ width: 1.5 }, { width: 2.5 }, { width: 1.5, dash: [2, 2] }];
	return PERCENTILES.map((name, i) => ({ name, at: first + i, colour: `--time-${i}`, ...looks[i] }));
}

function colour(name) {
	return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// Crashes: of the pool as upright lines, of workers as short ones at the foot.
const crashLines = {
	id: "crashes",
	afterDraw(chart) {
		const { ctx, chartArea: area, scales: { x } } = chart;
		ctx.save();
		ctx.strokeStyle = ctx.fillStyle = colour("--bad");
		ctx.setLineDash([3, 3]);
		ctx.textAlign = "center";
		for (const at of chart.crashes?.pool ?? []) {
			const place = x.getPixelForValue(at);
			upright(ctx, place, area.top, area.bottom);
			ctx.fillText("✖", place, area.top + 8);
		}
		ctx.setLineDash([]);
		for (const at of chart.crashes?.workers ?? [])
			upright(ctx, x.getPixelForValue(at), area.bottom - DEATH_HEIGHT, area.bottom);
		ctx.restore();
	},
};

function upright(ctx, place, top, bottom) {
	ctx.beginPath();
	ctx.moveTo(place, top);
	ctx.lineTo(place, bottom);
	ctx.stroke();
}

function timeTick(seconds) {
	if (seconds === 0)
		return "now";
	if (seconds % 3600 === 0)
		return `−${-seconds / 3600} h`;
	return seconds % 60 === 0 ? `−${-seconds / 60} min` : `−${-seconds} s`;
}

function isPowerOfTen(value) {
	return Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;
}

function axes(kind) {
	const x = {
		type: "linear", max: 0,
		ticks: { maxTicksLimit: 6, callback: timeTick, maxRotation: 0, autoSkipPadding: 8 },
	};
	const y = kind.logarithmic
		? { type: "logarithmic", ticks: { callback: (value) => isPowerOfTen(value) ? duration(value) : null } }
		: { type: "linear", beginAtZero: true, suggestedMax: 1, ticks: { precision: 0, maxTicksLimit: 4 } };
	y.afterDataLimits = (scale) => { scale.max *= kind.logarithmic ? 1.5 : 1; };
	y.afterFit = (scale) => { scale.width = 52; };
	return { x, y };
}

function tooltip(kind) {
	return {
		callbacks: {
			title: (items) => `${duration(-items[0].parsed.x * 1e9)} ago`,
			label: (item) => `${item.dataset.label}: ${kind.show(item.parsed.y)}`,
		},
	};
}

function draw(canvas, kind) {
	return new Chart(canvas, {
		type: "line",
		data: { datasets: kind.lines.map((line) => ({ label: line.name, data: [] })) },
		options: {
			animation: false, parsing: false, normalized: true, responsive: true, maintainAspectRatio: false,
			interaction: { mode: "index", intersect: false },
			scales: axes(kind),
			plugins: { legend: { display: false }, tooltip: tooltip(kind) },
		},
		plugins: [crashLines],
	});
}

function dress(chart, kind) {
	chart.data.datasets.forEach((dataset, i) => {
		const line = kind.lines[i];
		Object.assign(dataset, {
			borderColor: colour(line.colour), borderWidth: line.width ?? 1.5, borderDash: line.dash ?? [],
			pointBackgroundColor: colour(line.colour),
			backgroundColor: colour("--used-faint"), fill: line.fill ? "origin" : false,
			stepped: line.stepped ?? false,
		});
	});
	for (const scale of Object.values(chart.options.scales)) {
		scale.grid = { color: colour("--line"), borderColor: colour("--line") };
		scale.ticks.color = colour("--quiet");
		scale.ticks.font = { size: 11 };
	}
}

function span(samples, now) {
	const age = samples.length > 0 ? (now - samples[0][AT]) / 1000 : 0;
	return SPANS.find((seconds) => seconds >= age) ?? SPANS.at(-1);
}

// No line goes there.
function isAlone(points, at) {
	return isNaN(points[at - 1]?.y ?? NaN) && isNaN(points[at + 1]?.y ?? NaN);
}

function fill(chart, kind, samples, now, crashes) {
	chart.data.datasets.forEach((dataset, i) => {
		dataset.data = samples.map((sample) => ({ x: (sample[AT] - now) / 1000, y: sample[kind.lines[i].at] ?? NaN }));
		dataset.pointRadius = dataset.data.map((_, at) => isAlone(dataset.data, at) ? 2 : 0);
	});
	chart.options.scales.x.min = -span(samples, now);
	chart.options.scales.x.ticks.stepSize = span(samples, now) / 4;
	chart.crashes = since(crashes, now - span(samples, now) * 1000, (at) => (at - now) / 1000);
	chart.update("none");
}

// The lines' names with their last values: the plot's legend, and what there is for who does not see it.
function key(list, kind, last) {
	keyed(list, kind.lines, (line) => line.name, (line) => {
		const item = make("li");
		const sample = make("span", `stroke ${line.colour.slice(2)}`);
		sample.setAttribute("aria-hidden", "true");
		item.append(sample, make("span", "name", line.name), make("b"));
		return item;
	}, (item, line) => text(item.lastChild, kind.show(last?.[line.at] ?? (kind.logarithmic ? null : 0))));
}

function since(crashes, from, convert = (at) => at) {
	const late = (times) => times.filter((at) => at >= from).map(convert);
	return { pool: late(crashes.pool), workers: late(crashes.workers) };
}

function inWords(caption, kind, samples, crashes, over) {
	const { pool, workers } = since(crashes, samples[0]?.[AT] ?? 0);
	const said = kind.lines.map((line) => {
		const values = samples.map((sample) => sample[line.at]).filter((value) => value !== null);
		if (values.length === 0)
			return `${line.name}: nothing yet`;
		return `${line.name}: ${kind.show(values.at(-1))} last, ${kind.show(Math.max(...values))} at most`;
	});
	return `${caption}, over ${over}. ${said.join("; ")}. ${plural(pool.length, "crash", "crashes")}, ${plural(workers.length, "worker")} died.`;
}

// The three plots of a card.
export class Plots {
	#plots;
	#undrawn;
	#untimed;

	constructor(card) {
		this.#undrawn = card.querySelector(".undrawn");
		this.#untimed = card.querySelector(".untimed");
		this.#plots = Object.entries(KINDS).map(([name, kind]) => {
			const figure = card.querySelector(`.${name}-plot`);
			attribute(figure, "aria-label", figure.querySelector("figcaption").textContent);
			return { figure, kind, canvas: figure.querySelector("canvas"), chart: null };
		});
	}

	// `times`: the server measures them; `over`: what the samples are of, in words.
	update(samples, now, crashes, times, over) {
		const drawable = typeof Chart !== "undefined";
		this.#undrawn.hidden = drawable;
		this.#untimed.hidden = times;
		for (const plot of this.#plots) {
			const known = !plot.kind.logarithmic || times;
			const any = plot.kind.lines.some((line) => samples.some((sample) => sample[line.at] !== null));
			const drawn = known && any && drawable;
			plot.figure.querySelector(".canvas").hidden = !drawn;
			plot.figure.querySelector(".key").hidden = !any;
			plot.figure.querySelector(".empty")?.toggleAttribute("hidden", any);
			plot.figure.hidden = !known;
			plot.figure.querySelectorAll(".looks").forEach((element) => text(element, over));
			const caption = plot.figure.querySelector("figcaption").textContent;
			attribute(plot.canvas, "aria-label", inWords(caption, plot.kind, samples, crashes, over));
			key(plot.figure.querySelector(".key"), plot.kind, samples.at(-1));
			if (drawn)
				this.#draw(plot, samples, now, crashes);
		}
	}

	#draw(plot, samples, now, crashes) {
		if (!plot.chart) {
			plot.chart = draw(plot.canvas, plot.kind);
			dress(plot.chart, plot.kind);
		}
		fill(plot.chart, plot.kind, samples, now, crashes);
	}

	// Colours have changed.
	dress() {
		for (const { chart, kind } of this.#plots)
			if (chart) {
				dress(chart, kind);
				chart.update("none");
			}
	}

	close() {
		for (const { chart } of this.#plots)
			chart?.destroy();
	}
}
