// SPDX-License-Identifier: MIT
// seen.js: what is known of the servers, from the stream of `pooltoy observe`; watch.h says what comes in it.

const SAMPLES = 300, TOLD = 200;
// Without news for so long, something is wrong with the connection.
const SILENCE_MS = 5000;
// A page that nobody looks at gives its connection back.
const UNSEEN_MS = 60000;

export class Seen extends EventTarget {
	servers = new Map();
	told = [];
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

	crashes(server, pool) {
		return this.told.filter((event) => event.server === server.id && event.pool === pool &&
			event.type === "pool_crashed").map((event) => event.at_ms);
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
			this.servers.delete(data.id);
		this.#tell("link");
		if (name !== "beat")
			this.#tell(name);
	}

	#begin(data) {
		this.servers = new Map(data.servers.map((server) => [server.id, server]));
		this.told = data.told;
	}

	#see(server) {
		const history = this.servers.get(server.id)?.history ?? {};
		server.history = {};
		for (const pool of server.tree?.pools ?? []) {
			const samples = history[pool.pool] ?? [];
			const last = server.last[pool.pool];
			server.history[pool.pool] = last ? [...samples, last].slice(-SAMPLES) : samples;
		}
		this.servers.set(server.id, server);
	}

	#note(events) {
		this.told = [...this.told, ...events].slice(-TOLD);
		this.fresh = events;
	}

	#tell(name) {
		this.dispatchEvent(new Event(name));
	}
}
