"""Data only: the questions and labelled answers of the calibration set."""
