/** The officer's page: today's orders, one meter after the other, also without a network. */

import { bar, code, fours, key, number } from "./codes.js";
import * as days from "./day.js";
import { button, h } from "./dom.js";
import * as guide from "./guide.js";
import { small } from "./photo.js";
import { Refused, ask, uuid } from "./queue.js";
import { canScan, scan } from "./scan.js";
import { isForgetful, read, write } from "./store.js";
import { all, benar, codes, reasons, together, words } from "./texts.js";
import { speaker } from "./words.js";

const AGAIN = 30000;
const LIMIT = 30;
/** With these nobody saw the meter, unless codes were keyed in before: nothing is asked of its display. */
const unseen = ["nobody-home", "declined"];
const TOKEN = "krn.door.token";
const main = document.querySelector("main");
const whose = document.getElementById("whose");
const footer = document.querySelector("footer");
let say = speaker(words[language()]);
/** What this tab alone knows. */
const here = { token: keptToken(), asking: false, why: "", works: false, stop: null, photo: "", unit: "" };

/** @returns {string} */
function language() {
  return read("language") === "en" ? "en" : "id";
}

// --- who is signed in: the token is of this tab, and of no file

/** @returns {string} */
function keptToken() {
  try {
    return sessionStorage.getItem(TOKEN) || "";
  } catch (error) {
    return "";
  }
}

/** @param {string} token  empty: nobody is signed in any more */
function keepToken(token) {
  here.token = token;
  try {
    if (token) sessionStorage.setItem(TOKEN, token);
    else sessionStorage.removeItem(TOKEN);
  } catch (error) {
    // The open tab goes on.
  }
}

/** @param {string} name  @param {string} secret */
async function signIn(name, secret) {
  const day = days.now();
  if (days.waiting(day).length && day.officer && day.officer !== name.trim().toLowerCase()) {
    return told("of_other", { name: day.officer });
  }
  await office(async () => {
    const signed = await ask("/v1/sessions", "", { name: name.trim(), secret });
    keepToken(signed.token);
    days.change((changed) => {
      if (changed.officer !== signed.name) {
        days.forget(changed);
        changed.drafts = {};
      }
      changed.officer = signed.name;
      changed.units = signed.units;
      changed.note = "";
      changed.step = "day";
    });
  });
  if (here.token) await send();
  draw(true);
}

/** What goes and what stays, before it does. @param {days.Day} day */
function leaveStep(day) {
  return [
    h("h1", null, say("leave")),
    note(say("leave_goes")),
    ...stays(day),
    button(say("leave_now"), signOut, "bad"),
    button(say("back"), () => go("day"), "main"),
  ];
}

/** @param {days.Day} day */
function renewStep(day) {
  return [
    h("h1", null, say("renew")),
    note(say("renew_goes")),
    ...stays(day),
    button(say("new_list"), () => fetchList(here.unit), "main"),
    button(say("back"), () => go("day")),
  ];
}

/** @param {days.Day} day */
function stays(day) {
  const unsent = days.waiting(day).length;
  const begun = Object.keys(day.drafts).length;
  return [
    unsent > 0 && h("p", null, say("stays_unsent", { count: unsent })),
    begun > 0 && h("p", null, say("stays_begun", { count: begun })),
  ];
}

async function signOut() {
  const token = here.token;
  keepToken("");
  days.change((day) => {
    days.forget(day);
    day.note = "signed_out";
    day.step = "sign-in";
  });
  draw(true);
  if (!token) return;
  const headers = { "Authorization": "Bearer " + token };
  // It ends by itself too.
  await fetch("/v1/sessions", { method: "DELETE", headers, credentials: "omit" }).catch(() => null);
}

// --- the office

/** Ask it something; what became of that is in `here.why`. @param {() => Promise<void>} work */
async function office(work) {
  if (here.asking) return;
  here.asking = true;
  here.why = "";
  try {
    await work();
  } catch (error) {
    here.why = error instanceof Refused ? error.code || "busy" : "net";
    if (codes.over.includes(here.why)) keepToken("");
  }
  here.asking = false;
}

/** @param {string} unit */
async function fetchList(unit) {
  const asked = office(async () => {
    const list = await ask("/door/orders", here.token, { id: uuid(), unit, limit: LIMIT });
    days.change((day) => {
      days.forget(day);
      day.list = list;
      days.prune(day);
      day.skew = Date.parse(list.made_at) - Date.now();
    });
  });
  draw(true);
  await asked;
  draw(true);
}

/** Send what waits, the oldest first. */
async function send() {
  if (!here.token || here.asking) return;
  let most = together;
  await office(async () => {
    for (;;) {
      const part = days.waiting(days.now()).slice(0, most);
      if (!part.length) return;
      try {
        const answer = await ask("/door/results", here.token, { told: part.map((one) => one.told) });
        became(answer.became);
      } catch (error) {
        if (!(error instanceof Refused) || error.later || codes.over.includes(error.code)) throw error;
        // One of them is refused: which one shows by itself, and it holds no other up.
        if (part.length > 1) most = 1;
        else became([{ id: part[0].told.id, fate: "refused", code: error.code }]);
      }
    }
  });
}

/** @param {{id: string, fate: string, code: string}[]} all */
function became(all) {
  days.change((day) => {
    for (const one of all) {
      if (day.results[one.id]) Object.assign(day.results[one.id], { fate: one.fate, code: one.code });
    }
  });
}

// --- the steps: each gives what stands in the middle of the page

/** @param {string} step  @param {string} [at] the meter in hand */
function go(step, at) {
  days.change((day) => {
    day.step = step;
    if (at !== undefined) day.at = at;
    day.note = "";
  });
  here.why = "";
  draw(true);
}

const STEPS = {
  "sign-in": signInStep,
  day: dayStep,
  scan: scanStep,
  order: orderStep,
  row: rowStep,
  refused: (day, line, draft) => [
    h("h1", null, say("once_more", { row: draft.refused.row })),
    h("p", null, say("only_once")),
    button(say("once_more", { row: draft.refused.row }), () => go("row"), "main"),
    button(say("stop_here"), () => go("krn")),
  ],
  krn: (day, line, draft) => [
    h("h1", null, say("which_krn")),
    h("p", null, key("0"), key("4"), key("enter", say("enter"))),
    h("div", { class: "three" }, ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((krn) => button(String(krn), () => shows(krn), "main"))),
    button(say("not_read"), () => shows(null)),
    backButton(draft),
  ],
  reason: () => [
    h("h1", null, say("why_not")),
    ...reasons.map((reason) => button(say("reason_" + reason), () => cannot(reason))),
    button(say("back"), () => go("order")),
  ],
  check: checkStep,
  leave: leaveStep,
  renew: renewStep,
};

/** @param {days.Day} day */
function signInStep(day) {
  const name = h("input", { id: "name", autocomplete: "username", autocapitalize: "none", required: true });
  const secret = h("input", { id: "secret", type: "password", autocomplete: "current-password", required: true });
  name.value = day.officer;
  const submit = (event) => {
    event.preventDefault();
    signIn(name.value, secret.value);
  };
  return [
    h("h1", null, say("sign_in")),
    day.note && note(say(day.note, { name: day.officer })),
    days.waiting(day).length > 0 && note(say("sign_in_again")),
    problem(),
    h("form", { onsubmit: submit },
      h("label", { for: "name" }, say("name")), name,
      h("label", { for: "secret" }, say("secret")), secret,
      h("button", { type: "submit", class: "main" }, say("sign_in"))),
    day.list && button(say("next"), () => go("day")),
  ];
}

/** @param {days.Day} day */
function dayStep(day) {
  if (!here.token && !day.list) return signInStep(day);
  if (!day.list) return noListStep(day);
  const lines = day.list.lines;
  const done = lines.filter((line) => days.resultOf(day, line.meter_number)).length;
  const typed = h("input", { id: "meter", inputmode: "numeric", autocomplete: "off" });
  const search = (event) => {
    event.preventDefault();
    find(typed.value);
  };
  return [
    h("h1", null, say("count", { done, all: lines.length })),
    h("p", { class: "small" }, status(day)),
    problem(),
    day.note && note(say(day.note)),
    !here.token && !here.why && note(say(days.waiting(day).length ? "sign_in_again" : "signed_off")),
    !here.token && button(say("sign_in"), () => go("sign-in")),
    h("form", { class: "find", onsubmit: search },
      h("div", null, h("label", { for: "meter" }, say("find_meter")), typed),
      h("button", { type: "submit" }, say("find"))),
    canScan() && button(say("scan"), () => go("scan")),
    h("ul", { class: "orders" }, ...lines.map((line) => h("li", null, orderButton(day, line)))),
    here.token && h("form", { onsubmit: (event) => event.preventDefault() }, ...unitChoice(day, "new_list")),
    button(say("sign_out"), () => go("leave")),
  ];
}

/** @param {days.Day} day */
function noListStep(day) {
  if (here.asking) return [h("h1", null, say("getting"))];
  return [
    h("h1", null, say("title")),
    day.note && note(say(day.note)),
    problem(),
    h("form", { onsubmit: (event) => event.preventDefault() }, ...unitChoice(day, "get_list")),
    button(say("sign_out"), () => go("leave")),
  ];
}

/** The units of an officer to choose from; one who sees all of them writes one down. */
function unitChoice(day, words) {
  const get = (unit) => {
    here.unit = unit;
    if (day.list) go("renew");
    else fetchList(unit);
  };
  if (day.units.length) {
    return day.units.map((unit) => button(say(words) + (day.units.length > 1 ? ": " + unit : ""), () => get(unit),
      day.list ? "" : "main"));
  }
  const unit = h("input", { id: "unit", maxlength: 16 });
  return [h("label", { for: "unit" }, say("unit")), unit, button(say(words), () => get(unit.value.trim()))];
}

/** @param {days.Day} day  @param {days.Line} line */
function orderButton(day, line) {
  const result = days.resultOf(day, line.meter_number);
  const state = result ? stateOf(result) : line.whys.map((why) => say("why_" + why)).join(", ");
  const look = !result ? "" : ["refused", "conflict"].includes(result.fate) ? "odd" : "over";
  const open = () => go(result && !day.drafts[line.meter_number] ? "check" : "order", line.meter_number);
  const element = button("", open, look);
  element.append(
    line.number + ". ", h("b", null, fours(line.meter_number).join(" ")), " " + line.masked_name,
    h("span", { class: "state" }, state)
  );
  return element;
}

/** @param {days.Result} result */
function stateOf(result) {
  if (!result.fate) return say("waits");
  if (result.fate === "refused") return say("refused", { code: result.code });
  return say({ known: "proved_before", conflict: "conflict" }[result.fate] || "done");
}

/** @param {string} typed a number, or its last digits */
function find(typed) {
  const digits = typed.replace(/\D/g, "");
  const found = days.now().list.lines.filter((line) => digits && line.meter_number.endsWith(digits));
  if (found.length === 1) return go("order", found[0].meter_number);
  told(found.length ? "several" : "not_on_list");
}

function scanStep() {
  const video = h("video", { playsinline: true, muted: true, "aria-hidden": "true" });
  const found = (text) => {
    const digits = text.replace(/\D/g, "");
    const line = days.now().list.lines.find((one) => one.meter_number === digits);
    if (line) go("order", line.meter_number);
  };
  scan(video, found).then(
    (stop) => (days.now().step === "scan" ? (here.stop = stop) : stop()),
    () => {
      go("day");
      told("no_camera");
    }
  );
  return [h("h1", null, say("scanning")), video, button(say("stop_scan"), () => go("day"))];
}

/** @param {days.Day} day  @param {days.Line} line */
function orderStep(day, line) {
  const power = line.power_va === null ? "" : line.power_va + " VA";
  return [
    h("h1", null, say("order", { number: line.number })),
    h("p", null, say("compare")),
    number(line.meter_number),
    h("p", null, [line.masked_name, line.tariff, power].filter(Boolean).join("  ")),
    h("p", null, line.whys.map((why) => say("why_" + why)).join(", "), line.code ? " (" + line.code + ")" : ""),
    line.rows.length === 0 && note(say("without_codes") + (line.refusal ? " " + line.refusal : "")),
    line.rows.length > 0 && button(say("same_number"), () => go("row"), "main"),
    line.rows.length === 0 && button(say("stop_here"), () => go("krn"), "main"),
    button(say("cannot"), () => go("reason")),
    button(say("back"), () => go("day")),
  ];
}

/** @param {days.Day} day  @param {days.Line} line  @param {days.Draft} draft */
function rowStep(day, line, draft) {
  const rows = days.rowsOf(day.list, line);
  const at = guide.next(rows, draft.place);
  if (at === null) return STEPS.krn(day, line, draft);
  const pair = guide.pairOf(rows, at);
  return [
    h("h1", null, say("code_of", { row: at, last: guide.last(rows) })),
    code(rows.rows[at - rows.first]),
    h("p", { class: "small" }, say("key_in"), " ", key("enter", say("enter")), ". ", say("mistyped"), " ",
      key("erase", say("erase")), "."),
    h("div", { id: "time" }, timeOf(rows, draft, pair)),
    button(benar, () => wentIn(at), "good"),
    h("div", { class: "two" },
      button("SALAH", () => notIn(at, "salah"), "bad"),
      button("GAGAL", () => notIn(at, "gagal"), "bad")),
    button(say("cannot"), () => go("reason")),
    button(say("stop_here"), () => go("krn")),
    backButton(draft),
  ];
}

/** To the code before, where BENAR was touched by mistake. @param {days.Draft} draft */
function backButton(draft) {
  return draft.earlier.length > 0 && button(say("undo"), undo);
}

function undo() {
  days.draft((draft) => {
    if (draft.earlier.length) draft.place = draft.earlier.pop();
    draft.refused = { row: 0, times: 0, word: "" };
  });
  go("row");
}

function timeOf(rows, draft, pair) {
  const [first, last] = pair;
  const left = guide.left(rows, draft.place, days.time());
  if (left === null) return h("p", { class: "small" }, say("time_for", { first, last, minutes: rows.minutes }));
  const whole = Math.floor(left / 60000);
  const text = whole ? say("time_left", { minutes: whole, first, last }) : say("time_last", { first, last });
  return bar(left / (rows.minutes * 60000), text);
}

/** @param {number} at the code to which the meter showed BENAR */
function wentIn(at) {
  const day = days.now();
  const rows = days.rowsOf(day.list, days.lineOf(day));
  if (guide.next(rows, days.draftOf(day).place) !== at) return draw(true);
  days.draft((draft) => {
    draft.earlier.push(draft.place);
    draft.place = guide.tick(rows, draft.place, at, days.time());
    draft.refused = { row: 0, times: 0, word: "" };
  });
  go(guide.next(rows, days.draftOf(days.now()).place) === null ? "krn" : "row");
}

/** @param {number} at  @param {string} word what the meter showed */
function notIn(at, word) {
  let times = 0;
  days.draft((draft) => {
    times = draft.refused.row === at ? draft.refused.times + 1 : 1;
    draft.refused = { row: at, times, word };
  });
  go(times < 2 ? "refused" : "krn");
}

/** @param {?number} krn null: nobody could read it */
function shows(krn) {
  days.draft((draft) => {
    draft.krn = krn;
  });
  go("check");
}

/** @param {string} reason */
function cannot(reason) {
  const day = days.now();
  const { place, refused } = days.draftOf(day);
  const isSeen = !unseen.includes(reason) || place.done > days.lineOf(day).known || refused.row > 0;
  days.draft((draft) => {
    draft.reason = reason;
    if (!isSeen) draft.krn = null;
  });
  go(isSeen ? "krn" : "check");
}

/** What is told of the order in hand. @param {days.Line} line  @param {days.Draft} draft */
function toTell(line, draft) {
  const end = line.first + line.rows.length - 1;
  const done = draft.place.done;
  const isAll = line.rows.length > 0 && done >= end;
  const refused = !isAll && draft.refused.row > done ? draft.refused : null;
  return {
    done: isAll ? all : done > line.known ? done : null,
    refused: refused ? refused.row : null,
    seen: refused ? refused.word : null,
    reason: isAll ? null : draft.reason,
    krn: draft.krn,
  };
}

/** @param {days.Day} day  @param {days.Line} line  @param {days.Draft} draft */
function checkStep(day, line, draft) {
  // What is in hand again is shown as it is now, and not as it was told before.
  const before = day.drafts[day.at] ? null : days.resultOf(day, line.meter_number);
  const is = before ? before.told : toTell(line, draft);
  const nothing = is.done === null && is.refused === null && is.reason === null && is.krn === null;
  const said = [
    is.done !== null && (is.done === all ? say("all_in", { benar }) : say("in_up_to", { benar, row: is.done })),
    is.refused !== null && say("refused_at", { word: is.seen.toUpperCase(), row: is.refused }),
    is.reason !== null && say("reason_" + is.reason),
    is.krn !== null && say("shows_krn", { krn: is.krn }),
  ].filter(Boolean);
  const target = is.krn !== null && line.wanted !== null && say(is.krn === line.wanted ? "is_target" : "not_target");
  const photo = before ? before.told.photo : draft.photo;
  return [
    h("h1", null, say(before ? "saved" : "check")),
    before && note(stateOf(before)),
    number(line.meter_number),
    ...said.map((text) => h("p", null, text)),
    target && h("p", { class: is.krn === line.wanted ? "good-note" : "note" }, target),
    photo && h("p", null, say("photo_taken")),
    here.photo && h("img", { class: "photo", src: here.photo, alt: say("photo") }),
    here.photo && h("a", { class: "save", href: here.photo, download: day.list.id + "-" + line.number + ".jpg" }, say("photo_save")),
    !before && h("p", { class: "small" }, say("photo_why")),
    !before && photoChoice(),
    !before && !nothing && button(say("save"), () => save(line, draft), "good"),
    before && button(say("next"), () => go("day"), "main"),
    button(say("change"), again),
  ];
}

function photoChoice() {
  const input = h("input", { type: "file", accept: "image/*", capture: "environment", "aria-label": say("photo") });
  input.addEventListener("change", async () => {
    try {
      const { blob, digest } = await small(input.files[0]);
      days.draft((draft) => {
        draft.photo = digest;
      });
      here.photo = URL.createObjectURL(blob);
      draw(false);
    } catch (error) {
      told("photo_bad");
    }
  });
  return h("div", { class: "file" }, input, h("span", { "aria-hidden": "true" }, say("photo")));
}

/** @param {days.Line} line  @param {days.Draft} draft */
function save(line, draft) {
  const at = new Date(days.time()).toISOString().slice(0, 19) + "Z";
  const day = days.now();
  const told = Object.assign({ id: uuid(), list: day.list.id, mark: line.mark, meter_number: line.meter_number, at,
    photo: draft.photo },
    toTell(line, draft));
  days.change((changed) => {
    // What was never sent is corrected; what the office has, it keeps beside the newer word.
    for (const one of days.waiting(changed)) {
      if (one.told.meter_number === told.meter_number && one.told.list === told.list) delete changed.results[one.told.id];
    }
    changed.results[told.id] = { told, fate: "", code: "" };
    delete changed.drafts[line.meter_number];
  });
  go("day");
  send().then(() => draw(false));
}

/** The order once more: where somebody was among its codes stays, until it is told. */
function again() {
  const day = days.now();
  if (day.drafts[day.at]) {
    days.draft((draft) => {
      draft.reason = null;
    });
  }
  go("order");
}

// --- what stands around it

function note(text) {
  return h("p", { class: "note" }, text);
}

/** A word of the page about what was just done. @param {string} name  @param {Object<string, string>} [values] */
function told(name, values) {
  draw(false);
  const line = note(say(name, values));
  line.setAttribute("role", "alert");
  main.querySelector("h1").after(line);
}

/** Why the office did not do what was asked. */
function problem() {
  // Who has a list goes on without a network: what waits is told below.
  if (!here.why || (here.why === "net" && days.now().list && here.token)) return null;
  const known = {
    net: "no_network", busy: "busy", [codes.wrong]: "wrong", [codes.locked]: "locked", [codes.other]: "not_officer",
    [codes.nothing]: "nothing",
  }[here.why];
  const why = { net: "no_network_why", busy: "busy_why" }[here.why];
  if (codes.over.includes(here.why)) return note(say("sign_in_again"));
  return note((known ? say(known) : say("not_now", { code: here.why })) + (why ? ". " + say(why) : ""));
}

function status(day) {
  const count = days.waiting(day).length;
  if (count) return say("queue", { count });
  if (isForgetful()) return say("not_kept");
  if (Object.values(day.results).length) return say("all_sent");
  return here.works ? say("works_offline") : "";
}

/** @param {boolean} moved whether another thing is shown: who listens or has keys alone is led to its beginning */
function draw(moved) {
  if (here.stop) here.stop();
  here.stop = null;
  tidy();
  const day = days.now();
  if (day.step !== "check" && here.photo) {
    URL.revokeObjectURL(here.photo);
    here.photo = "";
  }
  const line = days.lineOf(day);
  const needsLine = !["sign-in", "day", "scan", "leave", "renew"].includes(day.step);
  const step = (needsLine && !line) || (day.step === "scan" && !day.list) ? "day" : day.step;
  document.documentElement.lang = language();
  document.title = say("title");
  document.querySelector("header p").textContent = say("title") + (day.officer ? ": " + day.officer : "");
  whose.textContent = step === "day" || !needsLine ? "" : say("meter", { number: fours(line.meter_number).join(" ") });
  while (main.firstChild) main.firstChild.remove();
  main.append(...STEPS[step](day, line, line && days.draftOf(day)).filter(Boolean));
  while (footer.firstChild) footer.firstChild.remove();
  footer.append(
    h("p", { role: "status", id: "status" }, status(day)),
    h("button", { type: "button", lang: language() === "id" ? "en" : "id", onclick: otherLanguage }, say("language")),
    h("p", null, say("help"))
  );
  if (moved) {
    const title = main.querySelector("h1");
    title.tabIndex = -1;
    title.focus();
    scrollTo(0, 0);
  }
}

/** A list of yesterday goes, with its codes. */
function tidy() {
  const day = days.now();
  if (!day.list || days.time() <= Date.parse(day.list.until)) return;
  days.change((changed) => {
    days.forget(changed);
    changed.note = "old_list";
  });
}

function otherLanguage() {
  write("language", language() === "id" ? "en" : "id");
  say = speaker(words[language()]);
  draw(true);
}

/** The bar moves, and its end is seen, without a touch. */
function tick() {
  const day = days.now();
  const place = document.getElementById("time");
  const line = days.lineOf(day);
  if (!line || day.step !== "row" || !place) return;
  const rows = days.rowsOf(day.list, line);
  const draft = days.draftOf(day);
  if (guide.left(rows, draft.place, days.time()) === 0) {
    days.draft((changed) => {
      changed.place = guide.again(rows, changed.place);
      changed.earlier = [];
    });
    draw(true);
    told("again_from", { row: guide.next(rows, days.draftOf(days.now()).place) });
  } else {
    const at = guide.next(rows, draft.place);
    place.replaceChild(timeOf(rows, draft, guide.pairOf(rows, at)), place.firstChild);
  }
}

async function refresh() {
  if (!days.waiting(days.now()).length || !here.token) return;
  await send();
  const step = days.now().step;
  if (step === "day" || step === "check" || step === "sign-in") draw(false);
  else document.getElementById("status").textContent = status(days.now());
}

addEventListener("online", refresh);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
setInterval(tick, 1000);
setInterval(refresh, AGAIN);
days.watch(() => draw(false));
if ("serviceWorker" in navigator) {
  // Where it is refused, in a private window or by an old browser, the open page goes on all the same.
  navigator.serviceWorker.register("/door/worker.js", { scope: "/door" }).catch(() => null);
  navigator.serviceWorker.ready.then(() => {
    here.works = true;
    document.getElementById("status").textContent = status(days.now());
  });
}
draw(true);
refresh();
