// Device discovery of systemd-udevd (Debian package libudev-dev).
#include <libudev.h>
