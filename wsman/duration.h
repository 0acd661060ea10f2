/*
 * Times in XML: xs:duration and xs:dateTime, in milliseconds. Pure; any thread.
 */
#ifndef VSMIGD_WSMAN_DURATION_H
#define VSMIGD_WSMAN_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads an xs:duration: "PT60.000S", "P1DT2H", with any number of decimals (cut behind the
 * third). A year counts 365 days, a month 30. Too much for the type is INT64_MAX. Negative
 * durations are read as such. False when text is none.
 */
bool duration_parse(const char *text, int64_t *ms);
/* Reads an xs:dateTime as milliseconds since 1970 UTC; without a zone it is taken as UTC. */
bool duration_parse_date(const char *text, int64_t *ms);

enum { DURATION_SIZE = 40 };
/* Writes ms, not negative, as "PT60.000S". */
void duration_format(int64_t ms, char out[DURATION_SIZE]);
/* Writes milliseconds since 1970 as an xs:dateTime in UTC. */
void duration_format_date(int64_t ms, char out[DURATION_SIZE]);

#endif
