#include "checks/rules/idset.h"

#include <stdlib.h>
#include <string.h>

bool idset_has(const char *set, unsigned id)
{
	bool in = false;

	for (const char *p = set; *p;) {
		bool not = *p == '^';
		char *end;
		unsigned long first = strtoul(p + not, &end, 10), last = first;

		if (end == p + not )
			return in;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (id >= first && id <= last)
			in = !not ;
		p = end + strspn(end, ", ");
	}
	return in;
}

unsigned idset_top(const char *set)
{
	unsigned long top = 0;

	while (*(set += strcspn(set, "0123456789"))) {
		char *end;
		unsigned long n = strtoul(set, &end, 10);

		top = n > top ? n : top;
		set = end;
	}
	return top < IDSET_MAX ? (unsigned)top : IDSET_MAX;
}
