"""A worker and its children on one page, in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]

PROGRAM = """
import os, signal, sys, urllib.request
from billiard import Process, current_process
from adapters import metrics_page
from worker import shared_metrics
from worker.observed import Observed

# At a port that is free when it is taken: one that was found before may be another's by then.
started = metrics_page._started
metrics_page._started = lambda _, host, registry: started(0, host, registry)
observed = Observed(metrics_page.MetricsPage("127.0.0.1", 9464), None)
observed.count_together()

def child(index, killed):
    current_process().index = index
    observed.begin()
    observed.meters.called("hmhn", "OK", 0.1)
    with observed.meters.busy():
        if killed:
            os.kill(os.getpid(), signal.SIGKILL)

for index, killed in ((0, False), (1, True), (0, False)):
    one = Process(target=child, args=(index, killed))
    one.start()
    one.join()
    if killed:
        observed.show()
        port = observed._server.server_port
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
        print("killed", [l for l in page.splitlines() if l.startswith("mien_attempts_in_flight")])
one = Process(target=child, args=(1, False))
one.start()
one.join()
page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
print("\\n".join(l for l in page.splitlines() if l.startswith("mien_inf") or "in_flight " in l))
print(len(os.listdir(os.environ[shared_metrics.FOLDER])), os.environ[shared_metrics.FOLDER])
"""


def test_children_are_added_up_and_one_that_was_killed_is_made_good(tmp_path: Path):
    environment = {"PATH": os.defpath, "PYTHONPATH": str(PROJECT), "TMPDIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert "killed ['mien_attempts_in_flight 1.0']" in done.stdout
    assert 'mien_inference_requests_total{network="hmhn",status="OK"} 4.0' in done.stdout
    assert "mien_attempts_in_flight 0.0" in done.stdout
    files, folder = done.stdout.splitlines()[-1].split()
    assert int(files) <= 12  # Kinds of metrics times places, however many children there were.
    assert not Path(folder).exists()
