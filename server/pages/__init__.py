"""Pages that people open by a link: the interview and the report. Only rendering and transport live here, no rule."""
