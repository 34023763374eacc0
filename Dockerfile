# The image that compose.yaml builds: the wheel and its pinned dependencies, nothing to build with, no root.
# Not built where the tests run (no container engine there).
FROM python:3.12-slim AS build
WORKDIR /src
COPY requirements/build.txt requirements/run.txt requirements/
RUN python -m venv /opt/intake \
 && /opt/intake/bin/python -m pip install -q --require-hashes -r requirements/build.txt \
 && /opt/intake/bin/uv venv -q --no-config --python /usr/local/bin/python3 /opt/run \
 && /opt/intake/bin/uv pip install -q --no-config --compile-bytecode --python /opt/run/bin/python --require-hashes --no-deps \
      -r requirements/run.txt
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY src src
COPY rules rules
COPY templates templates
RUN /opt/intake/bin/python -m hatchling build -t wheel -d /dist \
 && /opt/intake/bin/uv pip install -q --no-config --compile-bytecode --python /opt/run/bin/python --no-deps /dist/*.whl

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/intake --create-home intake
COPY --from=build /opt/run /opt/run
ENV PATH=/opt/run/bin:$PATH PYTHONUNBUFFERED=1 INTAKE_HOME=/var/lib/intake
USER intake
VOLUME /var/lib/intake
# libpq takes the password from the environment only, the secret is a file.
ENTRYPOINT ["/bin/sh", "-c", "[ -z \"$PGPASSWORD_FILE\" ] || export PGPASSWORD=\"$(cat \"$PGPASSWORD_FILE\")\"; exec intake \"$@\"", "intake"]
CMD ["run"]
