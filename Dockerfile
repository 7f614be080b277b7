# Another base needs Python 3.11 or newer with pip, and apt: `--build-arg BASE=…`.
ARG BASE=python:3.12-slim
FROM ${BASE}

RUN apt-get update \
    && apt-get install --yes --no-install-recommends npm \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# Of its own, so that nothing of the base's Python is in the way.
RUN python3 -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN useradd --create-home service && mkdir /data /models && chown service /data /models
USER service
ENV BGBEGONE_DATA=/data BGBEGONE_MODELS=/models HOST=0.0.0.0
# Answers to gunicorn and its workers alike; one container may also run a single part, as the compose file does.
CMD ["python", "manage.py", "serve"]
