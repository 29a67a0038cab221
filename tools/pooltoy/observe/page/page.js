// SPDX-License-Identifier: MIT
// page.js: puts what is seen on the page, and finds out which page is asked for.
import { text } from "./dom.js";
import { Log } from "./log.js";
import { Seen } from "./seen.js";
import { dressPlots, showServers } from "./servers.js";
import { openWorker, showWorker } from "./worker.js";
import { clock, looks } from "./words.js";

const at = (id) => document.getElementById(id);
const seen = new Seen();
const log = new Log(at("log"), at("pause"), at("warnings"), at("held-back"));
let route = null; // to a worker; null: the first page
let link = null; // the one that led there

function show() {
	text(at("window"), looks(seen.kept.window, seen.kept.interval_ms));
	at("none").hidden = seen.servers.size > 0 || !seen.connected;
	if (route)
		showWorker(at("worker"), route, seen);
	else
		showServers(at("servers"), seen);
}

function showLink() {
	const line = at("link");
	document.body.classList.toggle("lost", !seen.connected);
	if (seen.connected)
		text(line, "Live");
	else
		text(line, `Connection lost. Trying again; below is how it was at ${clock(seen.now)}.`);
}

// "#/SERVER/POOL/WORKER" is a worker; other fragments are places of the page.
function go() {
	const parts = location.hash.split("/").slice(1).map(decodeURIComponent);
	if (!location.hash.startsWith("#/") && location.hash)
		return;
	const was = route;
	route = parts.length === 3 ? { server: parts[0], pool: parts[1], worker: parts[2] } : null;
	at("home").hidden = route !== null;
	at("worker").hidden = route === null;
	document.title = route ? `Worker ${route.worker} of ${route.pool}` : "Worker pools";
	if (route)
		openWorker(at("worker"), route);
	show();
	if (!route && was)
		(link?.isConnected ? link : at("main")).focus();
}

document.addEventListener("click", (event) => {
	const followed = event.target.closest("a[href^='#/']");
	if (followed && !route)
		link = followed;
});
addEventListener("hashchange", go);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dressPlots);
seen.addEventListener("link", showLink);
seen.addEventListener("history", () => { log.begin(seen.told, seen.servers); show(); });
seen.addEventListener("told", () => log.add(seen.fresh, seen.servers));
seen.addEventListener("server", show);
seen.addEventListener("gone", () => { log.forget(seen.gone); show(); });
go();
seen.open();
