// SPDX-License-Identifier: MIT

// The subjects that run in Go, go_chan and go_sql, each by its name: goroutines take the part of threads.
// README.md has the protocol, main.c the same in C.
package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// What the harness asks for; what is not named is 0.
type order map[string]int64

type scenario interface {
	round() string
	close()
}

// A pool's users see nothing more of it.
type pool interface {
	turns(n int64)
	checkout() interface{}
	checkin(held interface{})
	close()
}

type subject struct {
	pool func(order order) pool
	// Further scenarios.
	scenarios map[string]func(order order) scenario
}

var subjects = map[string]subject{"go_chan": channels, "go_sql": databases}

func (s subject) open(name string, order order) scenario {
	if special, ok := s.scenarios[name]; ok {
		return special(order)
	}
	switch name {
	case "checkout":
		return openCheckout(s.pool(order), order)
	case "contended":
		return openContended(s.pool(order), order)
	}
	return nil
}

func parse(words []string) order {
	parsed := order{}
	for _, word := range words {
		pair := strings.SplitN(word, "=", 2)
		value, err := strconv.ParseInt(pair[len(pair)-1], 10, 64)
		if err != nil {
			panic(err)
		}
		parsed[pair[0]] = value
	}
	return parsed
}

func main() {
	subject, ok := subjects[filepath.Base(os.Args[0])]
	if !ok {
		panic("no such subject: " + os.Args[0])
	}
	var current scenario
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		switch words[0] {
		case "open":
			current = subject.open(words[1], parse(words[2:]))
			if current == nil {
				fmt.Println("unsupported")
			} else {
				fmt.Println("ready")
			}
		case "round":
			fmt.Println(current.round())
		case "close":
			current.close()
			fmt.Println("closed")
		}
	}
}
