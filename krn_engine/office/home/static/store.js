/** What is kept in this telephone; where it keeps nothing, in the memory of the open page. */

const PREFIX = "krn.";
/** @type {Map<string, string>} */
const memory = new Map();
let refused = false;

/** Whether something could not be kept: the page must stay open. */
export function isForgetful() {
  return refused;
}

/** @param {string} name  @returns {any} null where there is nothing, or nothing that can be read */
export function read(name) {
  try {
    const found = memory.has(name) ? memory.get(name) : localStorage.getItem(PREFIX + name);
    return JSON.parse(found);
  } catch (error) {
    return null;
  }
}

/** @param {string} name  @param {any} value */
export function write(name, value) {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(PREFIX + name, text);
    memory.delete(name);
  } catch (error) {
    refused = true;
    memory.set(name, text);
  }
}

/** @param {string} name */
export function remove(name) {
  memory.delete(name);
  try {
    localStorage.removeItem(PREFIX + name);
  } catch (error) {
    refused = true;
  }
}

/** @param {() => void} changed is called when another tab has written this name  @param {string} name */
export function watch(name, changed) {
  addEventListener("storage", (event) => {
    if (event.key === PREFIX + name) changed();
  });
}
