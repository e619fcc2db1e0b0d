/**
 * What this telephone keeps of one customer's page, and what changes it. It is read anew before each change, for another
 * tab may have changed it.
 *
 * @typedef {import("./guide.js").Rows} Rows
 * @typedef {{rows: ?Rows, place: import("./guide.js").Place, step: string, shown: Object<string, any>,
 *   known: number, back: import("./guide.js").Place[], refusals: Object<string, {times: number, at: number}>, queue: import("./queue.js").Item[], skew: number, ended: string,
 *   visit: string, sent: boolean}} Page
 *   known: the last row that is in by the office or by this telephone; back: the places before this one;
 *   refusals: of rows by their numbers, and when the last was
 */

import * as store from "./store.js";

const FORM = /^[A-Za-z0-9_-]{22}$/;
const LAST = "last";
const PAGES = "pages";
const MOST = 4;

/** @returns {Page} */
export function fresh() {
  return {
    rows: null,
    place: { done: -1, since: null },
    step: "check",
    shown: {},
    known: -1,
    back: [],
    refusals: {},
    queue: [],
    skew: 0,
    ended: "",
    visit: "",
    sent: false,
  };
}

/**
 * The secret of the address, or that of the page before. What was deleted is asked for again by a new scan.
 *
 * @returns {string} empty: there is none
 */
export function secretHere() {
  const given = location.hash.slice(1);
  if (!FORM.test(given)) return given ? "" : store.read(LAST) || "";
  const page = store.read("page." + given);
  if (page && page.ended === "forgotten") store.remove("page." + given);
  else if (page) settle(given);
  return given;
}

/**
 * The office has known this secret: it is the page of this telephone now, and leaves the address where it is kept.
 *
 * A link that somebody sends takes nobody's place before. What waits to be sent is never dropped.
 *
 * @param {string} secret
 */
export function settle(secret) {
  store.write(LAST, secret);
  const pages = (store.read(PAGES) || []).filter((other) => other !== secret);
  const old = pages.filter((other) => !((store.read("page." + other) || {}).queue || []).length);
  // Nobody has so many meters: the oldest goes.
  const gone = old.slice(0, Math.max(0, pages.length - MOST + 1));
  gone.forEach((other) => store.remove("page." + other));
  store.write(PAGES, [...pages.filter((other) => !gone.includes(other)), secret]);
  if (!store.isForgetful() && location.hash.slice(1) === secret) history.replaceState(null, "", location.pathname);
}

export class Kept {
  /** @param {string} secret  @param {() => void} changed is called when another tab has changed it */
  constructor(secret, changed) {
    this.name = "page." + secret;
    if (secret) store.watch(this.name, changed);
  }

  /** @returns {Page} */
  get now() {
    return Object.assign(fresh(), store.read(this.name));
  }

  /** @param {(page: Page) => void} change */
  change(change) {
    const page = this.now;
    change(page);
    store.write(this.name, page);
  }

  /** Nothing of it stays but that it is over. @param {string} code why */
  end(code) {
    store.write(this.name, Object.assign(fresh(), { ended: code }));
  }
}

/** The language, of all pages. @returns {string} */
export function language() {
  return store.read("language") === "en" ? "en" : "id";
}

/** @param {string} code */
export function speak(code) {
  store.write("language", code);
}
