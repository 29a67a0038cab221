// SPDX-License-Identifier: MIT

import java.util.HashMap;
import java.util.Map;

/** What the harness asks for; what is not named is 0. */
final class Order {
	private final Map<String, Long> numbers = new HashMap<>();

	Order(String[] words) {
		for (String word : words) {
			String[] pair = word.split("=");
			if (pair.length == 2) {
				numbers.put(pair[0], Long.parseLong(pair[1]));
			}
		}
	}

	long get(String key) {
		return numbers.getOrDefault(key, 0L);
	}
}
