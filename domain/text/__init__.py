"""What can be read from words alone: tokens, languages, names, features of answers; knows no plan, score or session."""
