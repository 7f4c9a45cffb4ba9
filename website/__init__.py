"""The workbook as pages that open without Jupyter: executed lessons, live widgets, no server, no network.

Read in this order: ``execution`` runs a notebook and remembers what came out, ``frontend`` fetches what a
browser needs, ``pages`` makes HTML of a notebook, ``explore`` the page of widgets alone, ``assemble``
puts the folder together.
"""

import os

# Small networks and short arrays: a second thread costs more than it brings. NumPy reads this when it starts.
os.environ.setdefault("OMP_NUM_THREADS", "1")
