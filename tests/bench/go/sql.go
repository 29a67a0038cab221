// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// go_sql: database/sql's pool of connections, with a driver that does nothing; Conn and Close. It knows which
// connection is in use, not by whom.
var databases = subject{
	pool:      openDatabases,
	scenarios: map[string]func(order order) scenario{"idle": openIdle},
}

type stub struct{}

func (stub) Open(string) (driver.Conn, error)     { return &stub{}, nil }
func (*stub) Close() error                        { return nil }
func (*stub) Prepare(string) (driver.Stmt, error) { return nil, errors.New("a stub") }
func (*stub) Begin() (driver.Tx, error)           { return nil, errors.New("a stub") }

func init() {
	sql.Register("stub", stub{})
}

type databasePools struct {
	pools  []*sql.DB
	inTurn int
}

func openDatabases(order order) pool {
	p := &databasePools{inTurn: 1}
	if order["in_turn"] != 0 {
		p.inTurn = int(order["pools"])
	}
	for i := int64(0); i < order["pools"]; i++ {
		pool, err := sql.Open("stub", "")
		if err != nil {
			panic(err)
		}
		size := int(order["workers"])
		pool.SetMaxOpenConns(size)
		pool.SetMaxIdleConns(size)
		var connections []*sql.Conn
		for j := 0; j < size; j++ {
			connections = append(connections, connect(pool))
		}
		for _, connection := range connections {
			connection.Close()
		}
		p.pools = append(p.pools, pool)
	}
	return p
}

func connect(pool *sql.DB) *sql.Conn {
	connection, err := pool.Conn(context.Background())
	if err != nil {
		panic(err)
	}
	return connection
}

func (p *databasePools) turns(n int64) {
	next := 0
	for i := int64(0); i < n; i++ {
		connect(p.pools[next]).Close()
		if next++; next >= p.inTurn {
			next = 0
		}
	}
}

func (p *databasePools) checkout() interface{} {
	return connect(p.pools[0])
}

func (p *databasePools) checkin(held interface{}) {
	held.(*sql.Conn).Close()
}

func (p *databasePools) close() {
	for _, pool := range p.pools {
		pool.Close()
	}
}

// idle: the harness looks at the process from outside.
type idle struct{ pool pool }

func openIdle(order order) scenario {
	return idle{openDatabases(order)}
}

func (idle) round() string { return "" }
func (i idle) close()      { i.pool.close() }
