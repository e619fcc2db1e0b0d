/** Rows, the meter's keys, and the time for a pair, as they are seen. */

import { h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const PATHS = { enter: "M19 5v7a2 2 0 0 1-2 2H5m4-5-5 5 5 5", erase: "M20 12H5m6-6-6 6 6 6" };

/** @param {string} digits  @returns {string[]} in groups of four */
export function fours(digits) {
  return digits.match(/\d{1,4}/g);
}

/** The digits of a row, very large, in fours; who listens hears them one by one. @param {string} digits */
export function code(digits) {
  const seen = fours(digits).map((four) => h("span", null, four));
  const heard = fours(digits).map((four) => four.split("").join(" ")).join(", ");
  return h("div", { class: "code" }, h("p", { "aria-hidden": "true" }, ...seen), h("p", { class: "heard" }, heard));
}

/** A number as it stands on the meter. @param {string} digits */
export function number(digits) {
  const heard = digits.split("").join(" ");
  return h("p", { class: "number" }, h("span", { "aria-hidden": "true" }, fours(digits).join(" ")),
    h("span", { class: "heard" }, heard));
}

/** A key of the meter. @param {string} name "enter", "erase" or a digit  @param {string} [label] */
export function key(name, label) {
  if (!PATHS[name]) return h("kbd", { class: "key" }, name);
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  drawing.append(path);
  return h("kbd", { class: "key " + name }, drawing, label);
}

/** The time that is left. @param {number} share 0 to 1  @param {string} text  @returns {HTMLElement} */
export function bar(share, text) {
  return h("div", { class: "bar" + (share < 0.2 ? " short" : "") },
    h("label", { for: "left" }, text), h("progress", { id: "left", max: 1, value: share }));
}
