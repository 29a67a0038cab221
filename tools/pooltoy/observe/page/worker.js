// SPDX-License-Identifier: MIT
// worker.js: the page of one worker: what it does, who holds it, and where their threads are.
import { from, keyed, make, text } from "./dom.js";
import { clock, duration, holderName, workerState } from "./words.js";

function facts(server, pool, worker) {
	const holder = worker.holder;
	const all = [
		["State", workerState(worker)],
		["Held by", holder ? holderName(holder) : "nobody"],
		["Held for", holder && duration(holder.held_ns)],
		["Taken in", holder && holder.checkout],
		["Its thread", worker.thread ? String(worker.thread) : "none just now"],
		["Its process", worker.process ? String(worker.process) : null],
		["Leases so far", String(worker.leases)],
		["Tasks so far", String(worker.tasks)],
		["Pool", `${pool.pool}, of ${server.program}, process ${server.pid}`],
	];
	return all.filter(([, value]) => value);
}

function showFacts(list, all) {
	keyed(list, all, ([name]) => name, ([name]) => {
		const fact = make("div");
		fact.append(make("dt", "", name), make("dd"));
		return fact;
	}, (fact, [, value]) => text(fact.lastChild, value));
}

async function askStacks(page, route) {
	const asking = page.querySelector(".asking");
	const stack = page.querySelector(".stack");
	text(asking, "Asking the debugger");
	try {
		const query = new URLSearchParams({ server: route.server, pool: route.pool, worker: route.worker });
		const answer = await fetch(`stacks?${query}`);
		text(stack, await answer.text());
		stack.hidden = false;
		text(asking, answer.ok ? `As of ${clock(Date.now())}` : "There are none to be had:");
	} catch {
		text(asking, "The observer does not answer.");
	}
}

export function openWorker(page, route) {
	page.replaceChildren(from("worker-page-template"));
	text(page.querySelector("h2"), `Worker ${route.worker} of pool ${route.pool}`);
	page.querySelector(".stacks").addEventListener("click", () => askStacks(page, route));
	page.querySelector("h2").focus();
}

export function showWorker(page, route, seen) {
	const server = seen.servers.get(route.server);
	const pool = server?.tree?.pools.find((other) => other.pool === route.pool);
	const worker = pool?.workers.find((other) => other.worker === Number(route.worker));
	const line = page.querySelector(".verdict");
	if (!worker)
		text(line, "There is no such worker now.");
	else if (server.ended)
		text(line, `Its server ended at ${clock(server.ended)}. Below is how it was then.`);
	else if (server.silent)
		text(line, `Its server has not answered since ${clock(server.silent)}. Below is how it was then.`);
	else
		text(line, "");
	if (worker)
		showFacts(page.querySelector(".facts"), facts(server, pool, worker));
}
