/* SPDX-License-Identifier: MIT */
/* extension.c: giving a supervisor its extension, and taking it away. */
#include "extension.h"
#include "error.h"
#include "supervisor.h"

int pooltoy_extend(struct pooltoy_supervisor *supervisor, struct extension *extension)
{
	int code = supervisor_check(supervisor);

	if (code)
		return code;
	if (!notifier_extend(&supervisor->notifier, extension))
		return error_set(POOLTOY_EEXIST, "supervisor: it has a control socket");
	return POOLTOY_OK;
}

void pooltoy_extend_no_more(struct pooltoy_supervisor *supervisor, struct extension *extension)
{
	if (notifier_extend_no_more(&supervisor->notifier, extension))
		extension->unref(extension);
}

void pooltoy_tell_error(const char *text)
{
	error_record("%s", text);
}
