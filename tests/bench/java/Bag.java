// SPDX-License-Identifier: MIT

import com.zaxxer.hikari.util.ConcurrentBag;
import com.zaxxer.hikari.util.ConcurrentBag.IConcurrentBagEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** hikari_bag: HikariCP's ConcurrentBag by itself: it monitors nothing, and nobody hears of a leak. */
final class Bag implements Pool {
	private static final class Entry implements IConcurrentBagEntry {
		private final AtomicInteger state = new AtomicInteger();

		@Override
		public boolean compareAndSet(int expected, int wanted) {
			return state.compareAndSet(expected, wanted);
		}

		@Override
		public void setState(int wanted) {
			state.set(wanted);
		}

		@Override
		public int getState() {
			return state.get();
		}
	}

	private final List<ConcurrentBag<Entry>> bags = new ArrayList<>();
	private final int inTurn;

	Bag(Order order) {
		inTurn = order.get("in_turn") != 0 ? (int) order.get("pools") : 1;
		for (long i = 0; i < order.get("pools"); i++) {
			ConcurrentBag<Entry> bag = new ConcurrentBag<>(waiting -> { });
			for (long j = 0; j < order.get("workers"); j++) {
				bag.add(new Entry());
			}
			bags.add(bag);
		}
	}

	private static Entry borrow(ConcurrentBag<Entry> bag) throws InterruptedException {
		return bag.borrow(1, TimeUnit.HOURS);
	}

	@Override
	public void turns(long n) throws InterruptedException {
		int next = 0;
		for (long i = 0; i < n; i++) {
			ConcurrentBag<Entry> bag = bags.get(next);
			bag.requite(borrow(bag));
			if (++next >= inTurn) {
				next = 0;
			}
		}
	}

	@Override
	public Object checkout() throws InterruptedException {
		return borrow(bags.get(0));
	}

	@Override
	public void checkin(Object held) {
		bags.get(0).requite((Entry) held);
	}

	@Override
	public void close() {
		bags.forEach(ConcurrentBag::close);
	}
}
