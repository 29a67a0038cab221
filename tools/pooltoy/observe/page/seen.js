// SPDX-License-Identifier: MIT
// seen.js: what is known of the servers, from the stream of `pooltoy observe`; watch.h says what comes in it.

const CRASHES = 100;
// The events that are one: of a pool, or of a worker.
const CRASH = { pool_crashed: "pool", worker_died: "workers" };
// Without news for so long, something is wrong with the connection.
const SILENCE_MS = 5000;
// A page that nobody looks at gives its connection back.
const UNSEEN_MS = 60000;

export class Seen extends EventTarget {
	servers = new Map();
	told = []; // the last events when the stream began, the oldest first
	fresh = []; // those that came last
	gone = null; // the server that was forgotten last
	kept = { looks: 1, window: 1, interval_ms: 1000 }; // what is known is of so many looks, percentiles of fewer
	now = 0; // the clock of the observer, at the last news
	connected = false;
	#source = null;
	#heard = 0;
	#unseen = null;

	open() {
		this.#connect();
		setInterval(() => this.#listen(), 1000);
		document.addEventListener("visibilitychange", () => {
			clearTimeout(this.#unseen);
			if (document.hidden)
				this.#unseen = setTimeout(() => this.#disconnect(), UNSEEN_MS);
			else if (!this.#source)
				this.#connect();
		});
	}

	#connect() {
		this.#disconnect();
		this.#heard = performance.now();
		this.#source = new EventSource("events");
		this.#source.addEventListener("error", () => this.#lost());
		for (const name of ["history", "server", "told", "gone", "beat"])
			this.#source.addEventListener(name, (event) => this.#hear(name, JSON.parse(event.data)));
	}

	#disconnect() {
		this.#source?.close();
		this.#source = null;
	}

	// A browser connects again by itself, unless it was refused; or if nothing comes though it is connected.
	#listen() {
		if (!this.#source)
			return;
		const silent = performance.now() - this.#heard > SILENCE_MS;
		if (silent)
			this.#lost();
		if (silent || this.#source.readyState === EventSource.CLOSED)
			this.#connect();
	}

	#lost() {
		if (!this.connected)
			return;
		this.connected = false;
		this.#tell("link");
	}

	#hear(name, data) {
		this.#heard = performance.now();
		this.connected = true;
		this.now = data.now ?? this.now;
		if (name === "history")
			this.#begin(data);
		else if (name === "server")
			this.#see(data);
		else if (name === "told")
			this.#note(data);
		else if (name === "gone")
			this.#forget(data.id);
		this.#tell("link");
		if (name !== "beat")
			this.#tell(name);
	}

	#begin(data) {
		this.servers = new Map(data.servers.map((server) => [server.id, server]));
		this.kept = { looks: data.looks, window: data.window, interval_ms: data.interval_ms };
		this.told = data.told.sort((one, other) => one.time_ns - other.time_ns);
	}

	#forget(id) {
		this.servers.delete(id);
		this.gone = id;
	}

	#see(server) {
		const { history = {}, crashes = {} } = this.servers.get(server.id) ?? {};
		server.history = {};
		server.crashes = {};
		for (const pool of server.tree?.pools ?? []) {
			const samples = history[pool.pool] ?? [];
			const last = server.last[pool.pool];
			server.history[pool.pool] = last ? [...samples, last].slice(-this.kept.looks) : samples;
			server.crashes[pool.pool] = crashes[pool.pool] ?? { pool: [], workers: [] };
		}
		this.servers.set(server.id, server);
	}

	#note(events) {
		this.fresh = events;
		for (const event of events) {
			const of = CRASH[event.type];
			const crashes = this.servers.get(event.server)?.crashes;
			if (!of || !crashes)
				continue;
			const known = crashes[event.pool] ??= { pool: [], workers: [] };
			known[of] = [...known[of], event.at_ms].slice(-CRASHES);
		}
	}

	#tell(name) {
		this.dispatchEvent(new Event(name));
	}
}
