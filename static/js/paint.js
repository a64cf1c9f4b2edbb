// A week of half-hours as boxes ("day-slot") becomes something to paint: one tab stop, arrows, Shift with
// arrows, and from one half-hour to another with the mouse held down or, so that the page still
// scrolls, with a finger after a long press. Without this module the boxes are ticked one by one.
const LONG_PRESS = 350;
const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const between = (number, one, other) => (number - one) * (number - other) <= 0;

export default function paint(region) {
  const boxes = [...region.querySelectorAll("input")];
  const places = new Map(boxes.map((box) => [box, box.value.split("-").map(Number)]));
  const last = boxes.length / 48 - 1;
  let stroke = null; // Where it began, what it paints, and which boxes were ticked before.
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

  function fillTo([endDay, endSlot]) {
    for (const [box, [day, slot]] of places) {
      const isInside = between(day, stroke.day, endDay) && between(slot, stroke.slot, endSlot);
      set(box, isInside ? stroke.isOn : stroke.before.has(box));
    }
  }

  function begin(box) {
    const [day, slot] = places.get(box);
    stroke = { day, slot, isOn: !box.checked, before: new Set(boxes.filter((each) => each.checked)) };
    pressed = box;
    fillTo([day, slot]);
  }

  function drag({ clientX, clientY }) {
    const place = places.get(document.elementFromPoint(clientX, clientY));
    if (stroke && place) fillTo(place);
  }

  region.addEventListener("pointerdown", ({ target, button, pointerType }) => {
    pressed = null;
    if (!places.has(target) || button) return;
    land(target);
    if (pointerType === "touch") timer = setTimeout(begin, LONG_PRESS, target);
    else begin(target);
  });
  region.addEventListener("pointermove", (event) => event.pointerType !== "touch" && drag(event));
  const dragByFinger = (event) => {
    clearTimeout(timer);
    if (stroke) event.preventDefault(); // The page stays where it is while a finger paints.
    drag(event.touches[0]);
  };
  region.addEventListener("touchmove", dragByFinger, { passive: false });
  region.addEventListener("contextmenu", (event) => stroke && event.preventDefault());
  const lift = () => {
    clearTimeout(timer);
    stroke = null;
  };
  for (const end of ["pointerup", "touchend", "touchcancel"]) addEventListener(end, lift);
  // The press has painted the box already; its click would change it back. A key's click has no detail.
  region.addEventListener("click", (event) => event.detail && event.target === pressed && event.preventDefault());
  region.addEventListener("change", ({ target }) => {
    if (target.checked && places.get(target)[0] === last) document.getElementById(region.dataset.last).checked = true;
  });
  region.addEventListener("keydown", (event) => {
    const [days, slots] = STEPS[event.key] ?? [];
    if (days === undefined) return;
    event.preventDefault();
    const [day, slot] = places.get(event.target);
    const next = boxes.find((box) => box.value === `${day + days}-${slot + slots}`);
    if (!next) return;
    if (event.shiftKey) set(next, event.target.checked);
    land(next);
    next.focus();
  });
  region.removeAttribute("tabindex");
  land(boxes[0]);
  document.getElementById(region.dataset.hint).hidden = false;
}
