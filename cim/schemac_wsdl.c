#include "cim/schemac.h"

#include <stdio.h>

void schemac_put_wsdl(bool xml)
{
	if (!xml)
		printf("const char cim_wsdl_head[] = \"\", cim_wsdl_tail[] = \"\";\n");
}
