#!/bin/sh
# Before web server and worker start: refuse unsafe settings, bring the tables up to date, load what is published.
# Everything here may run again and again.
set -eu
cd "$(dirname "$0")/.."
python manage.py check --deploy --fail-level WARNING
python manage.py migrate --no-input
python manage.py check --database default --fail-level WARNING
python manage.py load_territories
python manage.py import_framework assessments/frameworks --publish
