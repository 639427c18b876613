#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

const char *clinux_error_name(int code) { return strerrorname_np(code); }

const char *clinux_error_text(int code) { return strerrordesc_np(code); }

int clinux_open_pty_master(void) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (master < 0) return -1;
    if (grantpt(master) == 0 && unlockpt(master) == 0) return master;
    int code = errno;
    close(master);
    errno = code;
    return -1;
}

int clinux_pty_slave_path(int master, char *path, size_t size) {
    int code = ptsname_r(master, path, size);
    if (code == 0) return 0;
    errno = code;
    return -1;
}

int clinux_open_event_counter(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

int clinux_start_thread(size_t stack_bytes, void *(*body)(void *), void *context) {
    pthread_attr_t attributes;
    int code = pthread_attr_init(&attributes);
    if (code != 0) return code;
    sigset_t all;
    sigfillset(&all);
    pthread_t thread;
    code = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (code == 0) code = pthread_attr_setstacksize(&attributes, stack_bytes);
    if (code == 0) code = pthread_attr_setsigmask_np(&attributes, &all);
    if (code == 0) code = pthread_create(&thread, &attributes, body, context);
    pthread_attr_destroy(&attributes);
    return code;
}

int clinux_name_this_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }

int clinux_thread_id(void) { return (int)gettid(); }

int clinux_peer_credentials(int descriptor, int *process, unsigned int *user, unsigned int *group) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -1;
    *process = credentials.pid;
    *user = credentials.uid;
    *group = credentials.gid;
    return 0;
}
