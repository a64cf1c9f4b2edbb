"""The WSGI application: `granian --interface wsgi wsgi:app`."""

import gc

from portal.app import create_app

gc.disable()
app = create_app()
gc.freeze()  # What is loaded lives as long as the process: the collector need not walk over it.
gc.enable()
