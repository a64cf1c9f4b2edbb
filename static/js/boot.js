// Finds data-module="name" and hands the element to js/name.js. Every page works without any of it.
const started = new WeakMap();

async function start(element, name) {
  const names = started.get(element) ?? new Set();
  if (names.has(name)) return;
  started.set(element, names.add(name));
  // One who leaves the page meanwhile, or a broken line, ends the import: the page does without.
  const module = await import(`./${name}.js`).catch(() => null);
  module?.default(element);
}

export function boot(root) {
  const found = [...root.querySelectorAll("[data-module]")];
  if (root.matches?.("[data-module]")) found.unshift(root);
  for (const element of found) {
    for (const name of element.dataset.module.split(" ")) start(element, name);
  }
}

boot(document.documentElement);
document.addEventListener("htmx:load", (event) => boot(event.detail.elt));
