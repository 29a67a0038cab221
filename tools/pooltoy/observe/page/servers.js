// SPDX-License-Identifier: MIT
// servers.js: the first page: servers, their pools as cards, and their trees.
import { attribute, from, keyed, make, mark, text } from "./dom.js";
import { Plots, WAIT_P99 } from "./plots.js";
import { clock, duration, holding, looks, plural, poolState, workerState } from "./words.js";

const plots = new Map(); // by card

export function workerLink(server, pool, worker) {
	return `#/${[server.id, pool, worker].map(encodeURIComponent).join("/")}`;
}

function showState(element, state) {
	const { word, mood, sign } = poolState(state);
	if (element.childElementCount === 0 || element.dataset.state !== state) {
		const seen = make("span", "sign", sign);
		seen.setAttribute("aria-hidden", "true");
		element.replaceChildren(seen, make("span", "", ` ${word}`));
		element.dataset.state = state;
		element.dataset.mood = mood;
		element.title = `pool state: ${state}`;
	}
	mark(element, state);
}

// A figure that is marked when it has changed.
function showCount(element, value) {
	if (element.childElementCount === 0)
		element.append(make("span"));
	text(element.firstElementChild, String(value));
	mark(element, value, { each: true });
}

// Cards.

const PARTS = [
	["used", "in use", (pool) => pool.leased],
	["between", "starting or cleaning up", (pool) => pool.starting + pool.resetting + pool.stopping],
	["stuck", "stuck", (pool) => pool.quarantined],
	["idle", "idle", (pool) => pool.idle + pool.withheld],
];

function showBar(bar, use, pool) {
	const parts = PARTS.map(([name, word, count]) => ({ name, word, count: count(pool) }));
	keyed(bar, parts, (part) => part.name, (part) => make("span", part.name),
		(element, part) => { element.style.flexGrow = part.count; element.hidden = part.count === 0; });
	const there = parts.filter((part) => part.count > 0 || part.name === "used");
	const said = there.map((part) => `${part.count} ${part.word}`).join(", ");
	const room = pool.max_overflow > 0 ? `, up to ${pool.size + pool.max_overflow} if need be` : "";
	attribute(bar, "aria-label", `Of ${plural(pool.size, "worker")}: ${said}`);
	text(use, `${plural(pool.size, "worker")}${room}: ${said}`);
}

function createCard() {
	const card = from("card-template").firstElementChild;
	plots.set(card, new Plots(card));
	return card;
}

function updateCard(card, server, pool, over) {
	const samples = server.history[pool.pool] ?? [];
	const part = (name) => card.querySelector(`.${name}`);
	text(card.querySelector("h3"), pool.pool);
	showState(part("state"), pool.state);
	showBar(part("bar"), part("use"), pool);
	text(part("waiting"), String(pool.waiting + pool.tasks_waiting));
	part("waiting").classList.toggle("many", pool.waiting + pool.tasks_waiting > 0);
	text(part("wait"), server.times ? duration(samples.at(-1)?.[WAIT_P99], "none") : "–");
	showCount(part("restarts"), pool.restarts);
	showCount(part("deaths"), pool.worker_deaths);
	text(part("reason"), pool.last_reason ? `Last failure: ${pool.last_reason}` : "");
	plots.get(card).update(samples, server.now, server.crashes[pool.pool], server.times, over);
}

function closeCard(card) {
	plots.get(card).close();
	plots.delete(card);
}

// The tree.

function updateWorker(item, server, pool, worker) {
	const link = item.querySelector(".node");
	const doing = item.querySelector(".doing");
	text(link, `worker ${worker.worker}`);
	attribute(link, "href", workerLink(server, pool.pool, worker.worker));
	if (doing.childElementCount === 0)
		doing.append(make("span"));
	text(doing.firstElementChild, workerState(worker));
	attribute(doing, "data-state", worker.state);
	mark(doing, worker.state);
	text(item.querySelector(".about"), holding(worker));
	mark(item, worker.thread, { word: "is a new worker", each: true });
}

function showThread(element, thread) {
	if (element.childElementCount === 0)
		element.append(make("span"));
	text(element.firstElementChild, thread ? `thread ${thread}` : "no thread just now");
	mark(element, thread, { word: "is a new thread", each: true });
}

function updatePool(item, server, pool) {
	text(item.querySelector(".node"), `pool ${pool.pool}`);
	showState(item.querySelector(".state"), pool.state);
	const about = item.querySelector(".about");
	if (about.childElementCount === 0)
		about.append(make("span"));
	text(about.firstElementChild, `${plural(pool.restarts, "restart")}, ${plural(pool.worker_deaths, "worker")} died`);
	mark(about, `${pool.restarts} ${pool.worker_deaths}`, { each: true });
	showThread(item.querySelector(".thread"), pool.manager_thread);
	keyed(item.querySelector(".workers"), pool.workers, (worker) => worker.worker,
		() => from("worker-template").firstElementChild,
		(child, worker) => updateWorker(child, server, pool, worker));
}

// Servers.

const WORRIES = { bad: 0, busy: 1, off: 2 };

// A pool that is full for a moment is no worry, and would be told again and again.
function isWorry(state) {
	return state.mood !== "good" && state.state !== "full";
}

// What there is to say of a server, in one line.
function verdict(server) {
	if (server.ended)
		return { mood: "off", said: `This server ended at ${clock(server.ended)}. Below is how it was then.` };
	if (server.silent)
		return { mood: "bad", said: `This server has not answered since ${clock(server.silent)}. Below is how it was then.` };
	const pools = server.tree.pools;
	const worries = pools.map((pool) => ({ pool: pool.pool, state: pool.state, ...poolState(pool.state) })).filter(isWorry)
		.sort((one, other) => WORRIES[one.mood] - WORRIES[other.mood]);
	const stopping = server.tells ? "" : " It is being stopped.";
	if (worries.length === 0)
		return { mood: "good", said: (pools.length === 1 ? "Its pool serves." : `All ${pools.length} pools serve.`) + stopping };
	const said = worries.map(({ pool, word }) => `${pool}: ${word}`).join("; ");
	return { mood: worries[0].mood, said: `${said}.${stopping}` };
}

function updateServer(section, server, over) {
	const { mood, said } = verdict(server);
	const line = section.querySelector(".verdict");
	const pools = server.tree?.pools ?? [];
	text(section.querySelector("h2"), `${server.program}, process ${server.pid}`);
	text(line, said);
	attribute(line, "data-mood", mood);
	section.classList.toggle("past", server.ended > 0 || server.silent > 0);
	keyed(section.querySelector(".cards"), pools, (pool) => pool.pool, createCard,
		(card, pool) => updateCard(card, server, pool, over), closeCard);
	showThread(section.querySelector(".supervision .thread"), server.tree?.thread);
	keyed(section.querySelector(".pools"), pools, (pool) => pool.pool,
		() => from("pool-template").firstElementChild,
		(item, pool) => updatePool(item, server, pool));
}

export function showServers(parent, seen) {
	const over = looks(seen.kept.looks, seen.kept.interval_ms);
	keyed(parent, seen.servers.values(), (server) => server.id,
		() => from("server-template").firstElementChild,
		(section, server) => updateServer(section, server, over),
		(section) => section.querySelectorAll(".card").forEach(closeCard));
}

export function dressPlots() {
	for (const drawn of plots.values())
		drawn.dress();
}
