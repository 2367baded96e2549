#include "model/manifest.h"

#include <sha256.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"

static const char magic[] = "retort compiled 1\n";

static bool has_file(const struct manifest *m, const char *path)
{
	for (size_t i = 0; i < m->files.n; i++)
		if (!strcmp(m->files.v[i].path, path))
			return true;
	return false;
}

/*
 * The next name of a make rule: words are separated by space, lines go on
 * after a backslash, and a backslash keeps a space or # in a name.
 */
static const char *next_word(const char *p, struct buf *word)
{
	buf_reset(word);
	while (*p == ' ' || *p == '\t' || *p == '\n' ||
	       (*p == '\\' && p[1] == '\n'))
		p++;
	for (; *p && !strchr(" \t\n", *p); p++) {
		if (*p == '\\' && p[1] == '\n')
			break;
		if ((*p == '\\' && (p[1] == ' ' || p[1] == '#')) ||
		    (*p == '$' && p[1] == '$'))
			p++;
		buf_addc(word, *p);
	}
	return p;
}

retort_status manifest_add_deps(struct manifest *m, const char *deps_path,
				struct err *err)
{
	struct buf word = { .mem = m->mem };
	const char *p, *name;
	char *text = NULL;

	TRY(file_read(deps_path, m->mem, &text, NULL, err));
	/* The first word is the target, with its colon. */
	p = next_word(text, &word);
	while (p = next_word(p, &word), word.n || *p) {
		name = buf_text(&word);
		if (!name)
			return err_nomem(err);
		if (!*name || has_file(m, name))
			continue;
		name = arena_strdup(m->mem, name);
		if (!name || !vec_push(m->mem, &m->files,
				       ((struct manifest_file){ .path = name })))
			return err_nomem(err);
	}
	return RETORT_OK;
}

static bool state_of(const char *path, struct manifest_file *out)
{
	struct stat st;

	if (stat(path, &st))
		return false;
	out->path = path;
	out->size = st.st_size;
	out->seconds = st.st_mtim.tv_sec;
	out->nanoseconds = st.st_mtim.tv_nsec;
	out->inode = (long long)st.st_ino;
	return true;
}

struct timespec manifest_now(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_REALTIME_COARSE, &t);
	return t;
}

static bool before(const struct manifest_file *f, const struct timespec *t)
{
	return f->seconds < t->tv_sec ||
	       (f->seconds == t->tv_sec && f->nanoseconds < t->tv_nsec);
}

static bool after(const struct manifest_file *f, const struct timespec *t)
{
	return f->seconds > t->tv_sec ||
	       (f->seconds == t->tv_sec && f->nanoseconds > t->tv_nsec);
}

/* Its state and its content; a file that is gone has changed. */
static retort_status take_file(struct manifest_file *f, SHA2_CTX *ctx,
			       bool *gone, struct err *err)
{
	char *text = NULL;
	size_t n = 0;
	SCRATCH(tmp);
	SCRATCH_ERR(why);

	SHA256Update(ctx, (const uint8_t *)f->path, strlen(f->path) + 1);
	if (!state_of(f->path, f) ||
	    file_read(f->path, &tmp, &text, &n, &why)) {
		if (why.pub.code == RETORT_E_NOMEM)
			return err_nomem(err);
		*gone = true;
		return RETORT_OK;
	}
	SHA256Update(ctx, (const uint8_t *)&n, sizeof(n));
	SHA256Update(ctx, (const uint8_t *)text, n);
	return RETORT_OK;
}

retort_status manifest_take(struct manifest *m, const struct timespec *start,
			    bool *changed, struct err *err)
{
	char hex[SHA256_DIGEST_STRING_LENGTH];
	struct timespec end = manifest_now();
	SHA2_CTX ctx;

	*changed = false;
	SHA256Init(&ctx);
	SHA256Update(&ctx, (const uint8_t *)m->request_key,
		     strlen(m->request_key));
	for (size_t i = 0; i < m->files.n; i++) {
		TRY(take_file(&m->files.v[i], &ctx, changed, err));
		/* A time in the future is a wrong clock's. */
		if (!before(&m->files.v[i], start) &&
		    !after(&m->files.v[i], &end))
			*changed = true;
	}
	SHA256End(&ctx, hex);
	m->content_key = arena_strndup(m->mem, hex, 32);
	return m->content_key ? RETORT_OK : err_nomem(err);
}

retort_status manifest_retake(struct manifest *m,
			      const struct timespec *start, bool *same,
			      struct err *err)
{
	const char *old = m->content_key;
	bool changed = false;

	TRY(manifest_take(m, start, &changed, err));
	*same = !changed && !strcmp(old, m->content_key);
	return RETORT_OK;
}

bool manifest_is_fresh(const struct manifest *m)
{
	for (size_t i = 0; i < m->files.n; i++) {
		const struct manifest_file *f = &m->files.v[i];
		struct manifest_file now;

		if (!state_of(f->path, &now) || now.size != f->size ||
		    now.seconds != f->seconds ||
		    now.nanoseconds != f->nanoseconds ||
		    now.inode != f->inode)
			return false;
	}
	return true;
}

char *manifest_text(const struct manifest *m, struct arena *mem)
{
	struct buf b = { .mem = mem };

	buf_addf(&b, "%s%s\n", magic, m->content_key);
	for (size_t i = 0; i < m->files.n; i++) {
		const struct manifest_file *f = &m->files.v[i];

		buf_addf(&b, "%lld %lld %lld %lld %s\n", f->size, f->seconds,
			 f->nanoseconds, f->inode, f->path);
	}
	return buf_text(&b);
}

static bool parse_number(const char **p, long long *out)
{
	char *end;

	*out = strtoll(*p, &end, 10);
	if (end == *p || *end != ' ')
		return false;
	*p = end + 1;
	return true;
}

static bool parse_file(struct manifest *m, const char *line, size_t n)
{
	struct manifest_file f = {0};
	const char *p = line;

	if (!parse_number(&p, &f.size) || !parse_number(&p, &f.seconds) ||
	    !parse_number(&p, &f.nanoseconds) || !parse_number(&p, &f.inode) ||
	    p >= line + n)
		return false;
	f.path = arena_strndup(m->mem, p, (size_t)(line + n - p));
	return f.path && vec_push(m->mem, &m->files, f);
}

bool manifest_parse(struct manifest *m, const char *text)
{
	const char *end;

	if (strncmp(text, magic, sizeof(magic) - 1))
		return false;
	text += sizeof(magic) - 1;
	end = strchr(text, '\n');
	if (!end || strspn(text, "0123456789abcdef") != 32 || end != text + 32)
		return false;
	m->content_key = arena_strndup(m->mem, text, 32);
	for (text = end + 1; *text; text = end + 1) {
		end = strchr(text, '\n');
		if (!end || !parse_file(m, text, (size_t)(end - text)))
			return false;
	}
	return m->content_key && m->files.n;
}
