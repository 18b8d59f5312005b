// The two ways to the server: a WebSocket, and event stream + POST where proxies break WebSockets. Both have
// `send(message)` and `close()` and tell `hears({opened|frame|closed})`; neither remembers anything.

const base = location.pathname.replace(/\/+$/, "");

export const addressOf = (path) => `${base}/${path}`;

export function socketWire(after, tab, hears) {
  const url = new URL(addressOf("ws"), location.href);
  url.protocol = url.protocol.replace("http", "ws");
  url.search = new URLSearchParams({ after, tab });
  const socket = new WebSocket(url);
  socket.onopen = () => hears.opened();
  socket.onmessage = (event) => hears.frame(JSON.parse(event.data));
  socket.onclose = () => hears.closed();
  return {
    kind: "socket",
    send: ({ client_id, type, body }) => socket.send(JSON.stringify({ client_id, type, body })),
    pong: () => socket.send(JSON.stringify({ type: "pong" })),
    close: () => {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
}

export function streamWire(after, tab, hears) {
  const source = new EventSource(`${addressOf("events")}?${new URLSearchParams({ after, tab })}`);
  let queue = Promise.resolve();
  let open = true;
  const end = () => {
    if (!open) return;
    open = false;
    source.close();
    hears.closed();
  };
  source.onopen = () => hears.opened();
  source.onmessage = (event) => hears.frame(JSON.parse(event.data));
  // resuming is the channel's business, for both wires alike
  source.onerror = end;
  const post = async (message) => {
    if (!open) return;
    const frame = await posted(message).catch(() => null);
    if (!open) return;
    if (frame) hears.frame(frame);
    else end();
  };
  return {
    kind: "stream",
    // one after the other: the order of answers is part of what was said
    send: (message) => (queue = queue.then(() => post(message))),
    pong: () => {},
    close: () => {
      open = false;
      source.close();
    },
  };
}

const JSON_TYPE = "application/json";

/** Send a message while the page goes away. Nobody hears whether it arrived; the server stores it once. */
export function beacon({ client_id, type, body }) {
  navigator.sendBeacon(addressOf("messages"), new Blob([JSON.stringify({ client_id, type, body })], { type: JSON_TYPE }));
}

/** The frame a POST amounts to, or null when it has to be tried again. */
export async function posted({ client_id, type, body }, options = {}) {
  const response = await fetch(addressOf("messages"), {
    method: "POST",
    headers: { "content-type": JSON_TYPE },
    body: JSON.stringify({ client_id, type, body }),
    ...options,
  });
  if (response.ok) return { type: "ack", client_id, ...(await response.json()) };
  if (response.status >= 500 || response.status === 429 || response.status === 408) return null;
  return { type: "refused", client_id, body: await response.json() };
}
