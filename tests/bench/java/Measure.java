// SPDX-License-Identifier: MIT

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Clocks, threads that begin together, samples; as scenarios/measure.c. */
final class Measure {
	interface Body {
		void run(int thread) throws Exception;
	}

	private Measure() {
	}

	static void workFor(long ns) {
		if (ns == 0) {
			return;
		}
		long end = System.nanoTime() + ns;
		while (System.nanoTime() < end) {
			Thread.onSpinWait();
		}
	}

	/** The time from the first one's begin to the last one's end. */
	static long runTogether(int threads, Body body) throws InterruptedException {
		AtomicInteger ready = new AtomicInteger();
		long[] begins = new long[threads];
		long[] ends = new long[threads];
		Thread[] all = new Thread[threads];
		for (int i = 0; i < threads; i++) {
			int number = i;
			all[i] = new Thread(() -> {
				ready.incrementAndGet();
				while (ready.get() < threads) {
					Thread.yield();
				}
				begins[number] = System.nanoTime();
				try {
					body.run(number);
				} catch (Exception e) {
					throw new IllegalStateException(e);
				}
				ends[number] = System.nanoTime();
			});
			all[i].start();
		}
		for (Thread thread : all) {
			thread.join();
		}
		return Arrays.stream(ends).max().getAsLong() - Arrays.stream(begins).min().getAsLong();
	}

	/** Of sorted samples: the one that permille of 1,000 do not exceed. */
	static long at(long[] sorted, int permille) {
		if (sorted.length == 0) {
			return 0;
		}
		long rank = ((long) sorted.length * permille + 999) / 1000;
		return sorted[(int) Math.max(rank - 1, 0)];
	}

	static String figure(String metric, double value) {
		return String.format(Locale.ROOT, "%s=%.3f", metric, value);
	}
}
