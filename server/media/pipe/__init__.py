"""The pipe: what the workers of one machine give each other, so that a room may be larger than one of them.

Workers are linked in pairs by a unix socket that keeps datagrams apart and in order (`links`, `link`). In it go words
and plain RTP packets (`frames`). What one worker has in common with another is a `neighbour`: tracks of ours that it
hears and sees (`outlet`), tracks of its own that we hear and see (`remote`). Nothing of it ever leaves the machine.
"""
