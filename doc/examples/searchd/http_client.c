/* SPDX-License-Identifier: MIT */
/* http_client.c: requests by libcurl. */
#include <curl/curl.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_client.h"

enum { TIMEOUT_SECONDS = 30 };

struct http_client {
	CURL *curl;
	const char *url;
	long status;
	CURLcode result;
	char *body;
	size_t length, room;
};

static size_t on_data(char *bytes, size_t one, size_t length, void *argument)
{
	struct http_client *client = argument;

	(void)one;
	if (length > client->room - client->length) {
		size_t room = (client->length + length) * 2;
		char *body = realloc(client->body, room);

		if (!body)
			return 0;
		client->body = body;
		client->room = room;
	}
	memcpy(client->body + client->length, bytes, length);
	client->length += length;
	return length;
}

struct http_client *http_client_open(const char *url)
{
	struct http_client *client = calloc(1, sizeof *client);

	if (client)
		client->curl = curl_easy_init();
	if (!client || !client->curl)
		errx(1, "out of memory");
	client->url = url;
	curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, client);
	curl_easy_setopt(client->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(client->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(client->curl, CURLOPT_TIMEOUT, (long)TIMEOUT_SECONDS);
	return client;
}

void http_client_close(struct http_client *client)
{
	curl_easy_cleanup(client->curl);
	free(client->body);
	free(client);
}

static long perform(struct http_client *client, const char *path)
{
	char url[512];

	snprintf(url, sizeof url, "%s%s", client->url, path);
	curl_easy_setopt(client->curl, CURLOPT_URL, url);
	client->length = 0;
	client->status = 0;
	client->result = curl_easy_perform(client->curl);
	if (client->result == CURLE_OK)
		curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &client->status);
	return client->status;
}

long http_client_get(struct http_client *client, const char *path)
{
	curl_easy_setopt(client->curl, CURLOPT_HTTPGET, 1L);
	return perform(client, path);
}

long http_client_post(struct http_client *client, const char *path, const char *body)
{
	curl_easy_setopt(client->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(client->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
	curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, body);
	return perform(client, path);
}

json_t *http_client_json(const struct http_client *client)
{
	return client->length ? json_loadb(client->body, client->length, 0, NULL) : NULL;
}

void http_client_failure(const struct http_client *client, char *text, size_t size)
{
	json_t *answer = http_client_json(client);
	const char *code = json_string_value(json_object_get(answer, "code"));

	if (client->result != CURLE_OK)
		snprintf(text, size, "%s", curl_easy_strerror(client->result));
	else if (code)
		snprintf(text, size, "%s", code);
	else
		snprintf(text, size, "HTTP %ld", client->status);
	json_decref(answer);
}
