/*
 * libpq, loaded when a PostgreSQL database is first named: a program that
 * only uses SQLite neither needs it nor pays for its start.
 */
#ifndef RETORT_DIALECT_POSTGRESQL_LIBPQ_H
#define RETORT_DIALECT_POSTGRESQL_LIBPQ_H

#include <libpq-fe.h>

#include "base/err.h"

#define LIBPQ_FUNCTIONS(X)                                                   \
	X(PQconnectdbParams) X(PQconnectStartParams) X(PQconnectPoll)            \
	X(PQconninfoParse) X(PQconninfoFree)            \
	X(PQfinish) X(PQstatus) X(PQerrorMessage) X(PQparameterStatus)       \
	X(PQtransactionStatus) X(PQserverVersion) X(PQbackendPID)            \
	X(PQdb) X(PQhost) X(PQport) X(PQuser)                                \
	X(PQexecParams) X(PQresultStatus) X(PQresultErrorField)              \
	X(PQresultErrorMessage) X(PQntuples) X(PQnfields) X(PQgetvalue)      \
	X(PQgetisnull) X(PQclear) X(PQgetCancel) X(PQfreeCancel) X(PQcancel) \
	X(PQsetNoticeReceiver) X(PQconnectionNeedsPassword)                  \
	X(PQfreemem) X(PQconninfo) X(PQconndefaults) X(PQsendQueryParams)    \
	X(PQenterPipelineMode) X(PQexitPipelineMode) X(PQpipelineSync)       \
	X(PQsendPrepare) X(PQsendQueryPrepared)                              \
	X(PQgetResult) X(PQsocket) X(PQconsumeInput) X(PQisBusy)

#define LIBPQ_MEMBER(name) __typeof__(&name) name;
struct libpq {
	LIBPQ_FUNCTIONS(LIBPQ_MEMBER)
};
#undef LIBPQ_MEMBER

/* The functions; loaded once for the process and never given back. */
retort_status libpq_load(const struct libpq **out, struct err *err);

#endif
