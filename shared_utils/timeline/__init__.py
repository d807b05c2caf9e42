"""What dated tables and documents say through the years: one figure year by year, themes and their share by date."""
