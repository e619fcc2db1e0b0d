/**
 * Where somebody is among the rows. The rules are the office's (krn_engine/office/guide.py): what they come to is in the
 * tables that the rows came with, and is only looked up here.
 *
 * @typedef {{rows: string[], first: number, pairs: number[][], minutes: number, known: number, begins: number[],
 *   krns: {krn: number, meaning: string, done: number}[], before: ?number, wanted: ?number,
 *   meter_number: string, until: string, now: string}} Rows
 * @typedef {{done: number, since: ?number}} Place
 *   done: number of the last row that went in; since: when the first of an unfinished pair did, in milliseconds
 */

/** @param {Rows} rows */
export function last(rows) {
  return rows.first + rows.rows.length - 1;
}

/** @param {Rows} rows  @param {number} row  @returns {number[]} the numbers of the first and last of its pair */
export function pairOf(rows, row) {
  return rows.pairs.find((pair) => pair[0] <= row && row <= pair[1]);
}

/** @param {Rows} rows  @param {Place} place  @returns {?number} the row that is next; null: all are in */
export function next(rows, place) {
  if (place.done >= last(rows)) return null;
  return (place.since === null ? begins(rows, place.done) : place.done) + 1;
}

/** @param {Rows} rows  @param {number} done  @returns {number} the row behind which to go on */
export function begins(rows, done) {
  return rows.begins[done - rows.first + 1];
}

/** @param {Rows} rows  @param {Place} place  @param {number} row went in  @param {number} now  @returns {Place} */
export function tick(rows, place, row, now) {
  const pair = pairOf(rows, row);
  if (row === pair[1]) return { done: row, since: null };
  return { done: row, since: place.since === null || row === pair[0] ? now : place.since };
}

/**
 * @param {Rows} rows  @param {Place} place  @param {number} now
 * @returns {?number} milliseconds that are left for the rest of a pair; 0: it is too late; null: none was begun
 */
export function left(rows, place, now) {
  if (place.since === null) return null;
  const whole = rows.minutes * 60000;
  const gone = now - place.since;
  // A clock that was turned back tells nothing: the meter may have forgotten.
  return gone < 0 || gone >= whole ? 0 : whole - gone;
}

/** @param {Rows} rows  @param {Place} place that is too late  @returns {Place} where the pair begins anew */
export function again(rows, place) {
  return { done: begins(rows, place.done), since: null };
}

/** @param {Rows} rows  @param {number} krn on the display; 0: any other number */
export function means(rows, krn) {
  return rows.krns.find((one) => one.krn === krn) || rows.krns.find((one) => one.krn === 0);
}
