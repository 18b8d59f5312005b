"""Scripted candidates, one file each: how they behave in English and German, for rehearsals, tests and benchmarks."""
