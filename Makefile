# The two commands: `make run` and `make test`. Everything else is for people who work on Footnote.

PYTHON ?= python3
VENV ?= .venv
# Where this is set, every process that starts compiles all that it imports anew: four seconds of it.
unexport PYTHONDONTWRITEBYTECODE
# Where Linux finds PyTorch's CPU build when the configured index does not carry it (docs/adr/0002).
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

ENGINE ?= $(shell command -v docker || command -v podman || echo docker)

# onnx, or sentence-transformers, which brings PyTorch: `make run EMBEDDER=sentence-transformers`.
EMBEDDER ?= $(FOOTNOTE_EMBEDDER)

# Of requirements.txt, what `make run` leaves out, as the image does: Streamlit's charts, then PyTorch and what it brings.
LATER := altair pandas pyarrow pydeck python-dateutil tzdata \
	cloudpickle hf-xet joblib mpmath narwhals networkx pygments regex rich \
	scikit-learn scipy sentence-transformers setuptools shellingham sympy threadpoolctl torch transformers typer
# What the processes that read files import: they may write nothing, so it is compiled when it is installed. The rest is
# compiled when it is first used, which spares a quarter of the installation's time and 50 MB.
COMPILED := PIL charset_normalizer cryptography markdown_it mdurl pi_heif pypdf pypdfium2 pypdfium2_raw reportlab
space := $(subst ,, )

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
TORCH := $(shell sed -n 's/^\(torch==[^ ;]*+cpu\).*/\1/p' requirements.txt)
COMPILE := pip-compile --quiet --strip-extras --allow-unsafe --no-header --annotation-style line \
	--no-emit-index-url --no-emit-find-links --no-emit-options --no-emit-trusted-host

.PHONY: run test check compiled unit coverage browser bench-retrieval bench-verify bench-screen bench-api bench-tables bench-answers bench-editions bench-hostile bench-clients bench-schema lock audit image image-check clean help

run: $(VENV)/.$(if $(filter sentence-transformers,$(EMBEDDER))$(FOOTNOTE_NLI_MODEL),all,run)-ready  ## install what a run needs, start everything, print the address
	@$(BIN)/python -m compileall -q src shared_utils
	@$(if $(EMBEDDER),FOOTNOTE_EMBEDDER=$(EMBEDDER)) exec $(BIN)/python startup.py

test: compiled  ## every check and every test
	@$(MAKE) --no-print-directory -j2 check unit  # the checks in what the tests leave of two cores
	@$(MAKE) --no-print-directory browser

check: $(VENV)/.test-ready  ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	nice $(BIN)/mypy
	nice $(BIN)/lint-imports --no-logo

compiled: $(VENV)/.test-ready
	@$(BIN)/python -m compileall -q src shared_utils tests

unit: compiled  ## unit and page tests, a file at a time on each of three processes: on two cores, some wait
	$(BIN)/python -m pytest -m "not browser and not live" -n 3 --dist loadfile --no-loadscope-reorder

coverage: compiled  ## the same with branch coverage, a third slower
	$(BIN)/python -m pytest -m "not browser and not live" --cov --cov-report=term:skip-covered

browser: compiled  ## real Chromiums drive the real page, a file at a time in each of two: with a third, looks come too late
	$(BIN)/python -m pytest tests/e2e -m browser -n 2 --dist loadfile --no-loadscope-reorder

bench-retrieval: $(VENV)/.test-ready  ## the retrieval table of docs/benchmarks.md
	$(BIN)/python -m benchmarks.retrieval --write

bench-verify: $(VENV)/.test-ready  ## verdicts against people's labels: the verification table of docs/benchmarks.md
	$(BIN)/python -m benchmarks.verify $(SETS)

bench-screen: $(VENV)/.test-ready  ## the screen against its bars, in a real browser
	$(BIN)/python -m benchmarks.screen

bench-api: $(VENV)/.test-ready  ## fifty programs at once against the API's bars
	$(BIN)/python -m benchmarks.api_load

bench-tables: $(VENV)/.test-ready  ## tables found against their true cells
	$(BIN)/python -m benchmarks.tables

bench-answers: $(VENV)/.test-ready  ## is the answer shown, and first, without a language model?
	$(BIN)/python -m benchmarks.shown --write

bench-editions: $(VENV)/.test-ready  ## what changed between two editions, on known edits of the PDFs in EDITIONS
	$(BIN)/python -m benchmarks.editions $(EDITIONS) --write

bench-hostile: $(VENV)/.test-ready  ## strangers who mean harm and a machine that fails, against the bars; half an hour
	$(BIN)/python -m benchmarks.hostile

bench-clients: $(VENV)/.test-ready  ## other people's clients against the server: the table of docs/api.md
	$(BIN)/python -m benchmarks.clients --write

bench-schema: $(VENV)/.test-ready  ## 500 requests by schemathesis from the API's own description
	$(BIN)/python -m benchmarks.schema

audit: $(VENV)/.test-ready  ## known vulnerabilities of what is pinned
	@$(BIN)/python -m tests.security.audit $(AUDIT)

image:  ## the container image, with docker or podman
	$(ENGINE) build --tag footnote $(IMAGE_ARGS) .

image-check: $(VENV)/.test-ready  ## build the image with buildah and try what it made; as root, takes minutes
	$(BIN)/python -m tests.image.build_and_run $(IMAGE_CHECK)

lock:  ## requirements*.in -> requirements*.txt (on Linux, Python 3.11, with pip-tools)
	$(COMPILE) -o requirements.txt requirements.in
	@echo 'torch==$(word 2,$(subst ==, ,$(subst +cpu,,$(TORCH)))) ; sys_platform != "linux"' >> requirements.txt
	$(COMPILE) -o requirements-dev.txt requirements-dev.in

clean:  ## forget the virtual environment (documents in data/ stay)
	rm -rf $(VENV)

help:
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 18

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Footnote needs Python 3.11 or newer. Name one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "No virtual environment could be made. On Debian and Ubuntu: apt install python3-venv"; exit 1; }

# What a run needs: the lock without PyTorch and what hangs on it, and without what only Streamlit's charts use. On Linux
# the lock is complete, so nothing is resolved; elsewhere pip adds what that system needs.
$(VENV)/.run-ready: requirements.txt Makefile | $(BIN)/python
	@echo "Installing what Footnote needs to run into $(VENV). This happens once. PyTorch is not part of it:" \
		"make run EMBEDDER=sentence-transformers brings it."
	@grep -vE '^($(subst $(space),|,$(strip $(LATER))))==' requirements.txt > $(VENV)/needed.txt
	@$(PIP) install -qq --no-compile $(if $(filter Linux,$(shell uname -s)),--no-deps) -r $(VENV)/needed.txt
	@$(BIN)/python -m compileall -qq $(patsubst %,$(VENV)/lib/python3*/site-packages/%,$(COMPILED))
	@touch $@

# Everything that is pinned. On Linux the CPU build of PyTorch comes first, so that nothing asks for the CUDA one. Where
# neither the configured index nor PyTorch's own has it, Footnote goes without: its embeddings do not need PyTorch.
$(VENV)/.all-ready: $(VENV)/.run-ready
	@if [ "$$(uname -s)" != Linux ]; then $(PIP) install --quiet --no-compile -r requirements.txt; \
	elif $(PIP) install --quiet --no-compile "$(TORCH)" 2>/dev/null \
		|| $(PIP) install --quiet --no-compile --retries 1 --timeout 20 --no-deps --index-url $(TORCH_INDEX) "$(TORCH)" 2>/dev/null; \
	then $(PIP) install --quiet --no-compile -r requirements.txt; \
	else echo "PyTorch's CPU build is out of reach; going on without it (only FOOTNOTE_EMBEDDER=sentence-transformers needs it)."; \
		grep -v '^torch==' requirements.txt > $(VENV)/without-torch.txt; \
		$(PIP) install --quiet --no-compile --no-deps -r $(VENV)/without-torch.txt; fi
	@touch $@

$(VENV)/.test-ready: $(VENV)/.all-ready requirements-dev.txt
	@$(PIP) install --quiet --no-compile -r requirements-dev.txt
	@touch $@
