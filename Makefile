# The words a newcomer types. What each does is in make.py; `python3 make.py WORD` says the same.
# PYTHON=/path/to/python3 chooses the Python; ARGS='...' goes to what the word runs.

WORDS := help demo demo-day test check bench bench-peers bench-routing bench-pwa screens powercut-lite powercut mutate delivery-soak last-units moves restore-drill simulate chaos soak faults mutants system-deps lock clean

ifndef PYTHON
PYTHON := $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo $$name; break; }; done)
endif

.DEFAULT_GOAL := help
.PHONY: $(WORDS)

$(WORDS):
ifeq ($(strip $(PYTHON)),)
	@echo 'talaria needs Python 3.11 or newer, and found none on the PATH (or set PYTHON=...)' >&2; exit 1
else
	@$(PYTHON) make.py $@ $(ARGS)
endif
