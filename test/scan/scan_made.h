/* scan_made.h - files for the scanner of test/scan/with_clamd.py: the harmless EICAR test string,
 * in two pieces so that no scanner takes this file for it, and in the comment of a PDF. */
#pragma once

#define SCAN_EICAR                                                                                 \
	"X5O!P%@AP[4\\PZX54(P^)7CC)7}$"                                                            \
	"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

#define SCAN_PDF_BEGIN                                                                             \
	"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"                                   \
	"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"                                       \
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\n"
#define SCAN_PDF_END "trailer<</Root 1 0 R>>\n%%EOF\n"

#define SCAN_CLEAN_PDF SCAN_PDF_BEGIN SCAN_PDF_END
#define SCAN_BAD_PDF   SCAN_PDF_BEGIN "%" SCAN_EICAR "\n" SCAN_PDF_END
