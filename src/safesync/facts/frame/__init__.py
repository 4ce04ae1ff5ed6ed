"""What facts are computed from: typed columns, links by row, timeboxes."""
