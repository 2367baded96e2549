/* Keeping the cache of compiled libraries small. */
#ifndef RETORT_MODEL_PRUNE_H
#define RETORT_MODEL_PRUNE_H

/*
 * Once a day: remove libraries that were superseded more than 30 days ago, and
 * temporary files of more than a day. Nothing is reported.
 */
void cache_prune(const char *directory);

/*
 * The library is another's predecessor from now on: somebody may be about to
 * load it, so its age starts again.
 */
void cache_superseded(const char *path);

#endif
