/*
 * main() for a fuzz target without a fuzzer: gives it each file named. To
 * fuzz, link the target with -fsanitize=fuzzer instead.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A block of just the size, so that a sanitizer sees reads behind its end. */
static uint8_t *load(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	long size = -1;

	if (f && !fseek(f, 0, SEEK_END))
		size = ftell(f);
	if (size >= 0 && (data = malloc(size ? (size_t)size : 1))) {
		rewind(f);
		*n = fread(data, 1, (size_t)size, f);
	}
	if (f)
		fclose(f);
	return data;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		size_t n = 0;
		uint8_t *data = load(argv[i], &n);

		if (!data) {
			perror(argv[i]);
			return 1;
		}
		LLVMFuzzerTestOneInput(data, n);
		free(data);
	}
	return 0;
}
