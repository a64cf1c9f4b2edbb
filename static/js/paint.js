// A week of half-hours as boxes ("day-slot") becomes something to paint: one tab stop, arrows, Shift with
// arrows, the mouse held down, a finger after a long press, so that the page still scrolls. Without
// this module the boxes are ticked one by one.
const LONG_PRESS = 350;
const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const within = (number, most) => Math.min(Math.max(number, 0), most);

export default function paint(region) {
  const boxes = [...region.querySelectorAll("input")];
  const byValue = new Map(boxes.map((box) => [box.value, box]));
  const last = boxes.length / 48 - 1;
  let brush = null;
  let pressed = null;
  let timer = 0;

  function land(box) {
    for (const other of boxes) other.tabIndex = other === box ? 0 : -1;
  }

  function set(box, isOn) {
    if (box.checked === isOn) return;
    box.checked = isOn;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function begin(box) {
    pressed = box;
    brush = !box.checked;
    set(box, brush);
  }

  function lift() {
    clearTimeout(timer);
    brush = null;
  }

  function stroke({ clientX, clientY }) {
    const under = document.elementFromPoint(clientX, clientY);
    if (brush !== null && byValue.get(under?.value) === under) set(under, brush);
  }

  region.addEventListener("pointerdown", (event) => {
    pressed = null;
    if (!event.target.matches("input") || event.button) return;
    land(event.target);
    if (event.pointerType === "touch") timer = setTimeout(begin, LONG_PRESS, event.target);
    else begin(event.target);
  });
  region.addEventListener("pointermove", (event) => event.pointerType !== "touch" && stroke(event));
  const drag = (event) => {
    if (brush === null) return clearTimeout(timer);
    event.preventDefault(); // The page stays where it is while a finger paints.
    return stroke(event.touches[0]);
  };
  region.addEventListener("touchmove", drag, { passive: false });
  region.addEventListener("contextmenu", (event) => brush !== null && event.preventDefault());
  for (const end of ["pointerup", "touchend", "touchcancel"]) addEventListener(end, lift);
  // The press has painted the box already; its click would change it back. A key's click has no detail.
  region.addEventListener("click", (event) => {
    if (event.detail && event.target === pressed) event.preventDefault();
  });
  region.addEventListener("change", (event) => {
    const isLast = event.target.checked && event.target.value.startsWith(`${last}-`);
    if (isLast) document.getElementById(region.dataset.last).checked = true;
  });

  region.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || !byValue.has(event.target.value)) return;
    event.preventDefault();
    const [day, slot] = event.target.value.split("-").map(Number);
    const next = byValue.get(`${within(day + step[0], last)}-${within(slot + step[1], 47)}`);
    if (event.shiftKey) set(next, event.target.checked);
    land(next);
    next.focus();
  });

  region.removeAttribute("tabindex");
  land(boxes[0]);
  document.getElementById(region.dataset.hint).hidden = false;
}
