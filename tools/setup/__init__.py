"""Operations that make an interview: profiles, templates, stages, questions, rehearsal; nobody is written to."""
