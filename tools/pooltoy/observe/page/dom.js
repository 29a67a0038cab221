// SPDX-License-Identifier: MIT
// dom.js: elements that stay while their contents change, so that the focus stays where it is.

export function from(template) {
	return document.getElementById(template).content.cloneNode(true);
}

export function text(element, value) {
	if (element.textContent !== value)
		element.textContent = value;
}

export function attribute(element, name, value) {
	if (element.getAttribute(name) !== value)
		element.setAttribute(name, value);
}

export function make(tag, className, content = "") {
	const element = document.createElement(tag);
	if (className)
		element.className = className;
	element.textContent = content;
	return element;
}

const lists = new WeakMap();

// One child of `parent` for each item, in order: made once for each key, then updated; those of keys that are gone are
// removed, after `end` was told.
export function keyed(parent, items, keyOf, create, update, end = () => {}) {
	const had = lists.get(parent) ?? new Map();
	const has = new Map();
	let place = parent.firstElementChild;
	for (const item of items) {
		const key = keyOf(item);
		const child = had.get(key) ?? create(item);
		has.set(key, child);
		had.delete(key);
		if (child === place)
			place = place.nextElementSibling;
		else
			parent.insertBefore(child, place);
		update(child, item);
	}
	for (const child of had.values()) {
		end(child);
		child.remove();
	}
	lists.set(parent, has);
}

const CHANGED_MS = 5000;
const marks = new WeakMap();

// When the change began to be marked. What changes all the time is no news, unless each change is one.
function markedSince(known, value, now, each) {
	if (!known)
		return { value, changed: now, marked: -Infinity };
	if (known.value === value)
		return known;
	const news = each || now - known.changed > CHANGED_MS;
	return { value, changed: now, marked: news ? now : known.marked };
}

// Marks an element for a while if its value has changed since it was last told: by a sign, and in words.
export function mark(element, value, { word = "has just changed", each = false } = {}) {
	const now = performance.now();
	const known = markedSince(marks.get(element), value, now, each);
	const changed = now - known.marked < CHANGED_MS;
	marks.set(element, known);
	element.classList.toggle("changed", changed);
	const sign = element.querySelector(":scope > .mark");
	if (changed && !sign) {
		const added = make("span", "mark");
		const seen = make("span", "", "✱");
		seen.setAttribute("aria-hidden", "true");
		added.append(seen, make("span", "unseen", word));
		element.append(added);
	} else if (!changed && sign) {
		sign.remove();
	}
}
