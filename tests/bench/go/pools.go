// SPDX-License-Identifier: MIT

package main

import "time"

// checkout: as scenarios/checkout.c.
type checkout struct {
	pool    pool
	order   order
	turns   int64
	release chan bool
	held    []interface{}
}

func openCheckout(pool pool, order order) scenario {
	c := &checkout{pool: pool, order: order, release: make(chan bool)}
	holds := make(chan bool)
	go func() {
		var held []interface{}
		for i := int64(0); i < order["leased"]; i++ {
			held = append(held, pool.checkout())
		}
		holds <- true
		<-c.release
		for _, one := range held {
			pool.checkin(one)
		}
		c.release <- true
	}()
	<-holds
	if order["moving"] != 0 {
		c.held = make([]interface{}, order["workers"]-1)
	}
	c.turns = calibrate(c.once, order["ms"])
	return c
}

func (c *checkout) once(n int64) int64 {
	if c.held == nil {
		return runTogether(c.order["threads"], func(int64) { c.pool.turns(n) })
	}
	return c.move(n)
}

func (c *checkout) move(n int64) int64 {
	random := uint64(1)
	for i := range c.held {
		c.held[i] = c.pool.checkout()
	}
	began := now()
	for i := int64(0); i < n; i++ {
		random = random*6364136223846793005 + 1442695040888963407
		any := (random >> 33) % uint64(len(c.held))
		taken := c.pool.checkout()
		c.pool.checkin(c.held[any])
		c.held[any] = taken
	}
	taken := now() - began
	for _, one := range c.held {
		c.pool.checkin(one)
	}
	return taken
}

func (c *checkout) round() string {
	ns := float64(c.once(c.turns)) / float64(c.turns)
	return figures("ns", ns, "throughput", float64(c.order["threads"])*1e9/ns)
}

func (c *checkout) close() {
	c.release <- true
	<-c.release
	c.pool.close()
}

// contended: as scenarios/contended.c.
type contended struct {
	pool       pool
	order      order
	begin, end int64
	clients    []client
}

type client struct {
	turns, longest int64
	waits, delays  samples
	apart          [64]byte
}

func openContended(pool pool, order order) scenario {
	c := &contended{pool: pool, order: order, clients: make([]client, order["threads"])}
	c.run(c.hurry)
	return c
}

func (c *contended) run(body func(thread int64)) int64 {
	c.begin = now() + 5000000
	c.end = c.begin + c.order["ms"]*1000000
	return runTogether(c.order["threads"], body)
}

func (c *contended) hurry(thread int64) {
	turns := 64
	if c.order["hold_ns"] > 0 {
		turns = 1
	}
	hold := c.order["hold_ns"]
	for ok := true; ok; ok = now() < c.end {
		for i := 0; i < turns; i++ {
			held := c.pool.checkout()
			workFor(hold)
			c.pool.checkin(held)
		}
		c.clients[thread].turns += int64(turns)
	}
}

func (c *contended) hurryWatched(thread int64) {
	hold := c.order["hold_ns"]
	for began := now(); began < c.end; began = now() {
		held := c.pool.checkout()
		waited := now() - began
		if waited > c.clients[thread].longest {
			c.clients[thread].longest = waited
		}
		workFor(hold)
		c.pool.checkin(held)
	}
}

func (c *contended) keepTimetable(thread int64) {
	client := &c.clients[thread]
	hold, interval := c.order["hold_ns"], 1000000000*c.order["threads"]/c.order["rate"]
	for due := c.begin + interval*thread/c.order["threads"]; due < c.end; due += interval {
		if left := due - now(); left > 0 {
			time.Sleep(time.Duration(left))
		}
		client.delays = append(client.delays, now()-due)
		held := c.pool.checkout()
		client.waits = append(client.waits, now()-due)
		workFor(hold)
		c.pool.checkin(held)
	}
}

func (c *contended) round() string {
	for i := range c.clients {
		c.clients[i] = client{}
	}
	if c.order["rate"] > 0 {
		c.run(c.keepTimetable)
		return c.roundOnTime()
	}
	taken := c.run(c.hurry)
	c.run(c.hurryWatched)
	turns, longest := int64(0), int64(0)
	for _, client := range c.clients {
		turns += client.turns
		if client.longest > longest {
			longest = client.longest
		}
	}
	ns := float64(taken) / float64(turns)
	return figures("ns", ns, "throughput", 1e9/ns, "wait_max_ns", float64(longest))
}

func (c *contended) roundOnTime() string {
	var waits, delays samples
	for _, client := range c.clients {
		waits = append(waits, client.waits...)
		delays = append(delays, client.delays...)
	}
	waits.sort()
	delays.sort()
	return figures("ns", float64(waits.at(500)), "ns_p50", float64(waits.at(500)),
		"ns_p99", float64(waits.at(990)), "ns_p999", float64(waits.at(999)),
		"wait_max_ns", float64(waits.at(1000)),
		"late_p50_ns", float64(delays.at(500)), "late_p99_ns", float64(delays.at(990)))
}

func (c *contended) close() {
	c.pool.close()
}
