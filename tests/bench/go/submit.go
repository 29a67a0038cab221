// SPDX-License-Identifier: MIT

package main

import (
	"sync/atomic"
	"time"
)

// submit: as scenarios/submit.c. A task is told which worker runs it, and counts itself there.
type task func(worker *counter)

type counter struct {
	count int64
	apart [120]byte
}

type submit struct {
	order   order
	tasks   int64
	channel chan task
	workers []counter
}

func openSubmit(order order) scenario {
	s := &submit{order: order, channel: make(chan task, 1024),
		workers: make([]counter, order["workers"])}
	for i := range s.workers {
		go func(worker *counter) {
			for task := range s.channel {
				task(worker)
			}
		}(&s.workers[i])
	}
	if order["gap_us"] > 0 {
		s.tasks = order["ms"] * 1000 / order["gap_us"]
	} else {
		s.tasks = calibrate(s.once, order["ms"])
	}
	return s
}

func (s *submit) counted() int64 {
	all := int64(0)
	for i := range s.workers {
		all += atomic.LoadInt64(&s.workers[i].count)
	}
	return all
}

func countTask(worker *counter) {
	atomic.StoreInt64(&worker.count, worker.count+1)
}

func (s *submit) once(n int64) int64 {
	before, all := s.counted(), n*s.order["threads"]
	return runTogether(s.order["threads"], func(thread int64) {
		for i := int64(0); i < n; i++ {
			s.channel <- countTask
		}
		for thread == 0 && s.counted()-before < all {
			time.Sleep(20 * time.Microsecond)
		}
	})
}

func (s *submit) round() string {
	gap := time.Duration(s.order["gap_us"]) * time.Microsecond
	if gap == 0 {
		return figures("ns", float64(s.once(s.tasks))/float64(s.tasks*s.order["threads"]))
	}
	var times samples
	for i := int64(0); i < s.tasks; i++ {
		var when int64
		time.Sleep(gap)
		began := now()
		s.channel <- func(*counter) { atomic.StoreInt64(&when, now()) }
		for atomic.LoadInt64(&when) == 0 {
			time.Sleep(gap)
		}
		times = append(times, atomic.LoadInt64(&when)-began)
	}
	times.sort()
	return figures("ns", float64(times.at(500)), "ns_p99", float64(times.at(990)))
}

func (s *submit) close() {
	close(s.channel)
}
