"""Documents generated from the catalog: OpenAPI, its page, llms.txt. No operation is described by hand here."""
