/*
 * retort/hooks.h - take part in what `db` does: the models library's own
 * functions, called while it compares, writes and applies.
 *
 *     #include <retort/hooks.h>
 *
 *     bool include_object(const retort_hook *hook,
 *                         const retort_hook_object *object)
 *     {
 *         return object->kind != RETORT_HOOK_TABLE ||
 *                strncmp(object->name, "tmp_", 4) != 0;
 *     }
 *
 * A hook is a function with one of the names below, in one of the files that
 * `models` of db.ini names (or in the shared library that it names). The file
 * includes this header, which declares them all: one of another form does not
 * compile. All of them are optional.
 *
 * Everything a hook is given is borrowed until it returns, and so is what it
 * returns. A pointer is NULL where there is nothing to say. Hooks are called
 * in this order:
 *
 *     db migrate, check, diff, create-all
 *         include_name             once for each name in the database
 *         include_object           once for each thing, on either side
 *         compare_type             once for each pair of columns
 *         compare_server_default   right after it
 *     db migrate only
 *         process_revision_directives   (also db revision, db merge)
 *         render_type              once for each column that is written
 *     db upgrade, downgrade, stamp
 *         on_version_apply         after each revision, in its transaction
 *
 * All but on_version_apply run twice: first in a child process whose output is
 * thrown away, so that a crash is an error with the hook's name and nothing is
 * half done, and then in earnest. They must answer the same both times, and
 * keep their hands off the database. on_version_apply runs once, in a child
 * process, and may use the database through its `op`. A hook fails with
 * retort_hook_fail(), or where it returns a number with one less than 0: the
 * command ends with that error, before anything is written.
 */
#ifndef RETORT_HOOKS_H
#define RETORT_HOOKS_H

#include <retort/revision.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Changes when something below does in a way that old hooks feel. */
#define RETORT_HOOKS_ABI 1

/** A value of `-x KEY=VALUE`. */
typedef struct retort_hook_value {
	const char *key, *value;
} retort_hook_value;

typedef struct retort_hook retort_hook;

/** What stands behind the functions below; not to be called directly. */
typedef struct retort_hook_api {
	int abi;
	size_t size;
	void (*fail)(const retort_hook *hook, const char *file, int line,
		     const char *fmt, va_list ap);
} retort_hook_api;

/** What every hook is given. */
struct retort_hook {
	size_t size;		/**< sizeof(retort_hook) of the program. */
	const retort_hook_api *api;
	const char *dialect;	/**< "sqlite", "postgresql". */
	const char *section;	/**< [db "section"] of -n; NULL: [db]. */
	const char *tag;	/**< --tag, or NULL. */
	const retort_hook_value *x;
	size_t n_x;
};

/** The value of `-x key=…`, the last one given; NULL: none. */
RETORT_INLINE_ const char *retort_hook_x(const retort_hook *hook,
					 const char *key)
{
	for (size_t i = hook->n_x; i-- > 0;) {
		const char *a = hook->x[i].key, *b = key;

		while (*a && *a == *b)
			a++, b++;
		if (*a == *b)
			return hook->x[i].value;
	}
	return NULL;
}

/** Fail: retort_hook_fail(hook, "no table may be called %s", name). */
#define retort_hook_fail(hook_, ...) \
	retort_hook_fail_((hook_), __FILE__, __LINE__, __VA_ARGS__)

/** What a name or an object is. */
typedef enum retort_hook_kind {
	RETORT_HOOK_SCHEMA,
	RETORT_HOOK_TABLE,
	RETORT_HOOK_COLUMN,
	RETORT_HOOK_INDEX,
	RETORT_HOOK_UNIQUE_CONSTRAINT,
	RETORT_HOOK_FOREIGN_KEY_CONSTRAINT,
	RETORT_HOOK_PRIMARY_KEY,
	RETORT_HOOK_CHECK_CONSTRAINT,
	RETORT_HOOK_EXCLUDE_CONSTRAINT,
	RETORT_HOOK_VIEW,
	RETORT_HOOK_TRIGGER,
	RETORT_HOOK_ENUM,
	RETORT_HOOK_OTHER
} retort_hook_kind;

/** A name in the database. */
typedef struct retort_hook_name {
	size_t size;
	retort_hook_kind kind;
	const char *type;	/**< The kind in words: "unique_constraint". */
	const char *name;	/**< NULL: the default schema. */
	const char *table;	/**< Of what belongs to a table; else NULL. */
	const char *schema;	/**< Of the table; NULL: the default one. */
} retort_hook_name;

/** A thing in the database or in the models. */
typedef struct retort_hook_object retort_hook_object;
struct retort_hook_object {
	size_t size;
	retort_hook_kind kind;
	const char *type;	/**< The kind in words: "unique_constraint". */
	const char *schema;	/**< NULL: the default one. */
	const char *table;	/**< Of what belongs to a table; else NULL. */
	const char *name;	/**< NULL: a constraint without a name. */
	bool reflected;		/**< It is in the database; else a model's. */
	/**
	 * The same thing on the other side. NULL: there it is not. A thing
	 * that is on both sides is asked about once, as the model's.
	 */
	const retort_hook_object *compare_to;
	/** A table's, a key's or an index' columns; NULL ends. */
	const char *const *columns;
	/** A column: its type as this database spells it, and its default. */
	const char *column_type, *server_default;
	bool not_null;
	bool unique;		/**< An index. */
	const char *ref_table;	/**< What a foreign key references. */
	/** A CHECK's expression; the statement of a view or trigger. */
	const char *definition;
	const char *comment;
};

/** What compare_type() and compare_server_default() answer. */
enum retort_hook_verdict {
	RETORT_HOOK_DEFAULT = 0,	/**< As without a hook. */
	RETORT_HOOK_SAME = 1,		/**< Leave the database as it is. */
	RETORT_HOOK_DIFFERENT = 2	/**< Change it to the model's. */
};

/* Directives ------------------------------------------------------------------ */

/** One operation of a new revision. */
typedef struct retort_directive {
	size_t size;
	const char *kind;	/**< "add_table", "modify_type", "execute", … */
	const char *object;	/**< "user.age". */
	const char *text;	/**< One line for people. */
	const char *warning;	/**< NULL, or why it is dangerous. */
	bool loses_data;
	const char *schema, *table;
	const char *name;	/**< Of the column, index or constraint. */
	const char *sql;	/**< Of "execute". */
} retort_directive;

/** The revision that is about to be written. */
typedef struct retort_new_revision_info {
	size_t size;
	const char *rev_id;	/**< NULL: one is going to be made up. */
	const char *message;	/**< NULL: none. */
	const char *branch_label;
	const char *const *parents;	/**< NULL ends; none: a base. */
	/** The operations are known: db migrate. Else both lists stay empty. */
	bool autogenerate;
} retort_new_revision_info;

/**
 * Which list. The downgrade is made of the upgrade, as it is then, when it is
 * first asked for or at the end: who changes only the upgrade gets a
 * downgrade that fits.
 */
typedef enum retort_side { RETORT_UPGRADE, RETORT_DOWNGRADE } retort_side;

typedef struct retort_directives retort_directives;

/** What stands behind the functions below; not to be called directly. */
typedef struct retort_directives_api {
	int abi;
	size_t size;
	const retort_new_revision_info *(*info)(retort_directives *d);
	size_t (*count)(retort_directives *d, retort_side side);
	const retort_directive *(*at)(retort_directives *d, retort_side side,
				      size_t i);
	void (*drop)(retort_directives *d, retort_side side, size_t i);
	void (*move)(retort_directives *d, retort_side side, size_t from,
		     size_t to);
	retort_op *(*insert)(retort_directives *d, retort_side side,
			     size_t at);
	void (*set_message)(retort_directives *d, const char *text);
	void (*set_rev_id)(retort_directives *d, const char *id);
} retort_directives_api;

/** The head of what the program has behind it. */
struct retort_directives {
	const retort_directives_api *api;
};

RETORT_INLINE_ const retort_new_revision_info *
retort_directives_info(retort_directives *d)
{
	return d->api->info(d);
}

/** How many operations there are. */
RETORT_INLINE_ size_t retort_directives_count(retort_directives *d,
					      retort_side side)
{
	return d->api->count(d, side);
}

/** Number `i` from 0; valid until the list is changed. NULL: too far. */
RETORT_INLINE_ const retort_directive *
retort_directives_at(retort_directives *d, retort_side side, size_t i)
{
	return d->api->at(d, side, i);
}

/** Leave an operation out. */
RETORT_INLINE_ void retort_directives_drop(retort_directives *d,
					   retort_side side, size_t i)
{
	d->api->drop(d, side, i);
}

/** Put operation `from` where `to` is. */
RETORT_INLINE_ void retort_directives_move(retort_directives *d,
					   retort_side side, size_t from,
					   size_t to)
{
	d->api->move(d, side, from, to);
}

/**
 * Add operations before number `at` (or behind the last, where `at` is their
 * number): the functions of <retort/revision.h> called with the result add
 * theirs there, until the next call on `d`. SQL (retort_execute()) has no
 * reverse: add what takes it back to the downgrade.
 */
RETORT_INLINE_ retort_op *retort_directives_insert(retort_directives *d,
						   retort_side side,
						   size_t at)
{
	return d->api->insert(d, side, at);
}

/** What the revision is about; its text is copied. */
RETORT_INLINE_ void retort_directives_set_message(retort_directives *d,
						  const char *text)
{
	d->api->set_message(d, text);
}

/** Its identifier: "0042". One that exists already is an error. */
RETORT_INLINE_ void retort_directives_set_rev_id(retort_directives *d,
						 const char *id)
{
	d->api->set_rev_id(d, id);
}

/* Applying -------------------------------------------------------------------- */

/** What has just been done. */
typedef struct retort_version_step {
	size_t size;
	bool is_upgrade;	/**< Else a downgrade, or a stamp downwards. */
	bool is_stamp;		/**< Nothing ran; only the version moved. */
	bool is_offline;	/**< --sql: what `op` executes is printed. */
	const char *revision;	/**< The one gone through; NULL: a stamp. */
	const char *message, *path;	/**< Of that revision. */
	/** Where it was and where it is, as the version table has it. */
	const char *const *from, *const *to;	/**< NULL ends. */
} retort_version_step;

/* The hooks ------------------------------------------------------------------- */

/**
 * Does a name in the database take part in the comparison? Where not,
 * it is left as it is, whatever the models say about it.
 */
RETORT_EXPORT_ bool include_name(const retort_hook *hook,
				 const retort_hook_name *name);

/**
 * Does a thing take part? Where not, the database keeps what it has. A table
 * that is left out takes all that belongs to it with it.
 */
RETORT_EXPORT_ bool include_object(const retort_hook *hook,
				   const retort_hook_object *object);

/** Are both types the same? An enum retort_hook_verdict. */
RETORT_EXPORT_ int compare_type(const retort_hook *hook,
				const retort_hook_object *live,
				const retort_hook_object *model);

/** Are both defaults the same? An enum retort_hook_verdict. */
RETORT_EXPORT_ int compare_server_default(const retort_hook *hook,
					  const retort_hook_object *live,
					  const retort_hook_object *model);

/**
 * The type of a new or changed column as the revision is to spell it, in SQL
 * ("CITEXT"); NULL: as it would be.
 */
RETORT_EXPORT_ const char *render_type(const retort_hook *hook,
				       const retort_hook_object *column);

/**
 * Change the revision before it is written. Nothing is written where no
 * operation of a db migrate is left. 0, or less than 0 to fail.
 */
RETORT_EXPORT_ int process_revision_directives(const retort_hook *hook,
					       retort_directives *d);

/**
 * After each revision, when the version table says that it is applied, before
 * COMMIT. With `op` retort_execute(), retort_bulk_insert() and
 * retort_query_text() work, in the same transaction; they fail it where they
 * fail. 0, or less than 0: the revision is rolled back.
 */
RETORT_EXPORT_ int on_version_apply(const retort_hook *hook,
				    const retort_version_step *step,
				    retort_op *op);

#if defined(__GNUC__) && !defined(__cplusplus)
extern const int retort_hooks_abi;
__attribute__((weak, used)) RETORT_EXPORT_
const int retort_hooks_abi = RETORT_HOOKS_ABI;
#endif

/* Behind the macros ----------------------------------------------------------- */

RETORT_PRINTF_(4, 5)
RETORT_INLINE_ void retort_hook_fail_(const retort_hook *hook,
				      const char *file, int line,
				      const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	hook->api->fail(hook, file, line, fmt, ap);
	va_end(ap);
}

#ifdef __cplusplus
}
#endif

#endif
