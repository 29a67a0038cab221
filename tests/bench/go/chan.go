// SPDX-License-Identifier: MIT

package main

import "time"

// go_chan: what a Go programmer writes: resources in a buffered channel; a goroutine that is called over two
// channels; goroutines that take functions from a channel. It does not know who holds what.
var channels = subject{
	pool: openChannels,
	scenarios: map[string]func(order order) scenario{
		"call_hot": openCallHot, "call_parked": openCallParked, "submit": openSubmit,
	},
}

type resource struct{ state int64 }

type channelPools struct {
	channels []chan *resource
	inTurn   int
}

func openChannels(order order) pool {
	p := &channelPools{inTurn: 1}
	if order["in_turn"] != 0 {
		p.inTurn = int(order["pools"])
	}
	for i := int64(0); i < order["pools"]; i++ {
		channel := make(chan *resource, order["workers"])
		for j := int64(0); j < order["workers"]; j++ {
			channel <- new(resource)
		}
		p.channels = append(p.channels, channel)
	}
	return p
}

func (p *channelPools) turns(n int64) {
	next := 0
	for i := int64(0); i < n; i++ {
		held := <-p.channels[next]
		p.channels[next] <- held
		if next++; next >= p.inTurn {
			next = 0
		}
	}
}

func (p *channelPools) checkout() interface{} {
	return <-p.channels[0]
}

func (p *channelPools) checkin(held interface{}) {
	p.channels[0] <- held.(*resource)
}

func (p *channelPools) close() {}

// A goroutine that answers what it is asked.
type line struct{ there, back chan int64 }

func openLine() line {
	l := line{make(chan int64), make(chan int64)}
	go func() {
		for request := range l.there {
			l.back <- request
		}
	}()
	return l
}

func (l line) call(request int64) {
	l.there <- request
	if <-l.back != request {
		panic("a wrong answer")
	}
}

type callHot struct {
	order order
	lines []line
	calls int64
}

func openCallHot(order order) scenario {
	c := &callHot{order: order}
	for i := int64(0); i < order["threads"]; i++ {
		c.lines = append(c.lines, openLine())
	}
	c.calls = calibrate(c.once, order["ms"])
	return c
}

func (c *callHot) once(n int64) int64 {
	return runTogether(c.order["threads"], func(thread int64) {
		for i := int64(0); i < n; i++ {
			c.lines[thread].call(i)
		}
	})
}

func (c *callHot) round() string {
	used := cpu()
	taken := c.once(c.calls)
	used = cpu() - used
	return figures("ns", float64(taken)/float64(c.calls),
		"cpu_ns", float64(used)/float64(c.calls*c.order["threads"]))
}

func (c *callHot) close() {
	for _, line := range c.lines {
		close(line.there)
	}
}

type callParked struct {
	order order
	line  line
}

func openCallParked(order order) scenario {
	return &callParked{order, openLine()}
}

func (c *callParked) round() string {
	var times samples
	used := cpu()
	for i := int64(0); i < c.order["ms"]*1000/c.order["gap_us"]; i++ {
		time.Sleep(time.Duration(c.order["gap_us"]) * time.Microsecond)
		began := now()
		c.line.call(i)
		times = append(times, now()-began)
	}
	used = cpu() - used
	times.sort()
	return figures("ns", float64(times.at(500)), "ns_p99", float64(times.at(990)),
		"cpu_ns", float64(used)/float64(len(times)))
}

func (c *callParked) close() {
	close(c.line.there)
}
