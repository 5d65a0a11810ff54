"""What is measured, against which peers: `python -m bench NAME` (make bench). Numbers are ratios within one run."""
