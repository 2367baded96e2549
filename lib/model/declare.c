#include "model/declare.h"

#include <string.h>

#include "sql/token.h"

enum { NAME_LIMIT = 255 };

static retort_status set_naming(struct declare *x, const struct naming *n)
{
	struct naming *whole = arena_new(x->mem, struct naming);

	if (!whole)
		return RETORT_E_NOMEM;
	*whole = naming_complete(n);
	x->naming = whole;
	return RETORT_OK;
}

void declare_init(struct declare *x, const struct dialect *d,
		  const struct naming *naming, struct arena *mem,
		  struct err *err)
{
	*x = (struct declare){
		.d = d, .mem = mem, .err = err,
		.names.fold_case = d->caps & CAP_FOLD_CASE
	};
	if (set_naming(x, naming))
		x->nomem = true;
}

retort_status declare_error(struct declare *x, const char *fmt, ...)
{
	const retort_model *m = x->m;
	const char *text;
	va_list ap;
	SCRATCH(tmp);

	va_start(ap, fmt);
	text = arena_vprintf(&tmp, fmt, ap);
	va_end(ap);
	if (!text)
		return err_nomem(x->err);
	if (!m) {
		if (x->table && x->table->name)
			err_set(x->err, RETORT_E_FAIL, "table \"%s\": %s",
				x->table->name, text);
		else
			err_set(x->err, RETORT_E_FAIL, "%s", text);
		return RETORT_E_FAIL;
	}
	if (m->model)
		err_set(x->err, RETORT_E_FAIL, "model \"%s\": %s", m->model,
			text);
	else
		err_set(x->err, RETORT_E_FAIL, "%s \"%s\": %s",
			m->kind == RETORT_OBJECT_TABLE ? "table" :
			m->kind == RETORT_OBJECT_VIEW ? "view" :
			m->kind == RETORT_OBJECT_TRIGGER ? "trigger" :
			m->kind == RETORT_OBJECT_ENUM ? "enum" : "object",
			m->table ? m->table : "", text);
	err_hint(x->err, "docs/models.md says what can be declared, and how.");
	err_where(x->err, m->file, m->line);
	return RETORT_E_FAIL;
}

const char *declare_copy(struct declare *x, const char *s)
{
	const char *copy = arena_strdup(x->mem, s);

	x->nomem |= !copy;
	return copy;
}

retort_status declare_done(struct declare *x)
{
	return x->nomem ? err_nomem(x->err) : RETORT_OK;
}

retort_status declare_name(struct declare *x, const char *kind,
			   const char *name)
{
	bool any = x->d->caps & CAP_ANY_NAME;

	if (!name || (!*name && !(any && strstr(kind, "column"))))
		return declare_error(x, "a %s has no name", kind);
	if (!any && strlen(name) > NAME_LIMIT)
		return declare_error(x, "the name of %s \"%.40s…\" is longer "
				     "than %d bytes", kind, name, NAME_LIMIT);
	return RETORT_OK;
}

/* As SQL quotes them: "a"."b". */
static void split_quoted(struct declare *x, const char *whole,
			 const char **schema, const char **name)
{
	struct lexer lx = { .at = whole, .line = 1 };
	struct token first = token_next(&lx), dot = token_next(&lx);
	struct token last = token_next(&lx);

	if (first.kind != TOKEN_QUOTED || dot.kind == TOKEN_END) {
		*name = token_name(x->mem, &first);
	} else {
		*schema = token_name(x->mem, &first);
		*name = token_name(x->mem, &last);
		x->nomem |= !*schema;
	}
	x->nomem |= !*name;
}

void declare_split(struct declare *x, const char *whole, const char **schema,
		   const char **name)
{
	const char *dot = whole ? strchr(whole, '.') : NULL;

	if (!dot || !(x->d->caps & CAP_SCHEMAS)) {
		*name = whole;
		return;
	}
	if (*whole == '.') {	/* ".t": of the default schema */
		*name = whole + 1;
		return;
	}
	if (*whole == '"') {
		split_quoted(x, whole, schema, name);
		return;
	}
	*schema = arena_strndup(x->mem, whole, (size_t)(dot - whole));
	*name = arena_strdup(x->mem, dot + 1);
	x->nomem |= !*schema || !*name;
}

bool declare_wanted(const struct declare *x, const char *only)
{
	return !only || !strcmp(only, x->d->name);
}
