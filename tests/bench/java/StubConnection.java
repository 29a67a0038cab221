// SPDX-License-Identifier: MIT

import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;

/** A connection that answers everything at once with nothing. A class, not a proxy: no reflection is measured. */
final class StubConnection implements Connection {
	@Override
	public <T> T unwrap(Class<T> type) throws SQLException {
		throw new SQLException("a stub");
	}

	@Override
	public boolean isWrapperFor(Class<?> type) {
		return false;
	}

	@Override
	public void abort(Executor a) {
	}

	@Override
	public void clearWarnings() {
	}

	@Override
	public void close() {
	}

	@Override
	public void commit() {
	}

	@Override
	public Array createArrayOf(String a, Object[] b) {
		return null;
	}

	@Override
	public Blob createBlob() {
		return null;
	}

	@Override
	public Clob createClob() {
		return null;
	}

	@Override
	public NClob createNClob() {
		return null;
	}

	@Override
	public SQLXML createSQLXML() {
		return null;
	}

	@Override
	public Statement createStatement() {
		return null;
	}

	@Override
	public Statement createStatement(int a, int b) {
		return null;
	}

	@Override
	public Statement createStatement(int a, int b, int c) {
		return null;
	}

	@Override
	public Struct createStruct(String a, Object[] b) {
		return null;
	}

	@Override
	public boolean getAutoCommit() {
		return true;
	}

	@Override
	public String getCatalog() {
		return null;
	}

	@Override
	public Properties getClientInfo() {
		return null;
	}

	@Override
	public String getClientInfo(String a) {
		return null;
	}

	@Override
	public int getHoldability() {
		return 0;
	}

	@Override
	public DatabaseMetaData getMetaData() {
		return null;
	}

	@Override
	public int getNetworkTimeout() {
		return 0;
	}

	@Override
	public String getSchema() {
		return null;
	}

	@Override
	public int getTransactionIsolation() {
		return TRANSACTION_READ_COMMITTED;
	}

	@Override
	public Map<String, Class<?>> getTypeMap() {
		return null;
	}

	@Override
	public SQLWarning getWarnings() {
		return null;
	}

	@Override
	public boolean isClosed() {
		return false;
	}

	@Override
	public boolean isReadOnly() {
		return false;
	}

	@Override
	public boolean isValid(int a) {
		return true;
	}

	@Override
	public String nativeSQL(String a) {
		return null;
	}

	@Override
	public CallableStatement prepareCall(String a) {
		return null;
	}

	@Override
	public CallableStatement prepareCall(String a, int b, int c) {
		return null;
	}

	@Override
	public CallableStatement prepareCall(String a, int b, int c, int d) {
		return null;
	}

	@Override
	public PreparedStatement prepareStatement(String a) {
		return null;
	}

	@Override
	public PreparedStatement prepareStatement(String a, String[] b) {
		return null;
	}

	@Override
	public PreparedStatement prepareStatement(String a, int[] b) {
		return null;
	}

	@Override
	public PreparedStatement prepareStatement(String a, int b) {
		return null;
	}

	@Override
	public PreparedStatement prepareStatement(String a, int b, int c) {
		return null;
	}

	@Override
	public PreparedStatement prepareStatement(String a, int b, int c, int d) {
		return null;
	}

	@Override
	public void releaseSavepoint(Savepoint a) {
	}

	@Override
	public void rollback() {
	}

	@Override
	public void rollback(Savepoint a) {
	}

	@Override
	public void setAutoCommit(boolean a) {
	}

	@Override
	public void setCatalog(String a) {
	}

	@Override
	public void setClientInfo(Properties a) {
	}

	@Override
	public void setClientInfo(String a, String b) {
	}

	@Override
	public void setHoldability(int a) {
	}

	@Override
	public void setNetworkTimeout(Executor a, int b) {
	}

	@Override
	public void setReadOnly(boolean a) {
	}

	@Override
	public Savepoint setSavepoint() {
		return null;
	}

	@Override
	public Savepoint setSavepoint(String a) {
		return null;
	}

	@Override
	public void setSchema(String a) {
	}

	@Override
	public void setTransactionIsolation(int a) {
	}

	@Override
	public void setTypeMap(Map<String, Class<?>> a) {
	}
}
