#!/bin/sh
# Fills the volumes of the networks: this release's configurations, then the weights that are missing.
# `--all` builds every network and takes minutes more.
set -eu
cp -r model_repository/. /networks/
exec python3 -m training.weights --repository /networks --weights /weights "$@"
