// SPDX-License-Identifier: MIT

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The subjects that run in Java, hikari and hikari_bag. README.md has the protocol, main.c the same in C. */
public final class Bench {
	private Bench() {
	}

	private static Scenario open(String subject, String[] words) throws Exception {
		Order order = new Order(words);
		if (!words[1].equals("checkout") && !words[1].equals("contended")) {
			return null;
		}
		Pool pool = subject.equals("hikari") ? new DataSources(order) : new Bag(order);
		return words[1].equals("checkout") ? new Checkout(pool, order) : new Contended(pool, order);
	}

	public static void main(String[] arguments) throws Exception {
		BufferedReader lines = new BufferedReader(
			new InputStreamReader(System.in, StandardCharsets.US_ASCII));
		Scenario current = null;
		for (String line = lines.readLine(); line != null; line = lines.readLine()) {
			if (line.equals("round")) {
				System.out.println(current.round());
			} else if (line.equals("close")) {
				current.close();
				System.out.println("closed");
			} else {
				current = open(arguments[0], line.split(" "));
				System.out.println(current == null ? "unsupported" : "ready");
			}
		}
		System.exit(0);
	}
}
