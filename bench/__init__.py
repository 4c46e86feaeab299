"""What Talaria claims about speed and size, measured: `make bench`.

Every figure stands beside its floor, measured in the same run on the same machine: the same rows
written by the plainest means that could work. The ratio is the claim; milliseconds are only how it
looked on one day's machine.
"""
