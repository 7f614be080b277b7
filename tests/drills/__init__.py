"""Drills: the whole service, as real processes, and what breaks while people use it.

`python -m tests.drills [NAME…] [--short]`. Loopback only. Each ends with one line: done, lost, twice, time.
The network is a tiny one, so that the time goes to what is drilled; everything else is the product.
"""
