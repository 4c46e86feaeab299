"""What handhelds ask of the server: enrol, push, pull, prepared segments, verify, verdicts again.

The protocol's rules live in sync; here is only HTTP around them: unpack, who is asking, a
transaction, the answer's bytes, and a hint to whoever waits for news.
"""
