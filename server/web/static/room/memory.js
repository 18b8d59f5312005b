// What this browser remembers of one session: drafts and unsent messages. Keyed by a digest of the address, since
// the address is a secret.

const prefix = `viva:${digest(location.pathname.replace(/\/+$/, ""))}:`;
const fallback = new Map();

/** Whether what is remembered survives a reload; some private windows refuse. */
export const lasting = (() => {
  try {
    localStorage.setItem(prefix + "try", "1");
    localStorage.removeItem(prefix + "try");
    return true;
  } catch {
    return false;
  }
})();

export function recall(key) {
  const lost = fallback.get(key);
  return lost ?? (lasting ? localStorage.getItem(prefix + key) : null);
}

/** Remember; false when it will not survive a reload. */
export function remember(key, value) {
  if (lasting) {
    try {
      localStorage.setItem(prefix + key, value);
      fallback.delete(key);
      return true;
    } catch {
      // full: keep it at least as long as the page lives
    }
  }
  fallback.set(key, value);
  return false;
}

/** Whether a person went on in this very tab. It survives a reload; another tab or browser does not have it. */
export function isActiveTab() {
  try {
    return sessionStorage.getItem(prefix + "active") !== null;
  } catch {
    return false;
  }
}

export function setActiveTab(active) {
  try {
    if (active) sessionStorage.setItem(prefix + "active", "1");
    else sessionStorage.removeItem(prefix + "active");
  } catch {
    // a window without storage asks once more after a reload
  }
}

export function forget(key) {
  fallback.delete(key);
  if (lasting) localStorage.removeItem(prefix + key);
}

/** The keys that begin so. */
export function keys(start) {
  const kept = lasting ? Object.keys(localStorage).filter((key) => key.startsWith(prefix)) : [];
  const names = kept.map((key) => key.slice(prefix.length));
  return [...new Set([...names, ...fallback.keys()])].filter((key) => key.startsWith(start));
}

/** Call back when another tab of this browser changes what begins so. */
export function watch(start, changed) {
  addEventListener("storage", (event) => {
    if (event.key?.startsWith(prefix + start)) changed();
  });
}

/** A field whose text survives a reload. */
export function keepDraft(field, key) {
  field.value ||= recall(key) ?? "";
  field.addEventListener("input", () => (field.value ? remember(key, field.value) : forget(key)));
}

function digest(words) {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const letter of words) {
    high = Math.imul(high ^ letter.codePointAt(0), 2654435761);
    low = Math.imul(low ^ letter.codePointAt(0), 1597334677);
  }
  return (high >>> 0).toString(36) + (low >>> 0).toString(36);
}
