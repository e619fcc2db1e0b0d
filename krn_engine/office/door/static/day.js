/**
 * What this telephone keeps of an officer's day: the list, where they are in each order, and what came of it.
 *
 * @typedef {{number: number, mark: string, meter_number: string, masked_name: string, tariff: string, power_va: ?number,
 *   whys: string[], code: string, told_at: ?string, refusal: string, first: number, rows: string[], firsts: number[],
 *   known: number, begins: number[], krns: {krn: number, meaning: string, done: number}[], before: ?number,
 *   wanted: ?number}} Line
 * @typedef {{id: string, officer: string, unit: string, made_at: string, until: string, minutes: number,
 *   lines: Line[]}} List
 * @typedef {{place: import("./guide.js").Place, refused: {row: number, times: number, word: string}, reason: ?string,
 *   krn: ?number, photo: ?string, earlier: import("./guide.js").Place[], codes: string}} Draft  what is known of an order that is in hand
 * @typedef {{told: Object<string, any>, fate: string, code: string}} Result  fate: "" while it waits for a network
 * @typedef {{officer: string, units: string[], list: ?List, drafts: Object<string, Draft>,
 *   results: Object<string, Result>, step: string, at: string, skew: number, note: string}} Day
 */

import * as store from "./store.js";

const NAME = "door";

/** @returns {Day} */
export function now() {
  const fresh = {
    officer: "", units: [], list: null, drafts: {}, results: {}, step: "day", at: "", skew: 0, note: "",
  };
  return Object.assign(fresh, store.read(NAME));
}

/** @param {(day: Day) => void} change */
export function change(change) {
  const day = now();
  change(day);
  store.write(NAME, day);
}

/** @param {() => void} changed is called when another tab has changed it */
export function watch(changed) {
  store.watch(NAME, changed);
}

/** The office's time in milliseconds, as far as it is known. */
export function time() {
  return Date.now() + now().skew;
}

/** The codes go; where somebody was among them stays, and what has not come to the office. @param {Day} day */
export function forget(day) {
  day.list = null;
  day.step = "day";
  day.at = "";
  for (const id of Object.keys(day.results)) if (day.results[id].fate) delete day.results[id];
}

/** What was begun with other codes than the list has now, or is not on it, goes. @param {Day} day */
export function prune(day) {
  for (const meter of Object.keys(day.drafts)) {
    const line = day.list.lines.find((one) => one.meter_number === meter);
    if (!line || day.drafts[meter].codes !== codesOf(line)) delete day.drafts[meter];
  }
}

/** Which codes a line has, without them. @param {Line} line */
function codesOf(line) {
  return [line.first, line.rows.length, line.firsts, line.before, line.wanted].join(" ");
}

/** @param {Day} day  @returns {Result[]} what waits for a network, the oldest first */
export function waiting(day) {
  return Object.values(day.results).filter((result) => !result.fate);
}

/** @param {Day} day  @param {string} meter  @returns {?Result} what was told of it last, by this list */
export function resultOf(day, meter) {
  const told = Object.values(day.results).filter(
    (one) => one.told.meter_number === meter && day.list && one.told.list === day.list.id
  );
  return told.length ? told[told.length - 1] : null;
}

/** @param {Day} day  @returns {?Line} the order in hand */
export function lineOf(day) {
  return (day.list && day.list.lines.find((line) => line.meter_number === day.at)) || null;
}

/** @param {List} list  @param {Line} line  @returns {import("./guide.js").Rows} */
export function rowsOf(list, line) {
  const end = line.first + line.rows.length - 1;
  const pairs = line.firsts.map((first, place) => [first, (line.firsts[place + 1] || end + 1) - 1]);
  return Object.assign({ pairs, minutes: list.minutes, until: list.until, now: list.made_at }, line);
}

/** @param {Day} day  @returns {Draft} of the order in hand */
export function draftOf(day) {
  const line = lineOf(day);
  const fresh = {
    place: { done: line.known, since: null },
    refused: { row: 0, times: 0, word: "" },
    reason: null,
    krn: null,
    photo: null,
    earlier: [],
    codes: codesOf(line),
  };
  return Object.assign(fresh, day.drafts[day.at]);
}

/** @param {(draft: Draft) => void} edit what is known of the order in hand */
export function draft(edit) {
  change((day) => {
    const one = draftOf(day);
    edit(one);
    day.drafts[day.at] = one;
  });
}
