/** The page on which a customer goes through the rows at home: what is seen, and what each button does. */

import { bar, code, fours, key, number } from "./codes.js";
import { button, h } from "./dom.js";
import * as guide from "./guide.js";
import { Kept, language, secretHere, settle, speak } from "./page.js";
import { Refused, ask, flush, uuid } from "./queue.js";
import { isForgetful } from "./store.js";
import { benar, krns, reasons, shown, words } from "./texts.js";
import { speaker } from "./words.js";

const DAY = 86400000;
const AGAIN = 30000;
/** How often a row may be refused: after that the meter may lock itself. */
const REFUSALS = 2;
let say = speaker(words[language()]);
let secret = secretHere();
let kept = new Kept(secret, changedElsewhere);
/** What this tab alone knows: how its last question ended, whether another tab is open too, and that files are kept. */
const here = { asking: false, why: "", heard: false, other: false, works: false };

const main = document.querySelector("main");
const footer = document.querySelector("footer");

/** The office's time, as far as it is known. */
function now() {
  return Date.now() + kept.now.skew;
}

/** @param {string} step  @param {Object<string, any>} [shown] what that step shows beside */
function go(step, shown) {
  kept.change((page) => {
    page.step = step;
    page.shown = shown || {};
  });
  draw(true);
}

/** @param {string} path  @param {Object<string, any>} body */
function tell(path, body) {
  kept.change((page) => page.queue.push({ path, body: Object.assign({ id: uuid() }, body) }));
}

// --- the steps: each gives what stands in the middle of the page

const STEPS = {
  check: (page) => [
    h("h1", null, say("which_meter")),
    number(page.rows.meter_number),
    h("p", null, say("which_meter_why")),
    button(say("yes"), () => go("old"), "main"),
    button(say("no"), () => go("other-meter")),
  ],
  "other-meter": (page) => [
    h("h1", null, say("other_meter")),
    number(page.rows.meter_number),
    h("p", null, say("other_meter_why")),
    button(say("back"), () => go("check"), "main"),
  ],
  old: () => [
    h("h1", null, say("old_tokens")),
    h("p", null, say("tokens_first_why")),
    button(say("no_tokens"), toRow, "main"),
    button(say("have_tokens"), () => go("old-first")),
  ],
  "old-first": () => [
    h("h1", null, say("tokens_first")),
    h("p", null, say("tokens_first_why")),
    h("p", null, say("tokens_keep")),
    button(say("tokens_done"), toRow, "main"),
    button(say("back"), () => go("old")),
  ],
  row,
  else: (page) => [
    h("h1", null, say("what_else", { row: page.shown.row })),
    ...shown.map((word) =>
      button(word === "other" ? say("nothing_shown") : word.toUpperCase(), () => notIn(page.shown.row, word))
    ),
    button(say("back"), () => go("row")),
  ],
  refused: (page) => [
    h("h1", null, say("once_more", { row: page.shown.row })),
    h("p", null, say(page.shown.word === "gagal" ? "put_off" : "slowly")),
    number(page.rows.meter_number),
    h("p", null, say("only_once")),
    button(say("once_more", { row: page.shown.row }), toRow, "main"),
    button(say("other_meter"), () => go("other-meter")),
  ],
  stop: () => [
    h("h1", null, say("stop")),
    h("p", null, say("stop_why")),
    h("p", null, say("stop_look")),
    button(say("look_at_04"), () => go("krn"), "main"),
    button(say("visit"), () => go("visit")),
  ],
  periksa: () => [
    h("h1", null, say("periksa")),
    h("p", null, say("periksa_why")),
    h("p", null, say("periksa_do")),
    button(say("visit"), () => go("visit"), "main"),
    button(say("back"), () => go("row")),
  ],
  blank: () => [
    h("h1", null, say("blank")),
    h("p", null, say("blank_why")),
    button(say("look_at_04"), () => go("krn"), "main"),
    button(say("visit"), () => go("visit")),
    button(say("back"), () => go("row")),
  ],
  late: (page) => [
    h("h1", null, say("too_late", { minutes: page.rows.minutes })),
    h("p", null, say("again_from", { row: guide.next(page.rows, page.place) })),
    button(say("continue_from", { row: guide.next(page.rows, page.place) }), toRow, "main"),
  ],
  krn: () => [
    h("h1", null, say("which_krn")),
    h("p", null, key("0"), key("4"), key("enter", say("enter"))),
    h("div", { class: "two" }, ...krns.map((krn) => button(String(krn), () => readKrn(krn), "main"))),
    button(say("other_krn"), () => readKrn(0)),
    button(say("dont_know"), () => go("result", { meaning: "unknown", krn: 0 })),
    button(say("from_start"), fromStart),
  ],
  result,
  forget: () => [
    h("h1", null, say("forget_ask")),
    h("p", null, say("forget_why")),
    button(say("no"), () => go("krn"), "main"),
    button(say("yes"), forget),
  ],
  visit: () => [
    h("h1", null, say("visit_why")),
    ...reasons.map((reason) => button(say("visit_" + reason), () => visit(reason))),
    button(say("back"), toRow),
  ],
  asked: (page) => [
    h("h1", null, say(page.queue.some((item) => item.path === "visit") ? "visit_queued" : "visit_sent")),
    h("p", null, say("visit_" + page.visit)),
    h("p", null, say("visit_free")),
    button(say("go_on"), toRow, "main"),
  ],
  forgotten: () => [h("h1", null, say("forgotten")), h("p", null, say("keep_slip"))],
};

/** The row that is in hand, or what else is to be done. */
function toRow() {
  const page = kept.now;
  go(guide.next(page.rows, page.place) === null ? "krn" : "row");
}

/** Whatever somebody claims to be in, the rows can be seen. */
function fromStart() {
  kept.change((page) => {
    page.place = { done: page.rows.first - 1, since: null };
    page.back = [];
  });
  go("row");
}

/** @param {import("./page.js").Page} page  @returns {import("./guide.js").Place} the place before: who pressed too soon */
function placeBefore(page) {
  if (page.back.length) return page.back[page.back.length - 1];
  return { done: guide.begins(page.rows, guide.next(page.rows, page.place) - 2), since: null };
}

function back() {
  kept.change((page) => {
    page.place = placeBefore(page);
    page.back.pop();
  });
  go("row");
}

/** @param {import("./page.js").Page} page  @param {number} at  @returns {number} how often this row was refused of late */
function refusals(page, at) {
  const refused = page.refusals[at];
  return refused && Math.abs(now() - refused.at) < DAY ? refused.times : 0;
}

/** @param {import("./page.js").Page} page */
function row(page) {
  const rows = page.rows;
  const at = guide.next(rows, page.place);
  if (at === null) return STEPS.krn(page);
  if (refusals(page, at) >= REFUSALS) return STEPS.stop(page);
  const before = at > rows.first && guide.next(rows, placeBefore(page));
  const pair = guide.pairOf(rows, at);
  return [
    h("h1", null, say("code_of", { row: at, last: guide.last(rows) })),
    code(rows.rows[at - rows.first]),
    h("p", { class: "small" }, say("key_in"), " ", key("enter", say("enter")), ". ", say("mistyped"), " ",
      key("erase", say("erase")), "."),
    pair[0] === pair[1] ? null : h("div", { id: "time" }, time(page, pair)),
    h("p", null, say("shows")),
    h("div", { class: "two" },
      button(benar, () => wentIn(at), "good"),
      button(say("something_else"), () => go("else", { row: at }))),
    before && button(say("back_to", { row: before }), back),
  ].filter(Boolean);
}

/** @param {import("./page.js").Page} page  @param {number[]} pair */
function time(page, pair) {
  const [first, last] = pair;
  const minutes = page.rows.minutes;
  const left = guide.left(page.rows, page.place, now());
  if (left === null) return h("p", { class: "small" }, say("time_for", { first, last, minutes }));
  const whole = Math.floor(left / 60000);
  const text = whole ? say("time_left", { minutes: whole, first, last }) : say("time_last", { first, last });
  return bar(left / (minutes * 60000), text);
}

/** @param {number} at the row to which the meter showed BENAR */
function wentIn(at) {
  const page = kept.now;
  if (guide.next(page.rows, page.place) !== at) return draw(true);
  // Too late it is seen only when the bar has ended; what the meter showed counts.
  tell("said", { kind: "in", row: at });
  kept.change((changed) => {
    changed.back.push(changed.place);
    changed.place = guide.tick(changed.rows, changed.place, at, now());
    changed.known = Math.max(changed.known, at);
  });
  toRow();
  send();
}

/** @param {number} at  @param {string} word what the meter showed */
function notIn(at, word) {
  tell("said", { kind: "not-in", row: at, shown: word });
  send();
  if (word === "periksa") return go("periksa");
  if (word === "other") return go("blank");
  let times = 0;
  kept.change((page) => {
    times = refusals(page, at) + 1;
    page.refusals[at] = { times, at: now() };
  });
  go(times < REFUSALS ? "refused" : "stop", { row: at, word });
}

/** @param {number} krn 0: another number than those that can be chosen */
function readKrn(krn) {
  const means = guide.means(kept.now.rows, krn);
  tell("said", { kind: "krn", krn });
  kept.change((page) => {
    // A number that tells nothing moves nobody: rows that the meter refused are not in by it.
    if (["other", "nothing-to-compare"].includes(means.meaning)) return;
    page.place = { done: means.done, since: null };
    page.back = [];
    page.known = Math.max(page.known, means.done);
  });
  go("result", { meaning: means.meaning, krn });
  send();
}

/** @param {import("./page.js").Page} page */
function result(page) {
  const { meaning, krn } = page.shown;
  const { before, wanted } = page.rows;
  const at = guide.next(page.rows, page.place);
  const stopped = at !== null && refusals(page, at) >= REFUSALS;
  const nothing = at === null
    ? ["noted", say("nothing_to_compare")]
    : ["not_finished", stopped ? say("stop_why") : say("not_in", { row: at, last: guide.last(page.rows) })];
  const said = {
    "right": ["right", say("right_why")],
    "rose": ["noted", say("rose", { before, shown: krn })],
    "nothing-to-compare": nothing,
    "unknown": nothing,
    "not-yet": ["not_finished", krn ? say("not_yet", { shown: krn, krn: wanted }) : say("not_yet_other", { krn: wanted })],
    "not-all": ["not_finished", say("not_all", { before, shown: krn })],
    "unchanged": ["not_finished", say("unchanged", { shown: krn })],
    "other": ["wrong_krn", say("wrong_krn_why")],
  }[meaning];
  const good = meaning === "right" || meaning === "rose";
  const other = meaning === "other";
  const finished = at === null && !other;
  return [
    h("h1", null, say(said[0])),
    h("p", { class: good ? "good-note" : "note" }, said[1]),
    other && number(page.rows.meter_number),
    finished && h("p", null, say("kwh")),
    finished && h("p", null, say("keep_slip")),
    stopped && !other && button(say("visit"), () => go("visit"), "main"),
    !stopped && !other && at !== null && button(say("continue_from", { row: at }), toRow, "main"),
    !good && button(say("look_at_04"), () => go("krn"), other ? "main" : ""),
    finished && button(say("from_start"), fromStart),
    finished && good && page.queue.length === 0 && button(say("forget"), () => go("forget")),
  ].filter(Boolean);
}

/** @param {string} reason */
function visit(reason) {
  tell("visit", { reason });
  kept.change((page) => {
    page.visit = reason;
  });
  go("asked");
  send();
}

function forget() {
  kept.end("forgotten");
  draw(true);
}

// --- what is told in place of a step

const ENDED = {
  "CAP-01": ["unknown", "unknown_why", "slip_is_good"],
  "CAP-02": ["over", "over_why", "slip_is_good"],
  "CAP-03": ["over", "ended_why"],
  "CAP-04": ["proved", "proved_why", "kwh"],
  "forgotten": ["forgotten", "keep_slip"],
};

function middle(page) {
  const told = (name, ...lines) => [h("h1", null, say(name)), ...lines.map((line) => h("p", null, say(line)))];
  const retry = () => button(say("try_again"), () => refresh(), "main");
  if (!secret) return told(...ENDED["CAP-01"]);
  if (page.ended) return told(...(ENDED[page.ended] || ENDED["CAP-01"]));
  if (!page.rows && ENDED[here.why]) return told(...ENDED[here.why]);
  if (here.why === "OFF-03") return [...told("blocked", "blocked_why"), retry()];
  if (page.rows) return (STEPS[page.step] || STEPS.check)(page);
  if (here.asking) return [h("h1", null, say("loading"))];
  if (here.why === "net") return [...told("no_network", "no_network_why", "slip_is_good"), retry()];
  return [...told("busy", "busy_why", "slip_is_good"), retry()];
}

/** What stands below whatever is shown: how it is with the network, the telephone and its clock. */
function notes(page) {
  if (!page.rows || page.ended) return [];
  const over = !here.heard && now() > Date.parse(page.rows.until);
  const note = (name) => h("p", { class: "note" }, say(name));
  return [
    isForgetful() && note("not_kept"),
    here.other && note("other_tab"),
    over && note("maybe_over"),
    Math.abs(page.skew) > DAY && note("clock"),
  ].filter(Boolean);
}

function status(page) {
  if (!page.rows || page.ended) return "";
  if (page.queue.length) return say("waiting");
  if (page.sent) return say("all_sent");
  return here.works && !isForgetful() ? say("works_offline") : "";
}

/** @param {boolean} moved whether another thing is shown: who listens or has keys alone is led to its beginning */
function draw(moved) {
  const page = kept.now;
  const inside = main.contains(document.activeElement);
  document.documentElement.lang = language();
  document.title = say("title");
  // Whose rows these are stands above every step: a household may have two meters, and a neighbour asks for help.
  const whose = page.rows && !page.ended;
  document.querySelector("header p").textContent =
    (whose ? say("meter", { number: fours(page.rows.meter_number).join(" ") }) : say("title")) + " ";
  document.querySelector("header p").append(h("b", null, say("free")));
  while (main.firstChild) main.firstChild.remove();
  main.append(...middle(page).filter(Boolean), ...notes(page));
  const asks = page.rows && !page.ended && !["visit", "asked"].includes(page.step);
  while (footer.firstChild) footer.firstChild.remove();
  footer.append(
    h("div", { class: "two" },
      asks ? button(say("visit"), () => go("visit")) : "",
      h("button", { type: "button", lang: language() === "id" ? "en" : "id", onclick: otherLanguage }, say("language"))),
    h("p", null, say("help")),
    h("p", { role: "status", id: "status" }, status(page))
  );
  const title = main.querySelector("h1");
  title.tabIndex = -1;
  if (moved) scrollTo(0, 0);
  if (moved || inside) title.focus({ preventScroll: !moved });
}

function otherLanguage() {
  speak(language() === "id" ? "en" : "id");
  say = speaker(words[language()]);
  draw(true);
}

/** The bar moves, and its end is seen, without a touch. */
function tick() {
  const page = kept.now;
  const place = document.getElementById("time");
  if (!page.rows || page.ended || page.step !== "row") return;
  if (guide.left(page.rows, page.place, now()) === 0) {
    kept.change((changed) => {
      changed.place = guide.again(changed.rows, changed.place);
      changed.back = [];
    });
    go("late");
  } else if (place) {
    const at = guide.next(page.rows, page.place);
    place.replaceChild(time(page, guide.pairOf(page.rows, at)), place.firstChild);
  }
}

function changedElsewhere() {
  here.other = true;
  say = speaker(words[language()]);
  draw(false);
}

// --- the office

/** Steps that are about no row. */
const BESIDE = ["check", "other-meter", "old", "old-first", "visit", "asked"];

/** @param {any} answer of the office  @returns {boolean} whether it leads somebody to another place */
function heard(answer) {
  let moved = false;
  here.heard = true;
  here.why = "";
  kept.change((page) => {
    const begun = page.rows !== null;
    const known = answer.known;
    // Another tab may have told more since this was asked.
    const old = begun && Date.parse(answer.now) < Date.parse(page.rows.now);
    page.ended = "";
    page.rows = answer;
    const skew = Date.parse(answer.now) - Date.now();
    // What went by on this telephone stays what it was, whatever its clock is called now.
    if (page.place.since !== null) page.place.since += skew - page.skew;
    page.back.forEach((place) => place.since !== null && (place.since += skew - page.skew));
    page.skew = skew;
    // What this telephone has told is at the office: if less is known there, staff have taken it back.
    const less = begun && !old && !page.queue.length && known < guide.begins(answer, page.place.done);
    // More than anybody has said here, so that whoever goes back to a row is left there.
    const more = known > page.known && known > page.place.done;
    moved = !begun || less || more;
    if (moved) {
      page.place = { done: known, since: null };
      page.back = [];
    }
    if (less) {
      page.refusals = {};
      if (!BESIDE.includes(page.step)) page.step = "row";
    }
    page.known = page.queue.length ? Math.max(known, page.known) : known;
  });
  if (secret) settle(secret);
  return moved;
}

/** @param {any} error */
function failed(error) {
  here.why = error instanceof Refused ? error.code || "busy" : "net";
  // Of what the office never knew here nothing is kept.
  if (ENDED[here.why] && (kept.now.rows || kept.now.ended)) kept.end(here.why);
}

/** Send what waits. @param {boolean} [asks] for the rows, too, if nothing waits */
async function send(asks) {
  // What the office has ended it may open again; what was deleted here, a new scan brings back.
  if (here.asking || !secret || kept.now.ended === "forgotten" || (kept.now.ended && !asks)) return;
  const why = here.why;
  // Another page may be opened meanwhile: what is answered is about this one.
  const [asked, mine] = [secret, kept];
  let moved = false;
  let went = false;
  here.asking = true;
  if (asks && kept.now.rows === null && !kept.now.ended) draw(true);
  try {
    const gone = (sent) =>
      mine.change((page) => {
        const names = sent.map((item) => item.body.id);
        page.queue = page.queue.filter((item) => !names.includes(item.body.id));
        page.sent = true;
      });
    let answer = await flush(() => mine.now.queue, gone, (path, body) => ask("/r/" + path, asked, body));
    if (answer === null && asks && kept === mine) answer = await ask("/r/rows", asked, {});
    if (answer !== null && kept === mine) moved = heard(answer);
    went = true;
  } catch (error) {
    if (kept === mine) failed(error);
    // Without a network nothing else is shown, where there are rows.
    moved = kept.now.ended !== "" || kept.now.rows === null || here.why === "OFF-03";
  }
  here.asking = false;
  if (kept !== mine) return begin();
  const page = kept.now;
  const place = document.getElementById("status");
  if (moved || (why === "OFF-03" && here.why !== why)) draw(true);
  else if (["result", "asked"].includes(page.step) || !place) draw(false);
  else place.textContent = status(page);
  // What was told while the office answered goes now, and not at the next look in half a minute.
  if (went && kept.now.queue.length) await send();
}

function refresh() {
  return send(true);
}

async function begin() {
  const page = kept.now;
  if (page.rows && !page.ended) draw(true);
  else if (!secret || page.ended) draw(true);
  await refresh();
}

addEventListener("online", refresh);
addEventListener("hashchange", () => {
  const other = secretHere();
  if (!other && location.hash.length < 2) return;
  secret = other;
  kept = new Kept(secret, changedElsewhere);
  here.heard = false;
  here.why = "";
  begin();
});
document.addEventListener("visibilitychange", () => document.hidden || refresh());
setInterval(tick, 1000);
setInterval(() => kept.now.queue.length && send(), AGAIN);
if ("serviceWorker" in navigator) {
  // Where it is refused, in a private window or by an old browser, the open page goes on all the same.
  navigator.serviceWorker.register("/r/worker.js", { scope: "/r" }).catch(() => null);
  navigator.serviceWorker.ready.then(() => {
    here.works = true;
    draw(false);
  });
}
begin();
