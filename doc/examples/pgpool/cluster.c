/* SPDX-License-Identifier: MIT */
/* cluster.c: starts, stops and asks the trial's PostgreSQL server. */
#include "cluster.h"

#include <err.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

static void run_script(const struct cluster *cluster, const char *verb)
{
	char *const arguments[] = { "sh", (char *)cluster->script, (char *)verb,
				    (char *)cluster->directory, NULL };
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, "sh", NULL, NULL, arguments, environ) ||
	    waitpid(pid, &status, 0) != pid)
		err(1, "%s", cluster->script);
	if (status)
		errx(1, "%s %s failed", cluster->script, verb);
}

static void check_answer(const struct cluster *cluster, const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		errx(1, "%s", PQerrorMessage(cluster->admin));
}

void cluster_init(struct cluster *cluster, const char *script, const char *directory)
{
	cluster->script = script;
	cluster->directory = directory;
	snprintf(cluster->conninfo, sizeof cluster->conninfo, "host=%s user=ledger dbname=postgres",
		 directory);
}

void cluster_start(struct cluster *cluster)
{
	run_script(cluster, "start");
	cluster->admin = PQconnectdb(cluster->conninfo);
	if (PQstatus(cluster->admin) != CONNECTION_OK)
		errx(1, "%s", PQerrorMessage(cluster->admin));
}

static void end(struct cluster *cluster, const char *verb)
{
	PQfinish(cluster->admin);
	cluster->admin = NULL;
	run_script(cluster, verb);
}

void cluster_stop(struct cluster *cluster)
{
	end(cluster, "stop");
}

void cluster_crash(struct cluster *cluster)
{
	end(cluster, "crash");
}

static PGresult *run(const struct cluster *cluster, const char *format, va_list arguments)
{
	char statement[1024];
	PGresult *result;

	vsnprintf(statement, sizeof statement, format, arguments);
	result = PQexec(cluster->admin, statement);
	check_answer(cluster, result);
	return result;
}

PGresult *cluster_run(struct cluster *cluster, const char *format, ...)
{
	va_list arguments;
	PGresult *result;

	va_start(arguments, format);
	result = run(cluster, format, arguments);
	va_end(arguments);
	return result;
}

int64_t cluster_number(struct cluster *cluster, const char *format, ...)
{
	va_list arguments;
	PGresult *result;
	int64_t number = 0;

	va_start(arguments, format);
	result = run(cluster, format, arguments);
	va_end(arguments);
	if (PQntuples(result) > 0)
		number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return number;
}

int cluster_cancellations(const struct cluster *cluster)
{
	char path[256], line[1024];
	int count = 0;
	FILE *log;

	snprintf(path, sizeof path, "%s/log", cluster->directory);
	log = fopen(path, "re");
	if (!log)
		err(1, "%s", path);
	while (fgets(line, sizeof line, log))
		count += strstr(line, "canceling statement due to user request") != NULL;
	fclose(log);
	return count;
}
