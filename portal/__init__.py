"""Kabinet: the personal account of a telecom operator.

Importing this package loads nothing: the resolver's processes and the mail sink start light. The
application is made by `portal.app.create_app`.
"""
