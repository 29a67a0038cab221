// SPDX-License-Identifier: MIT

/** A scenario that has been opened. */
interface Scenario {
	String round() throws Exception;

	void close() throws Exception;
}
