// SPDX-License-Identifier: MIT

import java.util.concurrent.CountDownLatch;

/** checkout: as scenarios/checkout.c. */
final class Checkout implements Scenario {
	/** So long, and so often, until the compilers have seen what is hot. */
	private static final long WARM_UP_NS = 700_000_000;
	private static final long WARM_UP_TURNS = 2_000_000;
	/** A method that returns is replaced by its compiled self more readily than one that does not. */
	private static final long TURNS_A_CALL = 1000;

	private final Pool pool;
	private final Order order;
	private final int threads;
	private final CountDownLatch release = new CountDownLatch(1);
	private Thread holder;
	private Object[] held;
	private long turns;

	Checkout(Pool pool, Order order) throws Exception {
		this.pool = pool;
		this.order = order;
		threads = (int) order.get("threads");
		hold((int) order.get("leased"));
		if (order.get("moving") != 0) {
			held = new Object[(int) order.get("workers") - 1];
		}
		turns = calibrate();
	}

	private void hold(int leased) throws InterruptedException {
		CountDownLatch holds = new CountDownLatch(1);
		holder = new Thread(() -> {
			try {
				Object[] mine = new Object[leased];
				for (int i = 0; i < leased; i++) {
					mine[i] = pool.checkout();
				}
				holds.countDown();
				release.await();
				for (Object one : mine) {
					pool.checkin(one);
				}
			} catch (Exception e) {
				throw new IllegalStateException(e);
			}
		});
		holder.start();
		holds.await();
	}

	private long calibrate() throws Exception {
		long wanted = order.get("ms") * 1_000_000;
		long began = System.nanoTime();
		long made = 0;
		for (long n = TURNS_A_CALL;;) {
			long taken = once(n);
			made += n;
			if (taken < wanted / 4) {
				n *= 2;
			} else if (System.nanoTime() - began >= WARM_UP_NS && made >= WARM_UP_TURNS) {
				return Math.max(n * wanted / taken, TURNS_A_CALL);
			}
		}
	}

	private long once(long n) throws Exception {
		if (held != null) {
			return move(n);
		}
		return Measure.runTogether(threads, thread -> {
			for (long left = n; left > 0; left -= TURNS_A_CALL) {
				pool.turns(Math.min(left, TURNS_A_CALL));
			}
		});
	}

	private long move(long n) throws Exception {
		for (int i = 0; i < held.length; i++) {
			held[i] = pool.checkout();
		}
		long random = 1;
		long began = System.nanoTime();
		for (long i = 0; i < n; i++) {
			random = random * 6364136223846793005L + 1442695040888963407L;
			int any = (int) ((random >>> 33) % held.length);
			Object taken = pool.checkout();
			pool.checkin(held[any]);
			held[any] = taken;
		}
		long taken = System.nanoTime() - began;
		for (Object one : held) {
			pool.checkin(one);
		}
		return taken;
	}

	@Override
	public String round() throws Exception {
		double ns = (double) once(turns) / turns;
		return Measure.figure("ns", ns) + " " + Measure.figure("throughput", threads * 1e9 / ns);
	}

	@Override
	public void close() throws Exception {
		release.countDown();
		holder.join();
		pool.close();
	}
}
