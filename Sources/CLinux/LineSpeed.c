// Any line speed, by the second generation of the termios structure. <asm/termbits.h> defines its own `struct termios`,
// so this file must never include <termios.h>.
#define _GNU_SOURCE
#include "CLinux.h"

#include <asm/termbits.h>
#include <sys/ioctl.h>

int clinux_set_line_speed(int descriptor, unsigned int bits_per_second) {
    struct termios2 line;
    if (ioctl(descriptor, TCGETS2, &line) != 0) return -1;
    line.c_cflag &= ~(CBAUD | CIBAUD);
    // The input speed has its own field of bits, IBSHIFT to the left; zero there would mean "the same as output".
    line.c_cflag |= BOTHER | (BOTHER << IBSHIFT);
    line.c_ispeed = bits_per_second;
    line.c_ospeed = bits_per_second;
    return ioctl(descriptor, TCSETS2, &line);
}

int clinux_get_line_speed(int descriptor, unsigned int *bits_per_second) {
    struct termios2 line;
    if (ioctl(descriptor, TCGETS2, &line) != 0) return -1;
    *bits_per_second = line.c_ospeed;
    return 0;
}
