// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var epoch = time.Now()

func now() int64 {
	return int64(time.Since(epoch))
}

func cpu() int64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return used.Utime.Nano() + used.Stime.Nano()
}

func workFor(ns int64) {
	if ns == 0 {
		return
	}
	for end := now() + ns; now() < end; {
	}
}

// Runs body(i) on so many goroutines, which begin together; the time from the first one's begin to the last
// one's end.
func runTogether(threads int64, body func(thread int64)) int64 {
	var ready int64
	var all sync.WaitGroup
	begins, ends := make([]int64, threads), make([]int64, threads)
	for i := int64(0); i < threads; i++ {
		all.Add(1)
		go func(i int64) {
			defer all.Done()
			atomic.AddInt64(&ready, 1)
			for atomic.LoadInt64(&ready) < threads {
				runtime.Gosched()
			}
			begins[i] = now()
			body(i)
			ends[i] = now()
		}(i)
	}
	all.Wait()
	begin, end := begins[0], ends[0]
	for i := range begins {
		if begins[i] < begin {
			begin = begins[i]
		}
		if ends[i] > end {
			end = ends[i]
		}
	}
	return end - begin
}

// How often once must be repeated to last for about so long; a warm-up, too.
func calibrate(once func(n int64) int64, ms int64) int64 {
	wanted := ms * 1000000
	for n := int64(1); ; n *= 2 {
		taken := once(n)
		if taken >= wanted/4 {
			return int64(float64(n)*float64(wanted)/float64(taken)) + 1
		}
	}
}

type samples []int64

func (s samples) sort() {
	sort.Slice(s, func(i, j int) bool { return s[i] < s[j] })
}

// Of sorted samples: the one that permille of 1,000 do not exceed.
func (s samples) at(permille int) int64 {
	if len(s) == 0 {
		return 0
	}
	rank := (len(s)*permille + 999) / 1000
	if rank > 0 {
		rank--
	}
	return s[rank]
}

func figures(pairs ...interface{}) string {
	text := ""
	for i := 0; i < len(pairs); i += 2 {
		text += fmt.Sprintf(" %v=%.3f", pairs[i], pairs[i+1])
	}
	return text[1:]
}
