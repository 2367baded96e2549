/* What goes to standard error: log, progress, questions. */
#ifndef DB_TERM_H
#define DB_TERM_H

#include <retort/retort.h>

struct term {
	retort_log_level level;	/* lines up to this one are shown */
	bool color;
	bool bar;		/* standard error is a terminal */
	bool muted;		/* no line at all is shown */
	bool color_out;		/* colours on standard output */
	int columns;		/* of standard output; 0: no terminal */
	/* Where lines go instead; NULL: here. */
	void (*relay)(retort_log_level level, const char *text);
	bool drawn;		/* a bar stands on the present line */
	unsigned long long last;	/* per mille that is drawn */
};

/* `color`: auto, always, never or NULL; the level from -q, -v, DB_LOG. */
void term_init(struct term *t, const char *color, bool quiet, bool verbose);

/* Take the bar away, so that something else can be printed. */
void term_clear(struct term *t);

/* The callbacks of a session; the payload is a struct term. */
void term_log(void *payload, retort_log_level level, const char *text);
void term_progress(void *payload, const char *what, unsigned long long done,
		   unsigned long long total);
void term_statement(void *payload, const retort_statement *s);
int term_ask(void *payload, const char *question);

/* Is there a person to ask? */
bool term_interactive(void);

/* Print an error with its detail and hint. */
void term_error(struct term *t, const retort_error *e);

#endif
