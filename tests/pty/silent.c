/*
 * A server that never answers: prints its port, and takes no connection that
 * the system makes for it. Ends with its standard input.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char c;

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, n) || listen(fd, 64) ||
	    getsockname(fd, (struct sockaddr *)&a, &n))
		return 1;
	printf("%d\n", ntohs(a.sin_port));
	fclose(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	return 0;
}
