// Reading of plain and gzip files alike (Debian package zlib1g-dev).
#include <zlib.h>
