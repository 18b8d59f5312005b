"""The `viva` command line: starting the server and administering it. No HTTP handling lives here."""
