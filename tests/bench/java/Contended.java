// SPDX-License-Identifier: MIT

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/** contended: as scenarios/contended.c. */
final class Contended implements Scenario {
	private static final int WARM_UP_MS = 400;

	private final Pool pool;
	private final int threads;
	private final long hold;
	private final long rate;
	private final long ms;
	private final Client[] clients;
	private long begin;
	private long end;

	private static final class Client {
		private long turns;
		private long longest;
		private long[] waits = new long[0];
		private long[] delays = new long[0];
		private int count;
	}

	Contended(Pool pool, Order order) throws Exception {
		this.pool = pool;
		threads = (int) order.get("threads");
		hold = order.get("hold_ns");
		rate = order.get("rate");
		ms = order.get("ms");
		clients = new Client[threads];
		for (int spent = 0; spent < WARM_UP_MS; spent += (int) ms) {
			round();
		}
	}

	private long run(Measure.Body body) throws InterruptedException {
		begin = System.nanoTime() + 5_000_000;
		end = begin + ms * 1_000_000;
		return Measure.runTogether(threads, body);
	}

	private void takeTurn() throws Exception {
		Object held = pool.checkout();
		Measure.workFor(hold);
		pool.checkin(held);
	}

	private void hurry(int thread) throws Exception {
		int turns = hold > 0 ? 1 : 64;
		do {
			for (int i = 0; i < turns; i++) {
				takeTurn();
			}
			clients[thread].turns += turns;
		} while (System.nanoTime() < end);
	}

	private void hurryWatched(int thread) throws Exception {
		Client client = clients[thread];
		for (long began = System.nanoTime(); began < end; began = System.nanoTime()) {
			Object held = pool.checkout();
			client.longest = Math.max(client.longest, System.nanoTime() - began);
			Measure.workFor(hold);
			pool.checkin(held);
		}
	}

	private void keepTimetable(int thread) throws Exception {
		Client client = clients[thread];
		long interval = 1_000_000_000L * threads / rate;
		int size = (int) (rate * ms / 1000 / threads) + 2;
		client.waits = new long[size];
		client.delays = new long[size];
		for (long due = begin + interval * thread / threads; due < end; due += interval) {
			long left;
			while ((left = due - System.nanoTime()) > 0) {
				LockSupport.parkNanos(left);
			}
			client.delays[client.count] = System.nanoTime() - due;
			Object held = pool.checkout();
			client.waits[client.count++] = System.nanoTime() - due;
			Measure.workFor(hold);
			pool.checkin(held);
		}
	}

	@Override
	public String round() throws Exception {
		Arrays.setAll(clients, i -> new Client());
		if (rate > 0) {
			run(this::keepTimetable);
			return onTime();
		}
		long taken = run(this::hurry);
		run(this::hurryWatched);
		long turns = Arrays.stream(clients).mapToLong(client -> client.turns).sum();
		long longest = Arrays.stream(clients).mapToLong(client -> client.longest).max().getAsLong();
		double ns = (double) taken / turns;
		return Measure.figure("ns", ns) + " " + Measure.figure("throughput", 1e9 / ns) + " "
			+ Measure.figure("wait_max_ns", longest);
	}

	private String onTime() {
		long[] waits = Arrays.stream(clients)
			.flatMapToLong(client -> Arrays.stream(client.waits, 0, client.count)).sorted().toArray();
		long[] delays = Arrays.stream(clients)
			.flatMapToLong(client -> Arrays.stream(client.delays, 0, client.count)).sorted().toArray();
		return String.join(" ", Measure.figure("ns", Measure.at(waits, 500)),
			Measure.figure("ns_p50", Measure.at(waits, 500)),
			Measure.figure("ns_p99", Measure.at(waits, 990)),
			Measure.figure("ns_p999", Measure.at(waits, 999)),
			Measure.figure("wait_max_ns", Measure.at(waits, 1000)),
			Measure.figure("late_p50_ns", Measure.at(delays, 500)),
			Measure.figure("late_p99_ns", Measure.at(delays, 990)));
	}

	@Override
	public void close() throws Exception {
		pool.close();
	}
}
