// Messages on their way. Each is written down before it is sent and stays until the server has it, so that neither
// a dropped line nor a reload loses it; its client id keeps the server from storing it twice.

import { forget, keys, recall, remember, watch } from "./memory.js";

const START = "out:";

/** Unsent messages, oldest first: `{client_id, type, body, order}`. */
export function waiting() {
  return keys(START)
    .map((key) => JSON.parse(recall(key)))
    .sort((one, other) => one.order - other.order);
}

/** Write a message down; `lasting` tells whether it would survive a reload. */
export function put(type, body) {
  const last = waiting().at(-1)?.order ?? 0;
  const message = { client_id: newId(), type, body, order: Math.max(Date.now(), last + 1) };
  const lasting = remember(START + message.client_id, JSON.stringify(message));
  return { message, lasting };
}

/** The server has it, or will never take it. The message, or undefined when it was gone already. */
export function take(clientId) {
  const kept = recall(START + clientId);
  forget(START + clientId);
  return kept === null ? undefined : JSON.parse(kept);
}

/** Call back when another tab left a message or took one. */
export const onChange = (changed) => watch(START, changed);

// crypto.randomUUID is missing where the page comes over plain HTTP, as in a local network
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
