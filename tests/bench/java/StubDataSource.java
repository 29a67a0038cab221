// SPDX-License-Identifier: MIT

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Connections that lead nowhere. */
final class StubDataSource implements DataSource {
	@Override
	public Connection getConnection() {
		return new StubConnection();
	}

	@Override
	public Connection getConnection(String user, String password) {
		return getConnection();
	}

	@Override
	public PrintWriter getLogWriter() {
		return null;
	}

	@Override
	public void setLogWriter(PrintWriter writer) {
	}

	@Override
	public void setLoginTimeout(int seconds) {
	}

	@Override
	public int getLoginTimeout() {
		return 0;
	}

	@Override
	public Logger getParentLogger() throws SQLFeatureNotSupportedException {
		throw new SQLFeatureNotSupportedException();
	}

	@Override
	public <T> T unwrap(Class<T> type) throws SQLException {
		throw new SQLException("a stub");
	}

	@Override
	public boolean isWrapperFor(Class<?> type) {
		return false;
	}
}
