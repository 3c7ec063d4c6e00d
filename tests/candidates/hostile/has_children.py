"""Starts a process that would outlive it, and never returns."""

import subprocess
import sys


def relu_forward(layer_outputs):
    subprocess.run([sys.executable, "-c", "import time; time.sleep(3600)"])
