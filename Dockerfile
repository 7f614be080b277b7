FROM python:3.12-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends npm \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements*.txt .
# requirements-rembg.txt, if MODEL begins with rembg:
ARG REQUIREMENTS=requirements.txt
RUN pip install --no-cache-dir --require-hashes -r $REQUIREMENTS
COPY . .
RUN useradd --create-home service && mkdir /data /models && chown service /data /models
USER service
ENV BGBEGONE_DATA=/data BGBEGONE_MODELS=/models HOST=0.0.0.0
CMD ["python", "manage.py", "serve"]
