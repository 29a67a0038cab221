/* SPDX-License-Identifier: MIT */
/* faults.c: what the linker puts before calloc, aligned_alloc and pthread_create. */
#include "unit/faults.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct faults {
	unsigned good, bad, met;
};

static _Thread_local struct faults memory;
static struct faults threads;
static pthread_mutex_t threads_lock = PTHREAD_MUTEX_INITIALIZER;

static bool next_fails(struct faults *faults)
{
	if (faults->good > 0) {
		faults->good--;
		return false;
	}
	if (faults->met == faults->bad)
		return false;
	faults->met++;
	return true;
}

void faults_of_memory(unsigned good, unsigned bad)
{
	memory = (struct faults){ good, bad, 0 };
}

unsigned faults_of_memory_end(void)
{
	unsigned met = memory.met;

	memory = (struct faults){ 0, 0, 0 };
	return met;
}

void faults_of_threads(unsigned good, unsigned bad)
{
	pthread_mutex_lock(&threads_lock);
	threads = (struct faults){ good, bad, 0 };
	pthread_mutex_unlock(&threads_lock);
}

unsigned faults_of_threads_end(void)
{
	unsigned met;

	pthread_mutex_lock(&threads_lock);
	met = threads.met;
	threads = (struct faults){ 0, 0, 0 };
	pthread_mutex_unlock(&threads_lock);
	return met;
}

/* The linker's names for the function that is called, and for the one that was meant. */
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*body)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*body)(void *), void *argument);

void *__wrap_calloc(size_t count, size_t size)
{
	return next_fails(&memory) ? NULL : __real_calloc(count, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return next_fails(&memory) ? NULL : __real_aligned_alloc(alignment, size);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*body)(void *), void *argument)
{
	bool fails;

	pthread_mutex_lock(&threads_lock);
	fails = next_fails(&threads);
	pthread_mutex_unlock(&threads_lock);
	return fails ? EAGAIN : __real_pthread_create(thread, attributes, body, argument);
}
