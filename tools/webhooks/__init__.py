"""Operations on webhook endpoints and deliveries; nothing is sent here."""
