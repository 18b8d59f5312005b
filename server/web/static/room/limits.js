// The sizes the server takes, checked here first so that nobody writes in vain.

const encoder = new TextEncoder();

export const MESSAGE = 16 * 1024;
export const CODE = 64 * 1024;

/** By how many bytes this is too long; 0 when it is not. */
export const excess = (words, limit) => Math.max(0, encoder.encode(words).length - limit);
