# Stage one builds a wheel and installs it with the locked dependencies into a virtual environment.
FROM python:3.12-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/viva
COPY requirements/runtime.lock requirements/
RUN /opt/viva/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.lock
COPY pyproject.toml README.md LICENSE ./
COPY domain domain
COPY storage storage
COPY tools tools
COPY server server
RUN /opt/viva/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation -w /wheel . \
 && /opt/viva/bin/pip install --no-cache-dir --no-deps /wheel/*.whl

# Stage two has just the environment: one copy of the code, no source tree that could shadow it.
FROM python:3.12-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends bubblewrap ca-certificates libseccomp2 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home viva \
 && install -d -m 0700 -o viva -g viva /data
COPY --from=build /opt/viva /opt/viva
ENV PATH=/opt/viva/bin:$PATH VIVA_DATA_DIR=/data VIVA_HOST=0.0.0.0 VIVA_PORT=8080 PYTHONUNBUFFERED=1
USER viva
WORKDIR /home/viva
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
  CMD ["python", "-P", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['VIVA_PORT'] + '/health', timeout=4)"]
CMD ["python", "-P", "-m", "server"]
