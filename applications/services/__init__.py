"""What people do with applications, by who does it: counter, township, county, and the sweep and lists."""
