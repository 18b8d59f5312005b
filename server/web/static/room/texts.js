// Texts from the page's catalog; the server has put what the language lacks there in English.

import { byId } from "./page.js";

const catalog = JSON.parse(byId("texts").textContent);
const plural = new Intl.PluralRules(document.documentElement.lang);

/** One text with its {blanks} filled. */
export function text(key, values = {}) {
  return catalog[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** The text whose key begins so and ends with the form that the number asks for. */
export function counted(key, name, number) {
  const form = `${key}.${plural.select(number)}`;
  return text(form in catalog ? form : `${key}.other`, { [name]: number });
}

/** The text of a word the server used, or the word itself where the catalog does not know it. */
export function worded(area, word) {
  const key = `${area}.${word}`;
  return key in catalog ? catalog[key] : String(word);
}
