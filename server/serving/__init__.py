"""What `manage.py serve` is made of: the processes it watches, the addresses it answers on, its certificate."""
