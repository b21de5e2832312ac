/* pg_value.c - columns of PostgreSQL in binary format (pg_type.dat of PostgreSQL has the numbers of
 * the types; they never change). */
#include "db/pg.h"

#include <endian.h>
#include <string.h>

enum {
	TYPE_BOOL = 16,
	TYPE_NAME = 19,
	TYPE_INT2 = 21,
	TYPE_INT4 = 23,
	TYPE_OID = 26,
	TYPE_UNKNOWN = 705,
	TYPE_BPCHAR = 1042,
	TYPE_VARCHAR = 1043,
};

static bool read_int(const char *bytes, int size, int64_t *ret)
{
	uint16_t two = 0;
	uint32_t four = 0;
	uint64_t eight = 0;
	switch (size) {
	case 1: *ret = bytes[0] != 0; return true;
	case sizeof(two):
		memcpy(&two, bytes, sizeof(two));
		*ret = (int16_t)be16toh(two);
		return true;
	case sizeof(four):
		memcpy(&four, bytes, sizeof(four));
		*ret = (int32_t)be32toh(four);
		return true;
	case sizeof(eight):
		memcpy(&eight, bytes, sizeof(eight));
		*ret = (int64_t)be64toh(eight);
		return true;
	default: return false;
	}
}

bool pg_value(const PGresult *result, int row, int column, struct db_value *ret, struct err *e)
{
	const char *bytes = PQgetvalue(result, row, column);
	const int size = PQgetlength(result, row, column);
	if (PQgetisnull(result, row, column)) {
		*ret = db_null();
		return true;
	}
	switch (PQftype(result, column)) {
	case TYPE_BOOL:
	case TYPE_INT2:
	case TYPE_INT4:
	case TYPE_OID:
	case TYPE_INT8:
		*ret = db_int(0);
		return read_int(bytes, size, &ret->number) ||
		       err_set(e, ERR_DB, "error.storage", "a number of %d bytes", size);
	case TYPE_TEXT:
	case TYPE_NAME:
	case TYPE_UNKNOWN:
	case TYPE_BPCHAR:
	case TYPE_VARCHAR: *ret = (struct db_value){ DB_TEXT, 0, bytes, (size_t)size }; return true;
	case TYPE_BYTEA: *ret = db_blob(bytes, (size_t)size); return true;
	default:
		return err_set(e, ERR_DB, "error.storage", "column %s has type %u: CAST it",
			       PQfname(result, column), (unsigned)PQftype(result, column));
	}
}
