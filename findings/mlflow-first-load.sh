#!/bin/sh
# MLflow 3.17.2: on a loopback address the assistant's panel opens by itself on a browser's first load, and an address without
# workflowType opens the layout for language models. The server has no option for either; both live in the browser's storage.
# This reads the shipped script of the pinned wheel, without our product. Exit code 1 if the behaviour is gone.
set -eu
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m pip download --quiet --no-deps --dest "$folder" mlflow==3.17.2
python3 - "$folder" <<'P'
import pathlib, sys, zipfile
wheel = next(pathlib.Path(sys.argv[1]).glob("mlflow-*.whl"))
with zipfile.ZipFile(wheel) as held:
    names = [n for n in held.namelist() if n.startswith("mlflow/server/js/build/static/js/main.") and n.endswith(".js")]
    text = "".join(held.read(n).decode("utf-8", "replace") for n in names)
opens = 'key:"mlflow.assistant.fab.autoOpenedOnFirstLoad",version:1,initialValue:!1' in text
layout = 'key:"mlflow.workflowType",version:1,initialValue:' in text and 'e.GENAI="genai"' in text
print(wheel.name, "| assistant opens on first load:", opens, "| layout is kept in the browser, genai first:", layout)
sys.exit(0 if opens and layout else 1)
P
