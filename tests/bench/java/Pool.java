// SPDX-License-Identifier: MIT

/** A pool as Bench.java measures it. */
interface Pool {
	/** So many times checkout and checkin, with nothing in between, from one pool or several in turn. */
	void turns(long n) throws Exception;

	Object checkout() throws Exception;

	void checkin(Object held) throws Exception;

	void close() throws Exception;
}
