PYTHON ?= python3
SETUP = $(PYTHON) scripts/setup.py

.PHONY: run install test test-slow test-faults test-model bench docs lock

run:  ## set everything up, ingest articles/, start the bot (in Discord with DISCORD_TOKEN, else in this terminal)
	@$(SETUP) run

install:  ## the set-up alone
	@$(SETUP) install

test:  ## ruff, mypy and the whole suite
	@$(SETUP) test

test-slow:  ## the tests that take minutes
	@$(SETUP) test-slow

test-faults:  ## flipped bytes, hostile servers, full disks and kills: many rounds, as a table
	@$(SETUP) test-faults

test-model:  ## the wire to a real small model (downloads it: 200 MB)
	@$(SETUP) test-model

bench:  ## speed and quality, measured on this computer
	@$(SETUP) bench

docs:  ## the documents as a site in site/; a link that leads nowhere fails
	@$(SETUP) docs

lock:  ## write requirements*.lock anew after a change of requirements*.in
	@$(SETUP) lock
