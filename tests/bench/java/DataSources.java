// SPDX-License-Identifier: MIT

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * hikari: HikariCP's getConnection and close, as its users call them, with its settings as they come, over a
 * driver that does nothing. Its leak detection, off by default, is off.
 */
final class DataSources implements Pool {
	private final List<HikariDataSource> sources = new ArrayList<>();
	private final int inTurn;

	DataSources(Order order) {
		inTurn = order.get("in_turn") != 0 ? (int) order.get("pools") : 1;
		for (long i = 0; i < order.get("pools"); i++) {
			HikariConfig config = new HikariConfig();
			config.setDataSource(new StubDataSource());
			config.setMaximumPoolSize((int) order.get("workers"));
			config.setConnectionTimeout(3600000);
			sources.add(new HikariDataSource(config));
		}
	}

	@Override
	public void turns(long n) throws SQLException {
		int next = 0;
		for (long i = 0; i < n; i++) {
			sources.get(next).getConnection().close();
			if (++next >= inTurn) {
				next = 0;
			}
		}
	}

	@Override
	public Object checkout() throws SQLException {
		return sources.get(0).getConnection();
	}

	@Override
	public void checkin(Object held) throws SQLException {
		((Connection) held).close();
	}

	@Override
	public void close() {
		sources.forEach(HikariDataSource::close);
	}
}
