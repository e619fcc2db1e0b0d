/** Elements of the page. No text ever becomes markup. */

/**
 * @param {string} tag
 * @param {Object<string, any>} [attributes] of a name with "on" a function; true is an attribute without a value
 * @param {...(Node | string | null | false)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const name of Object.keys(attributes || {})) {
    const value = attributes[name];
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== false));
  return element;
}

/** @param {string} text @param {() => void} pressed @param {string} [look] "main", or "" */
export function button(text, pressed, look) {
  return h("button", { type: "button", class: look || "", onclick: pressed }, text);
}
