"""The portfolio: whole grains of money from offers to needs, under a policy.

What goes in: `values`, `policy`. What comes out: `results`. The entry points: `propose`, and `verify` for stored runs.
On the way: `problem` (values to a problem in grains), `solving` (the door to the solvers, imported by a run), `exact`
(small problems, as a whole), `selected` (large ones), `relaxation` (bounds, prices, marginal values), `rounding` (to
whole grains), `objective` (what a plan is worth, exactly), `unmet` (why needs stay unmet), `checker` (all limits).
"""
