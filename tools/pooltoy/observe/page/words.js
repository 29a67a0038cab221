// SPDX-License-Identifier: MIT
// words.js: states, numbers and times as people read them.

// What a state is called, and how good it is: "good", "busy", "bad", "off".
const POOL_STATES = {
	ready: ["serves", "good"],
	overflow: ["serves, with extra workers", "good"],
	full: ["all in use", "busy"],
	starting: ["starting", "busy"],
	degraded: ["short of workers", "bad"],
	backoff: ["crashes again and again; pauses", "bad"],
	failed: ["given up", "bad"],
	stopped: ["stopped", "off"],
	paused: ["paused", "off"],
	draining: ["finishing, then stops", "off"],
};

const WORKER_STATES = {
	idle: "idle",
	leased: "in use",
	resetting: "cleaning up",
	starting: "starting",
	stopping: "leaving",
	quarantined: "stuck",
	withheld: "held back",
};

// The same without colour.
const SIGNS = { good: "●", busy: "◐", bad: "✖", off: "○" };

export function poolState(state) {
	const [word, mood] = POOL_STATES[state] ?? [state, "off"];
	return { word, mood, sign: SIGNS[mood] };
}

export function workerState(worker) {
	const word = WORKER_STATES[worker.state] ?? worker.state;
	return worker.calling ? `${word}, in a call` : word;
}

export function plural(count, one, many = `${one}s`) {
	return `${count} ${count === 1 ? one : many}`;
}

// A time in nanoseconds: "350 µs", "1.2 ms", "3.4 s", "2 min 5 s".
export function duration(ns, none = "–") {
	if (ns === null || ns === undefined)
		return none;
	if (ns < 1e3)
		return "< 1 µs";
	if (ns < 1e6)
		return `${short(ns / 1e3)} µs`;
	if (ns < 1e9)
		return `${short(ns / 1e6)} ms`;
	const seconds = ns / 1e9;
	if (seconds < 60)
		return `${short(seconds)} s`;
	if (seconds < 3600)
		return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
	return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60 % 60)} min`;
}

function short(value) {
	return value < 9.95 ? value.toFixed(1) : value.toFixed(0);
}

// So many looks at a server, and how long that is: "the last 300 looks (5 min)".
export function looks(count, interval_ms) {
	const seconds = count * interval_ms / 1000;
	const [unit, name] = seconds < 120 ? [1, "s"] : seconds < 7200 ? [60, "min"] : [3600, "h"];
	return `the last ${count} looks (${rounded(seconds / unit)} ${name})`;
}

function rounded(value) {
	return Number(value.toFixed(1));
}

export function clock(ms) {
	return new Date(ms).toLocaleTimeString("en-GB");
}

// Who holds a worker, since when, taken where; "" for nobody.
export function holding(worker) {
	const holder = worker.holder;
	if (!holder)
		return "";
	if (holder.name === "tasks")
		return `runs tasks for ${duration(holder.held_ns)}`;
	return `held ${duration(holder.held_ns)} by ${holderName(holder)}, taken in ${holder.checkout}`;
}

export function holderName(holder) {
	return holder.name ? `client ${holder.name}, thread ${holder.thread}` : `thread ${holder.thread}`;
}
