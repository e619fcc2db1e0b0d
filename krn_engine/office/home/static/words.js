/** Sentences of one language. */

/**
 * @param {Object<string, string>} sentences by their names
 * @returns {(name: string, values?: Object<string, any>) => string}
 */
export function speaker(sentences) {
  return (name, values) =>
    sentences[name].replace(/{(\w+)}/g, (place, key) => (values && key in values ? String(values[key]) : place));
}
