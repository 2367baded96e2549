#include "api/session.h"

const char *retort_url(retort *db)
{
	const struct dialect *d = db->url && *db->url ? dialect_for_url(db->url)
						      : NULL;

	return d ? d->show_url(&db->results, db->url) : NULL;
}

retort_status retort_sections(retort *db, const char *const **names, size_t *n)
{
	TRY(session_begin(db));
	*names = db->config.sections.v;
	*n = db->config.sections.n;
	return RETORT_OK;
}
