// SPDX-License-Identifier: MIT
// log.js: what happened, the newest first; it can be held up while one reads.
import { make, text } from "./dom.js";
import { clock, plural } from "./words.js";

const LINES = 200;
const SIGNS = { error: "✖ error", warning: "▲ warning", info: "info" };

export class Log {
	#list;
	#button;
	#waiting;
	#paused = false;
	#back = [];

	constructor(list, button, waiting) {
		this.#list = list;
		this.#button = button;
		this.#waiting = waiting;
		button.addEventListener("click", () => this.#toggle());
	}

	// All of it, which is not to be read aloud.
	begin(events, servers) {
		this.#list.setAttribute("aria-live", "off");
		this.#list.replaceChildren();
		this.#back = [];
		this.#show(events, servers);
		setTimeout(() => this.#list.setAttribute("aria-live", "polite"));
	}

	add(events, servers) {
		if (this.#paused)
			this.#back.push(...this.#lines(events, servers));
		else
			this.#show(events, servers);
		this.#count();
	}

	#toggle() {
		this.#paused = !this.#paused;
		this.#button.setAttribute("aria-pressed", String(this.#paused));
		text(this.#button, this.#paused ? "Go on" : "Pause");
		if (!this.#paused)
			this.#put(this.#back.splice(0));
		this.#count();
	}

	#count() {
		this.#back.splice(0, this.#back.length - LINES);
		text(this.#waiting, this.#paused ? `Paused, ${plural(this.#back.length, "line")} to come` : "");
	}

	#show(events, servers) {
		this.#put(this.#lines(events, servers));
	}

	#put(lines) {
		this.#list.prepend(...lines.slice(-LINES).reverse());
		while (this.#list.childElementCount > LINES)
			this.#list.lastElementChild.remove();
	}

	#lines(events, servers) {
		return events.map((event) => {
			const line = make("li", event.severity);
			const time = make("time", "", clock(event.at_ms));
			time.dateTime = new Date(event.at_ms).toISOString();
			const of = servers.size > 1 ? `${servers.get(event.server)?.program ?? event.server}: ` : "";
			line.append(time, " ", make("span", "severity", SIGNS[event.severity] ?? event.severity), " ",
				make("span", "text", of + event.text));
			return line;
		});
	}
}
