"""Photos of visits: a channel of their own, so that no picture ever holds up an order.

A handheld says what it is about to send, then sends the bytes in as many pieces as the network
asks for, each at the place where the last one ended. The row says how many bytes are safe; the
file may have more after a crash, never less. A photo is whole when all bytes are there and fit the
checksum that was said first. Files lie in a folder the operator names and go after a time the
operator sets; the row stays and says so. A picture that goes by the id of an order is the store's
signature under it. `keeping.py` has rows and files together, `queries.py`
the SQL; the HTTP is in `server/handheld/views_photos.py` and `server/office/field/views_photos.py`.
"""
