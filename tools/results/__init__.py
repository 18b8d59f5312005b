"""Operations on what came out: scorecards, findings, reviews, reports; sessions change through their transitions."""
