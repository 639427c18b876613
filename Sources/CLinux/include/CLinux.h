// The few Linux calls that Swift cannot make by itself: variadic requests whose structures clash with <termios.h>, calls
// behind _GNU_SOURCE, and the start of a thread with a small stack. Nothing here decides anything.
//
// Unless a comment says otherwise, a function returns 0 (or a descriptor) on success and -1 with errno set on failure.

#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>

// The name of an errno value, such as "EACCES", or NULL for a number that has none. The text is static.
const char *clinux_error_name(int code);

// What an errno value means, such as "Permission denied", or NULL for a number that has none. The text is static.
const char *clinux_error_text(int code);

// Sets both speeds of a terminal to any number of bits per second (TCSETS2 with BOTHER), leaving all else as it is.
int clinux_set_line_speed(int descriptor, unsigned int bits_per_second);

// Reads the speed at which a terminal sends, in bits per second (TCGETS2).
int clinux_get_line_speed(int descriptor, unsigned int *bits_per_second);

// Opens the master side of a new pseudo-terminal, non-blocking and close-on-exec, and unlocks its slave.
int clinux_open_pty_master(void);

// Writes the path of the slave of a pseudo-terminal into `path`, which has room for `size` bytes with the final zero.
int clinux_pty_slave_path(int master, char *path, size_t size);

// Makes an event counter that poll(2) can wait for, non-blocking and close-on-exec.
int clinux_open_event_counter(void);

// Starts a detached thread with all signals blocked, so that signals go to the threads that expect them.
// `stack_bytes` is its whole stack. Returns 0 or an errno value; errno itself is not used.
int clinux_start_thread(size_t stack_bytes, void *(*body)(void *), void *context);

// Names the calling thread for top(1) and debuggers: at most 15 bytes. Returns 0 or an errno value.
int clinux_name_this_thread(const char *name);

// The kernel's id of the calling thread; never 0.
int clinux_thread_id(void);

// Who opened the other end of a connected Unix socket, as the kernel noted it (SO_PEERCRED).
int clinux_peer_credentials(int descriptor, int *process, unsigned int *user, unsigned int *group);

#endif
