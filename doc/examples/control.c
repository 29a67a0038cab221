/* SPDX-License-Identifier: MIT */
/* control.c: a server that can be looked into. */
#include <err.h>
#include <stdio.h>
#include <pooltoy.h>
#include <pooltoy/control.h>

static const struct pooltoy_worker_ops idler = POOLTOY_WORKER_OPS(.init = NULL);

/* example: control */
static struct pooltoy_control *open_up(struct pooltoy_supervisor *sup)
{
	struct pooltoy_control *control;

	if (pooltoy_control_start(sup, NULL, &control)) {
		warnx("%s", pooltoy_last_error());
		return NULL; /* the server serves all the same */
	}
	printf("look into me at %s\n", pooltoy_control_path(control));
	return control;
}
/* end */

int main(void)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_control *control;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &idler, .size = 3), NULL))
		errx(1, "%s", pooltoy_last_error());
	control = open_up(sup);
	pooltoy_control_stop(control);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
