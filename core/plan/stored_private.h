#ifndef HD_STORED_PRIVATE_H
#define HD_STORED_PRIVATE_H

/* Lines of the file begin with these. */
#define HD_STORED_FIRST "# hdeploy facts "
#define HD_STORED_HOST "facts "

#endif
