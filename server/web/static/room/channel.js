// The line to the server's event log. It resumes after the last event it heard, hands each event on once and in
// order, and sends what is in the outbox until the server has it.
//
// Tells: "event" (logged), "frame" (everything that is not logged), "sent", "refused", "line" (its state changed).

import { setActiveTab } from "./memory.js";
import * as outbox from "./outbox.js";
import { addressOf, beacon, posted, socketWire, streamWire } from "./wires.js";

const PATIENCE = 50_000; // the server says something every 20 s
const LONGEST_WAIT = 15_000;
const TYPING_EVERY = 10_000;
const LEAVE_AGAIN = 2_000;

export class Channel extends EventTarget {
  #heard = 0;
  #wire = null;
  #failures = 0;
  #everOpened = false;
  #timer = 0;
  #watchdog = 0;
  #inFlight = new Set();
  #typed = -Infinity;
  #tab = crypto.getRandomValues(new Uint32Array(2)).join("");

  /** "unopened", "connecting", "open", "lost", "superseded" or "closed". */
  line = "unopened";
  kind = null;

  constructor() {
    super();
    outbox.onChange(() => this.#flush());
    addEventListener("online", () => this.#hurry());
    addEventListener("offline", () => this.line === "open" && this.#dropped());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#hurry());
    addEventListener("pagehide", () => this.#leaves().forEach(beacon));
  }

  /** Take the line over from any other tab or device. Only for somebody who does something here, never on arrival. */
  open() {
    setActiveTab(true);
    this.#hangUp();
    this.#become(this.#failures ? "lost" : "connecting");
    // two sockets that never opened: something on the way does not let them through
    const wire = !this.#everOpened && this.#failures >= 2 ? streamWire : socketWire;
    this.#wire = wire(this.#heard, this.#tab, {
      opened: () => this.#opened(),
      frame: (frame) => this.#received(frame),
      closed: () => this.#dropped(),
    });
    this.#watch();
  }

  /** Stop for good, or until `open` is called again. */
  close(line = "closed") {
    this.#hangUp();
    this.#become(line);
  }

  /** Write a message down and send it when there is a line. The first message opens one. */
  send(type, body) {
    const { message, lasting } = outbox.put(type, body);
    if (this.line === "unopened") this.open();
    this.#flush();
    return { id: message.client_id, lasting };
  }

  /** End the interview. It needs no line: a lost one may not come back, and this tab may not be the active one. */
  leave() {
    const { id } = this.send("leave", {});
    if (this.line !== "open") this.#leaveWithoutLine(id);
  }

  #leaves() {
    return outbox.waiting().filter((message) => message.type === "leave");
  }

  async #leaveWithoutLine(id) {
    const message = this.#leaves().find((each) => each.client_id === id);
    const frame = message && (await posted(message, { keepalive: true }).catch(() => null));
    if (frame) this.#settled(frame.type === "ack" ? "sent" : "refused", frame);
    if (this.line === "open" || this.line === "closed" || (await this.#isOver())) return;
    setTimeout(() => this.#leaveWithoutLine(id), LEAVE_AGAIN);
  }

  /** Say that somebody is writing, so that nobody who writes is reminded. Not stored, and lost without harm. */
  typing() {
    if (this.line !== "open" || performance.now() - this.#typed < TYPING_EVERY) return;
    this.#typed = performance.now();
    this.#wire.send({ client_id: "typing", type: "typing", body: {} });
  }

  #opened() {
    this.#everOpened ||= this.#wire.kind === "socket";
    this.#failures = 0;
    this.kind = this.#wire.kind;
    this.#become("open");
    this.#flush();
  }

  #received(frame) {
    this.#watch();
    if (frame.seq !== undefined && frame.type !== "ack") return this.#logged(frame);
    if (frame.type === "ping") return this.#wire.pong();
    if (frame.type === "ack") return this.#settled("sent", frame);
    if (frame.type === "refused") return this.#settled("refused", frame);
    if (frame.type === "superseded") {
      setActiveTab(false);
      this.close("superseded");
    }
    this.#tell("frame", frame);
  }

  #logged(event) {
    if (event.seq <= this.#heard) return;
    this.#heard = event.seq;
    this.#tell("event", event);
  }

  #settled(outcome, frame) {
    this.#inFlight.delete(frame.client_id);
    const message = outbox.take(frame.client_id);
    if (message) this.#tell(outcome, { ...frame, message });
  }

  #flush() {
    if (this.line !== "open") return;
    for (const message of outbox.waiting()) {
      if (this.#inFlight.has(message.client_id)) continue;
      this.#inFlight.add(message.client_id);
      this.#wire.send(message);
    }
  }

  async #dropped() {
    this.#hangUp();
    this.#failures += 1;
    this.#become("lost");
    if (await this.#isOver()) return;
    if (this.line !== "lost" || this.#wire) return;
    const wait = Math.min(LONGEST_WAIT, 250 * 2 ** this.#failures);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.open(), wait * (0.5 + Math.random() / 2));
  }

  /** A line that does not come back may have nothing to come back to: the page of an ended session says so. */
  async #isOver() {
    try {
      const response = await fetch(addressOf("state"), { headers: { accept: "application/json" }, signal: AbortSignal.timeout(5000) });
      const gone = response.status === 404 || response.status === 410;
      const phase = gone ? "gone" : (await response.json()).phase;
      if (phase !== "gone" && phase !== "ended") return false;
      this.close();
      this.#tell("over", { phase });
      return true;
    } catch {
      return false;
    }
  }

  #hurry() {
    if (this.line === "lost" && !this.#wire) this.open();
  }

  #watch() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#dropped(), PATIENCE);
  }

  #hangUp() {
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    this.#wire?.close();
    this.#wire = null;
    this.#inFlight.clear();
  }

  #become(line) {
    if (this.line === line) return;
    this.line = line;
    this.#tell("line", line);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
