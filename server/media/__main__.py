"""`python -m server.media` runs one media worker."""

from server.media.worker import main

main()
