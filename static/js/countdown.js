// Keeps "26 minutes left" fresh. Without it the page still says the clock time and what was left when
// it was made. data-left and data-late are patterns with {time}, written by the server.
const STEP = 1000;
const TURN = { minute: 60 * STEP, hour: 3600 * STEP, day: 86400 * STEP };

// Browsers say that they know Kazakh and write English units. It has one form of each: the server's.
const ONE_FORM = new Set(["kk"]);

function writer(language, units) {
  return (amount, unit) => {
    if (ONE_FORM.has(language) && units[unit]) return `${amount}\u00a0${units[unit]}`;
    return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(amount).replaceAll(" ", "\u00a0");
  };
}

export function inWords(milliseconds, part) {
  const minutes = Math.floor(milliseconds / TURN.minute);
  if (minutes < 1) return part(Math.max(0, Math.floor(milliseconds / STEP)), "second");
  if (minutes < 60) return part(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours >= 48) return part(Math.floor(hours / 24), "day");
  return rest ? `${part(hours, "hour")} ${part(rest, "minute")}` : part(hours, "hour");
}

function onDial(milliseconds) {
  const minutes = Math.floor(milliseconds / TURN.minute);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

// The server's clock decides: its offset from ours is measured once, from data-now.
export default function countdown(element) {
  const due = Date.parse(element.querySelector("time").dateTime);
  const offset = element.dataset.now ? Date.parse(element.dataset.now) - Date.now() : 0;
  const words = element.querySelector("[data-words]");
  const dial = document.getElementById(element.dataset.dial ?? "");
  const [day, hour, minute, second] = (element.dataset.units ?? "").split("|");
  const part = writer(document.documentElement.lang, { day, hour, minute, second });

  function show() {
    const left = due - Date.now() - offset;
    const pattern = left >= 0 ? element.dataset.left : element.dataset.late;
    if (words && pattern) words.textContent = pattern.replace("{time}", inWords(Math.abs(left), part));
    if (dial && left >= 0 && left < 2 * TURN.day) dial.textContent = onDial(left);
    element.classList.toggle("is-bad", left < 0);
    if (!element.isConnected) return;
    setTimeout(show, Math.abs(left) < 2 * TURN.minute ? STEP : 15 * STEP);
  }

  show();
}
