// SPDX-License-Identifier: MIT
// log.js: what happened, the newest first; it can be held up while one reads.
import { make, text } from "./dom.js";
import { clock, plural } from "./words.js";

const LINES = 200; // of each server: so many warnings, and so many that tell of nothing wrong
const SIGNS = { error: "✖ error", warning: "▲ warning", info: "info" };
const GONE = ""; // for the server of a line: one that is forgotten

// Lines in the order of their coming, of which each server has its last ones.
class Lines {
	#kinds = new Map(); // by server, and whether all is well: elements, the oldest first

	// What has to go for it.
	add(line) {
		const kind = this.#kind(line.server, line.fine);
		kind.push(line.element);
		return kind.splice(0, kind.length - LINES);
	}

	// Its lines are one with those of others that are forgotten; what has to go for them.
	forget(server) {
		return [false, true].flatMap((fine) =>
			this.#take(server, fine).flatMap((element) => this.add({ server: GONE, fine, element })));
	}

	#kind(server, fine) {
		const key = `${server} ${fine}`;
		if (!this.#kinds.has(key))
			this.#kinds.set(key, []);
		return this.#kinds.get(key);
	}

	#take(server, fine) {
		const taken = this.#kind(server, fine);
		this.#kinds.delete(`${server} ${fine}`);
		return taken;
	}
}

export class Log {
	#list;
	#pause;
	#warnings;
	#waiting;
	#shown = new Lines();
	#held = new Lines();
	#back = []; // lines that are held back
	#paused = false;

	constructor(list, pause, warnings, waiting) {
		this.#list = list;
		this.#pause = pause;
		this.#warnings = warnings;
		this.#waiting = waiting;
		pause.addEventListener("click", () => this.#toggle());
		warnings.addEventListener("click", () => this.#choose());
	}

	// All of it, which is not to be read aloud.
	begin(events, servers) {
		this.#list.setAttribute("aria-live", "off");
		this.#list.replaceChildren();
		this.#shown = new Lines();
		this.#holdNone();
		this.#put(this.#lines(events, servers));
		this.#count();
		setTimeout(() => this.#list.setAttribute("aria-live", "polite"));
	}

	add(events, servers) {
		const lines = this.#lines(events, servers);
		if (this.#paused)
			this.#hold(lines);
		else
			this.#put(lines);
		this.#count();
	}

	forget(server) {
		this.#shown.forget(server).forEach((element) => element.remove());
		this.#release(this.#held.forget(server));
		for (const line of this.#back)
			if (line.server === server)
				line.server = GONE;
		this.#count();
	}

	#toggle() {
		this.#paused = !this.#paused;
		this.#pause.setAttribute("aria-pressed", String(this.#paused));
		text(this.#pause, this.#paused ? "Go on" : "Pause");
		if (!this.#paused) {
			this.#put(this.#back);
			this.#holdNone();
		}
		this.#count();
	}

	#choose() {
		const chosen = this.#list.classList.toggle("warnings-only");
		this.#warnings.setAttribute("aria-pressed", String(chosen));
		this.#count();
	}

	#count() {
		const chosen = this.#list.classList.contains("warnings-only");
		const lines = this.#back.filter((line) => !chosen || !line.fine);
		text(this.#waiting, this.#paused ? `Paused, ${plural(lines.length, "line")} to come` : "");
	}

	#put(lines) {
		const gone = new Set(lines.flatMap((line) => this.#shown.add(line)));
		this.#list.prepend(...lines.map((line) => line.element).reverse());
		gone.forEach((element) => element.remove());
	}

	#hold(lines) {
		this.#back.push(...lines);
		this.#release(lines.flatMap((line) => this.#held.add(line)));
	}

	#holdNone() {
		this.#back = [];
		this.#held = new Lines();
	}

	#release(elements) {
		const gone = new Set(elements);
		this.#back = this.#back.filter((line) => !gone.has(line.element));
	}

	#lines(events, servers) {
		return events.map((event) => {
			const element = make("li", event.severity);
			const time = make("time", "", clock(event.at_ms));
			time.dateTime = new Date(event.at_ms).toISOString();
			const of = servers.size > 1 ? `${servers.get(event.server)?.program ?? event.server}: ` : "";
			element.append(time, " ", make("span", "severity", SIGNS[event.severity] ?? event.severity), " ",
				make("span", "text", of + event.text));
			return { server: event.server, fine: event.severity === "info", element };
		});
	}
}
