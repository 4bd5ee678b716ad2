"""Reference rows: stations, routes, vehicles and crew members."""
