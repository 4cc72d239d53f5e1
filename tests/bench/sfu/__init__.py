"""Our SFU beside other people's and beside the bare limit, under the same load: `python -m tests.bench.sfu`.

`load` is the crowd (one process), `peer` one of its members, `picture` what publishers send. `ours`, `janus`, `livekit`
and `limit` start a server and speak its language. `__main__` is the run.
"""
