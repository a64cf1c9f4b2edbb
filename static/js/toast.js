// A toast can be put away, and goes by itself after a while, unless somebody is on it.
const STAY = 8000;

export default function toast(element) {
  const leave = () => element.remove();
  let timer = setTimeout(leave, STAY);
  const hold = () => clearTimeout(timer);
  const go = () => {
    hold();
    timer = setTimeout(leave, STAY);
  };
  element.addEventListener("pointerenter", hold);
  element.addEventListener("pointerleave", go);
  element.addEventListener("focusin", hold);
  element.addEventListener("focusout", go);
  element.querySelector("[data-close]")?.addEventListener("click", leave);
}
