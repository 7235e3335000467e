#include "core/base/static.h"

#include <stdlib.h> /* defines __GLIBC__ */

#if defined(HD_STATIC) && defined(__GLIBC__)
#include <nss.h>

void
hd_static_init(void)
{
	if (__nss_configure_lookup("hosts", "files dns") != 0 ||
	    __nss_configure_lookup("passwd", "files") != 0)
		abort();
}
#else
void
hd_static_init(void)
{
}
#endif
