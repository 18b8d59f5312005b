"""Operations on participants; sessions are booked elsewhere."""
