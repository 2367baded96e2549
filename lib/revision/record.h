/* A C revision: compiled, loaded, and run to record its operations. */
#ifndef RETORT_REVISION_RECORD_H
#define RETORT_REVISION_RECORD_H

#include "model/model.h"
#include "revision/revision.h"

/* A loaded C revision. Operations with an OP_CALL need it to stay loaded. */
struct revision_library {
	void *handle;
};

/*
 * Run upgrade() or downgrade() so that it records its operations in *out; the
 * database is not touched. First a child process tries it, so that a crash of
 * the revision is an error that names the signal, and nothing more.
 */
retort_status revision_record(const struct revision *r, enum direction way,
			      const struct dialect *d,
			      const struct compile_options *o,
			      const struct naming *naming, struct arena *mem,
			      struct ops *out, struct revision_library *lib,
			      struct err *err);

/*
 * Run an OP_CALL at its place, inside the runner's transaction on `c`: what
 * the function does through its `op` happens at once.
 */
retort_status revision_call(const struct revision *r, struct conn *c,
			    const struct op_call *call, struct err *err);

void revision_unload(struct revision_library *lib);

#endif
