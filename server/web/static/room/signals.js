// Facts about how an answer came about, as the lobby says: leaving the tab and pasting. They never change a score.

import { byId } from "./page.js";

export function openSignals(channel, isInterview) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && isInterview()) channel.send("signal", { kind: "tab_hidden" });
  });
  for (const field of [byId("answer"), byId("editor")]) {
    field.addEventListener("input", () => isInterview() && channel.typing());
    field.addEventListener("paste", (event) => {
      const length = event.clipboardData?.getData("text").length ?? 0;
      if (length && isInterview()) channel.send("signal", { kind: "paste", length });
    });
  }
}
