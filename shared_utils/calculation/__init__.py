"""Figures computed from cells of tables: what is asked for, the operands and where they stand, the result."""
