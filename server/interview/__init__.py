"""Live interviews: open rooms, their connections and messages. No HTTP handling and no interview rule lives here."""
