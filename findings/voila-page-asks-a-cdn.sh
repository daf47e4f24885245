#!/bin/sh
# Voila 0.5.13: the page of a notebook served on a loopback address asks a content network for its icon font, whichever shipped
# template is taken, though JupyterLab, whose parts it shows, carries its icons with it. Without a network the icons are missing,
# and with one the visitor's address goes out. This serves a notebook of one line and reads the page; no browser is needed.
# Exit code 1 if no page asks a foreign host any more.
set -eu
server=; folder=$(mktemp -d); trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check voila==0.5.13 ipykernel==7.3.0
cat > "$folder/one.ipynb" <<'P'
{"cells": [{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {}, "outputs": [], "source": ["print('one line')"]}],
 "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}, "nbformat": 4, "nbformat_minor": 5}
P
found=0
for template in lab classic reveal; do
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  "$folder/venv/bin/voila" "$folder/one.ipynb" --no-browser --template="$template" --port="$port" > "$folder/log" 2>&1 &
  server=$!
  python3 - "$port" "$template" <<'P' && found=$((found + 1)) || true
import re, sys, time, urllib.request
port, template = sys.argv[1:]
for _ in range(120):
    try:
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60).read().decode()
        break
    except OSError:
        time.sleep(0.5)
foreign = sorted(set(re.findall(r'<link[^>]+href="(https?://[^"]+)"', page)))
print(template, "| the notebook ran:", "one line" in page, "| asked of others:", *(foreign or ["nothing"]))
sys.exit(0 if foreign else 1)
P
  kill "$server"; wait "$server" 2>/dev/null || true
done
echo "voila 0.5.13: $found of 3 templates ask a foreign host"
[ "$found" -gt 0 ]
