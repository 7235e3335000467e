#include "cmd/tty.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <termios.h>
#include <unistd.h>

/* Written before hidden is set and not changed until it is unset. */
static struct termios usual, silent;
static atomic_int hidden = -1; /* the terminal without echo */
static atomic_bool returned;

int
hd_tty_open(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0 && tcgetpgrp(fd) != getpgrp()) {
		close(fd);
		fd = -1;
	}
	return fd;
}

bool
hd_tty_hide(int fd)
{
	if (tcgetattr(fd, &usual) < 0)
		return false;
	silent = usual;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	silent.c_lflag |= ICANON | ISIG;
	atomic_store(&hidden, fd);
	return tcsetattr(fd, TCSAFLUSH, &silent) == 0;
}

void
hd_tty_restore(void)
{
	int fd = atomic_load(&hidden);

	if (fd >= 0)
		(void)tcsetattr(fd, TCSANOW, &usual);
}

void
hd_tty_hide_again(void)
{
	int fd = atomic_load(&hidden);

	if (fd < 0)
		return;
	(void)tcsetattr(fd, TCSAFLUSH, &silent);
	atomic_store(&returned, true);
}

bool
hd_tty_returned(void)
{
	return atomic_exchange(&returned, false);
}

void
hd_tty_done(void)
{
	hd_tty_restore();
	atomic_store(&hidden, -1);
}
