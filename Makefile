# `make run` starts the portal, `make test` tests it. Everything it writes lies in .venv, node_modules, static/vendor,
# static/django_htmx and var.
PORT ?= 8000
PY := .venv/bin/python
BIN := .venv/bin
APPS := wam_portal assessments cooperation
CHECKED := $(APPS) tests scripts manage.py $(wildcard benchmarks)

# For `check --deploy` only: values that look real, open nothing, and never leave this command.
DEPLOY_ENV := DJANGO_SETTINGS_MODULE=wam_portal.settings.production \
	SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))') \
	AUDIT_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))') \
	ALLOWED_HOSTS=portal.example.org PUBLIC_BASE_URL=https://portal.example.org \
	DATABASE_URL=postgresql://portal@db.example.org/portal

.PHONY: run reset setup setup-dev test test-long lint bench format lock openapi messages

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

test-long: setup-dev ## the tests that take minutes, on both databases
	@$(PY) scripts/run_tests.py -m long $(TEST_ARGS)

lint: setup-dev
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/bandit -q -ll -c pyproject.toml -r $(APPS) scripts
	DJANGO_SETTINGS_MODULE=wam_portal.settings.test $(PY) manage.py makemigrations --check --dry-run
	$(DEPLOY_ENV) $(PY) manage.py check --deploy --fail-level WARNING
	DJANGO_SETTINGS_MODULE=wam_portal.settings.test $(PY) manage.py spectacular --validate --fail-on-warn \
		--file var/openapi.yaml
	diff -u docs/openapi.yaml var/openapi.yaml

bench: setup-dev ## figures through HTTP on both databases
	$(PY) -m benchmarks $(BENCH_ARGS)

format: setup-dev
	$(BIN)/ruff check --fix $(CHECKED)
	$(BIN)/ruff format $(CHECKED)

openapi: setup-dev ## write the committed API document anew
	DJANGO_SETTINGS_MODULE=wam_portal.settings.test $(PY) manage.py spectacular --validate --fail-on-warn \
		--file docs/openapi.yaml

messages: setup ## collect the texts of code and templates into locale/
	$(PY) manage.py makemessages --all --ignore=.venv --ignore=node_modules --ignore=var --no-location

LOCK := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile -q --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --no-emit-options --strip-extras --allow-unsafe --no-annotate

lock: setup-dev ## pin what requirements/*.in ask for; LOCK_ARGS=--upgrade takes newer versions
	$(LOCK) $(LOCK_ARGS) -o requirements/base.txt requirements/base.in
	$(LOCK) $(LOCK_ARGS) -c requirements/base.txt -o requirements/dev.txt requirements/dev.in
	$(LOCK) $(LOCK_ARGS) -o requirements/node.txt requirements/node.in
	npm install --package-lock-only --ignore-scripts
