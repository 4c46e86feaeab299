"""The reference handheld, tested against a stand-in for its server and against the real one."""
