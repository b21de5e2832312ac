/* package.h - what a zip may be.  Only for exchange/. */
#pragma once
#include "exchange/parcel.h"
#include "exchange/reader.h"

/* Questions of QTI, by the manifest. */
bool read_package(struct reader *r, struct parcel *zip, struct err *e) MUST_USE;

/* Rows of a workbook (XLSX): the first sheet that has a row of names. */
bool read_workbook(struct reader *r, struct parcel *zip, struct err *e) MUST_USE;
