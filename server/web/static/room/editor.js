// A code editor: CodeMirror, or a plain field where it cannot be loaded. Both have the same few methods.

import { make } from "./page.js";

const COLOURS = {
  keyword: "var(--code-keyword)",
  string: "var(--code-string)",
  comment: "var(--code-comment)",
  number: "var(--code-number)",
  typeName: "var(--code-type)",
};

/** An editor inside `place`; `changed(code)` is told of every change. */
export async function openEditor(place, changed) {
  const { label, keys } = place.dataset;
  try {
    const mirror = await import("/static/vendor/codemirror.js");
    return mirrored(mirror, place, `${label}. ${keys}`, changed);
  } catch {
    return plain(place, label, changed);
  }
}

function mirrored(mirror, place, label, changed) {
  // inside a shadow root CodeMirror's styles are constructed sheets, which a CSP without inline styles lets in
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  const language = new mirror.Compartment();
  const locked = new mirror.Compartment();
  const view = new mirror.EditorView({
    root,
    parent: root,
    extensions: [
      mirror.lineNumbers(),
      mirror.highlightSpecialChars(),
      mirror.history(),
      mirror.drawSelection(),
      mirror.highlightActiveLine(),
      mirror.indentOnInput(),
      mirror.bracketMatching(),
      mirror.indentUnit.of("    "),
      mirror.syntaxHighlighting(colours(mirror)),
      // Escape, then Tab leaves; CodeMirror keeps that promise itself
      mirror.keymap.of([...mirror.defaultKeymap, ...mirror.historyKeymap, mirror.indentWithTab]),
      mirror.EditorView.lineWrapping,
      mirror.EditorView.contentAttributes.of({ "aria-label": label }),
      mirror.EditorView.updateListener.of((update) => update.docChanged && changed(view.state.doc.toString())),
      mirror.EditorView.theme(LOOK),
      mirror.EditorView.domEventHandlers({ beforeinput: typeOver }),
      language.of([]),
      locked.of([]),
    ],
  });
  return {
    code: () => view.state.doc.toString(),
    show: (code, name) => {
      const whole = { from: 0, to: view.state.doc.length, insert: code };
      view.dispatch({ changes: whole, effects: language.reconfigure(grammar(mirror, name)) });
    },
    focus: () => view.focus(),
    lock: (is) => view.dispatch({ effects: locked.reconfigure(mirror.EditorState.readOnly.of(is)) }),
  };
}

// Typing over a selection is done here: Chromium's own editing would carry the selected colours over as an inline
// style, which the page's policy stops with a complaint.
function typeOver(event, view) {
  const { state } = view;
  const selected = state.selection.ranges.some((range) => !range.empty);
  if (event.inputType !== "insertText" || !event.data || !selected || view.composing || state.readOnly) return false;
  event.preventDefault();
  view.dispatch(state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  return true;
}

const grammar = (mirror, name) =>
  name === "python" ? mirror.python() : mirror.javascript({ typescript: name === "typescript" });

const colours = (mirror) =>
  mirror.HighlightStyle.define(
    Object.entries(COLOURS).map(([tag, color]) => ({ tag: mirror.tags[tag], color })),
  );

const LOOK = {
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--field)", fontSize: "0.95rem" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", minHeight: "var(--editor-least)", maxHeight: "var(--editor-most)", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": { color: "var(--quiet)", backgroundColor: "var(--soft)", border: "0" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--soft) 55%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { background: "var(--chosen)" },
  ".cm-selectionBackground": { background: "var(--chosen)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--chosen)" },
};

function plain(place, label, changed) {
  const field = make("textarea", { rows: 14, spellcheck: "false", "aria-label": label, class: "plain-editor" });
  field.addEventListener("input", () => changed(field.value));
  place.replaceChildren(field);
  return {
    code: () => field.value,
    show: (code) => {
      field.value = code;
    },
    focus: () => field.focus(),
    lock: (is) => {
      field.readOnly = is;
    },
  };
}
