// Single keys of the desk. They do nothing while somebody types, stand on the page, and can be switched
// off (WCAG 2.1.4). On a Cyrillic keyboard a key counts by its place.
const KEPT = "desk-keys";
const DOES = {
  c: "form[action*='/claim'] button",
  r: "#answer-form [name=kind][value=message]",
  i: "#answer-form [name=kind][value=interim]",
  f: "#answer-form [name=kind][value=final]",
  n: "#answer-form [name=kind][value=note]",
  "/": "#q",
  "?": "[popovertarget=keys]",
};
const STEP = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

function read(event) {
  if (/^[a-z/?]$/i.test(event.key)) return event.key.toLowerCase();
  if (event.code.startsWith("Key")) return event.code.slice(3).toLowerCase();
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  return event.key;
}

function move(step) {
  const tickets = [...document.querySelectorAll(".ticket")].filter((one) => one.offsetParent);
  const here = tickets.findIndex((one) => one === document.activeElement);
  const open = tickets.findIndex((one) => one.ariaCurrent);
  const start = here >= 0 ? here : open;
  tickets[Math.min(Math.max(start < 0 ? 0 : start + step, 0), tickets.length - 1)]?.focus();
}

function act(target, said) {
  if (!target) return false;
  if (target.type === "radio") {
    target.click();
    document.getElementById("body").focus();
    said.textContent = target.parentElement.textContent.trim();
  } else if (target.matches("input")) target.select();
  else target.click();
  return true;
}

export default function keys(footer) {
  const said = footer.querySelector("[data-keys-said]");
  const button = footer.querySelector("[data-keys-switch]");
  let isOn = localStorage.getItem(KEPT) !== "off";

  function show() {
    button.textContent = isOn ? footer.dataset.off : footer.dataset.on;
    button.hidden = false;
  }

  function press(event) {
    const field = event.target.closest("input, textarea, select");
    if (event.key === "Escape") field?.blur();
    const types = field && !["radio", "checkbox"].includes(field.type);
    if (!isOn || types || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const key = read(event);
    const isArrow = key.startsWith("Arrow");
    if (isArrow && !event.target.closest(".desk-queue")) return;
    if (key in STEP) move(STEP[key]);
    else if (!(key in DOES) || !act(document.querySelector(DOES[key]), said)) return;
    event.preventDefault();
  }

  button.addEventListener("click", () => {
    isOn = !isOn;
    localStorage.setItem(KEPT, isOn ? "on" : "off");
    show();
    said.textContent = button.textContent;
  });
  document.addEventListener("keydown", press);
  show();
}
