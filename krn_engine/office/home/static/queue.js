/**
 * What was told and has not come to the office yet. Each thing has a UUID: what is sent twice counts once.
 *
 * @typedef {{path: string, body: {id: string}}} Item
 */

const TOGETHER = 50;
const LATER = [408, 429, 500, 502, 503, 504];

/** @returns {string} a random UUID, also where the browser makes none by itself */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The office refused; `code` is that of docs/errors.md. */
export class Refused extends Error {
  /** @param {string} code  @param {boolean} later whether the same may be asked again */
  constructor(code, later) {
    super(code);
    this.code = code;
    this.later = later;
  }
}

/**
 * @param {string} path  @param {string} secret  @param {any} body
 * @returns {Promise<any>} what the office answers; rejected with Refused, or with anything else without a network
 */
export async function ask(path, secret, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Authorization": "Bearer " + secret, "Content-Type": "application/json" },
    body: JSON.stringify(body),
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "no-referrer",
  });
  if (answer.ok) return answer.json();
  let code = "";
  try {
    code = (await answer.json()).code;
  } catch (error) {
    // A proxy's own page, or half an answer.
    throw new Refused("", true);
  }
  throw new Refused(code, LATER.includes(answer.status));
}

/**
 * Send what waits, the oldest first.
 *
 * @param {() => Item[]} waiting
 * @param {(sent: Item[]) => void} gone is told what need not be sent again
 * @param {(path: string, body: any) => Promise<any>} send
 * @returns {Promise<any>} the last answer; null: nothing waited. Rejected with why it stopped
 */
export async function flush(waiting, gone, send) {
  let answer = null;
  let most = TOGETHER;
  for (;;) {
    const items = waiting();
    if (!items.length) return answer;
    const visit = items[0].path === "visit";
    const end = visit ? 1 : items.findIndex((item) => item.path === "visit");
    const part = items.slice(0, Math.min(most, end < 0 ? items.length : end));
    try {
      answer = await send(part[0].path, visit ? part[0].body : { said: part.map((item) => item.body) });
    } catch (error) {
      const ends = /^(CAP|OFF-03)/.test(error.code || "CAP");
      if (!(error instanceof Refused) || error.later || ends) throw error;
      if (part.length > 1) {
        // One of them is refused: which one shows by itself, and it holds no other up.
        most = 1;
        continue;
      }
    }
    gone(part);
  }
}
