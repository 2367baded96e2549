/*
 * turns SERVER-FOLDER FOLDER COMMAND - count the round trips of a command.
 *
 * Stands between the command, which connects to the socket in FOLDER, and the
 * server whose socket is in SERVER-FOLDER. What is sent after something came
 * is one more round trip; the farewell at the end is none.
 */
#define _DEFAULT_SOURCE
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_LINKS = 32 };

struct link {
	int client, server;
	bool answered;
};

static struct link links[MAX_LINKS];
static int n_links;
static long turns;

static int open_socket(const char *folder, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(address->sun_path, sizeof(address->sun_path),
		 "%.90s/.s.PGSQL.5432", folder);
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int listen_in(const char *folder)
{
	struct sockaddr_un address;
	int fd = open_socket(folder, &address);

	unlink(address.sun_path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, MAX_LINKS)) {
		perror("turns");
		exit(1);
	}
	return fd;
}

static void accept_one(int listening, const char *server)
{
	struct sockaddr_un address;
	struct link *l = &links[n_links];

	l->client = accept(listening, NULL, NULL);
	l->server = open_socket(server, &address);
	l->answered = true;
	if (n_links == MAX_LINKS - 1 || l->client < 0 ||
	    connect(l->server, (struct sockaddr *)&address, sizeof(address))) {
		perror("turns");
		exit(1);
	}
	n_links++;
}

static bool write_all(int fd, const char *s, ssize_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, s, (size_t)n);

		if (done <= 0)
			return false;
		s += done;
		n -= done;
	}
	return true;
}

static bool pass(struct link *l, bool from_client)
{
	char data[65536];
	ssize_t n = read(from_client ? l->client : l->server, data,
			 sizeof(data));

	if (n <= 0)
		return false;
	if (!from_client)
		l->answered = true;
	else if (l->answered && !(n == 5 && *data == 'X')) {
		l->answered = false;
		turns++;
	}
	return write_all(from_client ? l->server : l->client, data, n);
}

static void relay(struct link *l, const struct pollfd p[2])
{
	if ((p[0].revents && !pass(l, true)) ||
	    (p[1].revents && !pass(l, false))) {
		close(l->client);
		close(l->server);
		*l = links[--n_links];
	}
}

/* Until the command has ended and nothing is on its way any more. */
static void serve(int listening, const char *server, pid_t child, int *status)
{
	struct pollfd p[2 * MAX_LINKS + 1];
	bool ended = false;

	while (!ended || n_links) {
		p[0] = (struct pollfd){ listening, POLLIN, 0 };
		for (int i = 0; i < n_links; i++) {
			p[2 * i + 1] = (struct pollfd){ links[i].client, POLLIN, 0 };
			p[2 * i + 2] = (struct pollfd){ links[i].server, POLLIN, 0 };
		}
		poll(p, 2 * (nfds_t)n_links + 1, 50);
		for (int i = n_links - 1; i >= 0; i--)
			relay(&links[i], &p[2 * i + 1]);
		if (p[0].revents)
			accept_one(listening, server);
		ended = ended || waitpid(child, status, WNOHANG) == child;
	}
}

int main(int argc, char **argv)
{
	int listening, status = 1;
	pid_t child;

	if (argc != 4) {
		fputs("usage: turns SERVER-FOLDER FOLDER COMMAND\n", stderr);
		return 2;
	}
	listening = listen_in(argv[2]);
	child = fork();
	if (!child) {
		close(listening);
		if (!freopen("/dev/null", "w", stdout))
			_exit(126);
		execl("/bin/sh", "sh", "-c", argv[3], (char *)NULL);
		_exit(127);
	}
	serve(listening, argv[1], child, &status);
	printf("%ld\n", turns);
	return status != 0;
}
