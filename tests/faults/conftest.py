"""The application on a small company, as the tests of handhelds' requests have it."""

from tests.server.handheld.conftest import client, phone, world

__all__ = ["client", "phone", "world"]
