#include "migrate/work.h"

retort_status run_script(struct conn *c, const struct script *s,
			 struct err *err)
{
	const struct dialect *d = c->ops;
	struct guard *g = NULL;
	retort_status rc;

	if (s->guarded && d->guard_open)
		TRY(d->guard_open(c, s, &g, err));
	rc = d->begin(c, err);
	if (rc == RETORT_OK && g)
		rc = d->guard_begin(g, err);
	for (size_t i = 0; rc == RETORT_OK && i < s->stmts.n; i++) {
		rc = g ? d->guard_run(g, i, err)
		       : conn_exec(c, s->stmts.v[i].sql, err);
		if (rc < 0 && rc != RETORT_E_NOMEM && !err->pub.detail)
			err_detail(err, "The statement is: %.2000s",
				   s->stmts.v[i].sql);
	}
	if (rc == RETORT_OK && g)
		rc = d->guard_check(g, err);
	if (rc == RETORT_OK)
		rc = d->commit(c, err);
	if (rc < 0)
		d->rollback(c);
	if (g)
		d->guard_close(g);
	return rc;
}
