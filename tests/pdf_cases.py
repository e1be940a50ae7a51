"""Documents in PDF as small as they can be, and what else a PDF may carry."""

from io import BytesIO
from zlib import compress

from pypdf import PdfWriter

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


def pdf_with(entries: str) -> bytes:
    """A PDF whose root has these entries; its other objects may stand in them, as in `/A 2 0 R`."""
    return PDF.replace(b"/Catalog>> endobj", b"/Catalog " + entries.encode("latin-1") + b">> endobj", 1)


def packed_pdf(entries: str) -> bytes:
    """A PDF that has these entries in an object that is packed, so that no word of them stands there to be read."""
    packed = compress(f"3 0 <<{entries}>>".encode())
    stream = f"2 0 obj <</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length {len(packed)}>> stream\n".encode()
    begin, end = pdf_with("/OpenAction 3 0 R").split(b"trailer")
    return begin + stream + packed + b"\nendstream endobj\ntrailer" + end


def protected_pdf(user: str, owner: str) -> bytes:
    """A PDF that opens with a password, or with an empty one and lets nobody change it."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt(user, owner)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()
