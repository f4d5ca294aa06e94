# `make run` starts the portal, `make test` tests it. Everything it writes lies in .venv, node_modules, static/vendor,
# static/django_htmx and var.
PORT ?= 8000
PY := .venv/bin/python
BIN := .venv/bin
APPS := wam_portal assessments cooperation
CHECKED := $(APPS) tests scripts manage.py $(wildcard benchmarks)

TEST_ENV := DJANGO_SETTINGS_MODULE=wam_portal.settings.test

# For `check --deploy` only: values that look real, open nothing, and never leave this command.
DEPLOY_ENV := DJANGO_SETTINGS_MODULE=wam_portal.settings.production \
	SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))') \
	AUDIT_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))') \
	ALLOWED_HOSTS=portal.example.org PUBLIC_BASE_URL=https://portal.example.org \
	DATABASE_URL=postgresql://portal@db.example.org/portal

.PHONY: run reset setup setup-dev test test-long lint bench bench-crowd bench-matching format lock openapi messages

run: setup ## start web server and job worker on http://127.0.0.1:$(PORT)
	@PORT=$(PORT) exec $(PY) scripts/run.py

reset: setup ## throw away the database (also that of DATABASE_URL), uploads and collected files of this copy
	@$(PY) scripts/run.py --reset

setup:
	@sh scripts/setup.sh base

setup-dev:
	@sh scripts/setup.sh dev

test: setup-dev ## the suite on SQLite and, when reachable, on PostgreSQL
	@$(PY) scripts/run_tests.py $(TEST_ARGS)

test-long: setup-dev ## campaigns and properties in full, on both databases
	@$(PY) scripts/run_tests.py --whole -m "long or hypothesis" -rP $(TEST_ARGS)

# One target a tool, so that `make --keep-going lint` reports everything at once.
LINTS := lint-code lint-format lint-types lint-imports lint-templates lint-security lint-migrations lint-deploy lint-api
.PHONY: $(LINTS)
lint: $(LINTS)

$(LINTS): setup-dev

lint-code:
	$(BIN)/ruff check $(CHECKED)

lint-format:
	$(BIN)/ruff format --check $(CHECKED)

lint-types:
	$(BIN)/mypy

lint-imports:
	$(BIN)/lint-imports

lint-templates:
	$(BIN)/djlint templates --lint --quiet

lint-security:
	$(BIN)/bandit -q -ll -c pyproject.toml -r $(APPS) scripts

lint-migrations:
	$(TEST_ENV) $(PY) manage.py makemigrations --check --dry-run

lint-deploy:
	$(DEPLOY_ENV) $(PY) manage.py check --deploy --fail-level WARNING

lint-api:
	$(TEST_ENV) $(PY) manage.py spectacular --validate --fail-on-warn --file var/openapi.yaml
	diff -u docs/openapi.yaml var/openapi.yaml

bench: setup-dev ## figures through HTTP on both databases
	$(PY) -m benchmarks $(BENCH_ARGS)

bench-crowd: setup-dev ## the pages of a baseline on which ten agencies work
	$(PY) -m benchmarks.crowd $(BENCH_ARGS)

bench-matching: setup-dev ## the matching engine with thousands of needs and offers
	$(PY) -m benchmarks.matching $(BENCH_ARGS)

format: setup-dev
	$(BIN)/ruff check --fix $(CHECKED)
	$(BIN)/ruff format $(CHECKED)

openapi: setup-dev ## write the committed API document anew
	$(TEST_ENV) $(PY) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

messages: setup ## collect the texts of code and templates into locale/
	$(PY) manage.py makemessages --all --ignore=.venv --ignore=node_modules --ignore=var --no-location

LOCK := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile -q --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --no-emit-options --strip-extras --allow-unsafe --no-annotate

lock: setup-dev ## pin what requirements/*.in ask for; LOCK_ARGS=--upgrade takes newer versions
	$(LOCK) $(LOCK_ARGS) -o requirements/base.txt requirements/base.in
	$(LOCK) $(LOCK_ARGS) -c requirements/base.txt -o requirements/dev.txt requirements/dev.in
	$(LOCK) $(LOCK_ARGS) -o requirements/node.txt requirements/node.in
	npm install --package-lock-only --ignore-scripts
