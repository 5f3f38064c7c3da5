"""`gateway doctor`: what of the legacy application survives the move, and what of its rewrite is a classic mistake.

finding.py   one thing that was found
checks.py    every finding about v2: its id, what it means, how to fix it
legacy/      the Flask application: versions, objects, source, the old server's files
source/      the rewrite's source: pure, from trees to findings
running/     the rewrite as it is in memory, beside the legacy application, the map and the evidence
"""
