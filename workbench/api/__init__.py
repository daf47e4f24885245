"""HTTP API: the pipeline behind five verbs, with keys, tiers, sessions, jobs and signed file addresses.

One router a noun; computation stays in the rooms below. `serving.serve` runs it, `app.create_app` builds it.
"""
