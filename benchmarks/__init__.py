"""crossgrad beside other gradient checkers, in one run: speed, mistakes caught, false alarms.

`tox -e bench` runs it; `python -m benchmarks` where `requirements.txt` is installed. Nothing here
decides a verdict, and no test asserts a time.
"""
