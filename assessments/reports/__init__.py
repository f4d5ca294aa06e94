"""Records as files for people and programs: what goes into them, in which order. Pure; no statement is sent here."""
