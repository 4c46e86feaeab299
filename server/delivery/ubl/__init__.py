"""Orders as UBL 2.1 documents, for delivery systems that speak the open business language.

What goes out and what comes in (Peppol's names of the exchange, "advanced ordering"):

    Order, OrderChange, OrderCancellation   out: `order.py`
    OrderResponse                           in:  `response.py`   AB, AP, CA, RE
    DespatchAdvice                          in:  `despatch.py`

- `names.py`     namespaces, code lists and units: the vocabulary, in tables
- `writing.py`   elements with text in them, so that nobody builds XML out of strings
- `safe.py`      XML from outside becomes a tree only when it is harmless and plain
- `documents.py` what one incoming document is, whichever of the two it turns out to be
- `over_http.py` the transport that posts the document; `in_folder.py` the one that drops it

Everything but the transports is pure. Texts of people pass through XML unharmed (what XML cannot
carry at all becomes a replacement character), quantities are whole eaches and money is decimal
text: no float comes near either.

The documents validate against the UBL 2.1 schemas of OASIS (the tests hold them to it). They carry
Peppol's identifiers and codes, but Peppol's own Schematron rules are not run here, and the Peppol
network is not spoken: a file or an HTTP body is all there is.
"""
